"""Texts of the report's controls in the Results tab."""

TITLE = "Report"
INTRO = (
    "Everything above as a document to hand on: one page that opens without this app and prints well, or a ZIP with the page, the scores "
    "as CSV, charts, example pictures and the model's card. It uses the false-alarm rate chosen above, not a limit set by hand."
)
MAKE = "Make a report"
PROGRESS = "Progress of the report"
SAVE_PAGE, SAVE_ZIP = "Save the report as a page (HTML)", "Save the report with all files (ZIP)"
DONE = "The report of {category}, {title}, at a false-alarm rate of {rate} is done, in {seconds:.0f} s. It is kept here for a day. {answer}"
CHOOSE = "Choose a kind of part and a model first."

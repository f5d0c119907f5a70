"""Texts of the report's controls in the Results tab."""

TITLE = "Report"
INTRO = (
    "Everything above as a document to hand on, which opens without this app: a summary on two pages of A4, the whole report as a page, or a ZIP with "
    "both, the scores as CSV, charts, example pictures and the model's card. It uses the false-alarm rate chosen above, not a limit set by hand."
)
MAKE = "Make a report"
PRINT = "Print the summary, or save it as PDF (your browser asks where to)"
PROGRESS = "Progress of the report"
SAVE = {
    "summary": "Save the summary (HTML, two pages)",
    "page": "Save the report as a page (HTML)",
    "archive": "Save the report with all files (ZIP)",
}
DONE = "The report of {category}, {title}, at a false-alarm rate of {rate} is done, in {seconds:.0f} s. It is kept here for a day. {answer}"
CHOOSE = "Choose a kind of part and a model first."

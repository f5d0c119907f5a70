"""Texts of the History tab."""

INTRO = "What a line that runs without a page has judged: scores over time, shares of defects, where they lie, and the kept pictures."
DATABASE, PLACE = "Another database", "Database of a line"
DATABASE_INFO = "For example: /srv/line/verdicts.sqlite. Works only on the computer the app runs on"
OPEN, REFRESH = "Open this database", "Refresh"
NO_DATABASE = "No line has written verdicts here yet. Start one with this command, with your folder and your model, and come back:"
NONE_NAMED = "This server shows no line. Who runs it names the database of one in FAVAE_LINE_DB."
EMPTY = "The database {name} has no verdicts yet. They appear here once the line has judged a picture; then press Refresh."
NOTHING = "No verdicts match these filters. Choose a longer time, another source, or clear the text."
GONE = "This verdict is not in the database any more; press Refresh."

SOURCE, ALL_SOURCES = "Source", "All sources"
SPAN, SPAN_INFO = "Time", "Counted back from the newest verdict"
SPANS = {
    "hour": "Last hour",
    "8 hours": "Last 8 hours",
    "day": "Last day",
    "7 days": "Last 7 days",
    "30 days": "Last 30 days",
    "all": "Everything",
    "own": "From … to …",
}
FROM, TO = "From", "To"
MOMENT_INFO = "As in 2026-03-01 06:00; then Enter"
BAD_MOMENT = "{text!r} is no date and time; write it as in 2026-03-01 06:00."
BAD_SPAN = "The begin must lie before the end."
SEARCH, SEARCH_INFO = "Text", "In the picture's name or the remark; then Enter"

ZONE = "Times are those of {zone}."
BROWSER_ZONE, SERVER_ZONE = "your browser ({name})", "the server ({name})"
SUMMARY = "{pictures} · defects: {defects} ({share}) · not judged: {unlike} · unreadable: {unreadable}"
PERIOD = "{first} to {last}. {zone}"
DRIFTS_NOW = "{source} drifts since {first}: {what}"
DRIFTED = "{source} drifted from {first} to {last}: {what}"
BY_SCORE = "{change} than good parts have, by the medians shown below."
NO_DRIFT = "No drift in this time."
MORE_DRIFTS = "And {count} earlier ones."

CHART = "Score as a multiple of the limit"
CHART_ALT = "Scores over time. {lines}"
LINE_ALT = "{title}: median {first:.2f} at the begin, {last:.2f} at the end, between {low:.2f} and {high:.2f} in between."
MEDIAN_OF_PICTURES, MEDIAN_OF_STEP = "moving median of 20 pictures", "moving median of {step}"
LEGEND_BAND = "range of 90 % of the pictures"
LEGEND_DOT, LEGEND_DEFECT = "a picture", "a defect"
LEGEND_LIMIT = "limit (1.0): above it means defect"
LEGEND_WARNING = "warning lines: a median beyond them is drift"
LEGEND_DRIFT = "drift"
LIMIT = "limit"
ABOVE_TOP = "2 +"
NO_WARNING_MANY = "Choose one source to see the range of its scores and its warning lines."
NO_WARNING_MODEL = "No warning lines: the model {model} is not on this computer."
NO_WARNING_FEW = "No warning lines: the model {model} knows too few good pictures for them."
HOVER = "{time}: {pictures} judged, {defects} defects ({share})"
DEFECTS_CHART = "Share of defects in {step} each, 0 to {top}"
DEFECTS_ALT = "Share of defects over time: at most {top} in {step}."
STEP_UNITS = {
    "day": ("day", "days"),
    "hour": ("hour", "hours"),
    "minute": ("minute", "minutes"),
    "second": ("second", "seconds"),
}

BY_HOUR, BY_SHIFT, BY_SOURCE = "Defects by hour of the day", "Defects by shift", "Defects by source"
HOUR_HEAD, SHIFT_HEAD, SOURCE_HEAD = "Hour", "Shift", "Source"
SHARE_HEAD, COUNT_HEAD = "Share of defects", "Defects of judged"
SHIFT = "{first}–{last}"
HOUR = "{hour:02}:00"
NONE_JUDGED = "–"
COUNT = "{defects} of {judged}"

PLACES = "Where defects lie: {source}"
PLACES_ALT = "Heat map over a picture of {source}. {pictures} with a defect; most regions: {words}."
PLACES_BELOW = "{pictures} with a defect. Most regions: {words}."
PLACES_NEWEST = "Only the newest {most} defects count here."
PLACES_SCALE = "none to {most} regions in one cell"
NO_PLACES = "No defects in this time, so there is no heat map."

SHOW = "Show"
SHOWS = {
    "kept": "Kept pictures",
    "defect": "Defects",
    "not judged": "Not judged",
    "unreadable": "Unreadable",
    "good": "Good parts",
    "all": "All verdicts",
}
ORDER = "Sort by"
ORDERS = {"new": "Newest first", "old": "Oldest first", "high": "Score, highest first"}
HEADERS = ("", "Picture", "Verdict", "× limit", "Place")
CAPTION = "{first} to {last} of {count}. Click a name to see the picture."
NO_ROWS = "No verdicts to show here. Choose another kind under “Show”."
VERDICTS = {
    "defect": ("⚠", "Defect"),
    "good": ("✓", "Good"),
    "not judged": ("?", "Not judged"),
    "unreadable": ("–", "Unreadable"),
}
UNKNOWN = "–"
PREVIOUS, NEXT = "◀ Previous", "Next ▶"
HINT = "Click a name to see the picture and where it differs."
PICTURE = "Kept picture with what was found"
WHERE = "Highest at the {place}."
ABOUT = "{name}, {source}, {time}. Model: {model}."
NOT_KEPT = "The picture itself was not kept."
DELETED = (
    "The picture was kept, but is not there any more: pictures are deleted after some time (`keep_days`)."
)

CSV = "Save what is shown (CSV)"
WRITING = "Writing the table: {done} of {count} verdicts"
PROGRESS = "Progress of the table"
WRITTEN = "{count} verdicts are written; your browser saves them now. Times in the table are UTC."

"""Texts of the Batch tab."""

from favae_demo.data.io.formats import KINDS

INTRO = (
    "Judges many pictures with one model: drop pictures or an archive, watch the table fill, keep the results as CSV or ZIP. "
    "It goes on when this page is closed; come back with the same browser within a day to find it again."
)
CATEGORY_INFO = "All pictures should show this kind of part"
MODEL_INFO = "Model that checks them"
FILES = "Pictures, or an archive of pictures"
FILES_INFO = f"{KINDS}, and ZIP and TAR archives of them, up to {{mb}} MB each. Whatever else is inside is named and left out."
PATH = "Or a folder or archive on this computer"
PATH_INFO = "For example: /home/me/pictures. Works only on the computer the app runs on"
START, STOP = "Check these pictures", "Stop and keep results"
CHOOSE = "Choose pictures or an archive first, or name a folder."
NO_PLACE = "There is no file or folder {path!r}."
GONE = "This batch is not kept any more; judge the pictures again."
NOTHING = "No picture of this batch was judged, so there is nothing to keep."

PROGRESS = "Progress of the batch"
LOADING = "{title}: loading the model …"
RUNNING = "{title}: {percent} %, {count} files done{speed}"
SPEED = ", {speed} pictures/s, about {left} left"
DONE = "{title}: done. {count} files in {duration}{speed}."
DONE_SPEED = ", {speed} pictures/s"
STOPPED = "{title}: stopped. {count} files were done and are kept."

SHOW = "Show"
SHOWS = {
    "all": "All",
    "defect": "Defects",
    "good": "Good parts",
    "not judged": "Not judged: unlike the good parts, or not read",
}
ORDER = "Sort by"
ORDERS = {
    "given": "Order they came in",
    "high": "Score, highest first",
    "low": "Score, lowest first",
    "area": "Largest region first",
    "name": "Name",
    "slow": "Time, slowest first",
}
COUNTS = "Defects: {defect} · good parts: {good} · not judged: {other}"
LIMIT = "Scores are multiples of the limit: above 1.0 means defect."
HEADERS = ("", "Name", "Verdict", "× limit", "Largest region", "Time")
CAPTION = "Rows {first} to {last} of {count}. Click a name to see where."
MORE_DRIFTS = "The pictures changed {count} more times."
EMPTY = "No rows to show here."
VERDICTS = {"defect": ("⚠", "Defect"), "good": ("✓", "Good"), "not judged": ("–", "Not judged")}
UNKNOWN = "–"
MILLISECONDS = "{value:.0f} ms"
PREVIOUS, NEXT = "◀ Previous rows", "Next rows ▶"

HINT = "Click a name in the table to see the picture and where it differs."
PICTURE = "Picture with what was found"
LARGEST = "{name}. Largest region above the limit, as a share of the picture: {area}."
NOT_JUDGED = "{name} was not judged: {reason}"

CSV, ZIP = "Save the table (CSV)", "Save the overlays (ZIP)"
ZIPPING = "Drawing the overlays: {done} of {count}"
ZIP_PROGRESS = "Progress of drawing"
ZIPPED = "The ZIP of {count} overlays is ready; your browser saves it now."

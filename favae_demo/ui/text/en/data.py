"""Texts of the Data tab."""

from favae_demo.data.io.formats import KINDS

# Data: what is there
HERE = "## What is here"
NONE = "Nothing yet."
NOT_MADE = "Made on first use, within seconds: {train} good parts for training; {test} test pictures with {defects} kinds of defect."
SIZE, ADDED, LICENCE = "{size} on the disk", "added on {date}", "licence: {licence}"
REMARKS = "What the check found"
LOCKED = "Data cannot be changed on this server. Run the app on your own machine to add parts of your own."
LEVELS_TITLE = "Black and white level"
LEVELS_NOTE = (
    "Pictures with more than 8 bits do not say which value is white. One level holds for all pictures of a category; "
    "models that are there keep the one they were trained with."
)
LEVELS_CATEGORY, LEVELS_WHICH = "Category", "Those whose pictures have more than 8 bits"
BLACK, WHITE = "Value that becomes black", "Value that becomes white"
SET_LEVELS, AUTO_LEVELS = "Set", "Decide from the pictures"
LEVELS_SET = (
    "{name}: {levels} are shown as black to white from now on. Train it anew for a model that uses them."
)
LEVELS_MISSING = "Choose a category, and give both values."
DELETE, DELETE_INFO = "Delete", "Only what was added on this page can be deleted here"
DELETE_NONE = "Nothing was added on this page yet"
PART = "the started download of {title}"
ASK_DELETE = "Delete **{name}** and free {size}? The pictures are gone then; models trained on them stay. This cannot be undone."
DELETE_YES, DELETE_NO = "Yes, delete it", "No, keep it"
DELETED = "{name} is deleted; {size} are free again."
CHOOSE_DELETE = "Choose what to delete first."

# Data: adding
ADD = "## Add parts"
OWN, MVTEC, ARCHIVE = "My parts", "MVTec AD", "Archive or folder"
OWN_NOTE = (
    "Photograph **good parts only**: at least 5, better 20 or more. Same camera place, same light, one part in each "
    "picture, as it would be when you look for defects. Any subject will do, as long as all pictures show what is normal."
)
NAME, NAME_INFO = "1 · Name", "What you call these parts, for example: blue cap"
GOOD = "2 · Pictures of good parts"
GOOD_INFO = f"Drop them here or click to choose. {KINDS}, up to {{mb}} MB each."
MORE = "Pictures with defects, if you have some (optional)"
MORE_NOTE = "They are never used for training, only to measure how well defects are found."
DEFECTS, MASKS = "Pictures with a defect", "Masks"
DEFECTS_INFO = "The same kind of part, with something wrong."
MASKS_INFO = "Black pictures with the defect in white, each with the file name of its picture."
CHECKED = "3 · Your pictures, checked"
UNCHECKED = "Drop pictures of good parts above: they are checked at once."
PRIVACY = "They stay on the computer this app runs on, at most {side} pixels long, with camera data removed. Anyone who can open this page can see them."
UNIT = "pictures"
SAVE = "Save these parts"
LEVELS = {"stop": ("✕", "Not yet"), "warn": ("⚠", "Look at this"), "fine": ("✓", "Good")}
LEFT_OUT = "left out: {note}"
GOOD_PART, DEFECT_PART = "good part", "defect"
MASKED = "with mask"
MVTEC_NOTE = "Fifteen kinds of parts and materials, photographed for research: good ones to learn from, good and defective ones to test on."
CATEGORY, CATEGORY_INFO = "Which one", "With the size of its download"
IS_HERE, IS_STARTED = "is here", "{size} fetched so far"
TERMS_LINKS = "[Full licence]({licence}) · [About MVTec AD]({home})"
ACCEPT, ACCEPT_INFO = "I use it for non-commercial purposes only", "Needed before the download"
ACCEPT_FIRST = "Read the terms and tick the box below them first."
GET = "Download"
ARCHIVE_NOTE = (
    "A ZIP or TAR archive (also .tar.xz, .tar.gz, .tar.bz2), or a folder: with `train/good`, `test/…` and `ground_truth/…` inside, "
    "with OK and NG folders, as a published data set comes, with a table or drawn defects, or simply full of good parts. "
    "It is copied; the original stays as it is."
)
FILE, FILE_INFO = "Archive", "Up to {mb} MB; for a larger one name its place below."
PATH = "Or its place on this computer"
PATH_INFO = (
    "Path of a folder or archive, for example: /home/me/parts. Works only on the computer the app runs on"
)
ARCHIVE_NAME, ARCHIVE_NAME_INFO = "Name", "Leave empty to take the archive's or folder's own"
ADD_IT = "Add"
LOOK = "See how it is understood"
PLAN = "Understood as: {layout}. To be added: {names}."
PLAN_ASKS = "Not clear: what {pictures} show. Choose it below, then press Add."
EXAMPLES = "One picture of each"
ROW = "{pattern} · {pictures}"
ALL_FILES, OTHER_FILES = "All files", "Other files"
MORE_ROWS = "… and {count} more."
CHOOSE_ROLES = "Press “See how it is understood”, choose what each row is, and press Add again."
ROLES = {
    "good": "Good parts", "train": "Good parts for training", "test": "Good parts for testing", "defect": "Defect",
    "by-mask": "Good or defect: their masks tell", "mask": "Masks", "skip": "Leave out", "ask": "Choose …",
}  # fmt: skip
CHOOSE_SOURCE = "Choose an archive, or name a folder first."
ONE_SOURCE = "An archive is chosen and a place is named; keep one of the two."
LOCAL_ONLY = (
    "A place on the disk can only be named on the computer the app runs on, and not behind a proxy; "
    "upload an archive instead."
)
CANCEL = "Stop"
PROGRESS = "Progress of adding"
STARTING = "{title}: starting …"
STAGES = {
    "fetching": "{title}: fetching, {done} of {total}",
    "unpacking": "{title}: unpacking, {percent} %",
    "checking": "{title}: checking, {percent} %",
    "writing": "{title}: saving, picture {count} of {all}",
}
READY = "✓ {title} is here: {counts}"
TRAIN = "Train on {title}"
TRAIN_ANY = "Train on these parts"
TRAIN_LATER = "Open the Train tab to train on one of them."
ODD_NEXT = "They can be left out in Train: look for odd pictures there, too."

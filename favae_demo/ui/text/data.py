"""The Data tab."""

# Data: what is there
DATA = "Data"
DATA_HERE = "### What is here"
DATA_NONE = "Nothing yet."
DATA_NOT_MADE = "Made on first use, within seconds: {train} good parts for training; {test} test pictures with {defects} kinds of defect."
DATA_SIZE, DATA_ADDED, DATA_LICENCE = "{size} on the disk", "added on {date}", "licence: {licence}"
DATA_LOCKED = (
    "Data cannot be changed on this server. Run the app on your own machine to add parts of your own."
)
DATA_DELETE, DATA_DELETE_INFO = "Delete", "Only what was added on this page can be deleted here"
DATA_DELETE_NONE = "Nothing was added on this page yet"
DATA_PART = "the started download of {title}"
DATA_ASK_DELETE = "Delete **{name}** and free {size}? The pictures are gone then; models trained on them stay. This cannot be undone."
DATA_DELETE_YES, DATA_DELETE_NO = "Yes, delete it", "No, keep it"
DATA_DELETED = "{name} is deleted; {size} are free again."
DATA_CHOOSE_DELETE = "Choose what to delete first."

# Data: adding
DATA_ADD = "### Add parts"
DATA_OWN, DATA_MVTEC, DATA_ARCHIVE = "My parts", "MVTec AD", "Archive or folder"
DATA_OWN_NOTE = (
    "Photograph **good parts only**: 5 at the least, 20 or more are better. Same camera place, same light, one part in each "
    "picture, as it would be when you look for defects. Any subject will do, as long as all pictures show what is normal."
)
DATA_NAME, DATA_NAME_INFO = "1 · Name", "What you call these parts, as in: blue cap"
DATA_GOOD = "2 · Pictures of good parts"
DATA_GOOD_INFO = "Drop them here or click to choose. PNG, JPEG, BMP, TIFF or WebP, up to {mb} MB each."
DATA_MORE = "Pictures with defects, if you have some (optional)"
DATA_MORE_NOTE = "They are never used for training, only to measure how well defects are found."
DATA_DEFECTS, DATA_MASKS = "Pictures with a defect", "Masks"
DATA_DEFECTS_INFO = "The same kind of part, with something wrong."
DATA_MASKS_INFO = "Black pictures with the defect in white, each with the file name of its picture."
DATA_CHECKED = "3 · Your pictures, checked"
DATA_UNCHECKED = "Drop pictures of good parts above: they are checked at once."
DATA_PRIVACY = "They stay on the computer this app runs on, {side} pixels long at most and without the camera's notes. Who can open this page can see them."
DATA_SAVE = "Save these parts"
DATA_LEVELS = {"stop": ("✕", "Not yet"), "warn": ("⚠", "Look at this"), "fine": ("✓", "Good")}
DATA_LEFT_OUT = "left out: {note}"
DATA_GOOD_PART, DATA_DEFECT_PART = "good part", "defect"
DATA_MASKED = "with mask"
DATA_MVTEC_NOTE = "Fifteen kinds of parts and materials, photographed for research: good ones to learn from, good and defective ones to test on."
DATA_CATEGORY, DATA_CATEGORY_INFO = "Which one", "With the size of its download"
DATA_IS_HERE, DATA_IS_STARTED = "is here", "{size} fetched so far"
DATA_TERMS = "Terms"
DATA_TERMS_LINKS = "[Full licence]({licence}) · [About MVTec AD]({home})"
DATA_ACCEPT, DATA_ACCEPT_INFO = "I use it for non-commercial purposes only", "Needed before the download"
DATA_ACCEPT_FIRST = "Read the terms and tick the box below them first."
DATA_GET = "Download"
DATA_ARCHIVE_NOTE = (
    "A ZIP or TAR archive (also .tar.xz, .tar.gz, .tar.bz2), or a folder: with `train/good`, `test/…` and `ground_truth/…` inside, "
    "or simply full of pictures, which are all taken as good parts. It is copied; the original stays as it is."
)
DATA_FILE, DATA_FILE_INFO = "Archive", "Up to {mb} MB; for a larger one name its place below."
DATA_PATH = "Or its place on this computer"
DATA_PATH_INFO = (
    "Path of a folder or archive, as in: /home/me/parts. Works only on the computer the app runs on"
)
DATA_ARCHIVE_NAME, DATA_ARCHIVE_NAME_INFO = "Name", "Leave empty to take the archive's or folder's own"
DATA_ADD_IT = "Add"
DATA_CHOOSE_SOURCE = "Choose an archive, or name a folder first."
DATA_ONE_SOURCE = "An archive is chosen and a place is named; keep one of the two."
DATA_LOCAL_ONLY = (
    "A place on the disk can only be named on the computer the app runs on; upload an archive instead."
)
DATA_CANCEL = "Stop"
DATA_PROGRESS = "Progress of adding"
DATA_STARTING = "{title}: starting …"
DATA_STAGES = {
    "fetching": "{title}: fetching, {done} of {total}",
    "unpacking": "{title}: unpacking, {percent} %",
    "checking": "{title}: checking, {percent} %",
    "writing": "{title}: saving, picture {count} of {all}",
}
DATA_READY = "✓ {title} is here: {counts}"
DATA_TRAIN = "Train on {title}"
DATA_TRAIN_ANY = "Train on these parts"
DATA_TRAIN_LATER = "Open the Train tab to train on one of them."

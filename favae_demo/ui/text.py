"""All wording of the app in one place."""

from typing import Any

# The page
TITLE = "FAVAE Demo"
INTRO = (
    "Shows where a part looks different from good parts, after learning from pictures of **good parts only**."
)
HOW_TITLE = "How it works"
HOW = """
1. A small network, the **autoencoder** (VAE), practises rebuilding pictures of good parts from a short code.
2. A second, ready-made network (**VGG16** or **VGG19**, trained on everyday photos) describes each picture by its shapes
   and textures; the first network learns to rebuild that description too.
3. A new picture is rebuilt in the same way. Where the rebuilt picture or description differs, the **error map** lights up.
4. Pictures of good parts that were held out of the training tell how much error is normal: that sets the **limit**.
5. A score above the limit means **defect**; how many good parts may be flagged by mistake is yours to choose.
"""
DETECT, TRAIN, COMPARE, DATA = "Detect", "Train", "Compare", "Data"
NO_SUCH_CATEGORY = "There is no kind of part called '{category}' here; another one is shown."
LICENCES_TITLE = "Licences and credits"
LICENCES = """
- **This app**: Apache-2.0. **Generated sample parts**: CC0, free for every use.
- **MVTec AD** (Bergmann, Fauser, Sattlegger, Steger: CVPR 2019), © MVTec Software GmbH: CC BY-NC-SA 4.0. The pictures, and the models
  trained on them, are **for non-commercial use only**.
- **VGG16 and VGG19 weights**: K. Simonyan and A. Zisserman, Visual Geometry Group, University of Oxford, CC BY 4.0.
- **Method**: D. Dehaene and P. Eline, arXiv 2008.05369 (2020), as in the project report *Feature Augmented VAE for Anomaly Detection and
  Localization on MVTec* (Verona 2024).
- **Libraries**: PyTorch and torchvision (BSD-3-Clause), Gradio (Apache-2.0), NumPy, scikit-learn and h5py (BSD-3-Clause), Pillow (MIT-CMU),
  OpenCV (Apache-2.0), Matplotlib (Matplotlib licence), safetensors (Apache-2.0), platformdirs and filelock (MIT), tqdm (MPL-2.0 and MIT).
"""
PRESENT = "Presentation view"
LEAVE_PRESENT = "Leave presentation (Esc)"
STATUS = "{device} · {model} · last picture {milliseconds:.0f} ms"

# Models and pictures
VARIANTS = {"none": "VAE", "vgg16": "VAE + VGG16", "vgg19": "VAE + VGG19"}
PRESETS = {
    "quick": "Quick (a few minutes)",
    "paper": "As in the report (hours to days without a graphics card)",
}
RATES = {"0.5 %": 0.005, "1 %": 0.01, "2 %": 0.02, "5 % (recommended)": 0.05, "10 %": 0.1, "20 %": 0.2}
DEFAULT_RATE = "5 % (recommended)"
RECOMMENDED_RATE = 5  # percent
MAPS = {
    "combined": "All together",
    "pixels": "Pixels",
    "layer1": "Fine features",
    "layer2": "Middle features",
    "layer3": "Coarse features",
}
NO_DATA = (
    "**No pictures yet.** Put categories in MVTec layout into `{folder}`, or set `FAVAE_DATA_DIR`, and reload this page. "
    "You can still upload a picture once a model is there."
)
NO_MODEL = "There is no trained model here yet. Open the Train tab to make one."
CHOOSE_PICTURE = "Choose a picture from the gallery or upload one first."
NO_PICTURES_HERE = "There are no test pictures of this category here; upload a picture of your own."
NO_TRUTH = "There is no ground truth for this picture."
FEW_HELD_OUT = "Only {count} good pictures were held out, too few for this false-alarm rate: the limit is their highest score plus a margin."

# Teacher weights
FETCH_LABEL = "Fetching weights"
FETCH_CANCEL, FETCH_RETRY = "Stop fetching", "Try again"
FETCH_MEANWHILE = "Meanwhile this is what {model} sees."

# Choosing a picture
TEST_PICTURES, OWN_PICTURE = "Test pictures", "Your own picture"
KIND_LABEL, KIND_INFO = "Show", "Good parts, or one kind of defect"
OWN_PICTURE_LABEL = "Upload, paste or photograph"
OWN_PICTURE_INFO = (
    "PNG, JPEG, BMP, TIFF or WebP. The same kind of part, seen in the same way, as the model learned from."
)

# Detect
LOADING = (
    "One moment: the first picture is being judged … "
    "On the very first start the sample parts are drawn before, which takes up to half a minute."
)
CATEGORY, CATEGORY_INFO = "Kind of part", "And where its pictures come from"
MODEL = "Model"
MODEL_INFO = (
    "With its AUROC per pixel and per picture, measured on the test pictures: 1 is perfect, 0.5 is guessing"
)
PANES = {"picture": "Picture", "result": "Result", "rebuilt": "Rebuilt as a good part", "errors": "Error map"}
PREVIOUS, NEXT, SAVE = "◀ Previous", "Next ▶", "Save this result"
SLIDER = "Drag the line: picture | heat map"
RATE = "Sensitivity: false-alarm rate in %"
RATE_INFO = "Of 100 good parts, how many may be called defect by mistake. ▲ recommended: 5"
OPACITY, OPACITY_INFO = "Strength of the heat map in %", "0 shows the picture alone"
MAP, MAP_INFO = "Error map of", "All errors together, or one kind"
COLOURS, COLOURS_INFO = "Colours", "Dark is calm"
MASK, MASK_INFO = "Ignore the background", "Whether errors beside the part count"
MASK_AS_TRAINED = "As the model was trained"
MASKS = {MASK_AS_TRAINED: None, "Yes": True, "No": False}
REGIONS = "Places above the limit"
REGION_HEADERS = ("Place", "Share of the picture", "Highest error (limit = 1)")
NO_REGIONS = "No place lies above the limit."
LEGEND_FOUND, LEGEND_TRUTH = "found by the model", "known defect (ground truth)"
LEGEND_CALM, LEGEND_LIMIT, LEGEND_HIGH = "calm", "limit", "twice the limit or more"
TRAINING_OFF = "Training is switched off on this server. Run the app on your own machine to train."

# Train: the steps
TRAIN_WHAT, TRAIN_WHICH, TRAIN_HOW_LONG = (
    "### 1 · What to train on",
    "### 2 · Which kind of model",
    "### 3 · How long",
)
TRAIN_CATEGORY_INFO = "Only pictures of its good parts are used for training"
TRAIN_VARIANT, TRAIN_VARIANT_INFO = (
    "Kind of model",
    "With VGG it also learns shapes and textures, and finds far more",
)
TRAIN_VARIANTS = {
    "none": "VAE: pixels only, the fastest",
    "vgg16": "VAE + VGG16: recommended",
    "vgg19": "VAE + VGG19: a deeper helper network, a little slower",
}
TRAIN_PRESET = "Recipe"
TRAIN_PRESET_INFO = "Quick is right for a first model. 'As in the report' follows the published schedule"
TRAIN_CUSTOM = "custom"
TRAIN_CUSTOM_TITLE = "Custom: my own settings, below"
TRAIN_SEED, TRAIN_SEED_INFO = (
    "Seed",
    "Starting point of all random numbers: the same seed gives the same model",
)
TRAIN_SETTINGS = "All settings"
TRAIN_SETTINGS_NOTE = "What the chosen recipe does. Change anything and the recipe becomes *Custom*; choose another recipe to go back."
TRAIN_SETTINGS_LOCKED = "What the chosen recipe does. On this server the settings cannot be changed."
TRAIN_START = "Start training"
TRAIN_LIMITED = "This server allows the quick recipe only. Run the app on your own machine for the others."
TRAIN_NO_CATEGORY = "Choose what to train on first."
TRAIN_NO_PICTURES = "There are no pictures to train on here."
TRAIN_FEW = "Only {count} good parts: the model and its limit will be unsure. 20 or more are better."

# Train: the settings, in plain words; each one's help text stands beside its range in `presets.TrainConfig`
TRAIN_GROUPS = {
    "How long": ("epochs", "max_steps", "max_seconds", "patience"),
    "The pictures": ("image_size", "views", "validation_ratio", "augment_validation"),
    "How pictures are varied": ("rotation", "rotation_p", "crop", "crop_p", "hflip_p", "vflip_p"),
    "The background": ("background", "mask_training", "mask_score"),
    "The network": ("width", "latent", "narrow_adapters", "tap", "standardise", "bank", "bank_mb"),
    "Learning": (
        "batch_size", "learning_rate", "decay", "weight_decay", "weight_average", "kl_weight", "snapshot_every",
    ),
    "The verdict": ("score", "centre", "image_score", "blur"),
}  # fmt: skip
TRAIN_OTHER_GROUP = "More"
TRAIN_FIELDS = {
    "image_size": "Picture size",
    "width": "Size of the network",
    "latent": "Length of the code",
    "narrow_adapters": "Narrow feature part",
    "tap": "Where features are read",
    "standardise": "Bring all features to one scale",
    "epochs": "Most rounds",
    "max_steps": "Most steps",
    "max_seconds": "Most seconds",
    "batch_size": "Pictures a step",
    "learning_rate": "Step length",
    "decay": "Step length over time",
    "weight_decay": "Pull towards zero",
    "weight_average": "Averaging of the network",
    "kl_weight": "Weight of the code's order",
    "patience": "Patience",
    "validation_ratio": "Share held out",
    "views": "Varied pictures",
    "augment_validation": "Vary the held-out pictures too",
    "bank": "Compute features once",
    "bank_mb": "Memory for features (MB)",
    "rotation": "Rotation (degrees)",
    "rotation_p": "Share rotated",
    "crop": "Smallest crop",
    "crop_p": "Share cropped",
    "hflip_p": "Share mirrored left to right",
    "vflip_p": "Share mirrored top to bottom",
    "background": "Kind of background",
    "mask_training": "Ignore the background in training",
    "mask_score": "Ignore the background in the verdict",
    "score": "Adding up the errors",
    "centre": "Texture: leave out what the whole picture shares",
    "image_score": "Score of a picture",
    "blur": "Smoothing of the error map",
    "snapshot_every": "Rounds between sample pictures",
}
TRAIN_RANGE = "{low} to {high}."
TRAIN_FIXED = "Always {low}."
TRAIN_EMPTY_FIELD = "Fill in '{label}'."
TRAIN_WHOLE = "'{label}' must be a whole number, not {value}."

# Train: what the model will see
TRAIN_TAB_PREVIEW, TRAIN_TAB_RUN = "What it learns from", "The training"
TRAIN_SAMPLES = "Good parts it learns from"
TRAIN_SAMPLE = "good part {number}"
TRAIN_VIEWS = "How each picture is varied"
TRAIN_VIEWS_NOTE = (
    "Parts lie a little differently each time. So that this is not called a defect, the model practises on "
    "slightly turned, cropped and mirrored copies (augmentation)."
)
TRAIN_VIEWS_NONE = "With these settings every picture is used as it is, unchanged."
TRAIN_VIEW_ORIGINAL, TRAIN_VIEW = "as photographed", "varied copy {number}"
TRAIN_MASK = "What counts as background"
TRAIN_MASK_NOTE = "Striped: seen as background (background mask)."
TRAIN_MASK_KIND_NONE = "This recipe looks for no background: the whole picture counts."
TRAIN_MASK_USES = {
    (False, False): "Shown for your information: this recipe counts the whole picture, background included.",
    (True, False): "The training ignores the striped area; the verdict counts it.",
    (False, True): "The verdict ignores the striped area; the training counts it.",
    (True, True): "Training and verdict ignore the striped area.",
}
TRAIN_MASK_SHARE = "{share:.0%} background"

# Train: while it runs
TRAIN_STATES = {
    "running": ("▶", "running"),
    "stopping": ("■", "stopping"),
    "finished": ("✓", "finished"),
    "failed": ("✕", "failed"),
    "interrupted": ("❙❙", "interrupted"),
}
TRAIN_RUNS, TRAIN_RUNS_INFO = "Trainings", "Choose one to show it; the newest is first"
TRAIN_RUN = "{category} · {variant} · {preset} · {time}"
TRAIN_TIME = "%-d %b %H:%M"
TRAIN_PROGRESS = "Training progress"
TRAIN_SPOKEN = "Training {state}, {percent} % done."
TRAIN_STOP, TRAIN_RESUME, TRAIN_DELETE = "Stop and keep the best so far", "Go on training", "Delete"
TRAIN_ALREADY = "A training is already running; it is shown here. Stop it first to start another."
TRAIN_ELSEWHERE = "Another training is running: {name}. Choose it in the list of trainings to watch it."
TRAIN_STOPPED = "The training ends after this step; the best model so far is kept."
TRAIN_ASK_DELETE = "Delete **{name}** with its model? This cannot be undone."
TRAIN_DELETE_YES, TRAIN_DELETE_NO = "Yes, delete it", "No, keep it"
TRAIN_FACTS = {
    "round": "Round",
    "best": "Lowest held-out error",
    "pictures": "Pictures",
    "time": "Time so far",
}
TRAIN_FACT_ROUND = "{epoch} ({step:,} of {total:,} steps)"
TRAIN_FACT_BEST = "{value} (round {epoch})"
TRAIN_FACT_PICTURES = "{train} to learn from, {held_out} held out"
TRAIN_PLOTS = {
    "total": "Error in all",
    "terms": "By kind, training",
    "held_out": "By kind, held-out",
}
TRAIN_PLOT_NOTE = (
    "Falling curves mean it is learning. If the *held-out* curve rises while the *training* curve falls, it only "
    "memorises (overfitting); the model with the lowest held-out error is kept. Kinds of error: *pixels*; *fine*, *middle* "
    "and *coarse* features of VGG; *code*, how orderly the short code is (KL)."
)
TRAIN_STEP, TRAIN_ERROR, TRAIN_LOG_ERROR = "step", "error per picture", "error, as a power of ten"
TRAIN_LOG, TRAIN_LOG_INFO = "Logarithmic scale", "3 means 1,000: large and small errors fit into one picture"
TRAIN_SERIES = {
    "pixels": "pixels",
    "layer1": "fine",
    "layer2": "middle",
    "layer3": "coarse",
    "kl": "code",
}
TRAIN_TRAINING, TRAIN_HELD_OUT = "training", "held-out good parts"
TRAIN_REBUILT = "How well it rebuilds: {kind}"
TRAIN_REBUILT_NOTE = "Top row: the photographs. Below: what the model makes of them, round by round."
TRAIN_REBUILT_ORIGINAL, TRAIN_REBUILT_ROUND = "photographs", "after round {epoch}"

# Train: when it is done
TRAIN_FIGURES = "How good it is"
TRAIN_FIGURES_ON = (
    "Measured on {n_good} good parts and {n_defect} parts with a defect that it has never seen."
)
TRAIN_NO_FIGURES = "There are no test pictures to measure it on."
TRAIN_METRICS = {
    "image_auroc": ("Tells good parts from defective ones", "image AUROC: 1 is perfect, 0.5 is guessing"),
    "pixel_auroc": ("Points at the right place", "pixel AUROC: 1 is perfect, 0.5 is guessing"),
    "aupro": ("Covers each defect as a whole", "AUPRO: 1 is perfect"),
    "pixel_ap": ("Marks little else", "pixel AP: 1 is perfect; small defects make it hard"),
    "f1_max": (
        "Best balance of finds and false alarms",
        "F1-max: 1 is perfect; its limit was chosen with the test labels",
    ),
}
TRAIN_UNKNOWN = "not known"
TRAIN_EXAMPLES = "Example verdicts"
TRAIN_EXAMPLES_NOTE = (
    "On test pictures, at a false-alarm rate of {rate:.0%}. Solid line: found; dashed line: known defect."
)
TRAIN_VERDICTS = {"good": "✓ Good part", "defect": "⚠ Defect"}
TRAIN_RIGHT, TRAIN_WRONG = "right: it is {kind}", "wrong: it is {kind}"
TRAIN_KIND_GOOD, TRAIN_KIND_DEFECT = "a good part", "a defect ({kind})"
TRAIN_OPEN, TRAIN_DOWNLOAD = "Open in Detect", "Download model"

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

# Compare
COMPARE_INTRO = "Choose one picture; each model judges it in turn, side by side."
COMPARE_SCALE = (
    "Each error map is drawn on its own model's scale: the middle of the colour bar is that model's limit. "
    "So colours can be compared between the models; scores cannot."
)
COMPARE_CATEGORY_INFO = "All models of this kind of part are compared"
COMPARE_RATE = "Sensitivity: false-alarm rate"
COMPARE_RATE_INFO = "Of 100 good parts, how many may be called defect by mistake"
COMPARE_PICTURE = "Picture"
COMPARE_PANE = "{title}: {pane}"
COMPARE_PANES = {"result": "Result", "rebuilt": "Rebuilt", "errors": "Error map"}
COMPARE_FACTS = "Pixel AUROC {pixel} · image AUROC {image}"
COMPARE_WAIT = "One moment: this model is looking …"
COMPARE_RIGHT = {  # (has a defect, is called defect)
    (True, True): "Right: the defect is found.",
    (True, False): "Wrong: the defect is missed.",
    (False, True): "Wrong: a false alarm.",
    (False, False): "Right: the part is good.",
}
COMPARE_TOOK = "Took {milliseconds:.0f} ms."
COMPARE_TRAIN = "Train this variant"
COMPARE_NO_MODELS = (
    "**Nothing to compare yet:** no model of this kind of part has been trained. "
    "Press one of the buttons “Train this variant”, or choose another kind of part."
)
COMPARE_ALL = "All test pictures"
COMPARE_ALL_INFO = "The same models on all {count} test pictures ({good} good, {defect} with a defect), at the false-alarm rate chosen above."
COMPARE_NO_TESTS = "There are no test pictures of this kind of part here, so nothing can be measured."
COMPARE_MEASURE = "Measure {models} on all {count} test pictures{time}"
COMPARE_MEASURE_TIME = " (about {duration})"
COMPARE_MEASURE_ALL = "all models"
COMPARE_MEASURING = "Measuring the models"
COMPARE_STEP = "{category}: measuring {title} (model {place} of {models}), {done} of {count} pictures"
COMPARE_LAST_STEP = "{category}: measuring {title} (model {place} of {models}), working out its figures …"
COMPARE_FAILED = "{title} could not be measured. {reason}"
COMPARE_COUNTS = "{found} of {defects} defects found, {missed} missed; {alarms} of {goods} good parts called defect by mistake."
COMPARE_ROC = {"image_roc": "Per picture", "pixel_roc": "Per pixel"}
COMPARE_ROC_INFO = (
    "ROC curves: how many defects are found (up) for how many false alarms (right). The nearer to the top left corner, "
    "the better; the thin diagonal is guessing. Rings mark where the models stand at the false-alarm rate chosen above."
)
COMPARE_ROC_ALT = "ROC curves {kind}: {areas}."
COMPARE_NO_ROC = "{kind}: there is no curve. {reason}"
COMPARE_FIGURES_CAPTION = "Figures on all test pictures: 1 is perfect. Bold: the best of the models."
COMPARE_FIGURE = "Figure"
COMPARE_FIGURES = {
    "pixel_auroc": ("Pixel AUROC", "points at the right place; 0.5 is guessing"),
    "image_auroc": ("Image AUROC", "tells good from defective pictures; 0.5 is guessing"),
    "aupro": ("AUPRO", "covers each defect, small or large"),
    "pixel_ap": ("Pixel AP", "marks little else; small defects make it hard"),
    "f1_max": (
        "F1-max",
        "best balance of finds and false alarms; uses the test labels, so it is a bound, not a setting",
    ),
}
COMPARE_UNKNOWN = "–"
COMPARE_REASON = "– {figure}: {reason}"
COMPARE_DISAGREE = "Where they disagree"
COMPARE_DISAGREE_INFO = (
    "{count} of {all} pictures on which the verdicts differ. Click one to see it in the columns above."
)
COMPARE_AGREE = "At this false-alarm rate the models give the same verdict on all {all} pictures."
COMPARE_ONE_MODEL = "To see where models disagree, at least two of them have to be measured."
COMPARE_CAPTIONS = {
    True: "{name}: found by {alarm}, missed by {quiet}",
    False: "{name}: called defect by mistake by {alarm}, rightly passed by {quiet}",
}


def duration(seconds: float) -> str:
    """A time in words, as exact as is of use."""
    steps = ((120, 1, "s"), (7200, 60, "min"))
    size, unit = next(((size, unit) for top, size, unit in steps if seconds < top), (3600, "h"))
    return f"{seconds / size:.0f} {unit}"


def amount(value: float) -> str:
    """A figure without powers of ten, as exact as is of use."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def kind(defect: str) -> str:
    """A picture's kind in words: `good`, or the name of its defect."""
    return "good" if defect == "good" else f"defect: {defect.replace('_', ' ')}"


def picture_name(defect: str, stem: str) -> str:
    """A test picture in words: `broken small 004`."""
    return f"{defect.replace('_', ' ')} {stem}"


def listed(names: list[str]) -> str:
    """Names in one phrase: `A, B and C`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def all_kinds(count: int) -> str:
    """Words for all test pictures together."""
    return f"All {count} test pictures" if count else "No test pictures"


def truth(defect: str, has_ground_truth: bool = True) -> str:
    """What is known of a test picture, in words.

    Args:
        defect: Its kind, `good` for a good part.
        has_ground_truth: Whether it is known where the defect is.
    """
    if defect == "good":
        return "Known: this is a good part."
    where = (
        ""
        if has_ground_truth
        else " There is no ground truth for this picture: where the defect is, is not known."
    )
    return f"Known: this part has a defect ({defect.replace('_', ' ')}).{where}"


def place(x: float, y: float) -> str:
    """Where a point lies in the picture, in words.

    Args:
        x: Share of the width, from the left.
        y: Share of the height, from the top.
    """
    row, column = ("top", "middle", "bottom")[min(int(3 * y), 2)], ("left", "", "right")[min(int(3 * x), 2)]
    words = {"middle ": "centre"}.get(f"{row} {column}", f"{row} {column}".strip())
    return f"{words} ({x:.0%} from the left, {y:.0%} from the top)"


def number(value: float) -> str:
    """A score to four digits, without powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def margin(score: float, threshold: float) -> str:
    """How far a score lies from the limit, in words."""
    ratio = score / max(threshold, 1e-12)
    steps = (
        (0.7, "well below the limit"),
        (0.95, "below the limit"),
        (1.05, "close to the limit"),
        (1.5, "above the limit"),
    )
    return next((words for top, words in steps if ratio <= top), "well above the limit")


def fetching(fetch: Any) -> str:
    """A download of teacher weights in one sentence.

    Args:
        fetch: A `teacher.fetching.Fetch`.
    """
    name = fetch.teacher.upper()
    if fetch.problem:
        return fetch.problem
    if not fetch.running:
        return f"The weights of {name} are here."
    if not fetch.done:
        return f"This model needs the ImageNet weights of {name}: fetching them, which is done only once …"
    size = (
        f"{fetch.done / 1e6:.0f} of {fetch.total / 1e6:.0f} MB"
        if fetch.total
        else f"{fetch.done / 1e6:.0f} MB"
    )
    return f"Fetching the ImageNet weights of {name} from {fetch.source}: {size}. This is done only once."

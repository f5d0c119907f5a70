"""Texts of the Train tab."""

# Train: the steps
WHAT, WHICH, HOW_LONG = (
    "## 1 · What to train on",
    "## 2 · Which kind of model",
    "## 3 · How long",
)
CATEGORY_INFO = "Only pictures of its good parts are used for training"
VARIANT, VARIANT_INFO = (
    "Kind of model",
    "With a helper network it also learns shapes and textures, and finds far more",
)
VARIANTS = {
    "none": "VAE: pixels only, the fastest",
    "vgg16": "VAE + VGG16: as in the report",
    "vgg19": "VAE + VGG19: a deeper helper network, a little slower",
    "efficientnet-lite0": "VAE + EfficientNet-Lite0: recommended; a light helper network with nothing to download",
    "efficientnet-b0": "VAE + EfficientNet-B0: light too, but downloads its weights (21 MB)",
    "resnet18": "VAE + ResNet-18: a helper network in wide use, faster than VGG (downloads 47 MB)",
    "wide-resnet50-2": "VAE + Wide ResNet-50-2: the largest helper network, slower than VGG (downloads 138 MB)",
}
PRESET = "Recipe"
PRESET_INFO = (
    "Instant gives a first answer in seconds. Extended finds the most; both are made for EfficientNet-Lite0. Quick suits the other kinds. Each "
    "longer training begins with an instant model, so that Detect works meanwhile"
)
CUSTOM = "custom"
CUSTOM_TITLE = "Custom: my own settings, below"
SEED, SEED_INFO = (
    "Seed",
    "Starting point of all random numbers: the same seed gives the same model",
)
SETTINGS = "All settings"
SETTINGS_NOTE = "What the chosen recipe does. Change anything and the recipe becomes *Custom*; choose another recipe to go back."
SETTINGS_LOCKED = "What the chosen recipe does. On this server the settings cannot be changed."
START = "Start training"
LIMITED = "This server allows the quick recipe only. Run the app on your own machine for the others."
NO_CATEGORY = "Choose what to train on first."
NO_PICTURES = "There are no pictures to train on here."
FEW = "Only {count} good parts: results will be unreliable. Use 20 or more."

# Train: what the model will see
TAB_PREVIEW, TAB_RUN = "What it learns from", "The training"
SAMPLES = "Good parts it learns from"
SAMPLE = "good part {number}"
LOOKED_AT = "The network looks at {width}×{height} pixels{how}{time}."
UPRIGHT, TEXTURE = ", with parts turned upright", ", as at a texture"
LOOKS_LONG = ": about {milliseconds} ms a picture on two cores"
VIEWS = "How each picture is varied"
VIEWS_NOTE = (
    "Parts lie a little differently each time. So that this is not called a defect, the model practises on "
    "slightly varied copies (augmentation)."
)
VIEWS_NONE = "With these settings every picture is used as it is, unchanged."
VIEW_ORIGINAL, VIEW = "as the model sees it", "varied copy {number}"
KINDS_TITLE = "Each kind of variation by itself"
KINDS_NOTE = "At its strongest. The copies above mix them."
KINDS = {
    "rotation": "turned",
    "crop": "cropped",
    "hflip": "mirrored left to right",
    "vflip": "mirrored top to bottom",
    "elastic": "bending",
    "colour": "colour",
    "noise": "noise",
}
CHANGES_TITLE = "Changes that are no defect"
CHANGES_NOTE = (
    "At their strongest. Light and camera may change so much; the model learns how its errors vary with them."
)
CHANGES = {
    "light": "light",
    "white_balance": "white balance",
    "blur": "blur",
    "noise": "noise",
    "compression": "JPEG",
}
KIND_SHARE = "{share} of copies"
KINDS_HELD = "Careful: a recipe made for this category would leave out '{kinds}', lest the model learn to overlook a defect."
MASK = "What counts as background"
MASK_NOTE = "Striped: seen as background (background mask)."
MASK_KIND_NONE = "This recipe looks for no background: the whole picture counts."
MASK_USES = {
    (False, False): "Shown for your information: this recipe counts the whole picture, background included.",
    (True, False): "The training ignores the striped area; the verdict counts it.",
    (False, True): "The verdict ignores the striped area; the training counts it.",
    (True, True): "Training and verdict ignore the striped area.",
}
MASK_SHARE = "{share} background"

# Train: while it runs
STATES = {
    "running": ("▶", "running"),
    "stopping": ("■", "stopping"),
    "stopped": ("■", "stopped"),
    "finished": ("✓", "finished"),
    "failed": ("✕", "failed"),
    "interrupted": ("❙❙", "interrupted"),
}
SEARCH, SEARCH_EXAMPLE = "Search the settings", "for example: rotation"
NOTHING_FOUND = "No setting has these words."
RUNS, RUNS_INFO = "Trainings", "Choose one to show it; the newest is first"
NAME, NAME_INFO, RENAME = (
    "Name",
    "What this training is called in the list, for example: new lamp, 2nd try",
    "Save name",
)
PROGRESS = "Training progress"
SPOKEN = "Training {state}, {percent} % done."
STOP, RESUME, DELETE = "Stop and keep best model", "Resume training", "Delete"
COMPARED, COMPARED_INFO = (
    "Methods to compare with",
    "PaDiM, PatchCore, autoencoders, Deep SVDD, f-AnoGAN and DAGMM are recipes too",
)
BUSY = "Another training is running: {name}. Stop it, or wait until it is done; then resume this one."
ENDING = "This training is still ending: its best model is measured. Resume it in a moment."
ALREADY = "A training is already running; it is shown here. Stop it first to start another."
ELSEWHERE = "Another training is running: {name}. Choose it in the list of trainings to watch it."
NOT_YOURS = (
    "Another visitor has started this training; only who started it can stop or resume it on this server."
)
KEPT = "Trainings cannot be deleted on this server."
STOPPED = "The training ends after this step; the best model so far is kept."
ASK_DELETE = "Delete **{name}** with its model? This cannot be undone."
DELETE_YES, DELETE_NO = "Yes, delete it", "No, keep it"
FACTS = {
    "round": "Round",
    "best": "Lowest held-out error",
    "pictures": "Pictures",
    "time": "Time so far",
    "first": "First model",
}
FACT_ROUND = "{epoch} ({step} of {total} steps)"
FACT_BEST = "{value} (round {epoch})"
FACT_FIRST = "ready after {seconds}; it serves in Detect until this training is done"
FACT_PICTURES = "{train} to learn from, {held_out} held out"
PLOTS = {
    "total": "Error in all",
    "terms": "By kind, training",
    "held_out": "By kind, held-out",
}
PLOT_NOTE = (
    "Point at a chart to read its values. Falling curves mean it is learning. If the *held-out* curve rises while the *training* curve falls, it only "
    "memorises (overfitting); the model with the lowest held-out error is kept. Kinds of error: *pixels*; *fine*, *middle* "
    "and *coarse* features of the helper network; *code*, how orderly the short code is (KL)."
)
PLOT_ALT = "{title}. Last values: {last}."
PLOT_SAVE = {"png": "Save PNG", "svg": "Save SVG", "copy": "Copy", "csv": "Save CSV"}
STEP, ERROR = "step", "error per picture"
SMOOTHING, SMOOTHING_INFO = "Smoothing", "Of the thick lines; the thin ones are the values"
SMOOTHINGS = {"none": "None", "light": "Light", "strong": "Strong"}
LOG, LOG_INFO = "Logarithmic scale", "Large and small errors fit into one chart: each line up is a multiple"
SERIES = {
    "training": "training",
    "held_out": "held-out good parts",
    "other_training": "other, training",
    "other_held_out": "other, held-out",
    "pixels": "pixels",
    "layer1": "fine",
    "layer2": "middle",
    "layer3": "coarse",
    "sphere": "distance",
    "rebuilt": "features",
    "critic": "discriminator's features",
    "kl": "code",
}
BESIDE, BESIDE_INFO = (
    "Compare with another training",
    "Its curves are drawn in one chart with these, and the figures of both stand in a table",
)
ALONE = "None"
BOTH, BOTH_FIGURES = "Error in all, of both trainings", "Both trainings"
REBUILT = "How well it rebuilds: {kind}"
REBUILT_NOTE = "Top row: the photographs. Below: what the model makes of them, round by round."
REBUILT_ORIGINAL, REBUILT_ROUND = "photographs", "after round {epoch}"

# Train: when it is done
FIGURES = "How good it is"
FIGURES_ON = "Measured on {n_good} good parts and {n_defect} parts with a defect that it has never seen."
NO_FIGURES = "There are no test pictures to measure it on."
NOT_MEASURED = "It has not been measured on the test pictures: the training was started without that. The Results tab can measure it now."
METRICS = {
    "image_auroc": ("Tells good parts from defective ones", "image AUROC: 1 is perfect, 0.5 is guessing"),
    "pixel_auroc": ("Points at the right place", "pixel AUROC: 1 is perfect, 0.5 is guessing"),
    "aupro": ("Covers each defect as a whole", "AUPRO: 1 is perfect"),
    "pixel_ap": ("Marks little else", "pixel AP: 1 is perfect; small defects make it hard"),
    "f1_max": (
        "Best balance of finds and false alarms",
        "F1-max: 1 is perfect; its limit was chosen with the test labels",
    ),
}
UNKNOWN = "not known"
EXAMPLES = "Example verdicts"
EXAMPLES_NOTE = (
    "On test pictures, at a false-alarm rate of {rate}. Solid line: found; dashed line: known defect."
)
VERDICTS = {"good": "✓ Good part", "defect": "⚠ Defect", "not judged": "? Not judged"}
RIGHT, WRONG = "right: it is {kind}", "wrong: it is {kind}"
KIND_GOOD, KIND_DEFECT = "a good part", "a defect ({kind})"
OPEN, DOWNLOAD = "Open in Detect", "Download model"
OPEN_FIRST = "Open the first model in Detect"

# Train: suspicious good pictures
LOOK = "Look for odd pictures among the good ones"
LOOK_NOTHING = "{count} good pictures were looked at: none stands out."
SUSPECTS = "Look at these ({count}): are they good?"
SUSPECTS_NOTE = "They stand out among the good pictures. A part with a defect that is learned as good teaches the model to overlook such defects."
SUSPECTS_ASIDE = "{count} of them stand so far out that they do not count for the limit."
NOT_COUNTED = "not counted for the limit"
LEAVE_OUT, LEAVE_OUT_INFO = "Leave these out", "The training does not see them; their files stay"
AGAIN = "Leave them out and train again"
NOTHING_CHOSEN = "Choose the pictures to leave out first."

"""Texts of the Compare tab."""

INTRO = "Choose models and one picture; each model judges it in turn, side by side."
SCALE = (
    "Each error map is drawn on its own model's scale: the middle of the colour bar is that model's limit. "
    "So colours, and scores as multiples of the limit, can be compared between the models."
)
MODELS = "Models"
MODELS_INFO = "{fewest} to {most} of this kind of part, side by side"
TOO_FEW = "Choose {fewest} to {most} models. Until then the columns below stay as they are."
TOO_MANY = "{count} models are chosen, and {most} fit side by side: take some out. Until then the columns below stay as they are."
MISSING = "The link names a model that is not here: {names}."
MISSING_MANY = "The link names models that are not here: {names}."
ONLY_MODEL = "There is only one model of this kind of part. Train another one to compare the two."
PICTURE = "Picture"
PANE = "{title}: {pane}"
PANES = {"result": "Result", "rebuilt": "Rebuilt", "errors": "Error map"}
FACTS = "Pixel AUROC {pixel} · image AUROC {image}"
WAIT = "One moment: this model is looking …"
TOOK = "Took {milliseconds:.0f} ms."
TRAIN = "Train another model"
NO_MODELS = (
    "There is no model of this kind of part yet. Train two to compare them, or choose another kind of part."
)
ALL = "All test pictures"
ALL_INFO = "The chosen models on all {count} test pictures ({good} good, {defect} with a defect), at the false-alarm rate chosen above."
NO_TESTS = "There are no test pictures of this kind of part here, so nothing can be measured."
MEASURE = "Measure {models} on all {count} test pictures{time}"
MEASURE_TIME = " (about {duration})"
MEASURE_ALL = "all models"
MEASURING = "Measuring the models"
STEP = "{category}: measuring {title} (model {place} of {models}), {done} of {count} pictures"
LAST_STEP = "{category}: measuring {title} (model {place} of {models}), working out its figures …"
MEASURING_STOPPED = "Stopped. What was measured until then is kept; the model at work was not finished."
FAILED = "{title} could not be measured. {reason}"
COUNTS = "{found} of {defects} defects found, {missed} missed; false alarms: {alarms} of {goods} good parts."
ROC = {"image_roc": "Per picture", "pixel_roc": "Per pixel"}
ROC_INFO = (
    "ROC curves: how many defects are found (up) for how many false alarms (right). The nearer to the top left corner, "
    "the better; the thin diagonal is guessing. Rings mark where the models stand at the false-alarm rate chosen above."
)
ROC_ALT = "ROC curves {kind}: {areas}."
NO_ROC = "{kind}: there is no curve. {reason}"
FIGURES_CAPTION = "Figures on all test pictures: 1 is perfect. Bold: the best of the models."
FIGURE = "Figure"
FIGURES = {
    "pixel_auroc": ("Pixel AUROC", "points at the right place; 0.5 is guessing"),
    "image_auroc": ("Image AUROC", "tells good from defective pictures; 0.5 is guessing"),
    "aupro": ("AUPRO", "covers each defect, small or large"),
    "pixel_ap": ("Pixel AP", "marks little else; small defects make it hard"),
    "f1_max": (
        "F1-max",
        "best balance of finds and false alarms; uses the test labels, so it is a bound, not a setting",
    ),
}
COSTS = {
    "seconds": ("Training", "seconds, on the machine where it was trained"),
    "milliseconds": ("A picture", "milliseconds, in batches with PyTorch, on that machine"),
    "megabytes": ("File", "megabytes"),
}
UNKNOWN = "–"
REASON = "– {figure}: {reason}"
DISAGREE = "Where they disagree"
DISAGREE_INFO = (
    "{count} of {all} pictures on which the verdicts differ. Click one to see it in the columns above."
)
AGREE = "At this false-alarm rate the models give the same verdict on all {all} pictures."
ONE_MODEL = "To see where models disagree, at least two of them have to be measured."
CAPTIONS = {
    True: "{name}: found by {alarm}, missed by {quiet}",
    False: "{name}: false alarm by {alarm}, correct verdict by {quiet}",
}

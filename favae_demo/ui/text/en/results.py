"""Texts of the Results tab."""

INTRO = "How good is a model? Measured on all test pictures of a kind of part, beside the project report and published methods."
CATEGORY_INFO = "Its test pictures are what the models are measured on"
MODEL_INFO = "The curves and counts below are this model's"
ABOUT = "**{count} test pictures**: {good} good, {defect} with a defect. {notes}"
NO_TESTS = "There are no test pictures of this kind of part here, so nothing can be measured. Add some in the Data tab."
NO_MODEL = "No model of this kind of part has been trained yet, so there is nothing to measure. Open the Train tab to make one."
NO_MASKS = "No test picture has a mask that says where its defect is, so there are no figures and no curves per pixel."
SOME_MASKS = "Figures per pixel leave out {pictures} with a defect but without a mask that says where it is."
FEW_GOOD = "Too few good test pictures ({good}) for figures and curves over pictures; they are left out."
NO_DEFECTS = (
    "There are no test pictures with a defect, so it cannot be said what is found: only false alarms."
)
MEASURE = "Measure {models} on all {count} test pictures"
MODELS = "{count} models"
STOP = "Stop measuring"
STOPPING = "Stopping …"

FIGURES = "Figures"
FIGURES_CAPTION = "Pixel AUROC as in the report's Table 6.1, and what else is measured here; 1 is perfect."
FIGURES_PLAIN = "What is measured here; 1 is perfect. Published figures exist for MVTec AD only."
HEADS = {
    "pixel_auroc": ("Pixel AUROC", "points at the right place"),
    "report": ("in the report", "pixel AUROC, quoted"),
    "image_auroc": ("Image AUROC", "tells good from defect"),
    "aupro": ("AUPRO", "covers each defect"),
    "pixel_ap": ("Pixel AP", "marks little else"),
    "f1_max": ("F1-max", "uses test labels"),
    "rank": ("Rank", "by image AUROC"),
    "seconds": ("Training", "seconds"),
    "milliseconds": ("A picture", "milliseconds"),
    "megabytes": ("File", "MB"),
    "n": ("Pictures", "good / defect"),
}
MODEL_HEAD = "Model"
UNKNOWN = "–"
N = "{good} / {defect}"
STAR = "\u00a0*"  # never alone on a line
TOLD = "* As measured when the model was made. Its curves, counts and pictures are there once it is measured here."
NOT_MEASURED = "not measured yet"
NO_SUCH_MODEL = "no model here"
PARTIAL = "Only a part of this category's pictures is here, so figures here and published ones are not on the same pictures."
PEERS = "Published methods on this category"
PEERS_CAPTION = "Quoted, not measured here, and not on equal terms: those methods see larger pictures (ours: {size}×{size})."
PEER_HEADS = ("Method", "Pixel AUROC", "Image AUROC", "AUPRO", "Picture size", "Source")
SIZE_UNKNOWN = "not stated"

OVER_ALL = "All kinds of part together"
OVER_ALL_CAPTION = (
    "Mean ranks of the newest model of each kind, as measured when it was made, over the {count} kinds of part that all of these have. Models of "
    "one kind of part alone are left out."
)
OVER_ALL_HEADS = (
    "Model",
    ("Image AUROC", "mean rank"),
    ("Image AUROC", "mean"),
    ("Pixel AUROC", "mean rank"),
    ("Pixel AUROC", "mean"),
)

LIMIT = "Where is the limit?"
RATE = "Sensitivity: false-alarm rate in %"
RATE_INFO = "Accepted false alarms among 100 good parts. Sets the limit from the scores of good pictures. ▲ recommended: 5"
BY_HAND = "Or set the limit itself"
BY_HAND_INFO = "As a multiple of the recommended limit. A picture whose score lies above it is called defect"
ABOUT_CURVES = (
    "The nearer a ROC curve comes to the top left corner, and the other one to the top right, the better."
)
BACK = "Limit of the false-alarm rate"
BEST_F1 = "Limit of the best F1 (uses test labels)"
OF_RATE = "<b>Limit: {limit} × the recommended one</b>, from {count} good pictures at a false-alarm rate of {rate} %."
OF_HAND = "<b>Limit: {limit} × the recommended one</b>, set by hand: {above} of {count} good pictures lie above it ({share})."
OF_F1 = "<b>Limit: {limit} × the recommended one</b>, where F1 is best on these very test pictures: it uses the test labels, so it is a bound, not a setting."
TOO_FEW = " They are too few for this rate, so it is their highest score plus a margin; at least {missing} more are needed."
OUTCOME = "{found} of {defects} defects found; false alarms: {alarms} of {goods} good parts."
NOT_JUDGED = " Not judged: {count}, because they are unlike the good parts as a whole."
CELLS = {
    "found": "✓ {n} found\ndefect, called defect",
    "missed": "✗ {n} missed\ndefect, called good",
    "alarms": "✗ {n} false alarms\ngood, called defect",
    "passed": "✓ {n} passed\ngood, called good",
}
MATRIX = "Right and wrong verdicts: press one to see its pictures"
KINDS = "By kind of defect, at this limit"
GOOD_PARTS = "good parts"
KIND_HEADS = (
    "Kind",
    "Pictures",
    "Called defect",
    "Called good",
    "Not judged",
    "Mean, × limit",
    "Lowest – highest, × limit",
)

CHARTS = "Curves"
CHART_TITLES = {
    "histogram": "Scores of good and defective pictures",
    "image_roc": "ROC over pictures",
    "pixel_roc": "ROC over pixels",
    "image_pr": "Precision and recall over pictures",
    "pixel_pr": "Precision and recall over pixels",
}
CHART_WORDS = {
    "false_alarms": "False alarms (share of good)",
    "found": "Found (share of defects)",
    "recall": "Found (recall)",
    "precision": "Alarms that are right (precision)",
    "good": "Good",
    "defect": "Defect",
    "score": "Score, × the recommended limit",
    "pictures": "Pictures",
    "limit": "Limit",
    "in_use": "Limit in use",
    "limits_in_use": "Limits in use",
    "empty": "No figures yet",
}
CHART_NOTES = {
    "histogram": "Dashed line: the limit.",
    "image_roc": "Ring: the limit. {x} false alarms, {y} of defects found.",
    "pixel_roc": "Ring: the limit for places at a false-alarm rate of {rate} %. {x} of good pixels marked, {y} of defect pixels.",
    "image_pr": "Ring: the limit. {x} of defects found, {y} of alarms right.",
    "pixel_pr": "",
}
CHART_ALT = {
    "histogram": "Histogram of the scores of {good} good and {defect} defective pictures.",
    "curve": "{title}: area under the curve {area:.3f}.",
}
NO_CHART = "{title}: there is no curve. {reason}"
SAVE = {"png": "Save PNG", "svg": "Save SVG", "copy": "Copy"}
SAVE_ALL = "Save all charts (ZIP: SVG, PNG, and their data as CSV)"
NOT_MEASURED_YET = (
    "This model is not measured yet, so there are no charts. Press the button above that measures it."
)

PICTURES = "Pictures"
SHOWN = {
    "found": "Defects that are found",
    "missed": "Defects that are missed",
    "alarms": "False alarms",
    "passed": "Good parts that pass",
}
SHOWN_COUNT = "**{title}**: {count}. Click one to open it in Detect."
SHOWN_NONE = "**{title}**: none at this limit."
BEST, WORST = "Clearest correct verdicts", "Worst mistakes"
BEST_INFO = "Farthest from the limit on the right side"
WORST_INFO = "Farthest from the limit on the wrong side"
NO_WORST = "At this limit every verdict is right."
PICTURE = "{name}: {score}"

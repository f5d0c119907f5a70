"""Texts of visitors' feedback on verdicts, and of the recalibration that uses it."""

WAS = {"good": "✓ This was good", "defect": "✗ This was a defect"}
VISITOR = "visitor"
NOTHING_SHOWN = "Choose a picture first; then mark it as good or as a defect."
NOT_HERE = (
    "Feedback is not stored on this server, so no visitor changes what others see. "
    "Run the app on your own machine to mark pictures and to recalibrate a model after a change of light or camera."
)
GONE = "This picture is not here any more. Open it in Detect to mark it."
SAID = {
    "good": "Added to the good parts: {name}.",
    "defect": "Added to the test pictures, as a defect: {name}. It does not move the limit.",
}
MARKED = {"good": "Marked as good.", "defect": "Marked as a defect."}
TAKEN_BACK = "Mark undone: {name}."
COUNTS = "Marked: {good} good, {defect} defect."
HINT = " Recalibrate with them under “Feedback and recalibration” in Detect."

TITLE = "Feedback and recalibration"
INTRO = (
    "Pictures marked good join the good parts. With {fewest} of them, better 20, the model is **recalibrated** in seconds: its limit, memory and "
    "error weights follow a new light or camera; the network is not trained again. The result is a new version of the model, which can be undone. "
    "Pictures marked as a defect become test pictures and never move the limit."
)
RECALIBRATE = "Recalibrate with {count} good pictures"
MORE_NEEDED = "Recalibrate (good pictures still needed: {missing})"
BACK = "Undo last mark"
UNDO = "Undo version {number}"
WORKING = "Recalibrating with {count} pictures …"
READY = "Version {number} is ready after {seconds:.1f} s. Now measuring before and after: {done} of {total} pictures."
PROGRESS = "Progress of the recalibration"
UNDONE = "Version {number} deleted; the previous version is selected."
MADE = "Version {number}: recalibrated with {pictures} good pictures in {seconds:.1f} s."
CAPTION = "Verdict “defect” at a false-alarm rate of 5 %"
HEADS = ("Pictures", "Before", "After")
GROUPS = {
    "marked_good": "Marked good: false alarms",
    "marked_defects": "Marked as a defect: found",
    "good": "Good test pictures: false alarms",
    "defects": "Test pictures with a defect: found",
}
OF = "{called} of {pictures}"
UNJUDGED = ", {unjudged} not judged"
CROSSED = "After: each picture marked good is checked by a model recalibrated without it (cross-validation)."
LOG = "Log"
LOG_EMPTY = "No picture of this kind of part is marked yet."
LOG_LINE = "{time} (UTC), {who}: {said}"
LOG_SAID = {"good": "{name} is good", "defect": "{name} is a defect", "taken back": "mark of {name} undone"}
MODEL_SAID = ". Model: {verdict}, {multiple}"
NEED = (
    "{missed} of {count} pictures marked as a defect lie below this limit. To find all of them, the limit would have to be {limit} × the recommended one: "
    "{above} of {good} good pictures lie above that."
)
ALL_FOUND = "All {count} pictures marked as a defect lie above this limit."

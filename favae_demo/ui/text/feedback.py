"""Texts of what visitors say of verdicts, and of the recalibration that follows."""

WAS = {"good": "✓ This was good", "defect": "✗ This was a defect"}
VISITOR = "visitor"
NOTHING_SHOWN = "Choose a picture first; then say whether it is good or shows a defect."
NOT_HERE = (
    "What a visitor says of a picture is not kept on this server, so nobody changes what others see. "
    "On your own machine it is: pictures marked good bring the limit back after a change of light or camera."
)
GONE = "This picture is not here any more. Open it in Detect to say what it is."
SAID = {
    "good": "Kept as a good part: {name}.",
    "defect": "Kept as a test picture with a defect: {name}. It does not move the limit.",
}
TAKEN_BACK = "Taken back: {name}."
COUNTS = "Marked so far: {good} good, {defect} as a defect."

HINT = " A new limit can be made from them: see “What you said, and a new limit” in Detect."

TITLE = "What you said, and a new limit"
INTRO = (
    "Pictures that you mark good join the good parts of their kind. With {fewest} of them, better 20, the model is **recalibrated** in seconds: "
    "limit, memory and weights of errors follow the new light or camera; its network stays. The result is a new version of the model, which "
    "can be undone. Pictures marked as a defect never move the limit: they are test pictures, and Results counts them."
)
RECALIBRATE = "Recalibrate with {count} good pictures"
MORE_NEEDED = "Recalibrate ({missing} more good pictures needed)"
BACK = "Take back the last mark"
UNDO = "Undo version {number}"
WORKING = "Recalibrating with {count} pictures …"
READY = "Version {number} can be used, after {seconds:.1f} s. Now known pictures are judged with the version before and with it: {done} of {total}."
PROGRESS = "Progress of the recalibration"
UNDONE = "Version {number} is deleted; the one before it is chosen again."
MADE = "Version {number}, from {pictures} pictures marked good, in {seconds:.1f} s."
CAPTION = "Called defect at a false-alarm rate of 5 %, before and after"
HEADS = ("Pictures", "Before", "After")
GROUPS = {
    "marked_good": "Marked good: false alarms",
    "marked_defects": "Marked as a defect: found",
    "good": "Good test pictures: false alarms",
    "defects": "Test pictures with a defect: found",
}
OF = "{called} of {pictures}"
UNJUDGED = ", {unjudged} not judged"
CROSSED = "After: each picture marked good is judged with what was learned from the other ones."
LOG = "Who said what"
LOG_EMPTY = "Nothing was said of pictures of this kind yet."
LOG_LINES = 12
LOG_LINE = "{time} (UTC), {who}: {said}"
LOG_SAID = {
    "good": "{name} is good",
    "defect": "{name} shows a defect",
    "taken back": "what was said of {name} is taken back",
}
MODEL_SAID = ". The model had said {verdict}, {multiple:.2f} times the limit"
NEED = (
    "{missed} of {count} pictures that you marked as a defect lie below this limit. To find them all it would have to be {limit}: "
    "{above} of {good} good pictures lie above that."
)
ALL_FOUND = "All {count} pictures that you marked as a defect lie above this limit."

"""Texts of the tab in which a visitor draws a defect."""

INTRO = "Paint something on a good part, and see whether the model notices: with the brush, or with a ready-made scratch or stain."
CATEGORY_INFO = "Its good pictures are painted on"
EDITOR = "Paint here"
SCRATCH, BLOB = "Add a scratch", "Add a stain"
UNDO, CLEAR, ANOTHER = "Undo", "Clear", "Another picture"
RESULT = "What the model sees"
NO_GOOD = "There are no pictures of good parts of this kind here. Choose another kind of part, or add some in the Data tab."
UNTOUCHED = "Nothing is painted yet: this is the answer for the good part. Paint on the picture, or add a scratch or a stain."
NOTHING_FOUND = "Found where you painted: no. Nothing lies above the limit."
FOUND = {
    "all": "Found where you painted: yes.",
    "some": "Found where you painted: partly, {found} of {count} places.",
    "none": "Found where you painted: no.",
}
ELSEWHERE = {
    1: "One place that you did not paint is marked too.",
    2: "{count} places that you did not paint are marked too.",
}
TABLE = "Before and after painting"
HEADERS = ("", "Score", "Verdict")
BEFORE, AFTER = "Before", "After"
LEGEND = "what you painted"

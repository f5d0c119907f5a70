"""English words for a result: the page, the saved picture and the report say the same."""

# Verdict: word and icon.
VERDICTS = {"defect": ("Defect", "⚠"), "good": ("Good part", "✓"), "not judged": ("Not judged", "?")}
OUTCOMES = {  # (has a defect, verdict): sign and word
    (True, "defect"): ("✓", "correct"),
    (False, "good"): ("✓", "correct"),
    (True, "good"): ("✗", "missed defect"),
    (False, "defect"): ("✗", "false alarm"),
}
# Titles of the images of a result.
PANES = {"picture": "Picture", "result": "Result", "rebuilt": "Rebuilt as good", "errors": "Error map"}
LEGEND_FOUND, LEGEND_TRUTH = "found by the model", "known defect (ground truth)"
LEGEND_CALM, LEGEND_LIMIT, LEGEND_HIGH = "normal", "limit", "twice the limit or more"

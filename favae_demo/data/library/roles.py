"""The roles that files of a data set can have."""

# `defect:KIND` and `by-mask:SPLIT` carry a second word.
TRAIN, TEST, GOOD, DEFECT, BY_MASK, MASK, SKIP, ASK = (
    "train", "test", "good", "defect", "by-mask", "mask", "skip", "ask",
)  # fmt: skip
ROLES = {
    TRAIN: "good parts for training",
    TEST: "good parts for testing",
    GOOD: "good parts; some are kept for testing",
    DEFECT: "parts with a defect",
    BY_MASK: "defects where their mask marks something, good parts elsewhere",
    MASK: "masks: they mark the defects",
    SKIP: "left out",
    ASK: "not known",
}

"""Calibration of a trained model: how its errors vary on good images, how much each score counts, and the scores behind the thresholds.

No test image and no label is used. What must be chosen is chosen on held-out good images, changed copies of them (`transforms.nuisance`),
and copies with a small synthetic defect (`synthetic.cut_paste`).
"""

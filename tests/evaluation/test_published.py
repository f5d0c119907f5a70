import pytest

from favae_demo.evaluation.published import CATEGORIES, MEAN, METHODS, figures


def test_the_reports_rows_come_first_and_pair_with_our_variants():
    rows = figures("bottle")[:3]
    assert [(row.teacher, row.pixel_auroc, row.size) for row in rows] == [
        ("none", 0.45, 128),
        ("vgg16", 0.957, 128),
        ("vgg19", 0.931, 128),
    ]
    assert all("Table 6.1" in row.source and row.image_auroc is None for row in rows)


def test_a_peers_row():
    (padim,) = [row for row in figures("screw") if row.name == "PaDiM"]
    assert (padim.pixel_auroc, padim.image_auroc, padim.aupro, padim.size) == (0.988, 0.845, None, 256)
    (dinomaly,) = [row for row in figures("toothbrush") if row.name == "Dinomaly"]
    assert (dinomaly.pixel_auroc, dinomaly.image_auroc, dinomaly.aupro) == (0.989, 1.0, 0.953)


def test_a_method_without_figures_on_a_category_is_left_out():
    assert "FAVAE" not in [row.name for row in figures("bottle")]
    assert [row.pixel_auroc for row in figures(MEAN) if row.name == "FAVAE"] == [0.953]
    assert not [row for row in figures(MEAN) if row.teacher]


def test_other_data_have_no_published_figures():
    assert figures("sample_bottle") == []


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.name)
def test_each_method_has_a_source_and_figures_that_are_shares(method):
    assert method.source
    for values in (method.pixel_auroc, method.image_auroc, method.aupro):
        assert len(values) == len(CATEGORIES) + 1
        assert all(value is None or 0 < value <= 1 for value in values)

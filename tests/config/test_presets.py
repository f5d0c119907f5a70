from dataclasses import asdict, fields, replace

import pytest

from favae_demo.config.presets import PAPER, PRESETS, QUICK, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError

REPORT = {
    "teacher": "vgg16",
    "tap": "relu",
    "image_size": 128,
    "latent": 100,
    "width": 1.0,
    "learning_rate": 1e-3,
    "weight_decay": 1e-5,
    "batch_size": 32,
    "epochs": 100,
    "patience": 20,
    "validation_ratio": 0.2,
    "kl_weight": 1.0,
    "views": 10_000,
    "rotation": 15.0,
    "hflip_p": 0.3,
    "vflip_p": 0.3,
    "snapshot_every": 10,
    "decay": "none",
    "weight_average": 0.0,
    "score": "sum",
    "blur": 4.0,
    "max_steps": 0,
    "max_seconds": 0,
}
RANGED = [item for item in fields(TrainConfig) if item.metadata["low"] is not None]
CHOICES = [item for item in fields(TrainConfig) if item.metadata["choices"]]


def number(value: float) -> str:
    return f"{value:,.10g}"


def names(items):
    return [item.name for item in items]


def test_paper_is_the_reports_table():
    assert {name: getattr(PAPER, name) for name in REPORT} == REPORT
    assert PRESETS["paper"] == PAPER == TrainConfig()


def test_quick_is_smaller_and_faster_but_the_same_method():
    own = {
        "preset", "width", "narrow_adapters", "tap", "epochs", "max_steps", "batch_size", "learning_rate", "decay", "weight_average", "views",
        "augment_validation", "bank", "mask_score", "score", "image_score", "snapshot_every",
    }  # fmt: skip
    changed = {name for name, value in asdict(QUICK).items() if value != getattr(PAPER, name)}
    assert changed <= own
    assert QUICK.preset == "quick"
    assert QUICK.width < PAPER.width
    assert QUICK.epochs < PAPER.epochs


SPATIAL = replace(PAPER, latent_side=8)  # for which any shape of picture is possible


@pytest.mark.parametrize("item", RANGED, ids=names(RANGED))
def test_a_value_out_of_range_names_field_and_range(item):
    low, high = item.metadata["low"], item.metadata["high"]
    for value in (low - 1, high + 1):
        with pytest.raises(ConfigError) as error:
            replace(SPATIAL, **{item.name: item.type(value)})
        assert f"{item.name!r} must be between {number(low)} and {number(high)}" in str(error.value)
    for value in (low, high):
        assert getattr(replace(SPATIAL, **{item.name: item.type(value)}), item.name) == value


@pytest.mark.parametrize("item", CHOICES, ids=names(CHOICES))
def test_an_unknown_choice_names_field_and_choices(item):
    with pytest.raises(ConfigError) as error:
        replace(PAPER, **{item.name: item.type("7")})
    choices = ", ".join(map(str, item.metadata["choices"]))
    assert f"{item.name!r} must be one of {choices}" in str(error.value)


def test_looking_at_features_needs_a_teacher():
    with pytest.raises(ConfigError, match="needs a teacher"):
        replace(PRESETS["extended"], teacher="none")
    assert make_config("extended", teacher="none").encoder == "picture"


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 2.5), ("epochs", True), ("bank", 1), ("latent", "100"), ("width", None), ("width", True)],
)
def test_a_value_of_the_wrong_type_names_the_field(name, value):
    with pytest.raises(ConfigError, match=f"'{name}' must be of type"):
        replace(PAPER, **{name: value})


def test_not_a_number_is_refused():
    with pytest.raises(ConfigError, match="'learning_rate' must be between"):
        replace(PAPER, learning_rate=float("nan"))


@pytest.mark.parametrize("name", ["seed", "epochs", "learning_rate", "width", "teacher"])
def test_an_endless_value_is_named_in_short(name):
    for value in (10**400, "x" * 5000):
        with pytest.raises(ConfigError, match=f"'{name}' must be") as refused:
            replace(PAPER, **{name: value})
        assert len(str(refused.value)) < 250


def test_text_sets_fields_of_every_type():
    config = PAPER.with_text({"epochs": "5", "width": "0.5", "bank": "yes", "teacher": "none"})
    assert config == replace(PAPER, epochs=5, width=0.5, bank=True, teacher="none")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("epoch", "5", "no setting called 'epoch'.*epochs"),
        ("epochs", "5.5", "'epochs' must be a whole number"),
        ("width", "wide", "'width' must be a number"),
        ("bank", "maybe", "'bank' is yes or no"),
        ("epochs", "0", "'epochs' must be between 1 and 10,000"),
    ],
)
def test_text_that_does_not_fit_is_refused(name, text, message):
    with pytest.raises(ConfigError, match=message):
        PAPER.with_text({name: text})


def test_a_stored_mapping_gives_the_config_back_and_later_fields_are_ignored():
    assert TrainConfig.from_dict(QUICK.to_dict() | {"invented_later": 1}) == QUICK
    assert TrainConfig.from_dict({"preset": "paper"}) == PAPER


def test_a_category_changes_quick_but_never_paper():
    assert make_config("paper", "pill") == PAPER
    pill = make_config("quick", "pill")
    assert (pill.background, pill.hflip_p, pill.vflip_p) == ("dark", 0.0, 0.0)
    assert make_config("quick", "bottle").hflip_p == 0.3
    assert make_config("quick", "pill", hflip_p=0.1).hflip_p == 0.1


def test_neither_recipe_varies_colour_noise_or_shape():
    for config in (PAPER, QUICK):
        assert not any(
            getattr(config, kind + share) for kind in ("colour", "noise", "elastic") for share in ("", "_p")
        )


def test_an_unknown_preset_is_refused():
    with pytest.raises(ConfigError, match=r"'fast'.*quick, extended, paper"):
        make_config("fast")

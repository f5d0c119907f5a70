"""The lists of categories and models: what is chosen stays while it is there."""

from favae_demo.ui.components import model_picker
from favae_demo.ui.services import Services


def test_what_is_chosen_stays_while_it_is_there(services: Services) -> None:
    (model,) = (str(one.path) for one in services.registry.models("widget"))
    assert model_picker.categories_now(services, "widget").value == "widget"
    assert model_picker.categories_now(services, "gone").value == services.first_category()
    assert model_picker.models_now(services, "widget", model).value == model
    assert model_picker.models_now(services, "widget", "gone").value == model
    assert model_picker.models_now(services, None).value is None


def test_the_lists_begin_with_what_is_shown_first(services: Services) -> None:
    first = services.first_category()
    assert model_picker.category(services).value == first
    assert model_picker.model(services).value == services.model_choices(first)[0][1]


def test_what_a_list_offers_changes_and_what_is_chosen_stays(services: Services) -> None:
    """The page may be about to show another part, which an answer with the one before would take back."""
    listed = model_picker.categories_listed(services, "widget")
    assert "value" not in listed.constructor_args
    assert "widget" in {name for _, name in listed.choices}
    assert model_picker.categories_listed(services, "gone").value == services.first_category()

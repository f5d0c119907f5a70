"""The lists of categories and models: what is chosen stays while it is there."""

from favae_demo.ui import choosing
from favae_demo.ui.services import Services


def test_what_is_chosen_stays_while_it_is_there(services: Services) -> None:
    (model,) = (str(one.path) for one in services.registry.models("widget"))
    assert choosing.categories_now(services, "widget").value == "widget"
    assert choosing.categories_now(services, "gone").value == services.first_category()
    assert choosing.models_now(services, "widget", model).value == model
    assert choosing.models_now(services, "widget", "gone").value == model
    assert choosing.models_now(services, None).value is None


def test_the_lists_begin_with_what_is_shown_first(services: Services) -> None:
    first = services.first_category()
    assert choosing.category(services).value == first
    assert choosing.model(services).value == services.model_choices(first)[0][1]

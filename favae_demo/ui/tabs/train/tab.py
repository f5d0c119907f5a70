"""The Train tab: choose settings step by step; start, watch, stop, resume and delete runs.

The tab holds no training state: a timer reads the run folder, so a reload, a second visitor or a restarted server
shows the same run.
"""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr

from favae_demo.config.categories import CATEGORIES
from favae_demo.config.presets import ANY_TEACHER, COMPARED, EXTENDED, INSTANT, PRESETS, make_config
from favae_demo.config.train_config import TrainConfig
from favae_demo.core.errors import ConfigError, FavaeError
from favae_demo.core.settings import Settings
from favae_demo.data.catalog import data_dir_of
from favae_demo.data.library.feedback import with_marked
from favae_demo.data.mask_checks import mask_remarks
from favae_demo.data.mvtec import load_category, require_training
from favae_demo.runs import manager
from favae_demo.ui import text
from favae_demo.ui.components import model_picker, suspects
from favae_demo.ui.components.events import QUIET, choice_of
from favae_demo.ui.components.html import notice_html
from favae_demo.ui.components.strip import strip_html
from favae_demo.ui.errors import show_errors, user_message
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.train import form, run_panel, view
from favae_demo.ui.tabs.train.previews import previews
from favae_demo.ui.tabs.train.run_list import default_run, run_choices

PREVIEWS = ("samples", "views", "mask")
SETTINGS = 3 + len(form.FIELDS)  # teacher, preset, seed and form
# The teacher of the presets that are made for one: a choice of the one selects the other, before anything else can be chosen.
_TEACHERS = json.dumps({name: config.teacher for name, config in PRESETS.items() if name not in ANY_TEACHER})
FIT_TEACHER = f"""(teacher, preset, ...form) => {{
  const fitting = ({_TEACHERS})[preset] ?? teacher;
  favae.chooseRecipe(fitting, preset, [teacher, preset, ...form]);
  return fitting;
}}"""
FIT_PRESET = f"""(teacher, preset, ...form) => {{
  const fitting = (({_TEACHERS})[preset] ?? teacher) === teacher ? preset : 'quick';
  favae.chooseRecipe(teacher, fitting, [teacher, preset, ...form]);
  return fitting;
}}"""
ASK_RECIPE = "(category, ...recipe) => [category, ...favae.askRecipe(...recipe)]"
_NAMES = json.dumps(["teacher", "preset", "seed", *(field.name for field in form.FIELDS)])
FILL = f"(filled, ...form) => favae.fillRecipe(filled, form, {_NAMES})"


def build(services: Services) -> dict[str, Any]:
    """Returns the tab's components by name."""
    policy = services.settings.training
    notice = {"off": text.page.TRAINING_OFF, "limited": text.train.LIMITED}.get(policy)
    if notice:
        gr.Markdown(f"**{notice}**", elem_classes="notice")
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            ui = _steps(services)
            ui |= run_panel.build_list(services)
        with gr.Column(scale=3, min_width=320), gr.Tabs(overflow_behavior="wrap") as ui["side"]:
            with gr.Tab(text.train.TAB_PREVIEW, id=view.PREVIEW):
                ui["look"] = gr.Button(text.train.LOOK, interactive=policy != "off")
                ui["looked"] = gr.HTML(visible=False, elem_classes="flush")
                ui["odd"], ui["leave_out"] = suspects.build()
                for name in PREVIEWS:
                    ui[name] = gr.HTML(elem_classes="flush")
            with gr.Tab(text.train.TAB_RUN, id=view.RUN, visible=False) as ui["watching"]:
                ui |= run_panel.build()
    ui["seen"], ui["opened"] = gr.State(""), gr.State(False)
    ui["filled"] = gr.JSON(visible="hidden")
    chosen = [ui["teacher"], ui["preset"]]
    ui["opening"] = Opening(
        partial(show_selected, services),
        {"category": ui["category"]},
        [ui["opened"], *chosen],
        [ui["category"], ui["seen"], ui["opened"], *chosen, ui["seed"], *ui["form"]],
    )
    return ui


def _steps(services: Services) -> dict[str, Any]:
    policy, first = services.settings.training, services.first_category()
    preset = default_preset(policy)
    ui: dict[str, Any] = {}
    with gr.Column(elem_classes="train-steps"):
        gr.Markdown(text.train.WHAT, elem_classes="step-title")
        ui["category"] = model_picker.category(services, text.train.CATEGORY_INFO)
        ui["about"] = gr.Markdown()
        ui["remarks"] = gr.HTML(elem_classes="flush")
        gr.Markdown(text.train.WHICH, elem_classes="step-title")
        ui["teacher"] = gr.Radio(
            [(title, key) for key, title in text.train.VARIANTS.items()], value=EXTENDED.teacher, label=text.train.VARIANT,
            info=text.train.VARIANT_INFO, interactive=True, elem_classes="stacked",
        )  # fmt: skip
        gr.Markdown(text.train.HOW_LONG, elem_classes="step-title")
        ui["preset"] = gr.Radio(
            preset_choices(policy, preset), value=preset, label=text.train.PRESET, info=text.train.PRESET_INFO,
            interactive=True, elem_classes="stacked",
        )  # fmt: skip
        ui["compared"] = gr.Checkbox(
            False, label=text.train.COMPARED, info=text.train.COMPARED_INFO, interactive=True, visible=policy != "limited"
        )  # fmt: skip
        with gr.Accordion(text.train.SETTINGS, open=False):
            gr.Markdown(text.train.SETTINGS_LOCKED if policy == "limited" else text.train.SETTINGS_NOTE)
            ui["seed"] = gr.Number(0, label=text.train.SEED, info=text.train.SEED_INFO, interactive=True)
            config = make_config(preset, first, teacher=EXTENDED.teacher)
            gr.Textbox(
                label=text.train.SEARCH, placeholder=text.train.SEARCH_EXAMPLE, interactive=True, elem_id="search-settings"
            )  # fmt: skip
            ui["form"] = form.build(config, interactive=policy != "limited")
            gr.HTML(f"<p hidden>{text.train.NOTHING_FOUND}</p>", elem_id="no-setting")
    ui["start"] = gr.Button(
        text.train.START, variant="primary", interactive=policy != "off", elem_classes="start-training"
    )
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    inputs = [ui[key] for key in ("category", "teacher", "preset", "seed")] + ui["form"]
    preview_outputs = [ui["about"], ui["remarks"], *(ui[name] for name in PREVIEWS)]

    @show_errors
    def start(
        own_runs: tuple[str, ...],
        category: str | None,
        teacher: str,
        preset: str,
        seed: float | None,
        *values: Any,
    ) -> tuple[tuple[str, ...], gr.Radio]:
        *settings, exclude = values
        if running := manager.find_running(services.settings):
            gr.Info(text.train.ALREADY)
            return own_runs, _select(services, running)
        if not category:
            raise ConfigError(text.train.NO_CATEGORY)
        config = form.read_config(category, teacher, preset, seed, settings)
        run = start_run(services, category, config, exclude)
        return (*own_runs, run), _select(services, run)

    def fill(category: str | None, teacher: str, preset: str) -> dict[str, Any]:
        values = [None, None, None, *preset_values(category, teacher, preset)]
        return {"recipe": [teacher, preset], "values": values}

    def offer(
        category: str | None, teacher: str, preset: str, compared: bool
    ) -> tuple[dict[str, Any], gr.Radio]:
        offered = offered_settings(services.settings, category, teacher, preset)
        choices = preset_choices(services.settings.training, offered[1] or preset, compared)
        return {"recipe": offered[:2], "values": offered}, gr.Radio(choices=choices)

    @show_errors
    def look(category: str | None, teacher: str, preset: str, seed: float | None, *values: Any) -> tuple:
        if not category:
            raise ConfigError(text.train.NO_CATEGORY)
        return look_values(services, category, form.read_config(category, teacher, preset, seed, values))

    def forget() -> tuple:
        return gr.HTML(visible=False), *suspects.hidden()

    def preview(
        category: str | None, teacher: str, preset: str, seed: float | None, *values: Any
    ) -> tuple[str, ...]:
        return preview_html(services, category, teacher, preset, values)

    # Not with the values of the recipe before.
    ready = ui["start"].click(None, js="() => favae.recipeFilled()", **QUIET)
    started = ready.then(
        start, [ui["own_runs"], *inputs, ui["leave_out"]], [ui["own_runs"], ui["run"]], **QUIET
    )
    started.success(None, js=run_panel.SHOW_RUN, **QUIET)
    found = [ui["looked"], ui["odd"], ui["leave_out"]]
    ui["look"].click(look, inputs, found, api_visibility="private", concurrency_limit=1)
    ui["category"].change(forget, None, found, **QUIET)
    chosen = [ui["category"], ui["teacher"], ui["preset"]]
    offers = ui["category"].change(offer, [*chosen, ui["compared"]], [ui["filled"], ui["preset"]], **QUIET)
    fills = gr.on(
        [ui["preset"].change, ui["teacher"].change], fill, chosen, ui["filled"], js=ASK_RECIPE, **QUIET
    )
    settings = [ui["teacher"], ui["preset"], ui["seed"], *ui["form"]]
    for answered in (offers, fills):
        answered.then(None, [ui["filled"], *settings], settings, js=FILL, **QUIET)
    ui["compared"].input(
        lambda compared, preset: gr.Radio(choices=preset_choices(services.settings.training, preset, compared)),
        [ui["compared"], ui["preset"]], ui["preset"], **QUIET,
    )  # fmt: skip
    ui["preset"].input(None, settings, ui["teacher"], js=FIT_TEACHER, **QUIET)
    ui["teacher"].input(None, settings, ui["preset"], js=FIT_PRESET, **QUIET)
    seen = [one.change for one in (*inputs, ui["seen"])]
    gr.on(seen, preview, inputs, preview_outputs, trigger_mode="always_last", concurrency_limit=4, **QUIET)
    typed = [choice_of(field) if isinstance(field, gr.Dropdown) else field.input for field in ui["form"]]
    gr.on(typed, None, None, ui["preset"], js=f"() => '{text.train.CUSTOM}'", **QUIET)
    run_panel.wire(ui, services)
    ui["attach"] = lambda: _select(services, default_run(services.settings))


def show_selected(
    services: Services,
    selection: Selection,
    category: str | None,
    is_open: bool,
    teacher: str,
    preset: str,
) -> list:
    """Returns values of the list of categories for what the page shows, of the states, and of the settings.

    The first change of one state makes the previews; another category makes them itself. When the tab is first opened, also after a reload, the
    settings are those of the training that is running, or those that are offered for the category; later they stay as they were chosen.
    """
    if selection.category != category:
        shown = [model_picker.categories_now(services, selection.category), gr.skip()]
    else:
        shown = [gr.skip(), "seen"]
    if is_open:
        return [*shown, True, *[gr.skip()] * SETTINGS]
    offered = offered_settings(services.settings, selection.category, teacher, preset)
    if offered[1] is not None:
        offered[1] = gr.Radio(preset_choices(services.settings.training, offered[1]), value=offered[1])
    return [*shown, True, *(gr.skip() if value is None else value for value in offered)]


def offered_settings(settings: Settings, category: str | None, teacher: str, preset: str) -> list[Any]:
    """Returns values of teacher, preset, seed and form for a category: those of its training that is running, else those that fit it best.

    None stands for what stays as it is.

    Args:
        settings: Folders, and what visitors may do.
        category: The selected category, or None.
        teacher: The selected teacher.
        preset: The selected preset.
    """
    running = manager.find_running(settings)
    if running is not None:
        task = manager.info(running, settings)
        if task.category == category:
            config = task.config
            return [config.teacher, config.preset, config.seed, *form.form_values(config)]
    if preset == text.train.CUSTOM:
        return [None] * SETTINGS
    preset = offered_preset(settings.training, category, preset)
    return [preset_teacher(preset, teacher), preset, None, *preset_values(category, teacher, preset)]


def default_preset(policy: str) -> str:
    """Returns the preset that is chosen at first: the most exact one, unless a server allows the quick one only."""
    return "quick" if policy == "limited" else EXTENDED.preset


def offered_preset(policy: str, category: str | None, preset: str) -> str:
    """Returns the preset to select with a category: at first the fastest for own parts, which nothing is known of yet.

    Args:
        policy: As for `preset_choices`.
        category: The selected category, or None.
        preset: The selected preset; one that was chosen among the others stays.
    """
    if policy == "limited" or preset not in (INSTANT.preset, EXTENDED.preset):
        return preset
    return EXTENDED.preset if category is None or category in CATEGORIES else INSTANT.preset


def preset_choices(policy: str, chosen: str = "", compared: bool = False) -> list[tuple[str, str]]:
    """Returns the presets that a server offers, as (title, name).

    Args:
        policy: `on`, `limited` or `off`, as in `Settings.training`.
        chosen: The selected preset, which is always among them.
        compared: Whether the methods to compare with are among them.
    """
    if policy == "limited":
        return [(text.page.PRESETS["quick"], "quick")]
    names = [name for name in PRESETS if compared or name == chosen or name not in COMPARED]
    titles = [(text.page.PRESETS.get(name, name.capitalize()), name) for name in names]
    return [*titles, (text.train.CUSTOM_TITLE, text.train.CUSTOM)]


def preset_teacher(preset: str, teacher: str) -> str:
    """Returns the teacher to select with a preset: the selected one, unless the preset is made for another."""
    return teacher if preset in (*ANY_TEACHER, text.train.CUSTOM) else PRESETS[preset].teacher


def preset_values(category: str | None, teacher: str, preset: str) -> list[Any]:
    """Returns the values that a preset fills into the form; None for each of custom settings, which stay as they are."""
    if preset == text.train.CUSTOM:
        return [None] * len(form.FIELDS)
    # While the page selects the preset's own teacher, the old one is selected still.
    return form.form_values(make_config(preset, category, teacher=preset_teacher(preset, teacher)))


def preview_html(
    services: Services, category: str | None, teacher: str, preset: str, values: Sequence[Any]
) -> tuple[str, ...]:
    """Returns the category's description, remarks on its masks, and three previews, in whose place an error in the settings stands.

    Args:
        services: The core.
        category: Selected category, or None.
        teacher: Selected teacher.
        preset: Selected preset.
        values: Values of the form.
    """
    if not category:
        return services.no_data(), "", "", "", ""
    parts = services.category(category)
    about = services.describe(category), notice_html(mask_remarks(parts)) if parts else ""
    try:
        config = form.read_config(category, teacher, preset, 0, values)
        return *about, *previews(parts, config, services.settings)
    except FavaeError as error:
        return *about, strip_html(text.train.SAMPLES, [], [user_message(error)]), "", ""


def look_values(services: Services, category: str, config: TrainConfig) -> tuple[Any, Any, Any]:
    """Returns what a look at the good pictures finds: a sentence, the suspicious pictures, and the choice of those left out.

    Raises:
        FavaeError: As `suspects.look`.
    """
    suspicious, said = suspects.look(services, category, config)
    return gr.HTML(f"<p>{said}</p>", visible=not suspicious), *suspects.values(services, category, suspicious)


def start_training(services: Services, category: str, teacher: str, preset: str, seed: int) -> str:
    """Starts a run with a preset in the background and returns its name.

    Raises:
        FavaeError: It is not allowed, another run is running, there are no training images, or a setting is out of range.
    """
    return start_run(services, category, make_config(preset, category, teacher=teacher, seed=seed))


def start_run(services: Services, category: str, config: TrainConfig, exclude: Sequence[str] = ()) -> str:
    """Starts a training with any settings, without the good images named in `exclude`; see `start_training`."""
    manager.check_policy(config, services.settings)
    settings = services.settings
    data_dir = data_dir_of(category, settings)
    require_training(with_marked(load_category(data_dir, category), settings.marks_dir).without(exclude))
    return manager.start(config, category, data_dir, settings, exclude).id


def _select(services: Services, run: str | None) -> gr.Radio:
    return gr.Radio(choices=run_choices(services.settings), value=run)

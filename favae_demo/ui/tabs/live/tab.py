"""The Live tab: test pictures, a video, a folder or a camera through the detector, until stopped."""

import random
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from favae_demo.core.errors import CheckpointError, DataError, FavaeError, ImageError
from favae_demo.data.io.images import EXTENSIONS, save_png
from favae_demo.detection.frame_sources import CameraSource, ImagesSource, Source, VideoSource
from favae_demo.ui import text
from favae_demo.ui.components import model_picker
from favae_demo.ui.components.report_panel import new_folder
from favae_demo.ui.errors import sentence, shown
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.live.player import Player, Players
from favae_demo.ui.tabs.live.view import SAY, SCRIPT, TEMPLATE, frame_values, idle_values, of_address
from favae_demo.viz.panel import panel

STATE_SECONDS = 3600
PACES = (1, 30, 10)  # least, most, to begin with
DOWNLOAD = "() => document.querySelector('#saved-live')?.click()"
CHOSEN = ("category", "model", "source", "video", "folder", "pace", "rate", "hold")


def build(services: Services) -> dict[str, Any]:
    """The tab's components, by name."""
    players = Players()

    def look(asked: dict[str, Any]) -> dict[str, Any]:
        return answer(services, players, asked)

    def release(asked: dict[str, Any]) -> None:
        player = players.get(str(asked.get("token")))
        if player is not None:
            player.stream.release()

    ui: dict[str, Any] = {
        "players": players,
        "token": gr.State("", time_to_live=STATE_SECONDS, delete_callback=players.stop),
    }
    with gr.Row(elem_classes="detect"):
        with gr.Column(scale=2, min_width=300, elem_classes="settings choose"):
            _build_choosing(ui, services)
        with gr.Column(scale=5, min_width=320, elem_classes="answer"):
            with gr.Row(elem_classes="steps"):
                ui["start"] = gr.Button(text.live.START, variant="primary", min_width=100)
                ui["stop"] = gr.Button(text.live.STOP, min_width=100)
                ui["save"] = gr.Button(text.live.SAVE, min_width=140)
                ui["saved"] = gr.DownloadButton(visible="hidden", elem_id="saved-live")
            ui["view"] = gr.HTML(
                "", html_template=TEMPLATE, js_on_load=SCRIPT, say=SAY, elem_classes="flush",
                server_functions=[look, release],
            )  # fmt: skip
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """The tab's events."""
    quiet = {"api_visibility": "private", "show_progress": "hidden"}
    players: Players = ui["players"]
    chosen = [ui[name] for name in CHOSEN]

    @shown
    def begin(token: str, *values: Any) -> tuple[str, str]:
        players.stop(token)
        new = start(services, players, **dict(zip(CHOSEN, values, strict=True)))
        return new, f"{values[CHOSEN.index('source')]} {new}"

    @shown
    def again(token: str, *values: Any) -> tuple:
        """What plays changes with what is chosen; what is stopped stays so."""
        player = players.get(token)
        return begin(token, *values) if player and not player.is_over else (gr.skip(), gr.skip())

    def end(token: str) -> tuple[str, str]:
        players.stop(token)
        return "", ""

    def change(token: str, pace: float, rate: float, hold: bool) -> None:
        player = players.get(token)
        if player is not None:
            player.rate = rate / 100
            player.stream.hold_on_defect = hold
            if isinstance(player.source, ImagesSource):
                player.source.pace = pace

    @shown
    def save(token: str) -> Any:
        player = players.get(token)
        if player is None:
            raise ImageError(text.live.NOTHING_TO_SAVE)
        return gr.DownloadButton(value=str(save_look(services, player)))

    def sources(source: str) -> tuple:
        return gr.File(visible=source == "video"), gr.File(visible=source == "folder")

    playing = [ui["token"], ui["view"]]
    ui["start"].click(begin, [ui["token"], *chosen], playing, **quiet)
    ui["stop"].click(end, ui["token"], playing, **quiet)
    ui["source"].input(sources, ui["source"], [ui["video"], ui["folder"]], **quiet)
    ui["category"].input(
        lambda category: model_picker.models_now(services, category), ui["category"], ui["model"], **quiet
    ).then(again, [ui["token"], *chosen], playing, **quiet)
    ui["model"].input(again, [ui["token"], *chosen], playing, **quiet)
    for name in ("pace", "rate", "hold"):
        ui[name].change(
            change, [ui["token"], ui["pace"], ui["rate"], ui["hold"]], None,
            trigger_mode="always_last", **quiet,
        )  # fmt: skip
    ui["save"].click(save, ui["token"], ui["saved"], **quiet).success(None, js=DOWNLOAD)
    ui["tab"].select(
        lambda chosen: model_picker.categories_now(services, chosen), ui["category"], ui["category"], **quiet
    )  # fmt: skip


def start(services: Services, players: Players, *, rate: float, hold: bool, **chosen: Any) -> str:
    """Starts a stream and gives its token.

    Args:
        services: The core.
        players: Where it plays.
        rate: False-alarm rate in percent.
        hold: Whether it stops at a defect.
        **chosen: `category`, `model`, `source` (a value of `words.SOURCES`), `video`, `folder` and `pace`.

    Raises:
        FavaeError: There is no model, its weights are not here yet, or the source cannot be played.
    """
    model = chosen.pop("model")
    if not model:
        raise CheckpointError(text.page.NO_MODEL)
    # Judged once before anything plays, so that what is missing is said at once.
    services.detect(model, np.zeros((64, 64, 3), np.uint8), rate / 100)
    source = make_source(services, **chosen)
    player = Player(source, lambda image, share: services.detect(model, image, share), rate / 100)
    player.stream.hold_on_defect = hold
    return players.start(player)


def make_source(
    services: Services,
    *,
    category: str,
    source: str,
    video: str | None,
    folder: list[str] | None,
    pace: float,
) -> Source:
    """What is to be played.

    Raises:
        FavaeError: Nothing is chosen, or it cannot be read.
    """
    threshold = services.settings.max_pixels
    if source == "camera":
        return CameraSource()
    if source == "video":
        if not video:
            raise ImageError(text.live.NO_VIDEO)
        return VideoSource(Path(video), max_pixels=threshold)
    paths = _of_folder(folder) if source == "folder" else _of_tests(services, category)
    return ImagesSource(paths, pace, max_pixels=threshold)


def answer(services: Services, players: Players, asked: dict[str, Any]) -> dict[str, Any]:
    """What `live.js` shows next.

    Args:
        services: The core.
        players: What plays.
        asked: From the browser: `token`, the number `seen` last, and the camera's `frame` as a data address or None.
    """
    player = players.get(str(asked.get("token")))
    if player is None:
        return idle_values("ended", text.live.FORGOTTEN)
    try:
        if asked.get("frame") and isinstance(player.source, CameraSource):
            player.source.offer(of_address(str(asked["frame"]), services.settings.max_pixels))
        newest = player.look(int(asked.get("seen") or 0))
    except FavaeError as error:
        return idle_values("ended", sentence(error))
    if newest is not None:
        return frame_values(newest, player.source)
    return idle_values("ended", text.live.FORGOTTEN) if player.is_over else idle_values("waiting", "")


def save_look(services: Services, player: Player) -> Path:
    """Writes the picture that is shown, with its verdict, and gives the file.

    Raises:
        ImageError: Nothing is shown yet.
    """
    if player.shown is None:
        raise ImageError(text.live.NOTHING_TO_SAVE)
    found = player.shown.found
    name = f"live-{Path(found.name).stem}-{player.shown.number}.png"
    path = new_folder(services.settings.cache_dir / "results") / name
    save_png(path, panel(found, title=text.live.TITLE_SAVED))
    return path


def _of_tests(services: Services, category: str) -> list[Path]:
    """Test pictures, good and defective ones mixed as on a line, each time in the same order."""
    data = services.category(category)
    paths = [sample.path for sample in data.test] if data else []
    if not paths:
        raise DataError(text.live.NO_TESTS)
    random.Random(0).shuffle(paths)
    return paths


def _of_folder(files: list[str] | None) -> list[Path]:
    if not files:
        raise DataError(text.live.NO_FOLDER)
    named = (Path(file) for file in files)
    return sorted(path for path in named if path.suffix.lower() in EXTENSIONS)


def _build_choosing(ui: dict[str, Any], services: Services) -> None:
    least, most, usual = PACES
    ui["category"], ui["model"] = (
        model_picker.category(services),
        model_picker.model(services, text.live.MODEL_INFO),
    )
    ui["source"] = gr.Radio(
        list(text.live.SOURCES.items()), value="test", label=text.live.SOURCE, info=text.live.SOURCE_INFO, interactive=True,
        elem_classes="stacked",
    )  # fmt: skip
    ui["video"] = gr.File(label=text.live.VIDEO, file_types=["video"], visible=False, height=120)
    ui["folder"] = gr.File(label=text.live.FOLDER, file_count="directory", visible=False, height=120)
    ui["pace"] = gr.Slider(
        least, most, usual, step=1, label=text.live.PACE, info=text.live.PACE_INFO, interactive=True
    )
    ui["rate"] = gr.Slider(
        0.5, 20, text.page.RECOMMENDED_RATE, step=0.5, label=text.page.RATE, info=text.page.RATE_INFO, interactive=True,
        elem_classes="rate",
    )  # fmt: skip
    ui["hold"] = gr.Checkbox(False, label=text.live.HOLD, info=text.live.HOLD_INFO, interactive=True)

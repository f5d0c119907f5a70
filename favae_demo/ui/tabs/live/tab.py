"""The Live tab: runs test images, a video, a folder or a camera through the detector until stopped."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from favae_demo.core.errors import FavaeError, ImageError
from favae_demo.data.io.images import save_png
from favae_demo.detection.frame_sources import CameraSource, ImagesSource
from favae_demo.ui import text
from favae_demo.ui.choices import titled
from favae_demo.ui.components import feedback_panel, image_picker, model_picker, rate_slider
from favae_demo.ui.components.events import QUIET, WATCHING, choice_of
from favae_demo.ui.components.saved_result import saved_result
from favae_demo.ui.errors import show_errors, user_message
from favae_demo.ui.selection import Opening, Selection
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.live.player import Player, Players
from favae_demo.ui.tabs.live.stream import start_stream
from favae_demo.ui.tabs.live.view import (
    SCRIPT,
    decode_data_url,
    frame_values,
    idle_values,
    said,
    template_html,
)

STATE_SECONDS = 3600  # how long Gradio keeps the token of a page that was closed
MIN_PACE, MAX_PACE, DEFAULT_PACE = 1, 30, 10  # images a second
DOWNLOAD = "() => document.querySelector('#saved-live')?.click()"
NOTE = "note"  # before words that `live.js` shows, in place of a source and its token
SHOWN = ("category", "model", "token", "view")
INPUTS = ("category", "model", "source", "video", "folder", "pace", "rate", "hold")


def build(services: Services) -> dict[str, Any]:
    """Returns the tab's components by name."""
    players = Players()

    def next_frame(query: dict[str, Any]) -> dict[str, Any]:
        return next_values(services, players, query)

    def release(query: dict[str, Any]) -> None:
        player = players.get(str(query.get("token")))
        if player is not None:
            player.stream.release()

    ui: dict[str, Any] = {
        "players": players,
        "stopped": gr.State(None, time_to_live=STATE_SECONDS),
        "token": gr.State("", time_to_live=STATE_SECONDS, delete_callback=players.stop),
    }
    with gr.Row(elem_classes="detect"):
        with gr.Column(scale=2, min_width=300, elem_classes="settings choose"):
            _build_inputs(ui, services)
        with gr.Column(scale=5, min_width=320, elem_classes="answer"):
            with gr.Row(elem_classes="steps"):
                ui["start"] = gr.Button(text.live.START, variant="primary", min_width=100)
                ui["stop"] = gr.Button(text.live.STOP, min_width=100)
                ui["save"] = gr.Button(text.live.SAVE, min_width=140)
                ui["saved"] = gr.DownloadButton(visible="hidden", elem_id="saved-live")
            ui["view"] = gr.HTML(
                "", html_template=template_html(), js_on_load=SCRIPT, say=said(), elem_classes="flush",
                server_functions=[next_frame, release],
            )  # fmt: skip
            ui |= feedback_panel.build(services)
    ui["opening"] = Opening(
        partial(show_selected, services, players),
        {"category": ui["category"], "model": ui["model"]},
        [ui["token"]],
        [ui[name] for name in SHOWN],
        ui["rate"],
    )
    return ui


def wire(ui: dict[str, Any], services: Services) -> None:
    """Connects the tab's events."""
    players: Players = ui["players"]
    inputs = [ui[name] for name in INPUTS]

    @show_errors
    def begin(token: str, *values: Any) -> Iterator[tuple[Any, str]]:
        players.stop(token)
        yield from begin_stream(services, players, dict(zip(INPUTS, values, strict=True)))

    @show_errors
    def restart(token: str, *values: Any) -> Iterator[tuple[Any, Any]]:
        """Restarts the stream with the new inputs, unless it was stopped."""
        player = players.get(token)
        if player and not player.is_over:
            yield from begin(token, *values)

    def end(token: str, model: str) -> tuple[Any, ...]:
        player = players.get(token)
        players.stop(token)
        return "", "", gr.skip() if player is None else spoken_of(player, model)

    def spoken(token: str, model: str, stopped: feedback_panel.Shown | None) -> feedback_panel.Shown | None:
        player = players.get(token)
        return stopped if player is None else standing_frame(player, model)

    def change(token: str, pace: float, rate: float, hold: bool) -> None:
        player = players.get(token)
        if player is not None:
            player.rate = rate / 100
            player.stream.hold_on_defect = hold
            if isinstance(player.source, ImagesSource):
                player.source.pace = pace

    @show_errors
    def save(token: str, model: str) -> gr.DownloadButton:
        player = players.get(token)
        if player is None:
            raise ImageError(text.live.NOTHING_TO_SAVE)
        return gr.DownloadButton(value=str(save_frame(services, player, model)))

    def show_fields(source: str) -> tuple[gr.File, gr.File]:
        return gr.File(visible=source == "video"), gr.File(visible=source == "folder")

    playing = [ui["token"], ui["view"]]
    starting = ui["start"].click(begin, [ui["token"], *inputs], playing, **QUIET | WATCHING)
    ui["stop"].click(end, [ui["token"], ui["model"]], [*playing, ui["stopped"]], cancels=[starting], **QUIET)
    ui["source"].input(show_fields, ui["source"], [ui["video"], ui["folder"]], **QUIET)
    choice_of(ui["category"])(
        lambda category: model_picker.models_now(services, category), ui["category"], ui["model"], **QUIET
    ).then(restart, [ui["token"], *inputs], playing, **QUIET | WATCHING)
    choice_of(ui["model"])(restart, [ui["token"], *inputs], playing, **QUIET | WATCHING)
    for name in ("pace", "rate", "hold"):
        ui[name].change(
            change, [ui["token"], ui["pace"], ui["rate"], ui["hold"]], None,
            trigger_mode="always_last", **QUIET,
        )  # fmt: skip
    feedback_panel.wire(ui, services, spoken, [ui["token"], ui["model"], ui["stopped"]])
    ui["save"].click(save, [ui["token"], ui["model"]], ui["saved"], **QUIET).success(None, js=DOWNLOAD)


def begin_stream(
    services: Services, players: Players, inputs: Mapping[str, Any]
) -> Iterator[tuple[Any, str]]:
    """Yields the token of a new stream and the value of the view; before, how far the test images are that are still to be drawn.

    Args:
        services: The core.
        players: The streams of this server.
        inputs: The values of `INPUTS`.
    """
    for note in image_picker.drawing(services, inputs["category"]) if inputs["source"] == "test" else ():
        yield gr.skip(), f"{NOTE} {note}"
    token = start_stream(services, players, **inputs)
    yield token, f"{inputs['source']} {token}"


def show_selected(
    services: Services,
    players: Players,
    selection: Selection,
    category: str | None,
    model: str | None,
    token: str,
) -> list:
    """Returns values of the `SHOWN` components for what the page shows; a stream of something else is stopped."""
    shown = selection.shows(category, model=model)
    if not shown:
        players.stop(token)
        model = selection.model
    return [
        model_picker.categories_now(services, selection.category),
        model_picker.models_now(services, selection.category, model),
        *((gr.skip(), gr.skip()) if shown else ("", "")),
    ]


def next_values(services: Services, players: Players, query: dict[str, Any]) -> dict[str, Any]:
    """Returns the values that `live.js` shows next.

    Args:
        services: The core.
        players: The streams of this server.
        query: From the browser: `token`, the number of the frame `seen` last, and the camera's `frame` as a `data:` URL or None.
    """
    player = players.get(str(query.get("token")))
    if player is None:
        return idle_values("ended", text.live.FORGOTTEN)
    try:
        if query.get("frame") and isinstance(player.source, CameraSource):
            player.source.offer(decode_data_url(str(query["frame"]), services.settings.max_pixels))
        newest = player.next_frame(int(query.get("seen") or 0))
    except FavaeError as error:
        return idle_values("ended", user_message(error))
    if newest is not None:
        return frame_values(newest, player.source)
    return idle_values("ended", text.live.FORGOTTEN) if player.is_over else idle_values("waiting", "")


def save_frame(services: Services, player: Player, model: str) -> Path:
    """Writes the frame that is shown, with its verdict, and returns the path.

    Raises:
        ImageError: No frame is shown yet.
    """
    if player.current is None:
        raise ImageError(text.live.NOTHING_TO_SAVE)
    detection = player.current.detection
    name = f"live-{Path(detection.name).stem}-{player.current.number}.png"
    path = services.new_download_folder() / name
    save_png(path, saved_result(detection, model, services.title(model)))
    return path


def standing_frame(player: Player, model: str) -> feedback_panel.Shown | None:
    """Returns the frame at which a stream stands; see `spoken_of`.

    Raises:
        ImageError: It goes on, so nobody can say which frame was meant.
    """
    frame = player.current
    if frame is not None and not (player.is_over or frame.held):
        raise ImageError(text.live.STOP_FIRST)
    return spoken_of(player, model)


def spoken_of(player: Player, model: str) -> feedback_panel.Shown | None:
    """Returns the frame that was shown last, with its verdict; None where none was."""
    frame = player.current
    if frame is None:
        return None
    name = f"live-{Path(frame.detection.name).stem}-{frame.number}.png"
    return feedback_panel.Shown(frame.detection.image, name, frame.detection, model)


def _build_inputs(ui: dict[str, Any], services: Services) -> None:
    ui["category"], ui["model"] = (
        model_picker.category(services),
        model_picker.model(services, text.live.MODEL_INFO),
    )
    ui["source"] = gr.Radio(
        titled(text.live.SOURCES), value="test", label=text.live.SOURCE, info=text.live.SOURCE_INFO, interactive=True,
        elem_classes="stacked",
    )  # fmt: skip
    ui["video"] = gr.File(label=text.live.VIDEO, file_types=["video"], visible=False, height=120)
    ui["folder"] = gr.File(label=text.live.FOLDER, file_count="directory", visible=False, height=120)
    ui["pace"] = gr.Slider(
        MIN_PACE,
        MAX_PACE,
        DEFAULT_PACE,
        step=1,
        label=text.live.PACE,
        info=text.live.PACE_INFO,
        interactive=True,
    )
    ui["rate"] = rate_slider.build()
    ui["hold"] = gr.Checkbox(False, label=text.live.HOLD, info=text.live.HOLD_INFO, interactive=True)

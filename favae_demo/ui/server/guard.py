"""Checks every request before Gradio's routes: sign-in, unused routes, served files, disk space for uploads."""

import re
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from favae_demo.core.disk_space import free_bytes
from favae_demo.core.settings import Settings
from favae_demo.ui import text

API = "/gradio_api"
# Routes that the sign-in form itself needs; all others, known or not, require a sign-in.
_OPEN = re.compile(
    r"/(log(in|out)/?|favicon\.ico|robots\.txt|manifest\.json|theme\.css|pwa_icon.*|(assets|static|svelte)/.*)?"
    rf"|{API}/(theme\.css|startup-events|login_check/?)"
)
# Routes of Gradio's features that this page does not use: code editing, proxies of other apps, statistics, saved states.
_UNUSED = re.compile(
    rf"/monitoring.*|{API}/(deep_link|dev/|proxy=|custom_component/|vibe-|undo-vibe|process_recording|run-history|runs).*"
)
_FILE = re.compile(rf"{API}/file[=/]", re.DOTALL)
_UPLOAD = f"{API}/upload"

Check = Callable[[Request, Settings], Response | None]
"""Returns the response to a request, or None to pass it on."""


class Guard:
    """ASGI middleware that answers a request itself where one of `CHECKS` does, nearly always with a refusal.

    Args:
        app: The application that receives all other requests.
        settings: Folders, and the names and passwords for the sign-in.
    """

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or passes it on."""
        response = None
        if scope["type"] == "http":
            request = Request(scope)
            responses = (check(request, self._settings) for check in CHECKS)
            response = next((response for response in responses if response), None)
        await (response or self._app)(scope, receive, send)


def _answer_probe(request: Request, settings: Settings) -> Response | None:
    """Answers HEAD for the page without rendering it: Gradio probes its own server so, and gives up on a busy machine."""
    return Response() if request.method == "HEAD" and _route(request) == "/" else None


def _reject_null_byte(request: Request, settings: Settings) -> Response | None:
    return _refuse(400, text.guard.UNUSED) if "\0" in request.scope["path"] else None


def _reject_cross_site(request: Request, settings: Settings) -> Response | None:
    """Refuses to let another web page in the visitor's browser act in the visitor's name."""
    is_cross_site = request.headers.get("sec-fetch-site") == "cross-site"
    is_reading = request.method in ("GET", "HEAD")
    return _refuse(403, text.guard.FOREIGN) if is_cross_site and not is_reading else None


def _require_sign_in(request: Request, settings: Settings) -> Response | None:
    if not settings.sign_in or _OPEN.fullmatch(_route(request)):
        return None
    cookies = (f"access-token-{kind}{request.app.cookie_id}" for kind in ("", "unsecure-"))
    if any(request.cookies.get(name) in request.app.tokens for name in cookies):
        return None
    # The form in which Gradio itself answers, so that its clients understand it.
    detail = {"error": "Not authenticated", "auth_message": text.guard.SIGN_IN}
    return JSONResponse({"detail": detail}, 401)


def _reject_unused_route(request: Request, settings: Settings) -> Response | None:
    return _refuse(404, text.guard.UNUSED) if _UNUSED.match(_route(request)) else None


def _restrict_files(request: Request, settings: Settings) -> Response | None:
    """Serves files from the folders of uploads and results only; symbolic links are resolved first."""
    match = _FILE.match(_route(request))
    if not match:
        return None
    try:
        path = Path(_route(request)[match.end() :]).resolve()
    except (OSError, ValueError, RuntimeError):  # a name that is too long, or links in a circle
        return _refuse(403, text.guard.NO_FILE)
    folders = (Path(request.app.uploaded_file_dir).resolve(), (settings.cache_dir / "results").resolve())
    is_allowed = any(path.is_relative_to(folder) for folder in folders)
    return None if is_allowed else _refuse(403, text.guard.NO_FILE)


def _limit_upload(request: Request, settings: Settings) -> Response | None:
    """Refuses an upload that would fill the disk, before it is read."""
    if request.method != "POST" or not _route(request).startswith(_UPLOAD):
        return None
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return _refuse(411, text.guard.NO_LENGTH)
    fits = int(length) <= free_bytes(Path(request.app.uploaded_file_dir))
    return None if fits else _refuse(507, text.guard.NO_ROOM)


CHECKS: tuple[Check, ...] = (
    _answer_probe,
    _reject_null_byte,
    _reject_cross_site,
    _require_sign_in,
    _reject_unused_route,
    _restrict_files,
    _limit_upload,
)
"""In the order in which they run; the sign-in comes before those that reveal which routes and files exist."""


def _route(request: Request) -> str:
    """Returns the path as the app's own routes see it, without the prefix of a proxy."""
    return request.scope["path"].removeprefix(request.scope.get("root_path", "").rstrip("/"))


def _refuse(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)

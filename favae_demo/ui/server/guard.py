"""What stands before Gradio's routes: signing in, routes that this page has no use for, files, room for uploads."""

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
# What the sign-in form itself needs; every other route, known or not, is for those who have signed in.
_OPEN = re.compile(
    r"/(log(in|out)/?|favicon\.ico|robots\.txt|manifest\.json|theme\.css|pwa_icon.*|(assets|static|svelte)/.*)?"
    rf"|{API}/(theme\.css|startup-events|login_check/?)"
)
# Gradio's routes for its other uses: editing an app's code, proxies of other apps, statistics, states kept as files.
_UNUSED = re.compile(
    rf"/monitoring.*|{API}/(deep_link|dev/|proxy=|custom_component/|vibe-|undo-vibe|process_recording|run-history|runs).*"
)
_FILE = re.compile(rf"{API}/file[=/]", re.DOTALL)
_UPLOAD = f"{API}/upload"

Check = Callable[[Request, Settings], Response | None]


class Guard:
    """ASGI middleware; the table `CHECKS` says what it answers itself, nearly always with a refusal.

    Args:
        app: What it stands before.
        settings: Folders, and who may come in.
    """

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request that one of the checks answers, and hands on every other."""
        own = None
        if scope["type"] == "http":
            request = Request(scope)
            answers = (check(request, self._settings) for check in CHECKS)
            own = next((answer for answer in answers if answer), None)
        await (own or self._app)(scope, receive, send)


def _there(request: Request, settings: Settings) -> Response | None:
    """Whether the server is there is answered without drawing the page: Gradio asks so at the start, and on a busy machine gives up."""
    return Response() if request.method == "HEAD" and _route(request) == "/" else None


def _no_path(request: Request, settings: Settings) -> Response | None:
    return _refused(400, text.guard.UNUSED) if "\0" in request.scope["path"] else None


def _foreign_page(request: Request, settings: Settings) -> Response | None:
    """Another web page that is open in a visitor's browser must not act in the visitor's name."""
    foreign = request.headers.get("sec-fetch-site") == "cross-site"
    return _refused(403, text.guard.FOREIGN) if foreign and request.method not in ("GET", "HEAD") else None


def _signed_in(request: Request, settings: Settings) -> Response | None:
    if not settings.sign_in or _OPEN.fullmatch(_route(request)):
        return None
    cookies = (f"access-token-{kind}{request.app.cookie_id}" for kind in ("", "unsecure-"))
    if any(request.cookies.get(name) in request.app.tokens for name in cookies):
        return None
    # As Gradio itself says it, so that its clients understand.
    detail = {"error": "Not authenticated", "auth_message": text.guard.SIGN_IN}
    return JSONResponse({"detail": detail}, 401)


def _unused(request: Request, settings: Settings) -> Response | None:
    return _refused(404, text.guard.UNUSED) if _UNUSED.match(_route(request)) else None


def _file(request: Request, settings: Settings) -> Response | None:
    """Only what was uploaded or made for a visitor is served, wherever links lead; never an address elsewhere."""
    asked = _FILE.match(_route(request))
    if not asked:
        return None
    try:
        path = Path(_route(request)[asked.end() :]).resolve()
    except (OSError, ValueError, RuntimeError):  # a null byte, a name too long, links in a circle
        return _refused(403, text.guard.NO_FILE)
    folders = (Path(request.app.uploaded_file_dir).resolve(), (settings.cache_dir / "results").resolve())
    return (
        None if any(path.is_relative_to(folder) for folder in folders) else _refused(403, text.guard.NO_FILE)
    )


def _room(request: Request, settings: Settings) -> Response | None:
    """An upload that would fill the disk is refused before it is read."""
    if request.method != "POST" or not _route(request).startswith(_UPLOAD):
        return None
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return _refused(411, text.guard.NO_LENGTH)
    enough = int(length) <= free_bytes(Path(request.app.uploaded_file_dir))
    return None if enough else _refused(507, text.guard.NO_ROOM)


CHECKS: tuple[Check, ...] = (_there, _no_path, _foreign_page, _signed_in, _unused, _file, _room)
"""In this order, so that who has not signed in learns nothing from the others."""


def _route(request: Request) -> str:
    """The path as the app's own routes see it."""
    return request.scope["path"].removeprefix(request.scope.get("root_path", "").rstrip("/"))


def _refused(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)

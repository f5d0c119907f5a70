"""Checks every request before Gradio's routes: origin, sign-in, unused routes, served files, disk space for uploads."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from math import ceil
from pathlib import Path

import anyio.to_thread
from gradio.routes import App
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from favae_demo.core.disk_space import free_bytes
from favae_demo.core.settings import Settings, is_space
from favae_demo.ui import language, text
from favae_demo.ui.server import origin, status
from favae_demo.ui.server.upload_share import UploadShares
from favae_demo.ui.server.visitor_files import cleanup_lifespan

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
_CALL = re.compile(rf"{API}/call/(?:v2/)?([^/]+)")
_FILE = re.compile(rf"{API}/file[=/]", re.DOTALL)
_UPLOAD = f"{API}/upload"
_PICTURES = {".jpeg", ".jpg", ".png", ".webp"}
_shares = UploadShares()

Check = Callable[[Request, Settings], ASGIApp | None]
"""Returns what answers a request, mostly a response, or None to pass it on."""


class Guard:
    """ASGI middleware that answers a request itself where one of `CHECKS` does, nearly always with a refusal.

    Args:
        app: The application that receives all other requests.
        settings: Folders, and the names and passwords for the sign-in.
    """

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app, self._settings = app, settings
        self._headers = origin.security_headers(is_space())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or passes it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.append(name, value)
            await send(message)

        request = Request(scope)
        with language.speaking(language.asked(request)):
            responses = (check(request, self._settings) for check in CHECKS)
            response = next((response for response in responses if response), None)
            await (response or self._app)(scope, receive, send_secured)


@asynccontextmanager
async def guard_lifespan(app: App, settings: Settings) -> AsyncIterator[None]:
    """Guards Gradio's app from its start, and cleans up while it runs; to be passed as its `lifespan`.

    Middleware that is passed to Gradio's app comes after Gradio's own, which answers other origins' preflight requests by itself; here the
    guard is put before all of it.

    Args:
        app: Gradio's web app.
        settings: Folders, names and passwords.
    """
    if not isinstance(
        app.middleware_stack, Guard
    ):  # Gradio starts the app anew where another program took the port just before
        app.middleware_stack = Guard(app.middleware_stack or app.build_middleware_stack(), settings)
    async with cleanup_lifespan(app, settings):
        yield


def _answer_probe(request: Request, settings: Settings) -> Response | None:
    """Answers HEAD for the page without rendering it: Gradio probes its own server so, and gives up on a busy machine."""
    return Response() if request.method == "HEAD" and _route(request) == "/" else None


def _reject_null_byte(request: Request, settings: Settings) -> Response | None:
    return _refuse(400, text.guard.UNUSED) if "\0" in request.scope["path"] else None


def _reject_other_host(request: Request, settings: Settings) -> Response | None:
    """Refuses a page under another name that points at this machine."""
    return None if origin.has_own_host(request, settings.hosts) else _refuse(403, text.guard.OTHER_HOST)


def _reject_foreign(request: Request, settings: Settings) -> Response | None:
    """Refuses to let another web page in the visitor's browser act in the visitor's name, or read an answer."""
    return _refuse(403, text.guard.FOREIGN) if origin.is_foreign(request, _route(request)) else None


def _answer_host(request: Request, settings: Settings) -> ASGIApp | None:
    """Answers the host's questions on the state of the server; to everybody else these routes do not exist."""
    route = _route(request)
    if route not in (status.JSON_ROUTE, status.TEXT_ROUTE):
        return None
    if not status.is_host(request, settings):
        return _refuse(404, text.guard.UNUSED)
    return partial(_tell_state, settings, request)


async def _tell_state(
    settings: Settings, request: Request, scope: Scope, receive: Receive, send: Send
) -> None:
    # Reading the folders of hundreds of runs takes a while, in which the server answers others.
    state = await anyio.to_thread.run_sync(status.collect, settings, request.app.get_blocks()._queue)
    is_json = _route(request) == status.JSON_ROUTE
    response = JSONResponse(state) if is_json else PlainTextResponse(status.metrics_text(state))
    await response(scope, receive, send)


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


def _reject_unknown_call(request: Request, settings: Settings) -> Response | None:
    """Refuses a call of a function that is not offered, for which Gradio fails."""
    match = _CALL.match(_route(request))
    if not match:
        return None
    known = {function.api_name for function in request.app.get_blocks().fns.values()}
    return None if match[1] in known else JSONResponse({"error": text.page.NOT_UNDERSTOOD}, 404)


def _restrict_files(request: Request, settings: Settings) -> Response | None:
    """Serves files from the folders of uploads and results only; symbolic links are resolved first."""
    match = _FILE.match(_route(request))
    if not match:
        return None
    folders = (Path(request.app.uploaded_file_dir).resolve(), (settings.cache_dir / "results").resolve())
    try:
        path = Path(_route(request)[match.end() :]).resolve()
        is_allowed = any(path.is_relative_to(folder) for folder in folders)
        is_picture = is_allowed and path.suffix in _PICTURES and path.is_file()
    except (OSError, ValueError, RuntimeError):  # a name that is too long, or links in a circle
        return _refuse(403, text.guard.NO_FILE)
    if not is_allowed:
        return _refuse(403, text.guard.NO_FILE)
    if not is_picture or request.method not in ("GET", "HEAD"):
        return None
    # Served here: Gradio resolves the path six times more, which takes three times as long, and an answer of Detect has four pictures.
    return FileResponse(path, filename=path.name, content_disposition_type="inline")


def _limit_upload(request: Request, settings: Settings) -> Response | None:
    """Refuses an upload that would fill the disk, or takes more than a visitor's share of it, before it is read."""
    if request.method != "POST" or not _route(request).startswith(_UPLOAD):
        return None
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return _refuse(411, text.guard.NO_LENGTH)
    free = free_bytes(Path(request.app.uploaded_file_dir))
    if int(length) > free:
        return _refuse(507, text.guard.NO_ROOM)
    seconds = ceil(_shares.claim(request.client.host if request.client else "", int(length), free))
    if not seconds:
        return None
    sentence = text.guard.NO_SHARE.format(minutes=ceil(seconds / 60))
    return PlainTextResponse(sentence, 429, {"retry-after": str(seconds)})


CHECKS: tuple[Check, ...] = (
    _reject_other_host,
    _reject_foreign,
    _answer_probe,
    _reject_null_byte,
    _answer_host,
    _require_sign_in,
    _reject_unused_route,
    _reject_unknown_call,
    _restrict_files,
    _limit_upload,
)
"""In the order in which they run; the sign-in comes before those that reveal which routes and files exist."""


def _route(request: Request) -> str:
    """Returns the path as the app's own routes see it, without the prefix of a proxy."""
    return request.scope["path"].removeprefix(request.scope.get("root_path", "").rstrip("/"))


def _refuse(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)

"""Which names the server answers to, and which web pages may call it.

A browser sends the visitor's cookies and reaches the visitor's network whatever page asks it to, so a page of another origin, or one whose name
was pointed at this machine afterwards (DNS rebinding), must be recognised by its headers.
"""

import re
from collections.abc import Collection

from starlette.requests import Request

from favae_demo.core.settings import HOST, LOCALHOST, is_loopback

DEFAULT_PORTS = {"http": 80, "https": 443}
SPACES = "https://huggingface.co"
"""Shows Spaces in a frame."""
FOREIGN_SITES = ("cross-site", "same-site")  # another port of this host is the same site, but another origin
FRONT_DOOR = "/"
"""The only path that another page may lead to, by a link or in a frame."""
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/]+)")


def has_own_host(request: Request, hosts: Collection[str]) -> bool:
    """Returns whether a request names this server by one of its names.

    These are loopback, the configured names, and the address at which the request arrived: no other name can be pointed at an address.

    Args:
        request: The request. What a proxy says the visitor has asked for counts too, since Gradio builds addresses from it.
        hosts: The configured names, in lower case and without ports.
    """
    own = {*hosts, LOCALHOST, _local_address(request)}
    named = [_split(host) for host in _host_headers(request)]
    return bool(named) and all(host and (host[0] in own or is_loopback(host[0])) for host in named)


def is_foreign(request: Request, path: str) -> bool:
    """Returns whether another web page asks for something that only this server's own page may have.

    Args:
        request: The request; its hosts have been checked.
        path: Its path, without the prefix of a proxy.
    """
    if any(not _is_own_origin(origin, request) for origin in request.headers.getlist("origin")):
        return True
    enters = path == FRONT_DOOR and request.method in ("GET", "HEAD")
    return request.headers.get("sec-fetch-site") in FOREIGN_SITES and not enters


def security_headers(in_space: bool) -> dict[str, str]:
    """Returns the headers of every answer.

    Args:
        in_space: Whether this is a Hugging Face Space, whose page is shown in a frame of another site.
    """
    return {
        "x-content-type-options": "nosniff",
        "content-security-policy": f"frame-ancestors 'self'{f' {SPACES}' if in_space else ''}",
        # Not `no-referrer`: with it, browsers send the origin `null` for the page's own requests.
        "referrer-policy": "same-origin",
    }


def _host_headers(request: Request) -> list[str]:
    forwarded = request.headers.getlist("x-forwarded-host")
    return [
        *request.headers.getlist("host"),
        *(name.strip() for line in forwarded for name in line.split(",")),
    ]


def _is_own_origin(origin: str, request: Request) -> bool:
    match = _ORIGIN.fullmatch(origin.lower())
    if match is None:  # also `null`, the origin of sandboxed and local pages
        return False
    default = DEFAULT_PORTS[match["scheme"]]
    own = [_split(host, default) for host in _host_headers(request)]
    return _split(match["authority"], default) in own


def _split(authority: str, default_port: int = 0) -> tuple[str, int] | None:
    """Returns name and port of a header's value; None if it is not valid."""
    match = HOST.fullmatch(authority.lower())
    return (match["name"], int(match["port"] or default_port)) if match else None


def _local_address(request: Request) -> str:
    address = (request.scope.get("server") or ("",))[0]
    return f"[{address}]" if ":" in address else address

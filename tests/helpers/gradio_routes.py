"""Lists the routes of Gradio's web app."""

import re
from collections.abc import Iterator

import gradio as gr


def every_route(app: gr.Blocks) -> list[tuple[str, str]]:
    """Every route that Gradio has, as (method, path)."""
    found = {
        (method, re.sub(r"{[^}]*}", "x", route.path))
        for route in _flat(app.app.routes)
        for method in getattr(route, "methods", None) or ("GET",)
    }
    return sorted(found)


def _flat(routes: list) -> Iterator:
    """All routes, including those of included routers, in every version of FastAPI."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from _flat(included.routes) if included else [route]

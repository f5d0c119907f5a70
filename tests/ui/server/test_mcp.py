"""The endpoints as MCP tools: described with their parameters, and off by default."""

import ast
import asyncio
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from page_server import served

from favae_demo.core.settings import Settings
from favae_demo.ui.server import mcp

pytest_plugins = ["trained_widget"]
TOOLS = {"detect", "compare", "batch", "results", "report", "train"}


def test_the_tools_are_off_by_default() -> None:
    assert mcp.launch_options({}) == {}
    assert mcp.launch_options({mcp.VARIABLE: "0"}) == {}


def test_a_missing_package_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert mcp.launch_options({mcp.VARIABLE: "1"}) == {}
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    assert "pip install -r requirements-mcp.txt" in said


def test_there_are_no_tools_where_visitors_must_sign_in(capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("mcp")
    assert mcp.launch_options({mcp.VARIABLE: "1"}, sign_in=True) == {}
    assert "FAVAE_SIGN_IN" in capsys.readouterr().err


def test_the_tools_are_described_and_answer(app_settings: Settings, tmp_path: Path) -> None:
    pytest.importorskip("mcp")
    with served(app_settings, tmp_path, **mcp.launch_options({mcp.VARIABLE: "1"})) as app:
        asked = {"category": "widget", "teacher": "none", "rate": 0.2}
        # In a thread of its own: Playwright's event loop runs in the one of the tests.
        with ThreadPoolExecutor(1) as pool:
            question = _ask(f"{app.local_url}gradio_api/mcp/", "report", asked)
            tools, answer = pool.submit(asyncio.run, question).result()
    assert tools.keys() == TOOLS
    for tool in tools.values():
        assert len(tool.description) > 40
        parameters = tool.inputSchema["properties"]
        assert all(one["description"] and one["type"] for one in parameters.values()), tool.name
    assert not answer.isError
    record, page, archive = ast.literal_eval(answer.content[0].text)
    assert (record["n_good"], record["n_defect"]) == (4, 8)
    assert page["orig_name"] == "widget-none-quick-report.html"
    assert archive["url"].startswith("http://127.0.0.1:")


async def _ask(url: str, tool: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async with streamablehttp_client(url) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        tools = await session.list_tools()
        return {one.name: one for one in tools.tools}, await session.call_tool(tool, arguments)

"""With FAVAE_SIGN_IN strangers reach the sign-in form only; no secret appears anywhere."""

import re
from collections.abc import Iterator

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from gradio_routes import every_route
from hosts import Host, running
from raw_calls import Visitor

pytest_plugins = ["trained_widget"]
NAME, PASSWORD, TOKEN = "ada", "correct-horse-7", "hf_neverShownToAnybody"
OPEN = re.compile(
    r"/|/log(in|out)/?|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon.*|/theme\.css|/(static|assets|svelte)/.*"
    r"|/gradio_api/(login_check/?|startup-events|theme\.css)"
)
BEYOND = [
    "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/queue/status", "/gradio_api/queue/data?session_hash=x",
    "/gradio_api/heartbeat/x", "/gradio_api/token", "/gradio_api/user", "/gradio_api/mcp/", "/gradio_api/mcp/sse",
    "/gradio_api/stream/x/1/2/playlist.m3u8", "/gradio_api/upload_progress?upload_id=x", "/no/such/route", "/gradio_api/deep_link",
    "/%2fconfig", "/./config", "/static/../config", "/assets/%2e%2e/config", "/CONFIG", "/login/../config", "/gradio_api/login_check/../info",
]  # fmt: skip


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    secrets = {"FAVAE_SIGN_IN": f"{NAME}:{PASSWORD}", "HF_TOKEN": TOKEN, "HUGGING_FACE_HUB_TOKEN": TOKEN}
    with running(tmp_path_factory.mktemp("home"), **secrets, FAVAE_MCP="1") as host:
        yield host


def test_no_route_answers_a_stranger(host: Host, server) -> None:
    routes = every_route(server.app)
    assert len(routes) > 60  # else the list is not what it was
    with httpx.Client(base_url=host.url, timeout=120) as stranger:
        answered = [
            (method, path)
            for method, path in [*routes, *(("GET", path) for path in BEYOND)]
            if not OPEN.fullmatch(path) and _status(stranger, method, path) != 401
        ]
    assert answered == []


def _status(client: httpx.Client, method: str, path: str) -> int:
    with client.stream(method, path) as answer:
        return answer.status_code


def test_a_stranger_sees_the_sign_in_form_only(host: Host) -> None:
    page = httpx.get(host.url, timeout=120).text
    assert "auth_required" in page
    assert "sample_bottle" not in page
    assert PASSWORD not in page
    with pytest.raises((AuthenticationError, ValueError, httpx.HTTPError)):
        Client(host.url, verbose=False, analytics_enabled=False)


@pytest.mark.parametrize(
    ("name", "password"), [(NAME, "wrong"), ("eve", PASSWORD), (NAME, ""), ("", ""), (NAME, PASSWORD + "x")]
)
def test_a_wrong_password_is_refused(name: str, password: str, host: Host) -> None:
    visitor = Visitor(host.url)
    assert visitor.sign_in(name, password).status_code in (400, 422)
    assert visitor.http.get("/config").status_code == 401


@pytest.mark.parametrize("cookie", ["", "None", "x", "access"])
def test_an_invented_cookie_is_refused(cookie: str, host: Host) -> None:
    ours = Visitor(host.url)
    ours.sign_in(NAME, PASSWORD)
    for name in ours.http.cookies:
        answer = httpx.get(f"{host.url}/config", cookies={name: cookie}, timeout=120)
        assert answer.status_code == 401


def test_signing_in_opens_the_page_and_no_secret_appears_anywhere(host: Host) -> None:
    visitor = Visitor(host.url)
    assert visitor.sign_in(NAME, PASSWORD).status_code == 200
    config = visitor.page()
    said = [str(config), visitor.http.get("/").text, visitor.http.get("/gradio_api/info").text]
    numbers = {one["api_name"]: one["id"] for one in config["dependencies"]}
    wrong_values = (["/no/picture", "x", "y", 9], [None, "sample_bottle", "none", 0.05])
    said.extend(str(visitor.call(numbers["detect"], values)) for values in wrong_values)
    said.append(str(visitor.call(numbers["results"], ["../..", "none", 0.05])))
    client = Client(host.url, auth=(NAME, PASSWORD), verbose=False, analytics_enabled=False)
    said.append(str(client.view_api(return_format="dict", print_info=False)))
    client.close()
    assert visitor.http.get("/logout").status_code in (200, 302, 307)
    assert visitor.http.get("/config").status_code == 401
    kept = [path.read_text(errors="replace") for path in host.home.rglob("*") if path.is_file()]
    for text in [*said, host.log, *kept]:
        assert PASSWORD not in text
        assert TOKEN not in text


def test_printed_settings_hide_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from favae_demo.core.settings import Settings

    monkeypatch.setenv("FAVAE_SIGN_IN", f"{NAME}:{PASSWORD}")
    assert PASSWORD not in f"{Settings.from_env()!r} {Settings.from_env()}"

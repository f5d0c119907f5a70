"""The guard alone, before an app that would answer everything: what it refuses does not hang on Gradio refusing it too."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from favae_demo.core.errors import ConfigError
from favae_demo.core.settings import Settings
from favae_demo.ui.server import guard
from favae_demo.ui.server.guard import Guard, guard_lifespan
from favae_demo.ui.server.upload_share import UploadShares

FILE, UPLOAD = "/gradio_api/file=", "/gradio_api/upload"


@pytest.fixture
def folders(tmp_path: Path) -> Settings:
    for name in ("uploads", "cache/results"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "own.txt").touch()
    (tmp_path / "cache" / "secret.txt").touch()
    (tmp_path / "uploads" / "link.txt").symlink_to(tmp_path / "cache" / "secret.txt")
    return Settings(tmp_path, tmp_path, tmp_path, tmp_path / "cache")


def client(settings: Settings) -> TestClient:
    def answer(request):
        return PlainTextResponse("inside")

    app = Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])]
    )
    app.uploaded_file_dir = str(settings.data_dir / "uploads")
    app.cookie_id, app.tokens = "1", {"known": "visitor"}
    app.add_middleware(Guard, settings=settings)
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize("name", ["uploads/own.txt", "cache/results/own.txt"])
def test_uploads_and_results_are_served(name: str, folders: Settings) -> None:
    assert client(folders).get(FILE + str(folders.data_dir / name)).text == "inside"


@pytest.mark.parametrize("name", ["cache/secret.txt", "uploads/link.txt", "uploads/../cache/secret.txt", ""])
def test_no_other_file_is_served_wherever_links_lead(name: str, folders: Settings) -> None:
    assert client(folders).get(FILE + f"{folders.data_dir}/{name}").status_code == 403


@pytest.mark.parametrize("route", ["/monitoring", "/gradio_api/dev/reload", "/gradio_api/proxy=http://a.b"])
def test_unused_routes_are_closed(route: str, folders: Settings) -> None:
    assert client(folders).get(route).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("route", ["/gradio_api/call", "/logout", "/config", FILE])
def test_another_web_page_may_neither_look_nor_act(
    method: str, site: str, route: str, folders: Settings
) -> None:
    path = FILE + str(folders.data_dir / "uploads" / "own.txt") if route == FILE else route
    assert client(folders).request(method, path, headers={"sec-fetch-site": site}).status_code == 403
    for own in ("same-origin", "none"):
        assert client(folders).request(method, path, headers={"sec-fetch-site": own}).status_code == 200


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 403)])
def test_another_web_page_may_lead_to_the_page(method: str, status: int, folders: Settings) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client(folders).request(method, "/?tab=train", headers=headers).status_code == status


HOSTS = {
    "127.0.0.1:7860": True, "localhost:7860": True, "LOCALHOST": True, "[::1]:7860": True, "127.9.9.9": True,
    "parts.example": True, "Parts.Example.:443": True,
    "evil.example": False, "localhost.evil.example": False, "127.0.0.1.evil.example": False, "evil@127.0.0.1": False,
    "10.1.2.3": False, "0.0.0.0:7860": False, "": False, "127.0.0.1/evil": False, "sub.parts.example": False,
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_only_a_name_of_this_server_is_answered(header: str, host: str, folders: Settings) -> None:
    settings = replace(folders, hosts=("parts.example",))
    assert client(settings).get("/", headers={header: host}).status_code == (200 if HOSTS[host] else 403)


def test_the_address_at_which_a_request_arrived_is_a_name_of_this_server(folders: Settings) -> None:
    visitor = TestClient(client(folders).app, base_url="http://10.0.0.7:7860")
    assert visitor.get("/").status_code == 200
    assert visitor.get("/", headers={"host": "10.0.0.8:7860"}).status_code == 403


ORIGINS = {
    ("127.0.0.1:7860", "http://127.0.0.1:7860"): True,
    ("parts.example", "https://parts.example"): True,
    ("parts.example:443", "https://parts.example"): True,
    ("127.0.0.1:7860", "http://127.0.0.1:8000"): False,
    ("127.0.0.1:7860", "http://localhost:7860"): False,
    ("127.0.0.1:7860", "null"): False,
    ("127.0.0.1:7860", "file://"): False,
    ("parts.example", "https://evil.example"): False,
    ("parts.example", "https://parts.example.evil.example"): False,
    ("parts.example", "http://127.0.0.1"): False,
}


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(("host", "origin"), ORIGINS)
def test_an_origin_must_be_the_host_s_own(method: str, host: str, origin: str, folders: Settings) -> None:
    settings = replace(folders, hosts=("parts.example",))
    app = client(settings).app
    asked = TestClient(app).request(method, "/gradio_api/call", headers={"host": host, "origin": origin})
    assert (asked.status_code != 403) == ORIGINS[host, origin]


def test_behind_a_proxy_that_names_the_host_its_pages_are_own(folders: Settings) -> None:
    settings = replace(folders, hosts=("parts.example",))
    headers = {"x-forwarded-host": "parts.example", "origin": "https://parts.example"}
    assert client(settings).post("/gradio_api/call", headers=headers).status_code == 200


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("space", ["", "me/parts"])
def test_every_answer_has_the_security_headers(
    status: int, space: str, folders: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACE_ID", space)
    headers = {} if status == 200 else {"origin": "https://evil.example"}
    answer = client(folders).get("/config", headers=headers)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    frames = "frame-ancestors 'self'" + (" https://huggingface.co" if space else "")
    assert answer.headers["content-security-policy"] == frames


@pytest.mark.parametrize(
    ("hosts", "env"),
    [
        ((), {}),
        ((), {"GRADIO_SERVER_NAME": "0.0.0.0"}),
        (("parts.example", "10.0.0.1"), {"FAVAE_HOSTS": " Parts.Example:8443,10.0.0.1 ,"}),
        (("me-parts.hf.space",), {"SPACE_HOST": "me-parts.hf.space"}),
        (("10.0.0.1",), {"GRADIO_SERVER_NAME": "10.0.0.1"}),
    ],
)
def test_names_of_the_server_come_from_the_environment(hosts: tuple[str, ...], env: dict[str, str]) -> None:
    assert Settings.from_env(env).hosts == hosts


@pytest.mark.parametrize("hosts", ["http://parts.example", "*", "a b", "a/b"])
def test_a_name_that_is_none_is_refused(hosts: str) -> None:
    with pytest.raises(ConfigError, match="FAVAE_HOSTS"):
        Settings.from_env({"FAVAE_HOSTS": hosts})


def test_an_upload_needs_a_length_and_room(folders: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "free_bytes", lambda path: 10)
    monkeypatch.setattr(guard, "_shares", UploadShares())
    visitor = client(folders)
    assert visitor.post(UPLOAD, content=b"x" * 10).status_code == 200
    assert visitor.post(UPLOAD, content=b"x" * 11).status_code == 507
    assert visitor.post(UPLOAD, content=iter([b"x"])).status_code == 411  # in chunks, so without a length


def test_an_upload_beyond_a_visitor_s_share_is_refused_with_the_time_to_come_back(
    folders: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "free_bytes", lambda path: 30)
    monkeypatch.setattr(guard, "_shares", UploadShares())
    visitor = client(folders)
    assert visitor.post(UPLOAD, content=b"x" * 9).status_code == 200
    refused = visitor.post(UPLOAD, content=b"x" * 9)
    assert refused.status_code == 429
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    assert "60 min" in refused.text


def test_a_stranger_learns_nothing_but_that_one_must_sign_in(folders: Settings) -> None:
    locked = replace(folders, sign_in=(("ann", "secret"),))
    visitor = client(locked)
    for route in ("/", "/config", "/monitoring", FILE + "/etc/hostname", "/login_", "/gradio_api/theme.css2"):
        open_to_all = route == "/"
        assert visitor.get(route).status_code == (200 if open_to_all else 401), route
    visitor.cookies.set("access-token-1", "known")
    assert visitor.get("/config").text == "inside"


def test_an_app_that_is_started_twice_is_guarded_once(folders: Settings) -> None:
    """Gradio starts it again on the next port where the port was taken meanwhile; each header would else come twice."""
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("page"))])
    app.router.lifespan_context = partial(guard_lifespan, settings=folders)
    for _ in range(2):
        with TestClient(app, base_url="http://127.0.0.1:7860") as client:
            assert client.get("/").headers["x-content-type-options"] == "nosniff"

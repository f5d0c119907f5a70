"""Files are served from two folders only, however the path is written; unused routes are closed."""

import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from gradio_routes import every_route
from raw_calls import Page, Visitor

from favae_demo.ui import text

pytest_plugins = ["trained_widget"]
SECRET = "what nobody may read"
FILE = "/gradio_api/file="


@pytest.fixture(scope="module")
def secret(server) -> Iterator[Path]:
    """A file beside the folders that are served, and links to it inside of them."""
    cache = server.settings.cache_dir
    path = cache.parent / "secret.txt"
    path.write_text(SECRET)
    results = cache / "results"
    results.mkdir(parents=True, exist_ok=True)
    (results / "link.txt").symlink_to(path)
    (results / "up").symlink_to(cache.parent, target_is_directory=True)
    (results / "round").symlink_to(results / "round")
    (server.settings.runs_dir / "a-run").mkdir(parents=True, exist_ok=True)
    (server.settings.runs_dir / "a-run" / "log.txt").write_text(SECRET)
    (server.settings.cache_dir / "secret.txt").write_text(SECRET)
    yield path
    for name in ("link.txt", "up", "round"):
        (results / name).unlink()


def _ask(url: str, target: str) -> bytes:
    """Sends a request with exactly this target, which a client library would normalise; returns the whole answer."""
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port), timeout=120) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


WAYS = {
    "absolute": lambda cache, secret: str(secret),
    "encoded": lambda cache, secret: quote(str(secret), safe=""),
    "traversal": lambda cache, secret: f"{cache}/results/../../secret.txt",
    "encoded dots": lambda cache, secret: f"{cache}/results/%2e%2e/%2e%2e/secret.txt",
    "encoded slashes": lambda cache, secret: f"{cache}/results/..%2f..%2fsecret.txt",
    "double-encoded": lambda cache, secret: f"{cache}/results/%252e%252e/%252e%252e/secret.txt",
    "backslashes": lambda cache, secret: f"{cache}/results/..%5c..%5csecret.txt",
    "null byte": lambda cache, secret: f"{secret}%00.png",
    "null byte inside": lambda cache, secret: f"{cache}/results/%00/../../secret.txt",
    "line break": lambda cache, secret: f"%0a{secret}",
    "overlong": lambda cache, secret: f"{cache}/results/{'a' * 5000}",
    "link": lambda cache, secret: f"{cache}/results/link.txt",
    "through a link": lambda cache, secret: f"{cache}/results/up/secret.txt",
    "link in a circle": lambda cache, secret: f"{cache}/results/round",
    "a run's log": lambda cache, secret: f"{cache.parent}/runs/a-run/log.txt",
    "the rest of the cache": lambda cache, secret: f"{cache}/secret.txt",
    "own process": lambda cache, secret: "/proc/self/environ",
    "relative": lambda cache, secret: "../../../../../../etc/passwd",
    "file address": lambda cache, secret: f"file://{secret}",
    "share": lambda cache, secret: f"//localhost{secret}",
    "web address": lambda cache, secret: "https://example.org/",
    "own address": lambda cache, secret: "http://127.0.0.1:1/",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("prefix", [FILE, "/gradio_api/file/", "/file="])
def test_no_path_leads_out_of_the_served_folders(way: str, prefix: str, server, secret: Path) -> None:
    answer = _ask(server.url, prefix + WAYS[way](server.settings.cache_dir, secret))
    status = int(answer.split()[1])
    assert status in (400, 403, 404), answer[:200]
    assert SECRET.encode() not in answer
    assert b"root:" not in answer


@pytest.mark.parametrize(
    "route", ["/static/", "/assets/", "/svelte/", "/gradio_api/custom_component/x/client/"]
)
@pytest.mark.parametrize("way", ["absolute", "encoded", "encoded dots", "double-encoded", "backslashes", "relative", "null byte"])  # fmt: skip
def test_no_path_leads_out_of_the_page_s_own_files(route: str, way: str, server, secret: Path) -> None:
    answer = _ask(server.url, route + WAYS[way](server.settings.cache_dir, secret))
    assert int(answer.split()[1]) in (307, 400, 403, 404), answer[:200]
    assert SECRET.encode() not in answer
    assert b"root:" not in answer


@pytest.mark.parametrize(
    "route",
    [
        "/monitoring", "/monitoring/summary", "/gradio_api/deep_link?session_hash=x", "/gradio_api/dev/reload",
        "/gradio_api/proxy=https://example.org/", "/gradio_api/vibe-code", "/gradio_api/run-history/buckets", "/gradio_api/runs",
    ],
)  # fmt: skip
def test_unused_routes_are_closed(route: str, server) -> None:
    assert b"404" in _ask(server.url, route).split(b"\r\n")[0]


NAMES = ["../../evil.png", "..\\..\\evil.png", "/etc/evil.png", "C:\\evil.png", "%2e%2e%2fevil.png", ".", "a" * 300 + ".png", "évil .png", "-rf.png", "<b>.html"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_uploads_with_hostile_names_stay_in_the_upload_folder(name: str, server) -> None:
    visitor = Visitor(server.url)
    content = f"content of {name}".encode()
    answer = visitor.upload(content, name)
    if answer.status_code >= 400:
        return
    (path,) = answer.json()
    assert Path(path).resolve().parent.parent == Path(os.environ["GRADIO_TEMP_DIR"]).resolve()
    assert hashlib.sha256(content).hexdigest() not in path  # who knows a picture cannot tell its address
    assert Path(path).read_bytes() == content
    served = visitor.http.get(FILE + quote(path))
    assert served.content == content
    assert served.headers["content-disposition"].startswith("attachment") or name.endswith(".png")


def test_a_picture_is_read_and_nothing_else(server, spot: Path) -> None:
    visitor = Visitor(server.url)
    content = spot.read_bytes()
    (path,) = visitor.upload(content, "spot.png").json()
    route = FILE + quote(path)
    head = visitor.http.head(route)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(content)))
    part = visitor.http.get(route, headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.content) == (206, content[4:10])
    assert part.headers["x-content-type-options"] == "nosniff"
    assert visitor.http.post(route).status_code == 405
    for name in ("a" * 300, "a" * 5000):
        assert visitor.http.get(FILE + quote(f"{Path(path).parent}/{name}.png")).status_code == 403


def test_an_upload_that_would_fill_the_disk_is_refused_before_it_is_read(server) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    at = urlsplit(server.url)
    for length, status in (
        ("Content-Length: 900000000000000", b"507"),
        ("Transfer-Encoding: chunked", b"411"),
    ):
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with socket.create_connection((at.hostname, at.port), timeout=120) as line:
            line.sendall(
                f"POST /gradio_api/upload HTTP/1.1\r\nHost: {at.netloc}\r\n{lines}{length}\r\n\r\n".encode()
            )
            assert status in line.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "mark", [{"meta": {"_type": "gradio.FileData"}}, {}, {"meta": None}, {"meta": {}}], ids=str
)
def test_an_image_on_the_server_s_disk_cannot_be_named_as_an_upload(
    mark: dict, server, secret: Path, tmp_path: Path, spot: Path
) -> None:
    visitor = Visitor(server.url)
    detect = next(one["id"] for one in visitor.page()["dependencies"] if one["api_name"] == "detect")
    for path in (
        str(shutil.copy(spot, tmp_path)),
        str(secret),
        f"{server.settings.cache_dir}/results/../../secret.txt",
        "http://127.0.0.1:1/a.png",
    ):
        given = {"path": path, "meta": {"_type": "gradio.FileData"}}
        answer = visitor.call(detect, [given, "widget", "none", 0.2])
        assert answer["error"] == text.page.NOT_UNDERSTOOD
        assert SECRET not in str(answer)


def test_an_upload_must_be_described_as_one(server, spot: Path) -> None:
    visitor = Page(server.url)
    given = visitor.send(spot, "spot.png")
    for changes, accepted in (({}, True), ({"meta": {"_type": "another kind"}}, False)):
        answer = visitor.call(visitor.functions["detect"]["id"], [given | changes, "widget", "none", 0.2])
        assert ("data" in answer, answer.get("error") == text.page.NOT_UNDERSTOOD) == (accepted, not accepted)


def test_no_route_answers_another_web_page(server) -> None:
    """Gradio alone would answer many of them, with an allowance that lets the other page read the answer."""
    routes = [*every_route(server.app), *((method, FILE) for method in ("GET", "OPTIONS"))]
    foreign = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    with httpx.Client(base_url=server.url, timeout=120) as other_page:
        answers = {
            (method, path): other_page.request(method, path, headers=foreign)
            for method, path in [*routes, *(("OPTIONS", path) for _, path in routes)]
        }
    assert len(answers) > 60
    assert {status for answer in answers.values() if (status := answer.status_code) != 403} == set()
    assert not any("access-control-allow-origin" in answer.headers for answer in answers.values())


def test_a_page_under_another_name_that_points_here_is_refused(server) -> None:
    for path in ("/", "/config", "/gradio_api/info"):
        assert httpx.get(server.url + path, headers={"Host": "evil.example"}, timeout=120).status_code == 403


def test_requests_of_another_web_page_are_refused(server) -> None:
    leave = next(
        one["id"] for one in Visitor(server.url).page()["dependencies"] if one["api_name"] == "leave"
    )
    body = {"fn_index": leave, "data": [], "session_hash": "x"}
    for site, status in (("cross-site", 403), ("same-origin", 200), ("none", 200)):
        answer = httpx.post(
            f"{server.url}/gradio_api/queue/join", json=body, headers={"Sec-Fetch-Site": site}, timeout=120
        )
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"

"""A path on the server may be named only by a visitor at the server's own computer."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from favae_demo.core.errors import DataError
from favae_demo.core.settings import Settings
from favae_demo.ui.server.local_paths import PROXY_HEADERS, client_host, resolve_source

LOCAL = "only be named on the computer"


def _request(host: str | None, **headers: str) -> SimpleNamespace:
    return SimpleNamespace(client=SimpleNamespace(host=host) if host else None, headers=headers)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
def test_a_visitor_at_this_computer_may_name_a_path(host: str, tmp_path: Path) -> None:
    assert resolve_source(None, f' "{tmp_path}" ', client_host(_request(host)), "loopback") == tmp_path


def test_a_path_is_expanded_from_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert resolve_source(None, "~/parts", "127.0.0.1", "loopback") == tmp_path / "parts"


@pytest.mark.parametrize(
    "host", ["10.0.0.7", "192.168.1.7", "", "testclient", "localhost", "localhost.example", "0.0.0.0"]
)
def test_a_visitor_elsewhere_may_upload_only(host: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=LOCAL):
        resolve_source(None, str(tmp_path), host, "loopback")
    for nothing in (" ", None):  # a field that the page does not show has no value
        assert resolve_source("/upload/a.zip", nothing, host, "loopback") == Path("/upload/a.zip")


@pytest.mark.parametrize("header", PROXY_HEADERS)
def test_a_loopback_address_behind_a_proxy_does_not_count(header: str, tmp_path: Path) -> None:
    host = client_host(_request("127.0.0.1", **{header: "127.0.0.1"}))
    assert host == ""
    with pytest.raises(DataError, match=LOCAL):
        resolve_source(None, str(tmp_path), host, "loopback")


def test_a_request_without_a_client_has_no_address() -> None:
    assert client_host(_request(None)) == ""


@pytest.mark.parametrize(
    ("file", "path", "sentence"),
    [
        (None, "", "Choose an archive"),
        (None, " ", "Choose an archive"),
        ("/a.zip", "/b", "keep one of the two"),
    ],
)
def test_exactly_one_source_is_required(file: str | None, path: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        resolve_source(file, path, "127.0.0.1", "all")


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7"])
def test_where_it_is_off_nobody_finds_out_which_paths_exist(host: str, exists: bool, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=LOCAL) as refused:
        resolve_source(None, str(tmp_path if exists else tmp_path / "gone"), host, "off")
    assert str(tmp_path) not in str(refused.value)


def test_where_it_is_switched_on_every_visitor_may_name_a_path(tmp_path: Path) -> None:
    assert resolve_source(None, str(tmp_path), "10.0.0.7", "all") == tmp_path


@pytest.mark.parametrize(
    ("policy", "env"),
    [
        ("loopback", {}),
        ("loopback", {"GRADIO_SERVER_NAME": "127.0.0.1"}),
        ("loopback", {"GRADIO_SERVER_NAME": "localhost"}),
        ("off", {"GRADIO_SERVER_NAME": "0.0.0.0"}),
        ("off", {"GRADIO_SERVER_NAME": "10.0.0.1"}),
        ("off", {"FAVAE_HOSTS": "parts.example"}),
        ("off", {"GRADIO_ROOT_PATH": "/parts"}),
        ("off", {"FAVAE_LOCAL_PATHS": "0"}),
        ("all", {"FAVAE_LOCAL_PATHS": "1", "GRADIO_SERVER_NAME": "0.0.0.0", "FAVAE_HOSTS": "parts.example"}),
        ("off", {"FAVAE_LOCAL_PATHS": "1", "FAVAE_PUBLIC": "1"}),
        ("off", {"FAVAE_LOCAL_PATHS": "1", "SPACE_ID": "me/parts"}),
    ],
)
def test_paths_may_be_named_only_where_no_proxy_makes_everybody_look_local(
    policy: str, env: dict[str, str]
) -> None:
    assert Settings.from_env(env).local_paths == policy

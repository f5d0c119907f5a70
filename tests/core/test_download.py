"""Transfers: over HTTP, and through pip."""

import io
import socket
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from fake_server import FakeServer

from favae_demo.core import download as module
from favae_demo.core.download import check_digest, download, pip_download
from favae_demo.core.errors import DownloadError


def ignore(_done: int, _total: int) -> None:
    pass


def test_progress_is_by_bytes(server: FakeServer, tmp_path: Path):
    server.files["/a"] = bytes(range(256)) * 4096
    seen = []
    download(f"{server.url}/a", tmp_path / "a", lambda *told: seen.append(told))
    assert (tmp_path / "a").read_bytes() == server.files["/a"]
    done = [told[0] for told in seen]
    assert done == sorted(done)
    assert seen[-1] == (1 << 20, 1 << 20)


def test_resumes_until_whole(server: FakeServer, tmp_path: Path):
    server.files["/a"] = bytes(range(250))
    server.cut_after = 100
    download(f"{server.url}/a", tmp_path / "a", ignore)
    assert (tmp_path / "a").read_bytes() == server.files["/a"]
    assert [wanted for _, wanted in server.requests] == [None, "bytes=100-", "bytes=200-"]


def test_gives_up_on_a_server_that_always_breaks_off(server: FakeServer, tmp_path: Path):
    server.files["/a"], server.cut_after = bytes(1000), 1
    with pytest.raises(DownloadError, match="broke off"):
        download(f"{server.url}/a", tmp_path / "a", ignore)
    assert len(server.requests) == module.ATTEMPTS


def test_an_earlier_part_is_gone_on_with_and_a_whole_one_kept(server: FakeServer, tmp_path: Path):
    server.files["/a"] = bytes(range(250))
    (tmp_path / "a").write_bytes(bytes(range(90)))
    for _ in range(2):
        download(f"{server.url}/a", tmp_path / "a", ignore)
        assert (tmp_path / "a").read_bytes() == server.files["/a"]
    assert [wanted for _, wanted in server.requests] == ["bytes=90-", "bytes=250-"]


def test_silent_server_is_left_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(DownloadError):
            download(f"http://127.0.0.1:{silent.getsockname()[1]}/a", tmp_path / "a", ignore)
        assert time.monotonic() - start < 2


def test_refused_connection(tmp_path: Path):
    with pytest.raises(DownloadError, match="refused"):
        download("http://127.0.0.1:9/a", tmp_path / "a", ignore)


def wheel(folder: Path) -> Path:
    path = folder / "favae_test_wheel-1.0-py3-none-any.whl"
    info = "favae_test_wheel-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: favae-test-wheel\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_wheel_through_pip(no_index: Path, tmp_path: Path):
    original, folder, seen = wheel(no_index), tmp_path / "to", []
    folder.mkdir()
    pip_download("favae-test-wheel==1.0", folder, 500, lambda *told: seen.append(told))
    assert (folder / original.name).read_bytes() == original.read_bytes()
    assert seen[-1] == (500, 500)


def test_pip_runs_no_build_script(no_index: Path, tmp_path: Path):
    marker = tmp_path / "ran"
    script = f"open({str(marker)!r}, 'w').close()\n".encode()
    with tarfile.open(no_index / "favae_test_wheel-1.0.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("favae_test_wheel-1.0/setup.py")
        entry.size = len(script)
        archive.addfile(entry, io.BytesIO(script))
    folder = tmp_path / "to"
    folder.mkdir()
    with pytest.raises(DownloadError, match="No matching distribution"):
        pip_download("favae-test-wheel==1.0", folder, 500, ignore)
    assert not marker.exists()


def test_pip_is_stopped_by_the_tick(no_index: Path, tmp_path: Path):
    class StopError(Exception):
        pass

    def stop(_done: int, _total: int) -> None:
        raise StopError

    wheel(no_index)
    folder = tmp_path / "to"
    folder.mkdir()
    with pytest.raises(StopError):
        pip_download("favae-test-wheel==1.0", folder, 500, stop)
    assert not list(folder.glob("*.whl"))


def test_digest_may_be_a_prefix(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"abc")
    check_digest(tmp_path / "a", "sha256:ba7816bf")
    check_digest(tmp_path / "a", "md5:900150983cd24fb0d6963f7d28e17f72")
    with pytest.raises(DownloadError, match="checksum"):
        check_digest(tmp_path / "a", "sha256:ba7816be")

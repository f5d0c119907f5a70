"""Finding, fetching, checking and keeping teacher weights."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fake_server import FakeServer
from teacher_fixtures import BACKBONES, FIRST_VALUES, TINY_LAYERS, Release, TinyRelease, write_keras_file

from favae_demo.core.errors import WeightsError
from favae_demo.core.settings import Settings
from favae_demo.core.torchvision_compat import models
from favae_demo.teacher import weight_readers, weight_sources, weight_store


def leftovers(settings: Settings) -> list[Path]:
    """Every file under the cache folder."""
    return [path for path in settings.cache_dir.rglob("*") if path.is_file()]


def set_sources(monkeypatch: pytest.MonkeyPatch, *rows: weight_sources.WeightSource) -> None:
    monkeypatch.setitem(weight_sources.RECIPES, "tiny", replace(weight_sources.RECIPES["tiny"], sources=rows))


def other_source(**changes) -> weight_sources.WeightSource:
    """A source whose file is always there and holds other weights than the release."""

    def fetch(folder: Path, tick) -> None:
        tick(1, 1)
        write_keras_file(folder / "other.h5", TINY_LAYERS, seed=1)

    def read(path: Path) -> weight_readers.Tensors:
        return weight_readers.read_keras(path, TINY_LAYERS)

    return weight_sources.WeightSource("other", "other.h5", "md5:", fetch, read, **changes)


def test_official_file_is_fetched_converted_and_kept(cache: Settings, tiny: TinyRelease, server: FakeServer):
    seen = []
    assert not weight_store.is_ready("tiny", cache.cache_dir, cache.teacher_dir)

    path = weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir, lambda *told: seen.append(told))

    assert path == cache.cache_dir / "teachers" / "tiny.safetensors"
    tensors, metadata = weight_store.read_weights(path)
    stored, bias = tiny.arrays["block1_conv1"]
    assert np.array_equal(tensors["0.weight"].numpy(), stored[:, ::-1])  # BGR became RGB
    assert np.array_equal(tensors["0.bias"].numpy(), bias)
    assert np.array_equal(tensors["2.weight"].numpy(), tiny.arrays["block1_conv2"][0])
    assert seen[-1] == ("Keras Applications", len(tiny.content), len(tiny.content))
    assert metadata["id"] == "tiny"
    assert metadata["fingerprint"] == weight_store.fingerprint(tensors)
    assert "Simonyan" in metadata["credit"]
    status = weight_store.status("tiny", cache.cache_dir, cache.teacher_dir)
    assert status["ready"]
    assert status["source"] == "Keras Applications"
    assert status["bytes"] == path.stat().st_size
    assert leftovers(cache) == [path]
    weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)
    assert len(server.requests) == 1


def test_full_size_release_of_vgg16(
    cache: Settings, server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "vgg16.h5"
    arrays = write_keras_file(file, weight_readers.LAYERS["vgg16"])
    recipe = weight_sources.RECIPES["vgg16"]
    official = replace(recipe.sources[0], digest=f"md5:{hashlib.md5(file.read_bytes()).hexdigest()}")
    monkeypatch.setitem(weight_sources.RECIPES, "vgg16", replace(recipe, sources=(official,)))
    monkeypatch.setenv("FAVAE_KERAS_URL", server.url)
    server.files[f"/vgg16/{official.file_name}"] = file.read_bytes()

    tensors, _ = weight_store.read_weights(weight_store.ensure("vgg16", cache.cache_dir, cache.teacher_dir))

    assert np.array_equal(tensors["21.weight"].numpy(), arrays["block4_conv3"][0])
    with torch.device("meta"):
        expected = models.vgg16(init_weights=False).features[:22].state_dict()
    assert {k: v.shape for k, v in tensors.items()} == {k: v.shape for k, v in expected.items()}


def test_connection_that_breaks_is_resumed(cache: Settings, release: Release, server: FakeServer):
    server.cut_after = len(release.content) // 2 + 1
    tensors, metadata = weight_store.read_weights(
        weight_store.ensure(release.teacher, cache.cache_dir, cache.teacher_dir)
    )
    assert [wanted for _, wanted in server.requests] == [None, f"bytes={server.cut_after}-"]
    assert {name: tuple(value.shape) for name, value in tensors.items()} == weight_sources.RECIPES[
        release.teacher
    ].shapes
    assert metadata["credit"] == weight_sources.RECIPES[release.teacher].credit


def test_broken_download_leaves_the_cache_as_it_was_and_names_the_way_out(
    cache: Settings, release: Release, server: FakeServer
):
    other = weight_store.cache_path("another teacher", cache.cache_dir)
    other.parent.mkdir(parents=True)
    other.write_bytes(b"its weights")
    server.cut_after, server.ranges = len(release.content) // 2, False
    with pytest.raises(WeightsError, match="broke off") as caught:
        weight_store.ensure(release.teacher, cache.cache_dir, cache.teacher_dir)
    assert release.file_name in str(caught.value)
    assert leftovers(cache) == [other]
    assert other.read_bytes() == b"its weights"
    assert not weight_store.is_ready(release.teacher, cache.cache_dir, cache.teacher_dir)


def test_next_source_takes_over(
    cache: Settings, tiny: TinyRelease, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    server.cut_after, server.ranges = len(tiny.content) // 2, False
    set_sources(monkeypatch, weight_sources.RECIPES["tiny"].sources[0], other_source(note="8-bit"))
    weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)
    status = weight_store.status("tiny", cache.cache_dir, cache.teacher_dir)
    assert (status["source"], status["note"]) == ("other", "8-bit")


def test_wrong_checksum_is_refused(cache: Settings, release: Release, server: FakeServer):
    server.files[release.path] = release.content[:-1] + b"?"
    with pytest.raises(WeightsError, match="checksum"):
        weight_store.ensure(release.teacher, cache.cache_dir, cache.teacher_dir)
    assert leftovers(cache) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first_values": {"0.weight": (*FIRST_VALUES[:2], 0.06136011)}}, "not the ImageNet weights"),
        ({"find_shapes": lambda: {"0.weight": (4, 3, 3, 3)}}, "other layers"),
    ],
)
def test_other_contents_are_refused(
    cache: Settings, tiny: TinyRelease, monkeypatch: pytest.MonkeyPatch, change: dict, reason: str
):
    monkeypatch.setitem(weight_sources.RECIPES, "tiny", replace(weight_sources.RECIPES["tiny"], **change))
    with pytest.raises(WeightsError, match=reason):
        weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)
    assert leftovers(cache) == []


def test_unreadable_file_is_a_reason_not_a_crash(
    cache: Settings, tiny: TinyRelease, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    server.files[tiny.path] = b"<html>Sign in to the network</html>"
    set_sources(monkeypatch, replace(weight_sources.RECIPES["tiny"].sources[0], digest="md5:"))
    with pytest.raises(WeightsError, match="expected format"):
        weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)


def test_refusal_by_the_server_is_named(cache: Settings, tiny: TinyRelease, server: FakeServer):
    server.files.clear()
    with pytest.raises(WeightsError, match="answered 404"):
        weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)


@pytest.mark.parametrize("teacher", ["vgg16", "vgg19", *BACKBONES])
def test_without_any_network_the_sentence_says_what_to_do(
    cache: Settings, no_index: Path, monkeypatch: pytest.MonkeyPatch, teacher: str
):
    monkeypatch.setenv("FAVAE_KERAS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("FAVAE_TORCHVISION_URL", "http://127.0.0.1:9")
    official, *others = weight_sources.RECIPES[teacher].sources
    with pytest.raises(WeightsError) as caught:
        weight_store.ensure(teacher, cache.cache_dir, cache.teacher_dir)
    sentence = str(caught.value)
    assert all(f"{source.name} (" in sentence for source in (official, *others))
    assert f"get {official.file_name} from http://127.0.0.1:9/" in sentence
    assert f"/{official.file_name}, put it into a folder and set FAVAE_TEACHER_DIR" in sentence
    assert leftovers(cache) == []


@pytest.mark.parametrize("damage", ["flipped bit", "cut off", "not such a file"])
def test_damaged_cache_is_fetched_anew(cache: Settings, tiny: TinyRelease, server: FakeServer, damage: str):
    path = weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "flipped bit": whole[:-1] + bytes([whole[-1] ^ 1]),
            "cut off": whole[: len(whole) // 2],
            "not such a file": b"nothing",
        }[damage]
    )
    assert weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir) == path
    assert len(server.requests) == 2
    assert weight_store.read_weights(path)[0].keys() == weight_sources.RECIPES["tiny"].shapes.keys()


def test_a_file_is_verified_once_until_it_changes(
    cache: Settings, tiny: TinyRelease, monkeypatch: pytest.MonkeyPatch
):
    path = weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)
    read, reads = weight_store.read_weights, []
    monkeypatch.setattr(weight_store, "read_weights", lambda path: reads.append(path) or read(path))
    assert all(weight_store.is_cached("tiny", cache.cache_dir) for _ in range(3))
    assert reads == [path]
    assert not weight_store.is_cached("tiny", cache.cache_dir, "of another file")

    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert not weight_store.is_cached("tiny", cache.cache_dir)
    assert not path.exists()


@pytest.mark.parametrize("release", ["tiny", "resnet18"], indirect=True)
@pytest.mark.parametrize("kind", ["official", "converted"])
def test_file_put_there_by_hand_needs_no_network(
    cache: Settings, release: Release, server: FakeServer, tmp_path: Path, kind: str
):
    elsewhere = weight_store.ensure(release.teacher, tmp_path / "elsewhere", None)
    expected = weight_store.read_weights(elsewhere)
    server.files.clear()
    if kind == "official":
        (cache.teacher_dir / release.file_name).write_bytes(release.content)
    else:
        (cache.teacher_dir / elsewhere.name).write_bytes(elsewhere.read_bytes())

    assert weight_store.is_ready(release.teacher, cache.cache_dir, cache.teacher_dir)
    _, metadata = weight_store.read_weights(
        weight_store.ensure(release.teacher, cache.cache_dir, cache.teacher_dir)
    )

    assert metadata == expected[1]
    assert len(server.requests) == 1


def test_damaged_file_put_there_by_hand_is_passed_over(cache: Settings, tiny: TinyRelease):
    (cache.teacher_dir / tiny.file_name).write_bytes(tiny.content[:-1])
    assert weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir).is_file()


def test_cancel_stops_and_cleans_up(cache: Settings, tiny: TinyRelease, monkeypatch: pytest.MonkeyPatch):
    set_sources(monkeypatch, weight_sources.RECIPES["tiny"].sources[0], other_source())
    with pytest.raises(weight_store.CancelledError):
        weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir, cancel=lambda: True)
    assert leftovers(cache) == []


def test_several_at_once(cache: Settings, tiny: TinyRelease):
    with ThreadPoolExecutor(4) as pool:
        paths = set(
            pool.map(lambda _: weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir), range(4))
        )
    assert leftovers(cache) == list(paths)
    weight_store.read_weights(paths.pop())


def test_weights_asked_for_by_fingerprint_are_kept_beside_the_others(
    cache: Settings, tiny: TinyRelease, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    official = weight_sources.RECIPES["tiny"].sources[0]
    usual = weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)
    before = weight_store.read_weights(usual)[1]["fingerprint"]
    set_sources(monkeypatch, other_source())
    elsewhere = weight_store.ensure("tiny", cache.runs_dir, cache.teacher_dir)
    wanted = weight_store.read_weights(elsewhere)[1]["fingerprint"]
    assert wanted != before

    set_sources(monkeypatch, official, other_source(fingerprint=wanted))
    server.requests.clear()
    path = weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir, expected=wanted)

    assert path != usual
    assert weight_store.read_weights(path)[1]["fingerprint"] == wanted
    assert server.requests == []  # the source known to hold them went first
    assert weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir) == usual
    assert weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir, expected=before) == usual
    set_sources(monkeypatch)
    assert weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir, expected=wanted) == path


def test_fingerprint_that_no_source_has(cache: Settings, tiny: TinyRelease, monkeypatch: pytest.MonkeyPatch):
    set_sources(monkeypatch, weight_sources.RECIPES["tiny"].sources[0], other_source(fingerprint="b" * 64))
    with pytest.raises(WeightsError, match="not the weights that the model was trained with") as caught:
        weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir, expected="a" * 64)
    assert "other (" not in str(caught.value)  # known to hold others, so not fetched
    assert leftovers(cache) == []


def test_cache_that_cannot_be_written(cache: Settings, tiny: TinyRelease):
    (cache.teacher_dir / tiny.file_name).write_bytes(tiny.content)
    cache.cache_dir.mkdir()
    (cache.cache_dir / "teachers").write_text("a file in the way")
    with pytest.raises(WeightsError, match="cannot be written"):
        weight_store.ensure("tiny", cache.cache_dir, cache.teacher_dir)


@pytest.mark.parametrize(
    "other",
    [
        {"a": torch.tensor([1.0, 2.0, 3.0, 5.0])},
        {"a": torch.tensor([[1.0, 2.0], [3.0, 4.0]])},
        {"a": torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)},
        {"b": torch.tensor([1.0, 2.0, 3.0, 4.0])},
        {"a": torch.tensor([1.0, 2.0, 3.0, 4.0]), "b": torch.zeros(0)},
    ],
    ids=["value", "shape", "type", "name", "one more"],
)
def test_fingerprint_tells_tensors_apart(other: dict[str, torch.Tensor]):
    tensors = {"a": torch.tensor([1.0, 2.0, 3.0, 4.0])}
    assert weight_store.fingerprint(tensors) != weight_store.fingerprint(other)


def test_fingerprint_ignores_order_and_memory_layout():
    a, b = torch.randn(3, 4), torch.randn(2)
    assert weight_store.fingerprint({"a": a, "b": b}) == weight_store.fingerprint(
        {"b": b, "a": a.t().contiguous().t()}
    )

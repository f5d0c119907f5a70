"""Damaged and malicious pictures: a picture comes out or one plain sentence, soon and in little memory."""

import os
import resource

import hostile_images
import numpy as np
import pytest
from hostile_outcome import ACCEPTED, REFUSED, outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from favae_demo.core.errors import ImageError
from favae_demo.data.io.images import decode

WHOLE = hostile_images.whole()
# Fine but for these.
BOUNDS = {
    "png: a million chunks behind",
    "png: more pixels than it says",
    "png: overlapping EXIF",
    "pgm: a text of 8 MB",
}
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("kind", WHOLE)
def test_every_kind_is_read_whole(kind: str) -> None:
    assert decode(WHOLE[kind]).shape in ((24, 40, 3), (40, 24, 3), (48, 64, 3))


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(WHOLE)), seed=st.integers(0, 2**32 - 1))
def test_damaged_files_of_every_kind_give_a_image_or_a_sentence(kind: str, seed: int) -> None:
    for data in hostile_images.damaged(WHOLE[kind], np.random.default_rng(seed), 4):
        outcome(lambda data=data: decode(data))


@pytest.mark.parametrize("name", hostile_images.BOMBS)
def test_bombs_cost_little(name: str) -> None:
    data = hostile_images.BOMBS[name]()
    before = resource.getrusage(resource.RUSAGE_SELF)
    found = outcome(lambda: decode(data))
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert found == (ACCEPTED if name in BOUNDS else REFUSED)
    assert after.ru_utime - before.ru_utime < 5
    assert after.ru_maxrss - before.ru_maxrss < 500_000  # KB; for all tests before as well


def test_bands_join_without_a_seam() -> None:
    deep = np.arange(600 * 9, dtype=np.uint16).reshape(600, 9) * 12
    values = np.rint(deep / 257).astype(np.uint8)
    np.testing.assert_array_equal(decode(hostile_images.encoded(deep, "PNG"))[..., 0], values)
    real = np.linspace(0, 200, 600 * 9, dtype=np.float32).reshape(600, 9)
    np.testing.assert_array_equal(
        decode(hostile_images.encoded(real, "TIFF"))[..., 1], np.rint(real).astype(np.uint8)
    )


def test_what_is_no_plain_file_is_not_opened(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.png")  # opening it would wait for ever
    (tmp_path / "link.png").symlink_to(tmp_path / "nothing.png")
    (tmp_path / "folder.png").mkdir()
    for name, words in (("pipe", "not a file"), ("folder", "not a file"), ("link", "does not exist")):
        with pytest.raises(ImageError, match=words):
            decode(tmp_path / f"{name}.png")
    with pytest.raises(ImageError, match=r"not a PNG|not a file"):
        decode("/dev/zero")


def test_a_file_of_many_gigabytes_is_refused_by_its_size(tmp_path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(WHOLE["png"])
    os.truncate(path, 20 << 30)  # sparse
    with pytest.raises(ImageError, match="256 MB"):
        decode(path)


@pytest.mark.parametrize(
    "name", ["line\nbreak.png", "🔩🔎.png", "n" * 250 + ".png", os.fsdecode(b"\x95\x94.png")]
)
def test_odd_names_are_named_on_one_line(tmp_path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert outcome(lambda: decode(tmp_path / name)) == REFUSED

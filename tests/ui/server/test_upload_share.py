"""One visitor cannot take the disk of all others."""

from favae_demo.ui.server.upload_share import HOUR, UploadShares

FREE = 1000


def test_each_visitor_has_a_share_and_gets_it_back_after_an_hour() -> None:
    now = [0.0]
    shares = UploadShares(lambda: now[0])
    assert shares.claim("a", 200, FREE) == 0
    now[0] = 600.0
    assert shares.claim("a", 200, FREE - 200) == HOUR - 600
    assert shares.claim("b", 200, FREE - 200) == 0  # another visitor is not held up
    now[0] = HOUR + 1
    assert shares.claim("a", 200, FREE) == 0


def test_a_single_upload_that_fits_on_the_disk_is_taken() -> None:
    assert UploadShares().claim("a", FREE, FREE) == 0


def test_visitors_of_the_past_are_forgotten() -> None:
    now = [0.0]
    shares = UploadShares(lambda: now[0])
    for number in range(50):
        shares.claim(str(number), 1, FREE)
    now[0] = HOUR + 1
    shares.claim("new", 1, FREE)
    assert list(shares._held) == ["new"]
    assert len(shares._uploads) == 1

"""Trainings killed at random moments; `tests/hardening/kill_trainings.py` does it a hundred times."""

from hardening.kill_trainings import kill_many


def test_three_kills_at_random_moments_lose_nothing(tmp_path):
    tally = kill_many(3, 0, tmp_path)
    assert tally.kills.total() == 3
    assert tally.faults == []

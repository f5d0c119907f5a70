"""The public API: quick to import, complete, and with examples that are true."""

import doctest
import subprocess
import sys
import time

import pytest

import favae_demo
from favae_demo.core.settings import PROJECT

PUBLIC = [name for name in favae_demo.__all__ if name != "__version__"]


@pytest.mark.parametrize(
    "statement", ["import favae_demo", "from favae_demo import TrainConfig, make_config"]
)
def test_importing_it_loads_no_torch(statement, record_property):
    code = f"{statement}\nimport sys\nprint('torch' in sys.modules)"
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    record_property("seconds", time.perf_counter() - start)
    assert done.stdout.split() == ["False"]


def test_it_lists_all_its_names():
    assert set(PUBLIC) <= set(dir(favae_demo))
    assert all(callable(getattr(favae_demo, name)) for name in PUBLIC)
    with pytest.raises(AttributeError, match="no attribute 'tarin'"):
        _ = favae_demo.tarin


@pytest.mark.parametrize("name", PUBLIC)
def test_its_examples_are_true(name, monkeypatch, tmp_path):
    monkeypatch.setenv("FAVAE_RUNS_DIR", str(tmp_path))
    # In an empty namespace: an example must import all that it uses.
    (test,) = doctest.DocTestFinder(recurse=False).find(
        getattr(favae_demo, name), name, module=False, globs={}
    )
    assert "Examples:" in test.docstring
    runner = doctest.DocTestRunner(verbose=False)
    printed: list[str] = []
    result = runner.run(test, out=printed.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(printed)

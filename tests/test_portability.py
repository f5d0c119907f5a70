"""The package imports and runs on Windows and macOS, as far as its source tells: no call that only POSIX has without a guard."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from favae_demo.core.settings import PACKAGE

SOURCES = sorted(PACKAGE.rglob("*.py"))
POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix"}
POSIX_NAMES = {
    "os": {
        "fork", "nice", "getuid", "geteuid", "getgid", "setsid", "killpg", "getpgid", "mkfifo", "mknod", "chown", "uname",
        "getpriority", "setpriority", "WNOHANG", "sched_getaffinity", "sched_setscheduler", "sched_getscheduler", "SCHED_IDLE",
        "SCHED_OTHER", "getloadavg", "statvfs", "sysconf", "setuid", "umask", "wait",
    },
    "signal": {"SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "alarm", "pause", "SIGCHLD", "SIGPIPE"},
}  # fmt: skip
GUARD_WORDS = ("hasattr", "getattr", "AttributeError", "win32", "sys.platform", "os.name")


def _guarded(path: list[ast.AST]) -> bool:
    """Whether a condition, a handler or an earlier return around a node asks which system this is."""
    for node in path:
        parts: list[ast.AST] = []
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            parts = [node.test]
        elif isinstance(node, ast.Try):
            parts = [handler.type for handler in node.handlers if handler.type]
        elif isinstance(node, ast.With):
            parts = [item.context_expr for item in node.items]
        elif isinstance(node, ast.FunctionDef):
            parts = [
                one.test
                for one in node.body
                if isinstance(one, ast.If) and isinstance(one.body[-1], ast.Return)
            ]
        if any(word in ast.unparse(part) for part in parts for word in GUARD_WORDS):
            return True
    return False


def _unguarded(source: str) -> Iterator[str]:
    def visit(node: ast.AST, path: list[ast.AST]) -> Iterator[str]:
        found = ""
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            )
            found = next((name for name in names if name in POSIX_MODULES), "")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_posix = node.attr in POSIX_NAMES.get(node.value.id, ())
            found = f"{node.value.id}.{node.attr}" if is_posix else ""
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node).startswith("os.kill(")
            and ast.unparse(node).endswith(", 0)")
        ):
            yield f"{node.lineno}: os.kill(…, 0) ends processes on Windows"
        if found and not _guarded(path):
            yield f"{getattr(node, 'lineno', 0)}: {found}"
        for child in ast.iter_child_nodes(node):
            yield from visit(child, [*path, node])

    return visit(ast.parse(source), [])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_only_posix_has_is_guarded(path: Path) -> None:
    assert list(_unguarded(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("import fcntl", 1),
        ("if sys.platform != 'win32':\n import fcntl", 0),
        ("os.nice(1)", 1),
        ("if hasattr(os, 'nice'):\n os.nice(1)", 0),
        ("signal.signal(signal.SIGHUP, f)", 1),
        ("try:\n os.nice(1)\nexcept OSError:\n pass", 1),
        ("try:\n os.nice(1)\nexcept (OSError, AttributeError):\n pass", 0),
        ("if hasattr(os, 'kill'):\n os.kill(pid, 0)", 1),
    ],
)
def test_the_test_finds_them(source: str, count: int) -> None:
    assert len(list(_unguarded(source))) == count


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_text_files_name_their_encoding(path: Path) -> None:
    """Without it Windows reads and writes its own code page; `/proc` and logs of pip are of this system's own making."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    named = ("read_text", "write_text")
    bare = [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in named
        and not any(keyword.arg in ("encoding", "errors") for keyword in call.keywords)
        and "utf-8" not in ast.unparse(call) and "/proc/" not in ast.unparse(call) and "AUTOGROUP" not in ast.unparse(call)
    ]  # fmt: skip
    assert bare == []


def test_no_two_files_differ_in_case_only_and_none_has_a_name_of_windows() -> None:
    from favae_demo.core.file_names import comparison_key, portable_name

    paths = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts]
    assert len({comparison_key(str(path)) for path in paths}) == len(paths)
    assert [path for path in paths if any(portable_name(part) != part for part in path.parts)] == []

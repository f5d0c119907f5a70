"""What every finding prints at its end."""

import platform
import sys
from importlib.metadata import version


def report(packages: str, expected: object, observed: object, holds: bool) -> None:
    """Prints versions, what one would expect and what happens; exits with 1 if that is not as stated any more.

    Args:
        packages: Names of the packages that matter, separated by spaces.
        expected: What a user would expect.
        observed: What happened just now.
        holds: Whether that is what the finding states.
    """
    print(
        "versions:",
        f"Python {platform.python_version()},",
        ", ".join(f"{p} {version(p)}" for p in packages.split()),
    )
    print("expected:", expected)
    print("observed:", observed)
    if not holds:
        sys.exit("CHANGED: this is not what the finding states.")

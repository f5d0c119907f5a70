"""Fills an environment with what a requirements file needs, without a download: links to the packages of this environment."""

import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePath

from packaging.requirements import Requirement


def link_requirements(file: Path, environment: Path) -> None:
    """Links the packages that a requirements file names, with all that they need themselves, into a virtual environment.

    The environment can import what `pip install -r FILE` would give it, and nothing else that is installed here.

    Args:
        file: Requirements, one a line.
        environment: An environment of the same Python.
    """
    base = {"base": str(environment), "platbase": str(environment)}
    target = Path(sysconfig.get_path("purelib", "venv", vars=base))
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    for package in _closure(Requirement(line) for line in lines if line):
        for path in _parts(package):
            link = target / path
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(Path(str(package.locate_file(path))).resolve())


def _parts(package: Distribution) -> set[PurePath]:
    """Returns the folders that are this package's alone, and its files elsewhere: several share a folder without `__init__.py`."""
    files = {PurePath(path) for path in package.files or () if ".." not in path.parts}  # programs lie outside
    return {first if (first := PurePath(path.parts[0])) / "__init__.py" in files else path for path in files}


def _closure(requirements: Iterable[Requirement]) -> Iterator[Distribution]:
    """Yields the packages that satisfy the requirements, and those that they require in turn, once each."""
    left = [(one.name, frozenset(one.extras)) for one in requirements]
    seen, packages = set(left), set()
    while left:
        name, extras = left.pop()
        package = distribution(name)
        if package.name not in packages:
            packages.add(package.name)
            yield package
        for requirement in map(Requirement, package.requires or ()):
            wanted = (requirement.name, frozenset(requirement.extras))
            if wanted not in seen and _applies(requirement, extras):
                seen.add(wanted)
                left.append(wanted)


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))

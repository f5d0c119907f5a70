"""The configuration of a line: its sources, its sinks, and what is kept."""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from favae_demo.core.errors import ConfigError
from favae_demo.line.options import Kind, Table, absolute, parse, parse_kind
from favae_demo.line.sinks import Sink
from favae_demo.line.sinks.table import SINKS
from favae_demo.line.sources import Source, SourceOptions, Surroundings
from favae_demo.line.sources.table import SOURCES
from favae_demo.line.spool import MOST_WAITING

SOURCE, SINK, PICTURES = "source", "sink", "pictures"  # tables of the file
PATHS = ("path", "file")  # settings that are paths
MODEL_SUFFIX = ".safetensors"


class PictureOptions(Table):
    """Which pictures are kept, see `PictureStore`."""

    keep_days: Annotated[float, Field(gt=0)] = 30
    most_mb: Annotated[float, Field(ge=0)] = 2000
    good_every: Annotated[int, Field(ge=0)] = 100


class MetricsOptions(Table):
    """Where figures for Prometheus are served, see `Metrics`.

    Attributes:
        port: Of this computer.
        host: Address at which it answers; 0.0.0.0 for all networks of this computer.
    """

    port: Annotated[int, Field(ge=1, le=65_535)]
    host: str = "127.0.0.1"


class LineOptions(Table):
    """Settings at the top of the file.

    Attributes:
        state: Folder of the spool and of the kept pictures.
        most_waiting: Verdicts that wait at most for a sink that is down.
        pictures: Which pictures are kept.
        metrics: Where figures for Prometheus are served; None for nowhere.
    """

    state: Path = Path("line-state")
    most_waiting: Annotated[int, Field(ge=1, le=100_000_000)] = MOST_WAITING
    pictures: PictureOptions = PictureOptions()
    metrics: MetricsOptions | None = None


@dataclass(frozen=True)
class SourcePlan:
    """A source as configured."""

    kind: Kind[Any, Source]
    options: SourceOptions

    @property
    def name(self) -> str:
        """Its name in records."""
        return self.options.name

    def open(self, around: Surroundings) -> Source:
        """Opens it."""
        return self.kind.open(self.options, around)


@dataclass(frozen=True)
class SinkPlan:
    """A sink as configured."""

    name: str
    kind: Kind[Any, Sink]
    options: Table

    def open(self) -> Sink:
        """Opens it."""
        return self.kind.open(self.options)


@dataclass(frozen=True)
class LineConfig:
    """A whole line."""

    options: LineOptions
    sources: tuple[SourcePlan, ...]
    sinks: tuple[SinkPlan, ...]


def read_config(path: Path) -> LineConfig:
    """Reads a configuration file; relative paths in it count from its folder.

    Raises:
        ConfigError: The file cannot be read, or something in it is missing, unknown or not allowed.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no file {str(path)!r}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}.") from None
    return make_config(values, path.name, path.absolute().parent)


def make_config(values: Mapping[str, Any], name: str, folder: Path) -> LineConfig:
    """Returns the line that the values of a file describe.

    Args:
        values: Tables `source` and `sink`, each a list; the rest as in `LineOptions`.
        name: Name of the file, for sentences.
        folder: The folder from which relative paths count.

    Raises:
        ConfigError: Something is missing, unknown or not allowed.
    """
    top = {key: value for key, value in values.items() if key not in (SOURCE, SINK)}
    options = parse(LineOptions, top, name)
    options = options.model_copy(update={"state": absolute(folder, options.state)})
    sources = tuple(
        SourcePlan(*parse_kind(SOURCES, _from_folder(table, folder), where))
        for where, table in _tables(values, SOURCE, name)
    )
    sinks = tuple(_sink(_from_folder(table, folder), where) for where, table in _tables(values, SINK, name))
    _check_unique([plan.name for plan in sources], f"{name}: two sources have the name")
    _check_unique([plan.name for plan in sinks], f"{name}: two sinks have the name")
    return LineConfig(options, sources, sinks)


def simple_config(source: Mapping[str, Any], out: Path, folder: Path) -> LineConfig:
    """Returns a line with one source and one SQLite file; its state lies beside the file."""
    values = {
        "state": str(out.with_name(f"{out.name}-line")),
        SOURCE: [source],
        SINK: [{"kind": "sqlite", "path": str(out)}],
    }
    return make_config(values, "These options", folder)


def _sink(values: Mapping[str, Any], where: str) -> SinkPlan:
    rest = {key: value for key, value in values.items() if key != "name"}
    kind, options = parse_kind(SINKS, rest, where)
    return SinkPlan(str(values.get("name", values["kind"])), kind, options)


def _tables(values: Mapping[str, Any], key: str, name: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Returns the tables of a list with a description of each place."""
    tables = values.get(key, [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{name}: at least one [[{key}]] is needed, in double brackets.")
    return [
        (f"{name}, {key} {number} ({table.get('name', table.get('kind', 'without a name'))})", table)
        for number, table in enumerate(tables, 1)
    ]


def _from_folder(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Returns a table whose relative paths count from a folder."""
    is_path: dict[str, Callable[[str], bool]] = dict.fromkeys(PATHS, lambda text: True)
    is_path["model"] = lambda text: text.endswith(MODEL_SUFFIX)
    return {
        key: str(absolute(folder, Path(value)))
        if isinstance(value, str) and key in is_path and is_path[key](value)
        else value
        for key, value in table.items()
    }


def _check_unique(names: Sequence[str], sentence: str) -> None:
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise ConfigError(f"{sentence} {double[0]!r}; give each its own `name`.")

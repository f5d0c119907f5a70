"""Tables of the configuration file: checked values, and sentences for what is wrong."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from favae_demo.core.errors import ConfigError

FOLDER = "folder"  # key of the validation's context: relative paths count from it
Options = TypeVar("Options", bound=BaseModel)
Product = TypeVar("Product")


class Table(BaseModel):
    """A table of the file; a name that it does not have is refused, since it is a typing error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def server_url(url: str, schemes: Container[str], hint: str) -> SplitResult:
    """Returns the components of a URL that names a server.

    Args:
        url: The URL.
        schemes: Those that may begin it.
        hint: What it must begin with, for the error.

    Raises:
        ValueError: The URL has another scheme, no host, or a port that does not exist.
    """
    components = urlsplit(url)
    if (
        components.scheme not in schemes or not components.hostname or components.port == 0
    ):  # parses the port, too
        raise ValueError(hint)
    return components


@dataclass(frozen=True)
class Kind(Generic[Options, Product]):
    """A row of the table of sources or sinks.

    Attributes:
        options: What the configuration file may say of it.
        open: Makes it from its options.
    """

    options: type[Options]
    open: Callable[..., Product]


def parse(table: type[Options], values: Mapping[str, Any], where: str) -> Options:
    """Returns the checked values of a table.

    Args:
        table: What it may hold.
        values: What it holds.
        where: The place in the file, for the sentence.

    Raises:
        ConfigError: A value is missing, unknown or not allowed.
    """
    try:
        return table.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{where}: {_reason(place, first)}") from None


def parse_kind(
    kinds: Mapping[str, Kind[Any, Any]], values: Mapping[str, Any], where: str
) -> tuple[Kind[Any, Any], Any]:
    """Returns the row that `kind` names, and the checked options.

    Raises:
        ConfigError: As `parse`, or there is no such kind.
    """
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise ConfigError(f"{where}: `kind` must be one of {', '.join(kinds)}, not {kind!r}.")
    rest = {name: value for name, value in values.items() if name != "kind"}
    return kinds[kind], parse(kinds[kind].options, rest, where)


def absolute(folder: Path, path: Path) -> Path:
    """Returns a path that counts from a folder, if it is relative."""
    return folder / path.expanduser()


def _reason(place: str, error: Mapping[str, Any]) -> str:
    known = {"missing": f"`{place}` is missing.", "extra_forbidden": f"there is no setting `{place}` here."}
    text = error["msg"].removeprefix("Value error, ")
    return known.get(error["type"], f"`{place}`: {text[:1].lower()}{text[1:]}.")

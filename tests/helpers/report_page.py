"""A parser for the HTML of a report."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Content of a page.

    Attributes:
        tags: All elements with their attributes.
        values: Exact values (`data-value`) by figure (`data-figure`).
        headings: Texts of the headings.
        words: All pieces of text.
    """

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.values: dict[str, str] = {}
        self.headings: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        """The whole text, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Returns the attributes of all elements with a tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        by_name = dict(attributes)
        self.tags.append((tag, by_name))
        self._open.append(tag)
        if "data-figure" in by_name:
            self.values[by_name["data-figure"]] = by_name["data-value"]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.words.append(data)
        if self._open and self._open[-1] in ("h1", "h2", "h3"):
            self.headings.append(data.strip())

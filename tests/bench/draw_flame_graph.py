"""Draws where a training spends its time, from the stacks that py-spy counted, as an SVG file.

pip install py-spy
py-spy record --rate 50 --format raw --output stacks.txt -- python -m favae_demo train --data DIR --category bottle --preset extended --no-measure
python tests/bench/draw_flame_graph.py stacks.txt assets/training-flame.svg
"""

import argparse
import re
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

LEVELS = 12  # calls on top of one another that are drawn
LEAST = 0.006  # share of all samples below which a call is not drawn
LETTER = 0.0054  # width of a letter, as a share of the figure's
COLOURS = {"favae_demo": "#99d5cf", "torch": "#f3c98b", "cv2": "#c9b6e4"}
OTHER = "#d5dae1"
PART = re.compile(r"^(?P<function>.*) \((?P<file>.*?)(:\d+)?\)$")
# How the program is started, and what wraps other calls.
LEFT_OUT = re.compile(
    r"runpy|favae_demo/(__main__|cli/)|(decorate_context|context_decorator|_wrapped_call|_call_impl|_bootstrap|_bootstrap_inner|Thread.run) "
)


@dataclass
class Call:
    """A function, with the samples in it and below, and what it calls."""

    name: str = "all"
    package: str = ""
    count: int = 0
    calls: dict[str, "Call"] = field(default_factory=dict)


def read(lines: list[str]) -> Call:
    """Returns the tree of calls of stacks as `outer (file:line);inner (file:line) count`."""
    root = Call()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        here = root
        here.count += int(count)
        for frame in stack.split(";"):
            if LEFT_OUT.search(frame):
                continue
            found = PART.match(frame)
            function, file = (found["function"], found["file"]) if found else (frame, "")
            name = f"{function} · {Path(file).stem}" if "favae_demo" in file else function
            here = here.calls.setdefault(name, Call(name, file.split("/")[0]))
            here.count += int(count)
    return root


def draw(root: Call, out: Path) -> None:
    """Writes the tree as an SVG file, the outermost call on top, each as wide as its share of the time."""
    figure = Figure((12, 0.24 * LEVELS))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(LEVELS, 0))
    axes.axis("off")

    def add(call: Call, left: float, level: int) -> None:
        width = call.count / root.count
        axes.barh(
            level + 0.5,
            width,
            0.92,
            left,
            color=COLOURS.get(call.package, OTHER),
            edgecolor="white",
            linewidth=0.6,
        )
        words = f"{call.name} {100 * width:.0f} %"
        letters = int(width / LETTER)
        if letters > 4:
            shown = words if len(words) <= letters else words[: letters - 1] + "…"
            axes.text(
                left + 0.003, level + 0.52, shown, va="center", fontsize=7, color="#1b2733", clip_on=True
            )
        for one in sorted(call.calls.values(), key=lambda one: -one.count):
            if one.count >= LEAST * root.count and level + 1 < LEVELS:
                add(one, left, level + 1)
                left += one.count / root.count

    add(root, 0.0, 0)
    matplotlib.rcParams["svg.hashsalt"] = "flame"
    matplotlib.rcParams["svg.fonttype"] = "none"
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    draw(read(options.stacks.read_text().splitlines()), options.out)

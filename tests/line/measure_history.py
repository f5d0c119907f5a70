"""How long the History tab takes: `python tests/line/measure_history.py --database verdicts.sqlite [--json]`.

Prints, for each span of time and for some filters, the seconds from the choice to everything that the tab shows (figures, charts, heat maps and
the first page of the list), and the seconds of a processor that it took, which other programs do not change much: the first time, and the median of
some times. `python tests/line/make_month.py` writes a database.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # started as a script, from anywhere

from favae_demo.core.settings import Settings
from favae_demo.detection.registry import Registry
from favae_demo.line.history.reader import reading, source_names
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.history.controls import DEFAULT_SPAN, SPANS, Controls
from favae_demo.ui.tabs.history.view import page_values

TIMES = 5
LIMIT = 1.0  # seconds, for what the tab opens with


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    asked = parser.parse_args()
    settings = Settings.from_env()
    services = Services(settings, Registry(settings))
    services.registry.models()  # as the opened page has done
    with reading(asked.database) as database:
        source = source_names(database)[0]
    choices = {span: Controls(zone="Europe/Berlin", span=span) for span in SPANS}
    choices |= {
        "Everything, one source": Controls(source=source, span="all"),
        "Everything, with a text": Controls(text="no such name", span="all"),
        "Everything, all verdicts by score": Controls(show="all", order="high", span="all"),
    }
    found = {name: _seconds(services, asked.database, controls) for name, controls in choices.items()}
    for name, (first, median, processor) in found.items():
        print(
            f"{name:36} first {first:5.2f} s   median of {TIMES} {median:5.2f} s   processor {processor:5.2f} s"
        )
    print(f"at most {LIMIT} s: {'ok' if found[DEFAULT_SPAN][1] <= LIMIT else 'TOO SLOW'}")
    if asked.json:
        print(json.dumps(found))


def _seconds(services: Services, path: Path, controls: Controls) -> tuple[float, float, float]:
    """Returns the seconds of the first time, the median of all, and the median of the processor's."""
    taken, processor = [], []
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        page_values(services, path, controls)
        taken.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    return round(taken[0], 3), round(statistics.median(taken), 3), round(statistics.median(processor), 3)


if __name__ == "__main__":
    main()

"""Many visitors at once, and one for very long, against a real server with folders of its own and the shipped models.

    python tests/hardening/visitors.py                     50 visitors at once: 3 to 5 minutes on two quiet cores
    python tests/hardening/visitors.py --endurance 10000   detections for hours, four visitors at a time: about 10 in a second there
    python tests/hardening/visitors.py --greedy            the same without and then with one who keeps his share of the queue full:
    python tests/hardening/visitors.py --greedy --endurance 10000   are the others slowed down, in turns of 500 in the long run?

Needs no network. Prints a table and, as the last line, JSON; the exit code is 1 if something was lost or grew.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "helpers"), str(TESTS.parent)]

from gradio_client import Client, handle_file  # noqa: E402
from hosts import Host, running  # noqa: E402
from raw_calls import Page, Visitor  # noqa: E402

from favae_demo.data.io.images import save_png  # noqa: E402
from favae_demo.data.synthetic import render_part  # noqa: E402
from favae_demo.ui.app import MOST_SESSIONS  # noqa: E402

MODELS = (
    ("sample_bottle", "efficientnet-lite0"),
    ("bottle", "efficientnet-lite0"),
    ("sample_bottle", "none"),
)
DETECTIONS_EACH, AT_A_TIME = 10, 4  # of a visitor in the long run; visitors at once
WARM_UP = DETECTIONS_EACH * MOST_SESSIONS  # what is kept of each visitor is bounded, and full from then on
GROWTH = 1.10
GRABBED = 30  # calls that a greedy visitor makes at once: more than his share
AGAIN = 1.0  # seconds, after which a refusal lets him come again at the soonest
TURN = 500  # detections in the long run without him, and then with him
SLOWER = 2  # times, that the others' 95th percentile may grow beside him


def main() -> int:
    """Runs one of the two modes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--detections", type=int, default=2, help="of each visitor")
    parser.add_argument(
        "--endurance", type=int, default=0, metavar="N", help="N detections instead of many visitors"
    )
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="end earlier, and say what was still waiting"
    )
    parser.add_argument(
        "--fill", action="store_true", help="fill the queue at the end, and say what one is told then"
    )
    parser.add_argument("--greedy", action="store_true", help="one visitor who always waits with many calls")
    parser.add_argument("--home", type=Path, help="where the server's folders are made, to use them again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = asked.home or Path(scratch)
        part = Path(scratch) / "part.png"
        save_png(part, render_part("sample_bottle", 20_000, "broken_lip")[0])
        with running(
            home, OMP_NUM_THREADS=os.environ.get("OMP_NUM_THREADS", "2"), FAVAE_ENGINE="auto"
        ) as host:
            mode = endure if asked.endurance else crowd_beside_greedy if asked.greedy else crowd
            found = mode(host, part, asked)
            found["log"] = [line for line in host.log.splitlines() if "Traceback" in line or "Error" in line][
                :5
            ]
        found["left_when_stopped"] = _files(host.home)["visitors_files"]
    found["ok"] = found["ok"] and not found["log"] and not found["left_when_stopped"]
    print(json.dumps(found))
    return 0 if found["ok"] else 1


class CallTimes:
    """Durations and outcomes of calls by kind; several threads add to them."""

    def __init__(self):
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.ends: Counter[tuple[str, str]] = Counter()
        self.problems: list[str] = []

    def timed(self, kind: str, work: Callable[[], Any]) -> None:
        """Performs a call; an exception or an answer with an error counts as lost."""
        begun = time.monotonic()
        self.ends[kind, "begun"] += 1
        try:
            answer = work()
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        self.seconds[kind].append(time.monotonic() - begun)
        lost = isinstance(answer, dict) and "error" in answer
        self.ends[kind, "lost" if lost else "answered"] += 1
        if lost:
            self.problems.append(f"{kind}: {str(answer['error'])[:200]}")

    def p95(self, kind: str) -> float:
        """Returns the 95th percentile of the durations of a kind of call, in seconds."""
        times = self.seconds[kind]
        return statistics.quantiles([*times, times[-1]], n=20)[-1]

    def print_table(self) -> None:
        """Prints one line per kind of call."""
        print(f"{'kind':10} {'answered':>8} {'lost':>5} {'waiting':>8} {'p50 s':>8} {'p95 s':>8}")
        for kind, times in list(self.seconds.items()):
            p50, p95 = statistics.median(times), self.p95(kind)
            answered, lost = self.ends[kind, "answered"], self.ends[kind, "lost"]
            waiting = self.ends[kind, "begun"] - len(times)
            print(f"{kind:10} {answered:8} {lost:5} {waiting:8} {p50:8.1f} {p95:8.1f}", flush=True)


def crowd(host: Host, part: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All visitors come at once; each detects, compares, looks at a gallery and at results, as a program and as the page does."""
    first = Page(host.url, 1800)
    first.does("opened")  # renders the generated parts
    for category, teacher in MODELS:
        _client(host).predict(handle_file(part), category, teacher, 0.05, api_name="/detect")
    calls, places = CallTimes(), []
    timed, problems = calls.timed, calls.problems
    gate, memory = threading.Barrier(asked.visitors), [host.kib()]

    def visit(number: int) -> None:
        visitor, client = Page(host.url, 1800), _client(host)
        category, teacher = MODELS[number % len(MODELS)]
        gate.wait()
        timed("page", visitor.page)
        for _ in range(asked.detections):
            timed(
                "detect",
                lambda: client.predict(handle_file(part), category, teacher, 0.05, api_name="/detect"),
            )
        if number % 5 == 0:
            timed("compare", lambda: visitor.does("compared", None, "sample_bottle"))
        if number % 5 == 3:
            timed("opened", lambda: visitor.does("opened"))
        if number % 5 == 2:
            timed("gallery", lambda: visitor.does("choose_category", "sample_bottle"))
        if number % 5 == 1:
            timed("results", lambda: client.predict("sample_bottle", "none", 0.05, api_name="/results"))
        places.extend(visitor.waiting)
        client.close()

    threads = [
        threading.Thread(target=visit, args=(number,), daemon=True) for number in range(asked.visitors)
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and time.monotonic() - begun < 60 * asked.minutes:
        memory.append(host.kib())
        time.sleep(1)
    whole, early = time.monotonic() - begun, any(thread.is_alive() for thread in threads)
    calls.print_table()
    memory.append(host.kib())
    refusal = fill_the_queue(host, first.functions["opened"]["id"]) if asked.fill else None
    return {
        "mode": "crowd", "visitors": asked.visitors, "seconds": round(whole), "problems": problems[:10],
        "p95_detect": round(calls.p95("detect"), 3), "farthest_place": max(places, default=0) + 1, "mb_before": memory[0] >> 10, "mb_most": max(memory) >> 10,
        "mb_after": memory[-1] >> 10, "refused_with": refusal, "ended_early": early, "ok": not problems and not early,
    }  # fmt: skip


def crowd_beside_greedy(host: Host, part: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """All visitors come at once, first among themselves and then beside a greedy one."""
    alone = crowd(host, part, asked)
    with greedy(host, part) as answered:
        beside = crowd(host, part, asked)
    ratio = beside["p95_detect"] / alone["p95_detect"]
    fair = alone["ok"] and beside["ok"] and ratio <= SLOWER
    return {
        "alone": alone,
        "beside": beside,
        "of_the_greedy": len(answered),
        "ratio": round(ratio, 2),
        "ok": fair,
    }


@contextlib.contextmanager
def greedy(host: Host, part: Path) -> Iterator[list[float]]:
    """Lets one visitor keep as many detections waiting as he may within the block; yields when each was answered."""
    enough, answered = threading.Event(), list[float]()
    crowding = threading.Thread(target=grab, args=(host, part, enough, answered), daemon=True)
    crowding.start()
    time.sleep(2)
    try:
        yield answered
    finally:
        enough.set()
        crowding.join()


def grab(host: Host, part: Path, enough: threading.Event, answered: list[float]) -> None:
    """Keeps as many detections of one session waiting as the queue takes, until it is enough."""
    client = _client(host)
    category, teacher = MODELS[0]
    waiting: list[Any] = []
    while not enough.is_set():
        answered += [time.monotonic() for job in waiting if job.done() and not job.exception()]
        waiting = [job for job in waiting if not job.done()]
        while len(waiting) < GRABBED:
            waiting.append(client.submit(handle_file(part), category, teacher, 0.05, api_name="/detect"))
        time.sleep(AGAIN)
    for job in waiting:
        job.cancel()


def fill_the_queue(host: Host, function: int) -> dict[str, Any]:
    """What somebody is told who comes when the queue is full, and how many wait by then."""
    page = Visitor(host.url, 600)
    for waiting in range(2000):
        body = {"fn_index": function, "data": [], "session_hash": f"waiting{waiting}"}
        answer = page.http.post("/gradio_api/queue/join", json=body)
        if answer.status_code != 200:
            break
    try:
        client = _client(host)
        client.predict("sample_bottle", "none", 0.05, api_name="/results")
        told = "answered"
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
    return {"waiting": waiting, "status": answer.status_code, "page": answer.text, "client": told}


def endure(host: Host, part: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Four at a time, one detection after another, each of a picture of its own, by visitors who come and go."""
    samples, begun, calls = [], time.monotonic(), CallTimes()
    with ThreadPoolExecutor(AT_A_TIME) as pool, contextlib.ExitStack() as others:
        people = [Regular(host, part, number) for number in range(AT_A_TIME)]
        for number in range(0, asked.endurance, 100):
            beside = asked.greedy and number // TURN % 2 == 1
            if beside and number % TURN == 0:
                others.enter_context(greedy(host, part))
            elif number % TURN == 0:
                others.close()
            rounds = range(number // AT_A_TIME, (number + 100) // AT_A_TIME)
            work = partial(Regular.detect, rounds=rounds, calls=calls, kind="beside" if beside else "alone")
            list(pool.map(work, people))
            samples.append(
                {
                    "detections": number + 100, "mb": host.kib() >> 10, "handles": len(list(Path(f"/proc/{host.pid}/fd").iterdir())),
                    **_files(host.home),
                }
            )  # fmt: skip
            print(json.dumps(samples[-1]), flush=True)
            if time.monotonic() - begun > 60 * asked.minutes:
                break
    warm = [one for one in samples if one["detections"] >= WARM_UP] or samples
    early, late = warm[0], warm[-1]
    calls.print_table()
    grown, p95 = late["mb"] / early["mb"], {kind: calls.p95(kind) for kind in calls.seconds}
    ratio = p95.get("beside", 0) / p95["alone"]
    ok = (
        not calls.problems
        and grown <= GROWTH
        and late["handles"] <= early["handles"] + 10
        and ratio <= SLOWER
    )
    return {
        "mode": "endurance", "detections": samples[-1]["detections"], "problems": calls.problems[:10],
        "seconds": round(time.monotonic() - begun), "after_warm_up": early, "at_end": late, "memory_factor": round(grown, 3),
        "p95": {kind: round(seconds, 3) for kind, seconds in p95.items()}, "ratio": round(ratio, 2), "ok": ok,
    }  # fmt: skip


class Regular:
    """Somebody who has one picture after another judged, and is another visitor every few pictures."""

    def __init__(self, host: Host, part: Path, number: int):
        from PIL import Image

        self.client, self.path, self.number = _client(host), part.with_name(f"{number}.png"), number
        self.image = Image.open(part).convert("RGB")

    def detect(self, rounds: range, calls: CallTimes, kind: str) -> None:
        """Has a picture judged in each of these rounds, and adds the durations to those of a kind."""
        for number in rounds:
            if number % DETECTIONS_EACH == DETECTIONS_EACH - 1:
                self.client.reset_session()
            self.image.putpixel((number % 256, number // 256 % 256), (number % 255, 0, 60 * self.number))
            self.image.save(self.path)
            category, teacher = MODELS[2 if number % 4 else 0]
            calls.timed(
                kind,
                partial(
                    self.client.predict, handle_file(self.path), category, teacher, 0.05, api_name="/detect"
                ),
            )


def _files(home: Path) -> dict[str, int]:
    """Files in the cache: visitors' and others."""
    sizes: dict[bool, list[int]] = {True: [], False: []}
    # `os.walk` passes over folders that the server deletes meanwhile; their files may go as well.
    for folder, _, names in os.walk(home / "cache"):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                sizes["visitors" in Path(folder).parts].append(Path(folder, name).stat().st_size)
    return {
        "visitors_files": len(sizes[True]), "visitors_mb": sum(sizes[True]) >> 20, "other_files": len(sizes[False]),
    }  # fmt: skip


def _client(host: Host) -> Client:
    return Client(
        host.url,
        verbose=False,
        ssl_verify=False,
        download_files=False,
        analytics_enabled=False,
        httpx_kwargs={"timeout": 1800},
    )


if __name__ == "__main__":
    raise SystemExit(main())

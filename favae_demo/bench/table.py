"""The figures of the benchmark as text tables."""

from collections.abc import Mapping, Sequence
from typing import Any

# Heading and key of each column, by table.
DETECTION = {
    "model": "teacher",
    "engine": "engine",
    "batch": "batch",
    "load ms": "load_ms",
    "p50 ms": "p50_ms",
    "p95 ms": "p95_ms",
    "pictures/s": "pictures_per_second",
    "prepare ms": "prepare_ms",
    "model ms": "model_ms",
    "peak MB": "peak_mb",
}
STAGES = {
    "model": "teacher",
    "batch": "batch",
    "teacher ms": "teacher_ms",
    "VAE ms": "vae_ms",
    "maps ms": "maps_ms",
    "render ms": "render_ms",
    "teacher GFLOP": "teacher_gflop",
    "VAE GFLOP": "vae_gflop",
}
BESIDE = {
    "engine": "engine",
    "alone p50 ms": "alone_p50_ms",
    "alone p95 ms": "alone_p95_ms",
    "during p50 ms": "during_p50_ms",
    "during p95 ms": "during_p95_ms",
    "ratio of p50": "ratio",
}
TRAINING = {
    "recipe": "recipe",
    "batch": "batch",
    "s/step": "seconds_per_step",
    "pictures/s": "pictures_per_second",
    "steps timed": "steps_measured",
    "preparing s": "preparation_seconds",
    "again s": "preparation_again_seconds",
    "steps s": "steps_seconds",
    "validation s": "validation_and_saving_seconds",
    "whole s": "run_seconds",
    "peak MB": "peak_mb",
}
GROWTH = {
    "good pictures": "pictures",
    "views": "views",
    "preparing s": "preparation_seconds",
    "s/step": "seconds_per_step",
    "bank MB": "bank_mb",
    "kept MB": "bank_kept_mb",
    "own memory MB": "own_memory_mb",
    "with cached files MB": "peak_mb",
}


def render(figures: Mapping[str, Any]) -> str:
    """Returns the figures of `run.measure` as text, with one paragraph for each measured part."""
    parts = [_machine(figures)]
    if "detection" in figures:
        about = "Detection: from a 256×256 picture in memory to its verdict and maps; load, prepare and model: each picture or model"
        parts += [_titled(about, DETECTION, figures["detection"])]
        parts += [_titled("Stages by PyTorch, each picture", STAGES, figures["stages"])]
    if "beside" in figures:
        about = "One picture with VGG16, alone and while a quick training with VGG16 runs beside it"
        parts += [_titled(about, BESIDE, figures["beside"])]
    if "training" in figures:
        rows = [{"recipe": name} | row for name, row in figures["training"].items()]
        parts += [_titled("Training on the processor, teacher VGG16", TRAINING, rows)]
    if "start" in figures:
        parts += [_start(figures["start"])]
    if figures.get("growth"):
        parts += [_titled("How a quick training grows", GROWTH, figures["growth"])]
    return "\n\n".join([*parts, "\n".join(figures["remarks"])]).rstrip()


def table(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns a table with aligned columns; a missing value is a dash."""
    cells = [list(columns)] + [[_text(row.get(key)) for key in columns.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
    )


def _titled(title: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> str:
    return f"{title}\n{table(columns, rows)}"


def _machine(figures: Mapping[str, Any]) -> str:
    about, best = figures["machine"], figures["roofline"]
    names = ", ".join(f"{name} {number}" for name, number in figures["versions"].items())
    return (
        f"{about['processor']}, {about['cores']} cores, {_text(about['memory_gb'])} GB, {about['system']}; "
        f"load before: {_text(about['load'])}\n{names}\n"
        f"{best['torch_threads']} threads: matrix product {best['sgemm_gflops']} GFLOP/s, "
        f"memory copy {best['bandwidth_gb_per_second']} GB/s"
    )


def _start(start: Mapping[str, Any]) -> str:
    return (
        f"Start: {start['startup_seconds']} s until the page answers (of {start['all_seconds']}); memory of the serving process at most "
        f"{_text(start['peak_mb_empty'])} MB at first, {_text(start['peak_mb'])} MB with {start['models']} models loaded"
    )


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"

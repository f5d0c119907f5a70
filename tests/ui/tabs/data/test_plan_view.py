"""The page's view of an import plan: rows, roles that can be changed, examples, and adding with them."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data_trees import images
from waiting import await_true

from favae_demo.core.settings import Settings
from favae_demo.data.io.images import save_png
from favae_demo.data.library.import_job import ImportRunner
from favae_demo.data.library.importer import plan_import
from favae_demo.data.mvtec import load_category
from favae_demo.detection.registry import Registry
from favae_demo.ui import text
from favae_demo.ui.services import Services
from favae_demo.ui.tabs.data import import_panel, plan_view


@pytest.fixture
def caps(tmp_path: Path) -> Path:
    for part in ("a", "b"):
        images(tmp_path / "caps" / part / "OK", 6, ord(part))
        images(tmp_path / "caps" / part / "monday", 2, 50 + ord(part))
    return tmp_path / "caps"


def test_rows_of_several_categories_are_one_and_questions_come_first(caps: Path) -> None:
    plan = plan_import(caps)
    rows = plan_view.role_rows(plan)
    assert [(row.pattern, row.role, row.count) for row in rows] == [
        ("monday/*", "ask", 4),
        ("OK/*", "good", 12),
    ]
    assert [len(row.files) for _, row in plan.rows()] == [6, 2, 6, 2]
    summary = plan_view.summary_html(plan)
    assert "To be added: a, b." in summary
    assert "Not clear: what 4 pictures show." in summary


def test_files_without_a_pattern_are_the_others_and_examples_keep_their_shape(tmp_path: Path) -> None:
    for name in ("OK_1", "OK_2", "blurred"):
        save_png(tmp_path / f"caps/{name}.png", np.zeros((400, 200, 3), np.uint8))
    rows = plan_view.role_rows(plan_import(tmp_path / "caps"))
    found = plan_view.examples(tmp_path / "caps", rows, 1_000_000)
    assert [(image.shape, title) for image, title in found] == [
        ((160, 80, 3), text.data.OTHER_FILES), ((160, 80, 3), "OK*"),
    ]  # fmt: skip


def test_every_role_has_a_title() -> None:
    assert plan_view.role_title("defect:dent") == "Defect: dent"
    assert plan_view.role_title("by-mask:train") == text.data.ROLES["by-mask"]
    choices = plan_view.role_choices("defect:dent")
    assert choices[0] == ("Defect: dent", "defect:dent")
    assert [value for _, value in choices[1:]] == list(plan_view.CHOICES)


def test_only_changed_roles_are_kept(caps: Path) -> None:
    unclear, good = plan_view.role_rows(plan_import(caps))
    roles = plan_view.changed_roles({}, unclear, "skip")
    assert plan_view.changed_roles(roles, good, "test") == {"monday/*": "skip", "OK/*": "test"}
    assert plan_view.changed_roles(roles, unclear, "ask") == {}


def test_examples_come_from_folders_and_zips(caps: Path, tmp_path: Path) -> None:
    rows = plan_view.role_rows(plan_import(caps))
    packed = Path(shutil.make_archive(str(tmp_path / "caps"), "zip", caps))
    for source in (caps, packed):
        found = plan_view.examples(source, rows, 1_000_000)
        assert [(image.shape, caption) for image, caption in found] == [
            ((48, 48, 3), "monday/*"), ((48, 48, 3), "OK/*"),
        ]  # fmt: skip
    tar = Path(shutil.make_archive(str(tmp_path / "caps"), "gztar", caps))
    assert plan_view.examples(tar, rows, 1_000_000) == []


def test_the_page_asks_and_then_adds_with_the_chosen_roles(
    caps: Path, project_settings: Settings, tmp_path: Path
) -> None:
    settings = replace(project_settings, cache_dir=tmp_path / "cache")
    services, adder = Services(settings, Registry(settings)), ImportRunner()

    def ended(roles: dict[str, str]) -> dict:
        job = import_panel.start_import(adder, services.library, caps, "", roles)
        await_true(lambda: not adder.latest().running)
        return import_panel.import_updates(services, adder, job.number)

    refused = ended({})
    assert "choose what each row is" in refused["progress"]
    assert "--role" not in refused["progress"]
    assert "ready" not in refused
    assert "plan" not in refused
    done = ended({"monday/*": "defect:dent"})
    assert "6 good parts and 2 pictures with a defect" in done["ready"]
    assert (done["plan"], done["roles"]) == ([], {})  # carried out
    assert load_category(settings.data_dir, "b").counts == {"dent": 2}

"""The endpoint `batch`, as a program calls it over HTTP."""

import csv
from pathlib import Path

import pytest
from batch_archives import LEFT_OUT, hostile_zip
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

pytest_plugins = ["trained_widget"]


def test_images_and_an_archive_in_one_call(
    server, served_services, spot: Path, tiny_mvtec: Path, tmp_path: Path
) -> None:
    fine = hostile_zip(tmp_path / "all.zip", tiny_mvtec / "widget")
    client = Client(server.url, verbose=False, download_files=str(tmp_path / "down"), analytics_enabled=False)
    order = {"category": "widget", "teacher": "none", "rate": 0.2, "api_name": "/batch"}
    answer, table = client.predict(files=[handle_file(spot), handle_file(tmp_path / "all.zip")], **order)
    rows = {row["name"]: row for row in answer["rows"]}
    assert len(rows) == 1 + len(fine) + len(LEFT_OUT) == sum(answer["counts"].values())
    model = served_services.registry.newest("widget", "none")
    own = served_services.detect(model.path, served_services.image(spot), 0.2)
    assert (rows["000.png"]["score"], answer["limit"]) == (own.score, own.threshold)
    assert rows["all.zip/line/c/000.png"]["verdict"] == "defect"
    with Path(table).open(encoding="utf-8-sig", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == list(rows)
    with pytest.raises(AppError, match="Choose pictures"):
        client.predict(files=None, **order)
    client.close()

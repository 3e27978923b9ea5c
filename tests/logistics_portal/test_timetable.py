"""The timetable names only work that a worker has."""

from __future__ import annotations

import pytest

from logistics_portal.celery import app
from logistics_portal.records.work import WORKS
from logistics_portal.timetable import TIMETABLE


@pytest.fixture(scope="module", autouse=True)
def _worker_has_loaded_its_tasks() -> None:
    app.loader.import_default_modules()


@pytest.mark.parametrize("entry", sorted(TIMETABLE))
def test_what_the_timetable_asks_for_exists(entry: str) -> None:
    assert TIMETABLE[entry]["task"] in app.tasks


def test_every_piece_of_work_can_be_woken_under_its_own_name() -> None:
    assert set(WORKS) <= set(app.tasks)

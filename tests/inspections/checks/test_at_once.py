"""The same check sent twice at once: the unique number decides, one is written and the other told the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection

from inspections.checks.models import Check
from inspections.checks.services import hand_in
from inspections.findings.models import Finding
from logistics_portal.kit.errors import Clash
from tests.factories import inspections as make
from tests.inspections.checks.story import MORNING, Scene, again, scene

ROUNDS, AT_ONCE = 5, 3


def together(here: Scene, papers: list) -> list[str]:
    """Hand papers in at the same moment and return what became of each."""
    barrier, hand = Barrier(len(papers)), here.hand()

    def one(paper):
        close_old_connections()
        barrier.wait()
        try:
            return "again" if hand_in(paper=paper, hand=hand, at=MORNING).again else "taken"
        except Clash:
            return "clash"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(papers)) as pool:
        return sorted(pool.map(one, papers))


@pytest.fixture
def here(monkeypatch):
    make.plug_supply(monkeypatch)
    return scene("campus_daily")


def _race_of_twins(here: Scene) -> None:
    paper = here.paper(answers=here.answers(CMP_D_02={"a": "fail"}))

    outcomes = together(here, [paper] * AT_ONCE)

    assert outcomes == ["again"] * (AT_ONCE - 1) + ["taken"]
    assert Check.objects.count() == 1
    assert Finding.objects.get().recurrences == 0


def _race_for_a_slot(here: Scene) -> None:
    paper = here.paper()

    outcomes = together(here, [again(paper, client_id=uuid4()) for _turn in range(AT_ONCE)])

    assert outcomes == ["clash"] * (AT_ONCE - 1) + ["taken"]
    assert Check.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_the_same_paper_at_once_is_written_once_on_postgresql(here, _turn):
    _race_of_twins(here)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_two_people_at_once_fill_a_slot_once_on_postgresql(here, _turn):
    _race_for_a_slot(here)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_the_same_paper_at_once_is_written_once_on_sqlite(here, _turn):
    _race_of_twins(here)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_two_people_at_once_fill_a_slot_once_on_sqlite(here, _turn):
    _race_for_a_slot(here)

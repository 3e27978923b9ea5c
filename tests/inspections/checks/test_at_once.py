"""The same check sent twice at once: the unique number decides, one is written and the other told the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection

from inspections.checks import releasing
from inspections.checks.models import Check
from inspections.checks.services import correct, hand_in
from inspections.findings.models import Finding
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import Clash, NotAllowed
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, again, at, scene

ROUNDS, AT_ONCE = 5, 3
CLOSED = at(MONDAY + timedelta(days=3), "09:00")


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


def at_once(deeds: list[Callable[[], object]]) -> list[str]:
    """Do several things at the same moment and return, in their order, which were done and which refused."""
    barrier = Barrier(len(deeds))

    def one(deed):
        close_old_connections()
        barrier.wait()
        try:
            deed()
        except NotAllowed:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_a_release_used_and_taken_back_at_once_does_only_one_of_both_on_postgresql(here, _turn):
    check = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    asker, clerk = here.officer, ground.user("office_clerk", here.unit.parent)
    post = asker.post_for(Permission.CHECK_CORRECT, at=here.unit)
    row = releasing.ask(check=check, reason="北门记错了", by=asker, post=post, at=CLOSED)
    office = clerk.post_for(Permission.CHECK_RELEASE, at=here.unit)
    row = releasing.release(release=row, answer="同意", by=clerk, post=office, at=CLOSED)
    paper, hand = here.paper(reason="北门记错了"), here.hand()
    deeds = [
        lambda: correct(paper=paper, hand=hand, at=CLOSED),
        lambda: releasing.withdraw(release=row, by=asker, post=post, at=CLOSED),
    ]

    done = at_once(deeds)

    row.refresh_from_db()
    assert done.count("refused") == 1
    assert Check.objects.filter(revision=2).exists() == (row.state == "used")
    assert row.state == ("used" if done == ["done", "refused"] else "withdrawn")

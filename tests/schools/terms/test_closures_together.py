"""A long closure asked for in pieces is decided as the long one it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import SHANGHAI
from schools.terms import reach
from schools.terms.models import Closure
from schools.terms.rules.closures import Decider, Limits, Stretch, days_together, decider
from schools.terms.services import closures
from tests.factories import ground
from tests.factories import schools as make

NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
MONDAY = date(2026, 11, 23)
DAY, LIMITS = timedelta(days=1), Limits()
lengths = st.integers(1, 12)
gaps = st.integers(0, 20)


def days_of(stretch: Stretch) -> int:
    return (stretch[1] - stretch[0]).days + 1


@st.composite
def stretches(draw) -> list[Stretch]:
    """Return closures of one school in order, none over another."""
    found, day = [], MONDAY
    for length, gap in draw(st.lists(st.tuples(lengths, gaps), min_size=1, max_size=6)):
        found.append((day, day + DAY * (length - 1)))
        day += DAY * (length + gap)
    return found


def together(rows: list[Stretch], place: int, near: int = LIMITS.near_days) -> int:
    return days_together(rows[place], rows[:place] + rows[place + 1 :], near)


@given(stretches(), st.integers(0, 31))
def test_the_days_are_those_of_the_chain_the_closure_stands_in(rows, near):
    """A chain breaks where more than `near` days lie between; every closure of it makes the same number of days."""
    chain, chains = [rows[0]], []
    for before, row in pairwise(rows):
        if (row[0] - before[1]).days - 1 > near:
            chains.append(chain)
            chain = []
        chain.append(row)
    expected = [sum(map(days_of, chain)) for chain in [*chains, chain] for _row in chain]

    assert [together(rows, place, near) for place in range(len(rows))] == expected


@given(st.integers(LIMITS.clerk_days + 1, 60), st.lists(lengths, min_size=1, max_size=60))
def test_a_long_closure_never_comes_to_a_clerk_however_it_is_cut(length, cuts):
    pieces, day, last = [], MONDAY, MONDAY + DAY * (length - 1)
    for cut in [*cuts, length]:
        if day <= last:
            pieces.append((day, min(day + DAY * (cut - 1), last)))
            day = pieces[-1][1] + DAY

    who = [decider(*it, NOW, LIMITS, days=together(pieces, place)) for place, it in enumerate(pieces)]

    assert set(who) == {Decider.HEAD}


@given(stretches())
def test_a_closure_standing_alone_is_decided_by_its_own_days(rows):
    first, last = rows[0]

    assert days_together((first, last), [], LIMITS.near_days) == days_of(rows[0])
    assert decider(first, last, NOW, LIMITS, days=days_of(rows[0])) is decider(first, last, NOW, LIMITS)


def asked(school, by, first, days=5) -> Closure:
    last = first + DAY * (days - 1)
    return closures.ask(unit=school.unit, first=first, last=last, reason="暴雪", by=by, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(("gap", "who"), [(0, "head"), (2, "head"), (7, "head"), (8, "clerk")])
def test_two_closures_of_five_days_come_to_the_head_unless_far_apart(monkeypatch, gap, who):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    school, principal = make.school(ground.county()), ground.user()
    clerk, head = (ground.user(role, ground.county()) for role in ("office_clerk", "office_head"))
    first = asked(school, principal, MONDAY)
    closures.approve(closure=first, by=clerk, at=NOW)

    second = asked(school, principal, MONDAY + DAY * (5 + gap))

    clerks = reach.waiting_for(User.objects.get(pk=clerk.pk), NOW)
    assert clerks == ([second] if who == "clerk" else [])
    assert reach.may_answer(clerk, second) is (who == "clerk")
    assert reach.may_answer(head, second)
    assert reach.waiting_for(User.objects.get(pk=head.pk), NOW) == [second]
    assert reach.counted_together(second, NOW) == (0 if who == "clerk" else 10)
    page = ground.client_of(head).get(f"/schools/closures/{second.pk}/").content.decode()
    assert ("共 10 天" in page) is (who == "head")


@pytest.mark.django_db
def test_a_closure_refused_or_of_another_school_counts_for_nothing():
    school, principal = make.school(ground.county()), ground.user()
    gone = asked(school, principal, MONDAY)
    closures.refuse(closure=gone, by=ground.user(), at=NOW, answer="改线上")
    asked(make.school(ground.county()), principal, MONDAY)

    second = asked(school, principal, MONDAY + DAY * 5)

    assert reach.counted_together(second, NOW) == 0

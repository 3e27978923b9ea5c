"""The ticket of a slot says what the calendar said when the form was opened, and only this portal can write one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspections.checks.services import hand_in
from inspections.checks.tickets import ENDS, opened, ticket_for
from inspections.findings.models import Finding
from schools.terms.selectors import calendar_for
from tests.inspections.checks.story import MONDAY, MORNING, at, scene

pytestmark = pytest.mark.django_db
SCHOOL_DAYS = {"CMP_D_02": {"a": "fail", "note": "护学岗缺一人"}}  # one school day, no photo


def test_a_sealed_ticket_reads_as_it_was_and_a_changed_one_not_at_all() -> None:
    here = scene("campus_daily")
    ticket = ticket_for(here.place, here.version.checklist_id, MONDAY, 1, today=MONDAY)

    assert opened(ticket.sealed()) == ticket
    assert len(ticket.ends) == ENDS
    assert opened(ticket.sealed()[:-1]) is None
    assert opened("") is None


def test_a_deadline_in_school_days_is_the_ticket_s_and_asks_no_calendar(django_assert_num_queries) -> None:
    here = scene("campus_daily")
    ticket = ticket_for(here.place, here.version.checklist_id, MONDAY, 1, today=MONDAY)
    calendar = calendar_for([here.place.school], MONDAY, MONDAY)[here.place.school_id]
    paper = here.paper(answers=here.answers(**SCHOOL_DAYS), ticket=opened(ticket.sealed()), known=here_known(here))
    hand = here.hand()

    with django_assert_num_queries(8 + 2):  # two transaction statements
        hand_in(paper=paper, hand=hand, at=MORNING)

    assert Finding.objects.get().due_at == calendar.deadline_at(MONDAY, 1)


def test_a_ticket_of_another_day_asks_the_calendar_of_the_day_it_is_handed_in() -> None:
    here = scene("campus_daily")
    tuesday = MONDAY + timedelta(days=1)
    ticket = ticket_for(here.place, here.version.checklist_id, MONDAY, 1, today=MONDAY)
    paper = here.paper(answers=here.answers(**SCHOOL_DAYS), ticket=ticket, reason="昨日网络中断")

    hand_in(paper=paper, hand=here.hand(), at=at(tuesday, "09:00"))

    calendar = calendar_for([here.place.school], tuesday, tuesday)[here.place.school_id]
    assert Finding.objects.get().due_at == calendar.deadline_at(tuesday, 1) > calendar.deadline_at(MONDAY, 1)


def here_known(here):
    return here.paper().context

"""The audit trail, numbers without gaps, notices and figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.db import transaction

from logistics_portal.kit import context
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Counter, Notice, Parameter
from logistics_portal.records.selectors import parameter, parameters, trail
from logistics_portal.records.services import log, notify, plain, refused, take_number
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)


@transaction.atomic
def act_in_vain(act: Callable[[], object]) -> None:
    act()
    raise NotAllowed("不行")


def test_an_audit_row_tells_who_did_what_to_what_and_what_changed() -> None:
    person = make.user("office_clerk", make.county())

    log(by=person, verb="unit.rename", on=make.county(), before={"name": "旧"}, after={"name": "新"}, at=NOON)

    row = trail(make.county()).get()
    assert (row.by, row.verb, row.at, row.unit) == (person, "unit.rename", NOON, make.county())
    assert (row.before, row.after, row.outcome) == ({"name": "旧"}, {"name": "新"}, AuditRow.Outcome.DONE)


def test_an_audit_row_takes_post_address_and_number_from_the_request() -> None:
    person = make.user("office_clerk", make.county())
    held = person.live_posts[0]

    with context.acting(context.Act(request_id="r1", address="10.0.0.9", post_id=held.pk)):
        row = log(by=person, verb="unit.rename", on=make.county())

    assert (row.post_id, row.address, row.request_id) == (held.pk, "10.0.0.9", "r1")


def test_an_act_that_is_rolled_back_leaves_no_row_but_its_refusal_stays() -> None:
    person = make.user("office_clerk", make.county())

    with pytest.raises(NotAllowed):
        act_in_vain(lambda: log(by=person, verb="unit.rename", on=make.county()))
    refused(by=person, verb="unit.rename", on=make.county(), reason="不行")

    assert [(row.outcome, row.reason) for row in trail(make.county())] == [("refused", "不行")]


def test_what_json_cannot_keep_is_kept_as_text() -> None:
    told = plain({"day": date(2026, 9, 1), "share": Fraction(1, 3), "list": (1, True, None), "nul": "a\x00b"})

    assert told == {"day": "2026-09-01", "share": "1/3", "list": [1, True, None], "nul": "ab"}


def test_numbers_follow_each_other_without_a_gap_under_each_name() -> None:
    taken = [take_number("incident/2026"), take_number("incident/2026"), take_number("finding/2026")]

    assert taken == [1, 2, 1]


def test_a_number_taken_in_a_rolled_back_act_is_given_again() -> None:
    take_number("incident/2026")

    with pytest.raises(NotAllowed):
        act_in_vain(lambda: take_number("incident/2026"))

    assert Counter.objects.get(name="incident/2026").last == 1
    assert take_number("incident/2026") == 2


def test_the_same_event_tells_the_same_person_once() -> None:
    people = [make.user(), make.user()]

    notify(to=people, key="finding/7/open", title="新问题", at=NOON)
    notify(to=people[0], key="finding/7/open", title="新问题", at=NOON)

    assert Notice.objects.count() == 2


def test_a_figure_is_the_one_in_force_on_the_day() -> None:
    Parameter.objects.create(
        code="late_hours", value="48", name="补录", valid_from=date(2026, 1, 1), valid_to=date(2026, 8, 31)
    )
    Parameter.objects.create(code="late_hours", value="24", name="补录", valid_from=date(2026, 9, 1))

    values = [parameter("late_hours", day) for day in (date(2026, 8, 31), date(2026, 9, 1))]

    assert values == ["48", "24"]
    assert parameters(date(2026, 9, 1)) == {"late_hours": "24"}


def test_a_figure_that_nobody_set_is_asked_for_by_name() -> None:
    with pytest.raises(NotAllowed, match="late_hours"):
        parameter("late_hours", date(2026, 9, 1))

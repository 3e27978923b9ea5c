"""Whose findings they are: the school's present first reviewer, whoever it was when they were raised."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inspections.findings.models import Finding
from inspections.findings.people import Act, post_for
from inspections.findings.selectors import queue_for, todos
from inspections.findings.services import answer_extension, ask_extension, climb_ladders
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.selectors import answerers
from logistics_portal.kit.dates import local_date
from logistics_portal.records.models import Notice
from schools.register.services.schools import move_school
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.findings.story import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    return scene()


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def url(name, *args):
    return reverse(f"inspections:{name}", args=args)


def fresh(person):
    return User.objects.get(pk=person.pk)


def recent(held, state="open", **fields):
    at = timezone.now() - timedelta(hours=3)
    return make.finding(held.place, held.officer, at, state=state, **fields)


def fresh_row(finding):
    return Finding.objects.get(pk=finding.pk)


def test_a_city_counts_what_it_reviews_itself_and_its_list_shows_as_many(held, now):
    own = schools.place(schools.school(ground.city(), name="市直小学"))
    make.finding(own, held.officer, now - timedelta(hours=2), severity="critical", title="市里的")
    recent(held, severity="critical", title="区里的")
    clerk = ground.user("office_clerk", ground.city())

    told = todos(fresh(clerk), now)

    page = ground.client_of(clerk).get(told[0].url).content.decode()
    assert [todo.text for todo in told] == ["1 项严重问题未整改"]
    assert "市里的" in page
    assert "区里的" not in page


def test_after_a_move_the_present_office_is_asked_told_and_able_and_the_old_one_is_not(held, now):
    mine, waiting = recent(held, title="要延期"), recent(held, title="待复查", state="remedied")
    recent(held, title="已超期", due_at=now - timedelta(hours=1))
    move_school(
        school=held.place.school, to=ground.neighbour(), from_date=local_date(now), document="文号", by=None, at=now
    )
    old, new = held.clerk, ground.user("office_clerk", ground.neighbour())
    until = mine.due_at + timedelta(days=1)

    ask_extension(finding=fresh_row(mine), until=until, reason="配件未到", hand=held.hand(fresh(held.vice), now))

    page = ground.client_of(new).get(url("finding", mine.pk)).content.decode()
    assert {it.url for it in todos(fresh(new), now)} >= {url("finding-queue"), url("finding", mine.pk)}
    assert len(todos(fresh(new), now)) == 3
    assert todos(fresh(old), now) == []
    assert (Notice.objects.filter(to=new).count(), Notice.objects.filter(to=old).count()) == (1, 0)
    assert list(queue_for(fresh(new))) == [waiting]
    assert post_for(fresh(new), Act.EXTEND, fresh_row(mine)) is not None
    assert post_for(fresh(old), Act.EXTEND, fresh_row(mine)) is None
    assert "发现时的初审单位" in page


def test_the_queue_begins_with_what_is_gravest_and_due_first(held, now):
    late, soon, plain = (
        recent(held, state="remedied", severity=severity, due_at=now + timedelta(hours=hours), title=title)
        for severity, hours, title in [("critical", 9, "晚"), ("critical", 1, "近"), ("minor", -1, "一般")]
    )

    assert list(queue_for(fresh(held.clerk))) == [soon, late, plain]


def test_after_a_move_the_ladder_calls_the_head_of_the_present_office(held, now):
    recent(held, severity="critical", found_at=now - timedelta(days=2), due_at=now - timedelta(hours=30))
    new = ground.user("office_head", ground.neighbour())
    move_school(
        school=held.place.school, to=ground.neighbour(), from_date=local_date(now), document="文号", by=None, at=now
    )

    climb_ladders(at=now)

    assert Notice.objects.filter(to=new).exists()
    assert not Notice.objects.filter(to=held.head).exists()


def test_the_city_is_told_asked_and_able_while_the_county_s_office_is_empty_and_no_longer(held, now):
    """Rights §1: where F lacks the second person the same right one unit above acts."""
    row = recent(held, title="要延期")
    citys = ground.user("office_clerk", ground.city())
    User.objects.filter(pk__in=[held.clerk.pk, held.head.pk]).update(is_active=False)
    until = row.due_at + timedelta(days=1)

    asked = ask_extension(finding=fresh_row(row), until=until, reason="配件未到", hand=held.hand(fresh(held.vice), now))

    assert [it.to for it in Notice.objects.filter(title__contains="申请延期")] == [citys]
    assert url("finding", row.pk) in {it.url for it in todos(fresh(citys), now)}
    assert post_for(fresh(citys), Act.EXTEND, fresh_row(row)) is not None

    User.objects.filter(pk=held.clerk.pk).update(is_active=True)

    assert url("finding", row.pk) not in {it.url for it in todos(fresh(citys), now)}
    assert post_for(fresh(citys), Act.EXTEND, fresh_row(row)) is None
    answer_extension(request=asked, granted=True, answer="同意", hand=held.hand(fresh(held.clerk), now))


def test_clerks_are_called_before_heads_and_heads_where_there_is_no_clerk(held, now):
    on = local_date(now)

    assert answerers(Permission.FINDING_EXTEND, held.place.school.unit, on) == [held.clerk]

    User.objects.filter(pk=held.clerk.pk).update(is_active=False)

    assert answerers(Permission.FINDING_EXTEND, held.place.school.unit, on) == [held.head]

"""Schools that have not handed in: found live, reminded once a day."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inspections.dashboards import live, selectors, services
from inspections.dashboards.forms import Ask
from inspections.schedules.models import Exemption
from logistics_portal.accounts.permissions import Role
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.dashboards.planting import land

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
NOON = make.at(MONDAY, "12:00")


@pytest.fixture
def here():
    return land()


@pytest.fixture
def clerk(here):
    return here.reader(here.county)


def lines(here, viewer, unit=None, at=NOON, day=MONDAY):
    found = selectors.tree(viewer, (unit or here.county).code)
    assert found is not None
    return live.school_lines(viewer, found, Ask(), day=day, at=at)


def test_a_school_waits_until_it_hands_in(here, clerk):
    before = lines(here, clerk)
    make.check(here.campus, here.author, MONDAY, here.version, n_fail=1)
    after = lines(here, clerk)

    assert [(line.can_still, line.gaps, line.failing) for line in before] == [(True, 1, 0)]
    assert [(line.can_still, line.gaps, line.failing) for line in after] == [(False, 0, 1)]


def test_an_exempt_school_does_not_wait(here, clerk):
    state = Exemption.State.APPROVED
    make.exemption(here.campus, MONDAY, here.author, here.version, state=state, decided_by=clerk)

    assert not any(line.can_still for line in lines(here, clerk))


def test_boarding_schools_with_gaps_come_first(here, clerk):
    schools.campus(schools.school(here.county.path, name="走读一"))
    done = schools.campus(schools.school(here.county.path, name="寄宿已检", is_boarding=True))
    make.check(done, here.author, MONDAY, here.version)

    assert [line.school.name for line in lines(here, clerk)] == ["第一小学", "走读一", "寄宿已检"]


def test_a_city_sees_only_the_schools_it_runs_itself(here):
    own = schools.campus(schools.school(here.city.path, name="市直学校"))

    found = lines(here, here.reader(here.city), here.city)

    assert [line.school.pk for line in found] == [own.school_id]


def test_a_school_is_reminded_once_a_day_and_it_is_written_down(here, clerk):
    vice = ground.user(Role.VICE_PRINCIPAL_LOGISTICS, here.school.unit)
    cook = ground.user(Role.FOOD_SAFETY_OFFICER, here.school.unit)

    told = services.remind(lines=lines(here, clerk), by=clerk, at=NOON)
    again = services.remind(lines=lines(here, clerk), by=clerk, at=NOON + timedelta(hours=1))
    tomorrow = NOON + timedelta(days=1)
    next_day = services.remind(lines=lines(here, clerk, at=tomorrow, day=MONDAY), by=clerk, at=tomorrow)

    assert (told, again, next_day) == (1, 0, 1)
    assert Notice.objects.filter(to=vice).count() == Notice.objects.filter(to=here.author).count() == 2
    assert not Notice.objects.filter(to=cook).exists()
    assert AuditRow.objects.filter(verb="board.remind", by=clerk, on_id=here.school.pk).count() == 2


def test_a_school_where_nobody_can_be_told_is_not_counted(here, clerk):
    empty = schools.campus(schools.school(here.county.path))
    chosen = [line for line in lines(here, clerk) if line.school.pk == empty.school_id]

    assert services.remind(lines=chosen, by=clerk, at=NOON) == 0


def test_only_the_office_that_reviews_the_schools_may_remind_them(here, clerk):
    url = reverse("inspections:board-remind", args=[here.county.code])

    assert ground.client_of(clerk).post(url, {"school": [here.school.pk, "x"]}).status_code == 302
    assert ground.client_of(here.reader(here.city)).post(url).status_code == 403
    assert ground.client_of(here.reader(here.other)).post(url).status_code == 404
    assert ground.client_of(clerk).get(url).status_code == 405


def test_the_card_of_a_board_leads_to_the_whole_list_it_counts(here, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr(time, "time", NOON.timestamp)
    for number in range(8):
        schools.campus(schools.school(here.county.path, name=f"学校{number}"))
    url = reverse("inspections:board-unchecked", args=[here.county.code])
    reader = ground.client_of(ground.user(Role.BUREAU_LEADER, here.county))

    card = reader.get(url, {"subject": "campus"}, headers={"HX-Request": "true"}).content.decode()
    whole = reader.get(f"{url}?subject=campus").content.decode()

    assert card.count("<li>") == 6 + 1
    assert "全部 9 所" in card
    assert card.count(f'href="{url}?subject=campus"') == 2
    assert whole.count("1 项") == 9
    assert "批量提醒" not in card

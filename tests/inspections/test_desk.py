"""The desk of an office on its worst day: everything waits at once, and it still asks few questions."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from canteens.premises.models import Canteen
from inspections.checks import releasing
from inspections.checks.services import hand_in
from inspections.findings.models import ExtensionRequest, FindingEvent, Toleration
from inspections.incidents.rules.words import Grade, Responsibility
from inspections.incidents.services import propose_grade
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.desk import selectors
from schools.register.models import Proposal
from tests.factories import ground, incidents, schools
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, Scene, at, scene

pytestmark = pytest.mark.django_db
THURSDAY = MONDAY + timedelta(days=3)
NOW = at(THURSDAY, "09:00")
MOST = 25
WAITS = (
    "严重问题未整改", "整改超期", "整改待复查", "答复延期申请", "决定误报撤销", "待同意更正",
    "待审批：免检", "待审批：停课", "待审批：变更信息",
)  # fmt: skip
OF = {Role.OFFICE_CLERK: ("许可证", "的证书", "提出一票否决", "限期保留待办"), Role.OFFICE_HEAD: ("审定等级",)}


@pytest.fixture
def here(monkeypatch) -> Scene:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)
    schools.national_year(2026)
    return scene("campus_daily")


def plant(here: Scene, times: int) -> None:
    """Let everything wait for the office of a county at once, so many times."""
    place, school, unit = here.place, here.place.school, here.unit
    for number in range(times):
        day = MONDAY - timedelta(days=7 * number)
        check = hand_in(paper=here.paper(day), hand=here.hand(), at=at(day, "09:00")).check
        post = here.officer.post_for(Permission.CHECK_CORRECT, at=unit)
        releasing.ask(check=check, reason="北门记错了", by=here.officer, post=post, at=NOW)
        make.exemption(place, THURSDAY + timedelta(days=number), here.officer, here.version)
        schools.closure(unit, THURSDAY + timedelta(days=10 + number), asked_by=here.vice)
        Proposal.objects.create(
            school=school, kind=Proposal.Kind.EDIT, takes_effect=THURSDAY, asked_by=here.vice, asked_at=NOW
        )
        _findings(here, number)
        _incident(here)
        canteen = schools.canteen(school)
        Canteen.objects.filter(pk=canteen.pk).update(licence_until=THURSDAY + timedelta(days=3))
        schools.facility(schools.campus(school), certificate_until=THURSDAY + timedelta(days=3))


def _incident(here: Scene) -> None:
    line = incidents.line(here.unit.parent.path)
    old = incidents.incident(line, happened_at=NOW - timedelta(days=4), deaths=1)
    incidents.decide(line, old, Grade.GENERAL, Responsibility.FULL)
    row = incidents.incident(line, happened_at=NOW - timedelta(hours=2))
    propose_grade(incident=row, grade=Grade.GENERAL, paper=incidents.PAPER, by=line.clerk.user, at=NOW)


def _findings(here: Scene, number: int) -> None:
    early = NOW - timedelta(days=9)

    def one(code: str, **fields):
        return make.finding(here.place, here.officer, early, item_code=f"{code}-{number}", **fields)

    one("A", severity="critical")
    done = {"remedy": "已换锁", "remedied_by": here.officer, "remedied_at": NOW}
    one("B", state="remedied", **done)
    until = NOW + timedelta(days=3)
    ExtensionRequest.objects.create(finding=one("C"), asked_by=here.vice, asked_at=NOW, until=until, reason="缺配件")
    FindingEvent.objects.create(finding=one("D"), step="ask_withdraw", at=NOW, by=here.vice, text="误报")
    Toleration.objects.create(
        finding=one("E"), asked_by=here.principal, asked_at=NOW, reason="管网", until_date=THURSDAY + timedelta(days=30)
    )


def asked(person: User, role: Role) -> int:
    browser = ground.client_of(person)
    browser.get("/")
    with CaptureQueriesContext(connection) as questions:
        page = browser.get("/")
    assert page.status_code == 200
    told = " ".join(todo.text for todo in selectors.todos_for(person, NOW))
    missing = [word for word in (*WAITS, *OF[role]) if word not in told]
    assert missing == []
    return len(questions)


@pytest.mark.parametrize("role", [Role.OFFICE_CLERK, Role.OFFICE_HEAD])
def test_the_desk_of_a_county_where_everything_waits_asks_few_questions(here, role):
    office = ground.user(role, here.unit.parent)
    plant(here, 2)

    assert asked(office, role) <= MOST

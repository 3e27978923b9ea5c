"""Makers of incidents and of what is decided about them, through the services themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from inspections.incidents import services
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules.words import Grade, Responsibility
from inspections.incidents.services import Casualty, First, Paper
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import SHANGHAI
from schools.register.models import School
from tests.factories import ground, schools

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=SHANGHAI)
PAPER = Paper("〔2026〕调字1号", "县调查组", "按调查报告")


@dataclass(frozen=True)
class Person:
    """Somebody on one post."""

    user: User
    post: Post

    def hand(self, at: datetime) -> dict[str, Any]:
        """Return who, on which post and when, as services take it."""
        return {"by": self.user, "post": self.post, "at": at}


def person(role: Role, at: Unit) -> Person:
    """Return a new person on a post."""
    user = ground.user()
    return Person(user, ground.post(user, role, at))


@dataclass(frozen=True)
class Line:
    """A school and the people of its line: the school's, those of F, of C and of the province."""

    school: School
    officer: Person
    vice: Person
    clerk: Person
    head: Person
    upper_clerk: Person
    upper_head: Person
    upper_leader: Person
    province_clerk: Person
    province_head: Person
    province_leader: Person


def line(at: str = "220000/220100/220102/", **school: Any) -> Line:
    """Return a school below the bureau `at` and one person on every post of its line."""
    return line_of(schools.school(at, **school))


def line_of(made: School) -> Line:
    """Return a school and one new person on every post of its line."""
    made = School.objects.select_related("unit__parent__parent__parent").get(pk=made.pk)
    first = made.unit.first_reviewer
    upper, top = first.next_level, first.next_level.next_level
    return Line(
        made,
        person(Role.LOGISTICS_OFFICER, made.unit),
        person(Role.VICE_PRINCIPAL_LOGISTICS, made.unit),
        person(Role.OFFICE_CLERK, first),
        person(Role.OFFICE_HEAD, first),
        person(Role.OFFICE_CLERK, upper),
        person(Role.OFFICE_HEAD, upper),
        person(Role.BUREAU_LEADER, upper),
        person(Role.OFFICE_CLERK, top),
        person(Role.OFFICE_HEAD, top),
        person(Role.BUREAU_LEADER, top),
    )


def incident(of: Line | None = None, *, minutes: int = 30, by: Person | None = None, **facts: Any) -> Incident:
    """Return an incident reported so many minutes after it was found; harm is given by name (deaths=1)."""
    of = of or line()
    harm = {name: facts.pop(name) for name in list(facts) if name in Casualty.__dataclass_fields__}
    happened = facts.pop("happened_at", NOON)
    values: dict[str, Any] = {
        "school": of.school,
        "kind": Incident.Kind.ELECTRIC,
        "domain": Incident.Domain.CAMPUS,
        "happened_at": happened,
        "discovered_at": happened,
        "summary": "1 名学生触电，已送医。",
        **facts,
    }
    at = values["discovered_at"] + timedelta(minutes=minutes)
    made = services.report(first=First(casualty=Casualty(**harm), **values), **(by or of.officer).hand(at))
    return Incident.objects.select_related("county__parent__parent", "school__unit").get(pk=made.pk)


def decide(of: Line, row: Incident, grade: Grade, degree: Responsibility, at: datetime | None = None) -> Incident:
    """Decide grade and responsibility by the people whose task it is."""
    at = at or row.reported_at + timedelta(days=2)
    judge = {Grade.LARGER: of.upper_head, Grade.MAJOR: of.province_head, Grade.EXTRA: of.province_head}
    by, clerk = judge.get(grade, of.head), of.clerk.user
    proposed = services.propose_grade(incident=row, grade=grade, paper=PAPER, by=clerk, at=at)
    services.decide_grade(decision=proposed, agree=True, **by.hand(at))
    found = services.record_responsibility(incident=row, degree=degree, paper=PAPER, by=clerk, at=at)
    light = degree in {Responsibility.NONE, Responsibility.MINOR}
    services.decide_responsibility(finding=found, agree=True, **(of.upper_head if light else of.head).hand(at))
    return Incident.objects.select_related("county__parent__parent", "school__unit").get(pk=row.pk)


def proposed(of: Line, row: Incident, year: int = 2026) -> Veto:
    """Return the veto that F proposes for a year."""
    at = row.reported_at + timedelta(days=3)
    return services.propose(incident=row, year=year, text="按认定提出", **of.clerk.hand(at))


def active(of: Line, row: Incident, year: int = 2026) -> Veto:
    """Return a veto of a general incident, confirmed one above F."""
    veto = proposed(of, row, year)
    at = veto.proposed_at + timedelta(days=1)
    return services.confirm(veto=veto, document_no="〔2026〕市21号", **of.upper_head.hand(at))


def day(moment: datetime) -> date:
    """Return the day of a moment in Shanghai."""
    return moment.astimezone(SHANGHAI).date()

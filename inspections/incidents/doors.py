"""Which step of an incident is possible now, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from inspections.incidents import levels, selectors, timing
from inspections.incidents.models import GradeDecision, Incident, ResponsibilityFinding, Softening
from inspections.incidents.rules.words import Decider, DecisionState, Grade, IncidentState, VetoState
from inspections.incidents.services import deciding
from logistics_portal.accounts.gate import require
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import GRANTS, Permission

Permissions = Sequence[Permission]
FOLLOW: Permissions = (
    Permission.INCIDENT_FOLLOW_UP,
    Permission.INCIDENT_PASS_ON,
    Permission.INCIDENT_SOFTEN_PROVINCE,
)
GRADE_DOORS: dict[Decider, Permissions] = {
    Decider.FIRST_REVIEWER: (
        Permission.GRADE_DECIDE_GENERAL,
        Permission.GRADE_DECIDE_LARGER,
        Permission.GRADE_DECIDE_MAJOR,
    ),
    Decider.NEXT_LEVEL: (Permission.GRADE_DECIDE_LARGER, Permission.GRADE_DECIDE_MAJOR),
    Decider.PROVINCE: (Permission.GRADE_DECIDE_MAJOR,),
}
RESPONSIBILITY_DOORS: dict[Decider, Permissions] = {
    Decider.FIRST_REVIEWER: (Permission.RESPONSIBILITY_DECIDE, Permission.RESPONSIBILITY_DECIDE_LIGHT),
    Decider.NEXT_LEVEL: (Permission.RESPONSIBILITY_DECIDE_LIGHT,),
}
SOFTEN_DOORS: dict[Decider, Permissions] = {
    Decider.NEXT_LEVEL: (Permission.INCIDENT_SOFTEN, Permission.INCIDENT_SOFTEN_PROVINCE),
    Decider.PROVINCE: (Permission.INCIDENT_SOFTEN_PROVINCE,),
}
BEGUN = {IncidentState.REPORTED, IncidentState.HANDLING}
STANDING = {VetoState.PROPOSED, VetoState.ACTIVE, VetoState.EXPIRED}
Waits = TypeVar("Waits", GradeDecision, ResponsibilityFinding, Softening)


@dataclass(frozen=True)
class Door:
    """A step: what it is called, where it is taken, whose it is, and whether the reader may take it."""

    label: str
    url: str
    who: str
    is_open: bool
    clock: timing.Clock | None = field(default=None)
    urgent: bool = False


def enter(user: User, permissions: Permissions, *, at: Unit) -> Post:
    """Return the post under which a person may take a step by any of these permissions, or refuse with 403."""
    able = next((permission for permission in permissions if user.can(permission, at=at)), permissions[0])
    return require(user, able, at=at)


def may(user: User, permissions: Permissions, *, at: Unit) -> bool:
    """Tell whether any of these permissions is held."""
    return any(user.can(permission, at=at) for permission in permissions)


def who(permissions: Permissions, unit: Unit) -> str:
    """Return whose step it is in words: the bureau and the roles that hold the first permission."""
    roles: list[Promise] = [role.label for role in GRANTS[permissions[0]]]
    return _("%(unit)s：%(roles)s") % {"unit": unit.name, "roles": _("、").join(str(role) for role in roles)}


def address(name: str, pk: int) -> str:
    """Return the address of a page of this room."""
    return reverse(f"inspections:{name}", args=[pk])


def grade_doors(row: GradeDecision) -> Permissions:
    """Return what it takes to decide a proposed grade."""
    return GRADE_DOORS[levels.grade_decider(row.incident, Grade(row.grade))]


def softening_doors(incident: Incident) -> Permissions:
    """Return what it takes to decide what makes an incident lighter."""
    return SOFTEN_DOORS[levels.softening_decider(incident)]


def responsibility_doors(row: ResponsibilityFinding) -> Permissions:
    """Return what it takes to decide an entered responsibility."""
    return RESPONSIBILITY_DOORS[deciding.responsibility_decider_of(row)]


def years_to_veto(incident: Incident) -> list[int]:
    """Return the years for which the decided facts give a veto that nobody proposed yet."""
    if not incident.in_scope or incident.state == IncidentState.STRUCK:
        return []
    held = {veto.year for veto in incident.vetoes.all() if veto.state in STANDING or selectors.settles(veto, incident)}
    return [year for year in selectors.years_of(incident) if year not in held and selectors.reasons_of(incident, year)]


def doors_of(user: User, incident: Incident) -> list[Door]:
    """Return the steps possible now, in the order in which a case runs; those of the reader first."""
    found = [door for part in PARTS for door in part(user, incident)]
    return sorted(found, key=lambda door: (not door.is_open, not door.urgent))


def _door(
    user: User, incident: Incident, label: str, name: str, permissions: Permissions, unit: Unit | None = None
) -> Door:
    unit = unit or incident.county
    url = reverse(f"inspections:incident-{name}", args=[incident.pk])
    return Door(label, url, who(permissions, unit), may(user, permissions, at=incident.school.unit))


def _reports(user: User, incident: Incident) -> Iterator[Door]:
    clocks = {clock.key: clock for clock in timing.clocks_of(incident) if clock.done_at is None}
    for clock in clocks.values():
        if clock.key.startswith("pass-") and clock.unit is not None:
            post = user.post_for(Permission.INCIDENT_PASS_ON, at=incident.school.unit)
            url = reverse("inspections:incident-pass-on", args=[incident.pk])
            is_mine = post is not None and post.unit_id == clock.unit.pk
            whose = who((Permission.INCIDENT_PASS_ON,), clock.unit)
            yield Door(clock.label, url, whose, is_mine, clock, urgent=True)
    school = incident.school.unit
    if "health" in clocks:
        yield _door(user, incident, _("登记通报市场监管、卫健"), "tell-health", FOLLOW, school)
    yield _door(user, incident, _("续报"), "follow-up", FOLLOW, school)
    if incident.state in BEGUN:
        yield _door(user, incident, _("应急结束"), "end", FOLLOW, school)
    if incident.state == IncidentState.ENDED:
        yield _door(user, incident, _("提交终报"), "finish", FOLLOW, school)
    if incident.state == IncidentState.FINAL:
        yield _door(user, incident, _("结案"), "close", (Permission.INCIDENT_CLOSE,))


def _decisions(user: User, incident: Incident) -> Iterator[Door]:
    if incident.state == IncidentState.STRUCK:
        return
    if waiting(incident.grades.all()) is None:
        yield _door(user, incident, _("拟定等级"), "grade", (Permission.VETO_PROPOSE,))
    if waiting(incident.responsibilities.all()) is None:
        yield _door(user, incident, _("录入责任认定"), "responsibility", (Permission.RESPONSIBILITY_RECORD,))
    act = selectors.report_act(incident)
    if act is None or act.decided_by_id is None:
        unit = incident.county.next_level
        yield _door(user, incident, _("认定是否瞒报、谎报"), "report-act", (Permission.REPORT_ACT_DECIDE,), unit)


def _verdicts(user: User, incident: Incident) -> Iterator[Door]:
    grade, degree = waiting(incident.grades.all()), waiting(incident.responsibilities.all())
    if grade is not None:
        yield _waiting(user, incident, _("审定等级"), ("grade-decide", grade.pk), grade_doors(grade))
    if degree is not None:
        target = ("responsibility-decide", degree.pk)
        yield _waiting(user, incident, _("审定责任"), target, responsibility_doors(degree))


def _later(user: User, incident: Incident) -> Iterator[Door]:
    if years_to_veto(incident):
        yield _door(user, incident, _("提出一票否决"), "veto", (Permission.VETO_PROPOSE,))
    ended = incident.state not in {*BEGUN, IncidentState.STRUCK}
    if ended and incident.rectified_at is None:
        yield _door(user, incident, _("核验整改"), "rectify", (Permission.INCIDENT_RECTIFY,))
    softening = waiting(incident.softenings.all())
    if softening is not None:
        label = _("决定降低性变更")
        yield _waiting(user, incident, label, ("softening", softening.pk), softening_doors(incident))
    else:
        yield _door(user, incident, _("提出降低性变更"), "soften", (Permission.INCIDENT_SOFTEN_PROPOSE,))


def waiting(rows: Iterable[Waits]) -> Waits | None:
    """Return the row that waits for a decision, if there is one."""
    return next((row for row in rows if row.state == DecisionState.PROPOSED), None)


def _waiting(user: User, incident: Incident, label: str, target: tuple[str, int], permissions: Permissions) -> Door:
    url = reverse(f"inspections:{target[0]}", args=[target[1]])
    unit = _unit_of(permissions, incident)
    return Door(label, url, who(permissions, unit), may(user, permissions, at=incident.school.unit), urgent=True)


def _unit_of(permissions: Permissions, incident: Incident) -> Unit:
    first = permissions[0]
    if first in {Permission.GRADE_DECIDE_MAJOR, Permission.INCIDENT_SOFTEN_PROVINCE}:
        return levels.province_of(incident.county)
    near = {Permission.GRADE_DECIDE_GENERAL, Permission.RESPONSIBILITY_DECIDE}
    return incident.county if first in near else incident.county.next_level


PARTS: tuple[Callable[[User, Incident], Iterator[Door]], ...] = (_reports, _decisions, _verdicts, _later)

"""What a person should do next about incidents and vetoes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from inspections.incidents import doors, levels, pages, selectors, timing
from inspections.incidents.models import Incident, Lifting, Softening, Veto
from inspections.incidents.rules.words import DecisionState, IncidentState, VetoState
from inspections.incidents.services import telling, vetoing
from inspections.incidents.timing import Clock
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import BUREAU_ROLES, GRANTS, Permission, Role
from logistics_portal.kit.registry import Todo
from logistics_portal.records.selectors import figures_read_once

AT_MOST = 50
CASES_READ = 200
SOON = timedelta(days=1)
OFFICE = frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD})
LEADING = frozenset({Role.PRINCIPAL, Role.PARTY_SECRETARY, Role.VICE_PRINCIPAL_LOGISTICS})
ANSWERING = frozenset({Role.LOGISTICS_OFFICER, Role.VICE_PRINCIPAL_LOGISTICS, *BUREAU_ROLES})


@figures_read_once()
def todos(user: User, now: datetime) -> list[Todo]:
    """Return what waits for this very person: reports to pass on or finish, decisions, signatures."""
    decided = list(_of_decided_vetoes(user, now))
    if not user.roles & {str(role) for role in ANSWERING}:
        return decided
    cases = list(open_cases(user)[:CASES_READ])
    found = list(_of_cases(user, cases, now))
    if _holds(user, Permission.VETO_CONFIRM_GENERAL, Permission.VETO_CONFIRM_PROVINCE, Permission.VETO_CONFIRM_LEADER):
        found += _of_vetoes(user, now)
    if _holds(user, Permission.VETO_LIFT_LEADER):
        found += _of_liftings(user)
    return [*decided, *found][:AT_MOST]


def _holds(user: User, *rights: Permission) -> bool:
    """Say whether a person may use one of these rights anywhere: who may not need not be asked about."""
    return not user.roles.isdisjoint(role for right in rights for role in GRANTS[right])


def open_cases(user: User) -> QuerySet[Incident]:
    """Return the unsettled incidents within reach, newest first, with what their steps ask this person for."""
    rows = Incident.objects.visible_to(user).unsettled().select_related(*pages.RELATED)
    decides = _holds(user, Permission.INCIDENT_SOFTEN, Permission.INCIDENT_SOFTEN_PROVINCE)
    softenings = Softening.objects.all() if decides else Softening.objects.none()
    related = ("grades", "responsibilities", "report_acts", "vetoes", Prefetch("softenings", softenings))
    return rows.prefetch_related(*related).order_by("-reported_at", "-pk")


def _of_cases(user: User, cases: list[Incident], now: datetime) -> Iterator[Todo]:
    for incident in cases:
        name = str(telling.name_of(incident))
        yield from _clocks(user, incident, name, now)
        yield from _verdicts(user, incident, name)
        yield from _later(user, incident, name, now)


def _clocks(user: User, incident: Incident, name: str, now: datetime) -> Iterator[Todo]:
    units = {post.unit_id for post in user.live_posts if Role(post.role) in {*OFFICE, *ANSWERING}}
    office = {post.unit_id for post in user.live_posts if Role(post.role) in OFFICE}
    for clock in timing.clocks_of(incident):
        if clock.done_at is not None or clock.unit is None or clock.key == "report":
            continue
        theirs = office if clock.key.startswith("pass-") else units
        if clock.unit.pk in theirs and (clock.key != "final" or clock.due_at - now < SOON):
            text = _("%(what)s：%(name)s") % {"what": clock.label, "name": name}
            yield _todo(text, incident, clock, now)


def _verdicts(user: User, incident: Incident, name: str) -> Iterator[Todo]:
    for way in doors.doors_of(user, incident):
        if way.is_open and way.urgent and way.clock is None:
            text = _("%(what)s：%(name)s") % {"what": way.label, "name": name}
            yield Todo(text, way.url, urgency="warn", place=incident.school.name)


def _later(user: User, incident: Incident, name: str, now: datetime) -> Iterator[Todo]:
    unit, url = incident.school.unit, telling.page_of(incident)
    if doors.years_to_veto(incident) and _proposes(user, incident, now):
        due = vetoing.proposal_due(incident)
        tone = "bad" if due is not None and now > due else "warn"
        text = _("提出一票否决：%(name)s") % {"name": name}
        yield Todo(text, doors.address("incident-veto", incident.pk), due, tone, incident.school.name)
    if timing.concealment_open(incident) and user.can(Permission.REPORT_ACT_DECIDE, at=unit):
        text = _("认定是否瞒报、谎报：%(name)s") % {"name": name}
        yield Todo(text, doors.address("incident-report-act", incident.pk), urgency="warn", place=incident.school.name)
    if timing.finding_missing(incident, now) and _at_province(user):
        yield Todo(_("久未作出责任认定：%(name)s") % {"name": name}, url, urgency="bad", place=incident.school.name)
    decided = selectors.decided_grade(incident) and selectors.decided_responsibility(incident)
    if incident.state == IncidentState.FINAL and decided and user.can(Permission.INCIDENT_CLOSE, at=unit):
        text = _("审核结案：%(name)s") % {"name": name}
        yield Todo(text, doors.address("incident-close", incident.pk), place=incident.school.name)


def _proposes(user: User, incident: Incident, now: datetime) -> bool:
    post = user.post_for(Permission.VETO_PROPOSE, at=incident.school.unit)
    if post is None:
        return False
    if post.unit_id == incident.county_id:
        return True
    due = vetoing.proposal_due(incident)
    return due is not None and now > due


def _of_vetoes(user: User, now: datetime) -> Iterator[Todo]:
    rows = Veto.objects.visible_to(user).filter(state=VetoState.PROPOSED).select_related(*pages.VETO_RELATED)
    related = ("incident__grades", "incident__responsibilities", "incident__report_acts")
    for veto in rows.prefetch_related(*related).order_by("proposed_at", "pk")[:CASES_READ]:
        label, name, permission = pages.confirm_step(veto)
        if user.can(permission, at=veto.school.unit) and user.pk not in {veto.proposed_by_id, veto.seconded_by_id}:
            due = vetoing.confirmation_due(veto)
            text = _("%(what)s：%(number)s") % {"what": label, "number": veto.number}
            tone = "bad" if now > due else "warn"
            yield Todo(text, doors.address(name, veto.pk), due, tone, veto.school.name)


def _of_decided_vetoes(user: User, now: datetime) -> Iterator[Todo]:
    """Put a veto on the desks of those who lead the school until the last day of appeal has passed."""
    led = [post.unit_id for post in user.live_posts if Role(post.role) in LEADING]
    if not led:
        return
    rows = Veto.objects.visible_to(user).filter(state=VetoState.ACTIVE, school__unit__in=led)
    for veto in rows.select_related(*pages.VETO_RELATED).order_by("confirmed_at", "pk"):
        ends = vetoing.appeal_ends(veto)
        if now < ends:
            named = {"number": veto.number, "year": veto.year, "how": vetoing.how_to_appeal(veto)}
            text = _("一票否决已确认：%(number)s（%(year)s 年度）。%(how)s") % named
            yield Todo(text, doors.address("veto", veto.pk), ends, "bad", veto.school.name)


def _of_liftings(user: User) -> Iterator[Todo]:
    rows = Lifting.objects.visible_to(user).filter(state=DecisionState.PROPOSED)
    for asked in rows.select_related("veto__school__unit__parent__parent__parent").order_by("pk")[:CASES_READ]:
        post = user.post_for(Permission.VETO_LIFT_LEADER, at=asked.veto.school.unit)
        if post is not None and post.unit_id == asked.unit_id and asked.asked_by_id != user.pk:
            text = _("决定是否解除否决：%(number)s") % {"number": asked.veto.number}
            yield Todo(text, doors.address("lifting-decide", asked.pk), None, "warn", asked.veto.school.name)


def _todo(text: str, incident: Incident, clock: Clock, now: datetime) -> Todo:
    late, soon = now > clock.due_at, clock.is_near(now)
    tone = "bad" if late or soon else "warn"
    return Todo(text, telling.page_of(incident), clock.due_at, tone, incident.school.name)


def _at_province(user: User) -> bool:
    return any(post.unit.kind == levels.PROVINCE and Role(post.role) in OFFICE for post in user.live_posts)

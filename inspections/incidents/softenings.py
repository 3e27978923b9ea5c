"""The list of everything that made, or would make, an incident lighter; nothing on it can be filtered away (T07)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.incidents.models import GradeDecision, Incident, Lifting, ResponsibilityFinding, Softening, Veto
from inspections.incidents.rules.words import DecisionState, VetoState
from inspections.incidents.words import change_lines
from logistics_portal.accounts.models import User

RELATED = ("incident__school", "incident__county", "proposed_by", "decided_by")


@dataclass(frozen=True)
class Softer:
    """One line: what was to become lighter, for whom, why, by whom, and what was decided."""

    at: datetime
    incident: str
    url: str
    school: str
    county: str
    what: str
    reason: str
    by: str
    decided_by: str
    state: str
    state_word: str


def softenings_for(user: User) -> list[Softer]:
    """Return every softening within a person's reach, newest first: of facts, grades, degrees and vetoes."""
    found = [*_facts(user), *_grades(user), *_degrees(user), *_liftings(user), *_dismissed(user)]
    return sorted(found, key=lambda row: (row.at, row.incident, row.what), reverse=True)


def _facts(user: User) -> Iterator[Softer]:
    for row in Softening.objects.visible_to(user).select_related(*RELATED):
        yield _row(row, row.incident, _("；").join(change_lines(row.change)), f"{row.reason} {row.document_no}")


def _grades(user: User) -> Iterator[Softer]:
    for row in GradeDecision.objects.visible_to(user).filter(softens=True).select_related(*RELATED):
        what = _("等级降为%(grade)s") % {"grade": row.get_grade_display()}
        yield _row(row, row.incident, what, f"{row.reason} {row.document_no}")


def _degrees(user: User) -> Iterator[Softer]:
    for row in ResponsibilityFinding.objects.visible_to(user).filter(softens=True).select_related(*RELATED):
        what = _("责任改为%(degree)s") % {"degree": row.get_degree_display()}
        yield _row(row, row.incident, what, f"{row.authority} {row.document_no}")


def _liftings(user: User) -> Iterator[Softer]:
    related = ("veto__incident__school", "veto__incident__county", "asked_by", "decided_by")
    for row in Lifting.objects.visible_to(user).select_related(*related):
        reason = f"{row.get_ground_display()} {row.document_no} {row.reason}"
        what = _("解除否决 %(number)s") % {"number": row.veto.number}
        yield _line(row.veto.incident, (row.asked_at, what, reason), (row.asked_by, row.decided_by), row.state)


def _dismissed(user: User) -> Iterator[Softer]:
    rows = Veto.objects.visible_to(user).filter(state=VetoState.DISMISSED)
    for row in rows.select_related("incident__school", "incident__county", "proposed_by", "ended_by"):
        what = _("不予否决 %(number)s") % {"number": row.number}
        at = row.ended_at or row.proposed_at
        yield _line(row.incident, (at, what, row.end_cause), (row.ended_by, row.ended_by), DecisionState.DECIDED)


def _row(row: Any, incident: Incident, what: str, reason: str) -> Softer:
    return _line(incident, (row.proposed_at, what, reason), (row.proposed_by, row.decided_by), row.state)


def _line(
    incident: Incident, told: tuple[datetime, str, str], people: tuple[User | None, User | None], state: str
) -> Softer:
    at, what, reason = told
    by, decided_by = people
    return Softer(
        at=at,
        incident=incident.number,
        url=reverse("inspections:incident", args=[incident.pk]),
        school=incident.school.name,
        county=incident.county.name,
        what=what,
        reason=reason,
        by=str(by or ""),
        decided_by=str(decided_by or ""),
        state=state,
        state_word=str(DecisionState(state).label),
    )

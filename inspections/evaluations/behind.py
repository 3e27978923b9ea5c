"""The rows behind a figure, as they stand today: found by the year and the moment of the run.

What was corrected, mended, withdrawn, tolerated or graded anew since may stand elsewhere than the figure counted it;
the page says so where the numbers differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from inspections.checklists.models import Checklist
from inspections.checks import month
from inspections.checks.models import Check
from inspections.evaluations.gathering import Year, due_findings, how_it_counts, overdue_critical
from inspections.evaluations.models import Evaluation
from inspections.evaluations.rules.inputs import PartInputs, SchoolInputs
from inspections.findings.models import Finding
from inspections.findings.rules import Rectified, Severity
from inspections.incidents import selectors as incidents
from inspections.incidents.models import Incident
from inspections.schedules.rules import Standing, Timeliness
from inspections.schedules.selectors import SlotId
from inspections.tallies.slots import ClosedSlot, closed_slots
from logistics_portal.accounts.models import User
from schools.register.models import Place

SCHOOL = "school"
SLOTS = ("required", "exempt", "timely", "late", "missed")
MENDED = {"on_time": Rectified.ON_TIME, "half": Rectified.HALF, "failed": Rectified.FAILED}
PARTS = tuple(Place.Kind.values)


class Figure(NamedTuple):
    """A figure that was counted from rows: of which part, and which; `critical-failed` for findings."""

    part: str
    name: str


@dataclass(frozen=True)
class SlotRow:
    """A slot as a list shows it, and the check that was handed in for it."""

    pk: SlotId
    date: date
    place: str
    checklist: str
    due_at: datetime
    standing: Standing
    school: int
    check: int | None = None

    def get_absolute_url(self) -> str:
        """Return where the check is shown, or the day of the place in its month where nothing was handed in."""
        if self.check:
            return reverse("inspections:check", args=[self.check])
        return month.day_address(self.school, self.pk.place_id, self.date)


def figures(inputs: SchoolInputs) -> dict[Figure, int]:
    """Return every figure of a result that was counted from rows; what was missed follows from the others."""
    found = {Figure(SCHOOL, "late_reports"): inputs.late_reports}
    for key, part in inputs.places:
        found |= {Figure(key, name): number for name, number in _slot_figures(part).items()}
        for severity in Severity.values:
            count = part.issues(severity)
            for name in MENDED:
                found[Figure(key, f"{severity}-{name}")] = getattr(count, name)
    return found


def _slot_figures(part: PartInputs) -> dict[str, int]:
    missed = max(part.required - part.exempt - part.timely - part.late, 0)
    return {**{name: getattr(part, name) for name in SLOTS[:-1]}, "missed": missed}


@dataclass
class Behind:
    """What stands behind the figures of one result, for one reader: nothing out of their reach."""

    evaluation: Evaluation
    user: User
    year: Year = field(init=False)

    def __post_init__(self) -> None:
        """Read the year and the moment of the run."""
        self.year = Year(self.evaluation.run.year, self.evaluation.run.as_of)

    def slots(self, part: str, name: str) -> list[SlotRow]:
        """Return the slots of a part that stand so: all of them, those without need of a check, the missed ones."""
        wanted = {"exempt": {Standing.EXEMPT}, "missed": {Standing.MISSED, Standing.VOIDED}}.get(name, set(Standing))
        return [row for row in self._slot_rows(part) if row.standing in wanted]

    def checks(self, part: str, timeliness: Timeliness) -> QuerySet[Check]:
        """Return the checks of a part that came in on time, or late."""
        counted = [it.pk for it in self._counted(part) if it.timeliness == timeliness]
        return Check.objects.visible_to(self.user).filter(pk__in=counted)

    def findings(self, part: str, severity: Severity, mended: Rectified) -> QuerySet[Finding]:
        """Return the findings of a part that were mended so."""
        due = due_findings([self.evaluation.school_id], self.year).filter(place__kind=part, severity=severity)
        counted = [it.pk for it in due if how_it_counts(it, at=self.year.at) == mended]
        return Finding.objects.visible_to(self.user).filter(pk__in=counted)

    def overdue_critical(self) -> QuerySet[Finding]:
        """Return the critical findings that keep the grade down, as they stand now."""
        rows = overdue_critical([self.evaluation.school_id], self.year)
        return Finding.objects.visible_to(self.user).filter(pk__in=rows)

    def late_reports(self) -> QuerySet[Incident]:
        """Return the incidents that were reported late."""
        cases = incidents.touching(self.year.year).filter(school=self.evaluation.school_id)
        late = incidents.late_reports(cases.prefetch_related(*incidents.with_decisions()), self.year.year)
        return Incident.objects.visible_to(self.user).filter(pk__in=[it.pk for it in late])

    @cached_property
    def _places(self) -> Sequence[Place]:
        places = Place.objects.visible_to(self.user).filter(school=self.evaluation.school_id)
        return list(places.select_related("school__unit__parent__parent").order_by("pk"))

    def _closed(self, part: str) -> list[ClosedSlot]:
        places = [place for place in self._places if place.kind == part]
        return closed_slots(places, self.year.first, self.year.last, self.year.at)

    def _counted(self, part: str, closed: Sequence[ClosedSlot] | None = None) -> list[Check]:
        """Return the checks that count: complete, for a slot that needed one, of a day that had closed."""
        closed = self._closed(part) if closed is None else closed
        exempt = {slot.key for slot in closed if slot.exempt}
        until: dict[int, date] = {}
        for slot in closed:
            until[slot.key.checklist_id] = max(until.get(slot.key.checklist_id, slot.key.date), slot.key.date)
        return [
            it
            for it in self._checks(part)
            if it.state == Check.State.RECEIVED
            and it.date <= until.get(it.checklist_id, date.min)
            and _slot_of(it) not in exempt
        ]

    def _checks(self, part: str) -> QuerySet[Check]:
        rows = Check.objects.filter(
            school=self.evaluation.school_id, place__kind=part, date__range=(self.year.first, self.year.last)
        )
        names = ("place", "checklist", "date", "seq", "revision", "state", "timeliness")
        return rows.exclude(state=Check.State.SUPERSEDED).only(*names).order_by("revision", "pk")

    def _slot_rows(self, part: str) -> list[SlotRow]:
        closed = self._closed(part)
        counted = {_slot_of(it): it for it in self._counted(part, closed)}
        others = {_slot_of(it): it.pk for it in self._checks(part)}
        names = {place.pk: place.name for place in self._places}
        checklists = Checklist.objects.in_bulk({slot.key.checklist_id for slot in closed})
        rows = [
            SlotRow(
                pk=slot.key,
                date=slot.key.date,
                place=names[slot.key.place_id],
                checklist=checklists[slot.key.checklist_id].label,
                due_at=slot.due_at,
                standing=_standing(slot, counted.get(slot.key), others),
                school=self.evaluation.school_id,
                check=others.get(slot.key),
            )
            for slot in closed
        ]
        return rows[::-1]


def _slot_of(check: Check) -> SlotId:
    return SlotId(check.place_id, check.checklist_id, check.date, check.seq)


def _standing(slot: ClosedSlot, check: Check | None, others: dict[SlotId, int]) -> Standing:
    if slot.exempt:
        return Standing.EXEMPT
    known: dict[str, Standing] = {Timeliness.ON_TIME: Standing.DONE, Timeliness.LATE: Standing.LATE}
    if check is not None:
        return known.get(check.timeliness, Standing.MISSED)
    return Standing.VOIDED if slot.key in others else Standing.MISSED


def kind_of(name: str) -> tuple[Severity, Rectified] | None:
    """Return severity and mending that the name of a figure of findings stands for; nothing for another name."""
    severity, dash, mended = name.partition("-")
    if not dash or severity not in Severity.values or mended not in MENDED:
        return None
    return Severity(severity), MENDED[mended]


def address(evaluation: Evaluation, figure: Figure) -> str:
    """Return where the rows behind a figure are listed."""
    return reverse("inspections:evaluation-rows", args=[evaluation.pk, *figure])


def rows_of(behind: Behind, figure: Figure) -> Any:
    """Return the rows behind a figure; raises `KeyError` where no figure is called so."""
    part, name = figure
    if part == SCHOOL:
        return {"late_reports": behind.late_reports, "open_critical": behind.overdue_critical}[name]()
    if part not in PARTS:
        raise KeyError(part)
    if name in {"timely", "late"}:
        return behind.checks(part, Timeliness.ON_TIME if name == "timely" else Timeliness.LATE)
    if name in SLOTS:
        return behind.slots(part, name)
    kind = kind_of(name)
    if kind is None:
        raise KeyError(name)
    return behind.findings(part, *kind)

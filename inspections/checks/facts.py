"""What checks answer when check-lists ask: whether the week's daily checks are all there and settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from inspections.checks.models import Check
from inspections.findings.models import Finding
from inspections.schedules.rules import ScheduleKind, overlaps_exemption
from inspections.schedules.selectors import SlotId, due, exemptions
from inspections.schedules.versions import wordings
from logistics_portal.kit.dates import day_end, week_of
from logistics_portal.kit.registry import Fact, FactValue
from schools.register.models import Place


def daily_checks_closed(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether every daily slot of the week before this day was handed in and no finding of them is overdue."""
    first = week_of(on).first
    rows = {it.pk: it for it in Place.objects.filter(pk__in=places).select_related("school__unit")}
    daily = {it.checklist_id for it in wordings(first, on).rows if it.schedule.kind == ScheduleKind.DAILY}
    slots = due(rows.values(), first, on, checklists=sorted(daily))
    free = exemptions(rows, first, on)
    done = Check.objects.complete().filter(place__in=rows, date__range=(first, on))
    handed_in = {SlotId(*row) for row in done.values_list("place_id", "checklist_id", "date", "seq")}
    lacking = {
        key.place_id
        for key, these in slots.items()
        for slot in these
        if slot.date < on
        and SlotId(*key, *slot.key) not in handed_in
        and not overlaps_exemption(slot, free.get(key, ()))
    }
    late = Finding.objects.overdue(at=day_end(on)).filter(place__in=rows, found_date__range=(first, on))
    lacking |= set(late.values_list("place_id", flat=True))
    asked = {key.place_id for key in slots}
    return {pk: pk not in lacking for pk in asked}


FACTS = (Fact("inspections.daily_checks_closed", "place", daily_checks_closed),)

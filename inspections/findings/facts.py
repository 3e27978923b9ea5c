"""What findings answer when check-lists and sheets ask: closed last month, fallen due, mended in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Q

from inspections.findings.models import MENDED_IN_TIME, Finding
from inspections.findings.rules import Outcome
from logistics_portal.kit.dates import day_end, midnight, month_of
from logistics_portal.kit.registry import Fact, FactValue

ONE_DAY = timedelta(days=1)


def last_month_closed(places: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return whether no finding that fell due in the month before is still to be closed at each place."""
    month = month_of(month_of(on).first - ONE_DAY)
    due = Q(due_at__gt=midnight(month.first), due_at__lte=day_end(month.last))
    left = Finding.objects.unsettled().filter(due, place__in=places)
    left = left.exclude(pk__in=Finding.objects.tolerated(on=on))
    late = set(left.values_list("place_id", flat=True))
    return {pk: pk not in late for pk in places}


def findings_due(schools: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return how many findings of each school fell due in the year so far, but withdrawn and tolerated ones."""
    return {pk: due for pk, (due, _in_time) in _year(schools, on).items()}


def findings_in_time(schools: Sequence[int], on: date) -> dict[int, FactValue]:
    """Return how many of those were mended in time, by the hand-in that stands."""
    return {pk: in_time for pk, (_due, in_time) in _year(schools, on).items()}


def _year(schools: Sequence[int], on: date) -> dict[int, tuple[int, int]]:
    fallen = Q(due_at__gt=midnight(date(on.year, 1, 1)), due_at__lte=day_end(on))
    rows = Finding.objects.filter(fallen, school__in=schools).exclude(outcome=Outcome.WITHDRAWN)
    rows = rows.exclude(pk__in=Finding.objects.tolerated(on=on))
    counted = rows.order_by().values("school").annotate(due=Count("pk"), in_time=Count("pk", filter=MENDED_IN_TIME))
    found = {row["school"]: (row["due"], row["in_time"]) for row in counted}
    return {pk: found.get(pk, (0, 0)) for pk in schools}


FACTS = (
    Fact("inspections.last_month_closed", "place", last_month_closed),
    Fact("inspections.findings_due", "school", findings_due),
    Fact("inspections.findings_in_time", "school", findings_in_time),
)

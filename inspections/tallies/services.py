"""Folding tallies: every row of the days is written anew, so a fold may run any number of times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from inspections.checks.models import AwaitedPhoto, Check, Release
from inspections.tallies.counting import Counted, count, failing_items
from inspections.tallies.models import CountyDay, ItemDay, SchoolMonth
from logistics_portal.kit.dates import local_date, month_of

CHANGES_NOTED = timedelta(days=3)  # runs left out by a portal that was down included
LOOK_BACK = timedelta(days=45)  # the slot that closes last, a monthly one, is that old


def fold(*, first: date, last: date, at: datetime) -> int:
    """Write the tallies of the days from `first` to `last` anew; whole months are counted for the schools.

    Returns the number of county days written. Equal to counting the rows at `at`, whatever was there before.
    """
    start, end = month_of(first).first, month_of(last).last
    counted = count(start, min(end, max(last, local_date(at))), at)
    items = failing_items(start, end)
    with transaction.atomic():
        return _write(counted, items, start, end)


def fold_recent(*, at: datetime) -> int:
    """Fold every day on which a slot may have closed or changed of late, today included.

    A month further back is folded as well while a check of it was declared void, corrected or made whole of late.
    """
    today = local_date(at)
    first = month_of(today - LOOK_BACK).first
    days = sum(fold(first=month, last=month_of(month).last, at=at) for month in _changed_before(first, at))
    return days + fold(first=today - LOOK_BACK, last=today, at=at)


def _changed_before(first: date, at: datetime) -> list[date]:
    """Return the months before a day of which a check was declared void, corrected or made whole of late."""
    since = at - CHANGES_NOTED
    voided = Check.objects.filter(voided_at__gte=since, date__lt=first).values_list("date", flat=True)
    corrected = Release.objects.filter(used_for__handed_in_at__gte=since, check_row__date__lt=first)
    came_or_lost = Q(arrived_at__gte=since) | Q(given_up_at__gte=since)
    whole = AwaitedPhoto.objects.filter(came_or_lost, check_row__date__lt=first)
    days = {*voided, *(day for rows in (corrected, whole) for day in rows.values_list("check_row__date", flat=True))}
    return sorted({month_of(day).first for day in days})


def fold_year(*, year: int, at: datetime, progress: Callable[[int, int], None]) -> None:
    """Fold every month of a year that has begun, telling after each how many of twelve are done."""
    for month in range(1, 13):
        first = date(year, month, 1)
        if first <= local_date(at):
            fold(first=first, last=min(month_of(first).last, local_date(at)), at=at)
        progress(month, 12)


def _write(counted: Counted, items: dict[tuple[int, date, str], int], first: date, last: date) -> int:
    CountyDay.objects.filter(date__range=(first, last)).delete()
    SchoolMonth.objects.filter(month__range=(first, last)).delete()
    ItemDay.objects.filter(date__range=(first, last)).delete()
    CountyDay.objects.bulk_create(
        [
            CountyDay(county_id=key.county_id, date=key.date, checklist_id=key.checklist_id, **vars(tally))
            for key, tally in sorted(counted.days.items())
        ],
        batch_size=500,
    )
    SchoolMonth.objects.bulk_create(
        [
            SchoolMonth(
                school_id=key.school_id,
                county_id=key.county_id,
                month=key.month,
                subject=key.subject,
                **{name: value for name, value in vars(tally).items() if name != "with_failures"},
            )
            for key, tally in sorted(counted.months.items())
        ],
        batch_size=500,
    )
    ItemDay.objects.bulk_create(
        [
            ItemDay(county_id=county, date=day, item_code=code, failures=number)
            for (county, day, code), number in sorted(items.items())
        ],
        batch_size=500,
    )
    return len(counted.days)

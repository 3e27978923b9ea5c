"""The last two days folded by themselves, often; and the note of when figures were last folded."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from inspections.tallies.counting import count, failing_items
from inspections.tallies.models import CountyDay, ItemDay
from logistics_portal.kit.dates import ONE_DAY, local_date
from logistics_portal.records.models import Job

NOTE = ("inspections.tallies", "folded")


def fold_today(*, at: datetime) -> int:
    """Write the county days of yesterday and today anew, the nights that end this morning among them.

    Months are left to the nightly fold. Equal to counting the rows at `at`, whatever was there before.
    """
    last = local_date(at)
    first = last - ONE_DAY
    counted, items = count(first, last, at), failing_items(first, last)
    with transaction.atomic():
        CountyDay.objects.filter(date__range=(first, last)).delete()
        ItemDay.objects.filter(date__range=(first, last)).delete()
        days = [
            CountyDay(county_id=key.county_id, date=key.date, checklist_id=key.checklist_id, **vars(tally))
            for key, tally in sorted(counted.days.items())
        ]
        rows = [
            ItemDay(county_id=county, date=day, item_code=code, failures=number)
            for (county, day, code), number in sorted(items.items())
        ]
        CountyDay.objects.bulk_create(days, batch_size=500)
        ItemDay.objects.bulk_create(rows, batch_size=500)
        note_fold(at=at)
    return len(days)


def note_fold(*, at: datetime) -> None:
    """Write down that the figures stand as of `at`; one row, whatever the number of folds."""
    kind, key = NOTE
    done = {"state": Job.State.DONE, "finished_at": at}
    Job.objects.update_or_create(kind=kind, key=key, defaults=done, create_defaults={**done, "created_at": at})


def folded_at() -> QuerySet[Job, datetime | None]:
    """Return the question when figures were last folded; it also serves as a part of another question."""
    kind, key = NOTE
    return Job.objects.filter(kind=kind, key=key).values_list("finished_at", flat=True)

"""What the clock does to imports: sheets nobody confirms are given up, their files go when their time is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Job
from schools.register.figures import import_limits_at
from schools.register.models import ImportFile
from schools.register.rules import handing_in as rules
from schools.register.services import imports

RUNNING = (Job.State.QUEUED, Job.State.RUNNING)
WRITES = "schools.register.tasks.apply_import"


def give_up(*, at: datetime) -> int:
    """Cancel the sheets that have waited too long, but those being written, and return how many."""
    limits = import_limits_at(at)
    late = ImportFile.objects.filter(state__in=rules.LIVING, uploaded_at__lte=limits.given_up_before(at))
    busy = set(Job.objects.filter(kind=WRITES, state__in=RUNNING).values_list("key", flat=True))
    reason = gettext("%(days)s 天未确认，自动取消") % {"days": limits.waits_days}
    given_up = 0
    for row in late.order_by("pk"):
        if str(row.pk) in busy:
            continue
        try:
            imports.give_up(row=row, at=at, reason=reason)
            given_up += 1
        except NotAllowed:
            continue  # confirmed or put aside a moment ago
    return given_up


def let_files_go(*, at: datetime) -> int:
    """Take away the files of sheets that came long ago and return how many; rows and hashes stay."""
    before = import_limits_at(at).gone_before(at)
    old = ImportFile.objects.exclude(state__in=rules.LIVING).filter(uploaded_at__lte=before)
    kept = old.filter(file__removed_at__isnull=True) | old.filter(
        error_file__isnull=False, error_file__removed_at__isnull=True
    )
    gone = 0
    for row in kept.select_related("file", "error_file").order_by("pk"):
        gone += imports.let_files_go(row=row, at=at)
    return gone

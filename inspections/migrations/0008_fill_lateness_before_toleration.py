"""Say of findings tolerated so far how late the school was when it asked; rows granted before the column had none."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.db import migrations
from django.db.models import F, Max, Q

NO_TIME = timedelta(0)


def fill(apps, schema_editor):
    """Add up, since a finding was last opened again, how long after the deadline then in force each grant was asked."""
    finding, toleration = (apps.get_model("inspections", name) for name in ("Finding", "Toleration"))
    granted = toleration.objects.filter(state__in=["granted", "revoked"], old_due_at__isnull=False)
    granted = granted.annotate(reopened=Max("finding__events__at", filter=Q(finding__events__step="reopen")))
    late = defaultdict(lambda: NO_TIME)
    for row in granted.filter(Q(reopened__isnull=True) | Q(decided_at__gt=F("reopened"))).iterator():
        late[row.finding_id] += max(row.asked_at - row.old_due_at, NO_TIME)
    for pk, span in late.items():
        finding.objects.filter(pk=pk).exclude(late_before=span).update(late_before=span)


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0007_lateness_before_toleration"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

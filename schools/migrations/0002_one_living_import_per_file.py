"""One living import per file; those of a file handed in twice before are set aside first."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

HELD = ["uploaded", "checked", "applied"]


def set_doubles_aside(apps: Any, _editor: Any) -> None:
    """Keep the newest import of each file; an older one that waits is cancelled, one applied loses its mark."""
    rows = apps.get_model("schools", "ImportFile").objects
    rows.filter(state="applied", confirmed_by__isnull=True).update(confirmed_by=F("by"))
    rows.filter(state="applied", applied_at__isnull=True).update(applied_at=F("uploaded_at"))
    seen: set[tuple[str, int, str]] = set()
    for row in rows.filter(state__in=HELD).exclude(sha256="").order_by("-pk"):
        key = (row.kind, row.unit_id, row.sha256)
        if key in seen:
            rows.filter(pk=row.pk, state="applied").update(sha256="")
            rows.filter(pk=row.pk).exclude(state="applied").update(state="cancelled")
        seen.add(key)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("records", "0002_initial"),
        ("schools", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(set_doubles_aside, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.UniqueConstraint(
                condition=Q(state__in=HELD) & ~Q(sha256=""),
                fields=("kind", "unit", "sha256"),
                name="one_living_import_per_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False, confirmed_by__isnull=False),
                name="import_applied_after_somebody_confirmed",
            ),
        ),
    ]

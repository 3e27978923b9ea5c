"""Say of closures declared before 0003 which bureau's clerk declared them, as far as that was recorded."""

from datetime import timedelta, timezone

from django.db import migrations
from django.db.models import Q

SHANGHAI = timezone(timedelta(hours=8))
CLERK = "office_clerk"


def fill(apps, schema_editor):
    """Take the post of the audit row, else the clerk's post of that day that covered the unit.

    Where neither is known the column stays empty: the unit's own head confirms, as before.
    """
    closures = apps.get_model("schools", "Closure").objects.filter(declared_by_unit__isnull=True)
    for closure in closures.exclude(unit__kind="school").select_related("unit").order_by("pk").iterator():
        declared_by = _audited(apps, closure) or _held(apps, closure)
        if declared_by is not None:
            type(closure).objects.filter(pk=closure.pk).update(declared_by_unit=declared_by)


def _audited(apps, closure):
    asked = apps.get_model("records", "AuditRow").objects.filter(
        verb="closure.ask", on_table="schools.closure", on_id=closure.pk, outcome="done", post__role=CLERK
    )
    return asked.order_by("at", "pk").values_list("post__unit", flat=True).first()


def _held(apps, closure):
    asked_at = closure.requested_at
    day, path = asked_at.astimezone(SHANGHAI).date(), closure.unit.path
    posts = apps.get_model("accounts", "Post").objects.filter(
        Q(until_date__isnull=True) | Q(until_date__gte=day),
        Q(revoked_at__isnull=True) | Q(revoked_at__gt=asked_at),
        user=closure.requested_by_id,
        role=CLERK,
        from_date__lte=day,
    )
    covering = (post for post in posts.select_related("unit").order_by("pk") if path.startswith(post.unit.path))
    return next((post.unit_id for post in covering), None)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_initial"),
        ("records", "0002_initial"),
        ("schools", "0004_proposals_name_their_papers"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

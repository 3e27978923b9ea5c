"""One correction that the county shown first still has to answer."""

from __future__ import annotations

from datetime import timedelta

from inspections.checks import releasing
from inspections.checks.models import Check
from logistics_portal.desk.plot import SHOWCASE, Plot

CLOSED_FOR_SURE = timedelta(days=4)


def plant(plot: Plot) -> None:
    """Let the author of a closed daily check ask the county shown first to let it be corrected."""
    rows = Check.objects.complete().filter(
        county=plot.units[SHOWCASE], checklist__code="campus_daily", date__lt=plot.until - CLOSED_FOR_SURE
    )
    check = rows.select_related("school__unit").order_by("-date", "pk").first()
    if check is not None and check.post is not None:
        reason = "大门值守人数填错，应为两人，值班表已核对"
        releasing.ask(check=check, reason=reason, by=check.by, post=check.post, at=plot.now)

"""What the canteens wing plugs into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from canteens import demo
from canteens.premises import selectors
from canteens.premises.models import Canteen
from logistics_portal.accounts.models import User
from logistics_portal.kit import registry
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import Fact, MenuEntry, Panel, Todo, TodoSource
from logistics_portal.records.selectors import figures_read_once
from schools.register import papers
from schools.register.models import Place, School

AT_MOST = 20


def canteens_of(request: HttpRequest, school: School) -> dict[str, Any] | None:
    """Fill the canteens' card on a school's page."""
    rows = list(
        Place.objects.filter(school=school, kind=Place.Kind.CANTEEN).select_related("canteen").order_by("name", "pk")
    )
    return {"places": rows, "school": school}


@figures_read_once()
def licences(user: User, now: datetime) -> Sequence[Todo]:
    """Tell whose licence runs out: one line each, or one line for many."""
    rows = selectors.licences_running_out(user, now)
    if len(rows) > AT_MOST:
        text = gettext("超过 %(number)s 家食堂的食品经营许可证即将或已经到期") % {"number": AT_MOST}
        return [Todo(text, reverse("canteens:list") + "?licence=soon", urgency="warn")]
    return [_line(row, now) for row in rows if row.licence_until is not None]


def _line(row: Canteen, now: datetime) -> Todo:
    assert row.licence_until is not None  # noqa: S101 - for the type checker; the caller has looked
    near = papers.expiry(row.licence_until, local_date(now))
    words = gettext("许可证已于 %(day)s 到期") if near.over else gettext("许可证 %(day)s 到期")
    return Todo(
        words % {"day": row.licence_until},
        reverse("canteens:canteen", args=[row.place_id]),
        urgency=near.tone,
        place=f"{row.place.school} · {row.place}",
    )


registry.menu.add(
    MenuEntry("canteens.list", pgettext_lazy("menu", "食堂"), "canteens:list", _("业务"), 320, icon="soup")
)
registry.panels.add(Panel("canteens.school", "school", "canteens/premises/school_panel.html", canteens_of, order=20))
registry.todos.add(TodoSource("canteens.licences", licences, order=60))
registry.facts.add(Fact("canteens.supply_mode", "place", selectors.supply_modes, spans=selectors.supply_spans))
for key, ask in (
    ("canteens.own_production", selectors.own_production),
    ("canteens.papers_expiring", selectors.papers_expiring),
):
    registry.facts.add(Fact(key, "place", ask))
registry.demos.add(registry.Demo("canteens", demo.plant, 20))

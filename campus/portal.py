"""What the campus wing plugs into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campus import demo
from campus.assets import selectors
from campus.assets.models import Facility
from logistics_portal.accounts.models import User
from logistics_portal.kit import registry
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.registry import Fact, MenuEntry, Panel, Todo, TodoSource
from logistics_portal.records.selectors import figures_read_once
from schools.register import papers
from schools.register.models import Place, School

AT_MOST = 20


def campuses_of(request: HttpRequest, school: School) -> dict[str, Any] | None:
    """Fill the campus card on a school's page."""
    rows = list(
        Place.objects.filter(school=school, kind=Place.Kind.CAMPUS)
        .prefetch_related("facilities")
        .order_by("name", "pk")
    )
    return {"places": rows, "school": school}


@figures_read_once()
def certificates(user: User, now: datetime) -> Sequence[Todo]:
    """Tell whose certificate runs out: one line each, or one line for many."""
    rows = selectors.certificates_running_out(user, now)
    if len(rows) > AT_MOST:
        text = gettext("超过 %(number)s 项设施的检验证书即将或已经到期") % {"number": AT_MOST}
        return [Todo(text, reverse("campus:list") + "?certificate=soon", urgency="warn")]
    return [_line(row, now) for row in rows if row.certificate_until is not None]


def _line(row: Facility, now: datetime) -> Todo:
    assert row.certificate_until is not None  # noqa: S101 - for the type checker; the caller has looked
    near = papers.expiry(row.certificate_until, local_date(now))
    words = gettext("“%(name)s”的证书已于 %(day)s 到期") if near.over else gettext("“%(name)s”的证书 %(day)s 到期")
    return Todo(
        words % {"name": row.name, "day": row.certificate_until},
        reverse("campus:campus", args=[row.place_id]),
        urgency=near.tone,
        place=f"{row.place.school} · {row.place}",
    )


registry.menu.add(MenuEntry("campus.list", _("校园设施"), "campus:list", _("业务"), 340, icon="building"))
registry.panels.add(Panel("campus.school", "school", "campus/assets/school_panel.html", campuses_of, order=40))
registry.todos.add(TodoSource("campus.certificates", certificates, order=61))
for key in selectors.KINDS:
    registry.facts.add(Fact(key, "place", selectors.facility(key), together=selectors.facilities))
registry.facts.add(Fact("campus.inspections_valid", "place", selectors.inspections_valid))
registry.facts.add(Fact("campus.extinguishers_valid", "place", selectors.extinguishers_valid))
registry.demos.add(registry.Demo("campus", demo.plant, 22))

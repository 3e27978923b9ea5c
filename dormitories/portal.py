"""What the dormitories wing plugs into the portal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dormitories import demo
from dormitories.buildings import selectors
from logistics_portal.kit import registry
from logistics_portal.kit.registry import Fact, MenuEntry, Panel
from schools.register.models import Place, School


def buildings_of(request: HttpRequest, school: School) -> dict[str, Any] | None:
    """Fill the dormitories' card on a school's page."""
    rows = list(
        Place.objects.filter(school=school, kind=Place.Kind.DORMITORY).select_related("building").order_by("name", "pk")
    )
    return {"places": rows, "school": school}


registry.menu.add(MenuEntry("dormitories.list", _("宿舍"), "dormitories:list", _("业务"), 330, icon="bed"))
registry.panels.add(Panel("dormitories.school", "school", "dormitories/buildings/school_panel.html", buildings_of, 30))
for key, ask in (
    ("dormitories.boarders", selectors.boarders),
    ("dormitories.duty_minimum", selectors.duty_minimum),
    ("dormitories.stove_heating", selectors.stove_heating),
):
    registry.facts.add(Fact(key, "place", ask))
registry.facts.add(Fact("dormitories.girls_areas", "school", selectors.girls_areas))
registry.demos.add(registry.Demo("dormitories", demo.plant, 21))

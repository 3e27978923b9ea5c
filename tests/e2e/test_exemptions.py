"""Asking for an exemption in a real browser: a place offers its own check-lists only."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from tests.factories import inspections as make
from tests.factories import schools
from tests.inspections.checks.story import MORNING, scene

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_chosen_place_leaves_only_its_own_check_lists(monkeypatch, open_page):
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)
    make.plug_supply(monkeypatch)
    here = scene("canteen_daily")
    campus = schools.place(here.place.school, "campus")
    own, other = here.version.checklist, make.version("campus_daily").checklist
    page = open_page(here.vice, phone=True)
    page.goto("/inspections/exemptions/ask/")
    lists = page.locator("[name=checklist]")

    def offered() -> set[str]:
        return {it for it in lists.evaluate("it => [...it.options].map(one => one.value)") if it}

    assert offered() == {str(own.pk), str(other.pk)}
    page.select_option("[name=place]", str(here.place.pk))
    assert offered() == {str(own.pk)}
    page.select_option("[name=checklist]", str(own.pk))
    page.select_option("[name=place]", str(campus.pk))
    assert offered() == {str(other.pk)}
    assert lists.input_value() == ""

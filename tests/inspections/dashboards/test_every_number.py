"""Every number on every board leads to exactly the rows it counts."""

from __future__ import annotations

import time
from datetime import date
from html import unescape

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from inspections.tallies.services import fold_recent
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Role
from schools.register.models import School
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.dashboards.walking import held, lazy, words

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 20)
NOW = make.at(FRIDAY, "14:00")
# Said without a link: moments and periods, sentences over a chart whose source stands beside them, ranks.
NO_ROWS = {"board-age", "card__note", "card__head", "visually-hidden", "rank"}


@pytest.fixture
def province(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.VAR_DIR, settings.MEDIA_ROOT = True, tmp_path, tmp_path / "media"
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)
    for command in ("load_units", "load_checklists", "load_figures", "load_holidays", "load_terms"):
        call_command(command, verbosity=0)
    call_command("plant_demo", schools=16, days=18, until=FRIDAY, verbosity=0)
    fold_recent(at=NOW)
    return Unit.objects.get(kind=Unit.Kind.PROVINCE)


def fetched(browser, address):
    """Return the words with numbers on a page and on what it fetches once it is open."""
    page = browser.get(address)
    assert page.status_code == 200, address
    html = page.content.decode()
    parts = [browser.get(unescape(url), headers={"HX-Request": "true"}).content.decode() for url in lazy(html)]
    return [it for part in (html, *parts) for it in words(part) if it.numbers]


def walk(browser, address):
    """Return how many numbers of a page were followed, and those that lead to other numbers or to nothing."""
    found, wrong, known = fetched(browser, address), [], {}
    for it in found:
        if it.numbers == ["0"] or it.is_name:
            continue
        target = address if it.href.startswith("#") else address.partition("?")[0] * it.href.startswith("?") + it.href
        if not target.startswith("/"):
            wrong += [] if it.classes & NO_ROWS else [(it.text, "no link", sorted(it.classes))]
            continue
        if target not in known:
            answer = browser.get(target)
            known[target] = held(answer) if answer.status_code == 200 else {f"answer {answer.status_code}"}
        if not set(it.numbers) <= known[target]:
            wrong.append((it.text, target, sorted(known[target])))
    return len(found), wrong


def check(walks):
    """Follow every number of some pages, and name those that lead elsewhere."""
    counted, wrong = 0, []
    for browser, address in walks:
        number, others = walk(browser, address)
        counted += number
        wrong += [f"{address}: {it}" for it in others]
    assert not wrong, "\n".join(wrong)
    return counted


def test_every_number_of_every_board_leads_to_its_rows(province):
    bureaus = Unit.objects.filter(pk__in=_with_schools(province)).order_by("path")
    readers = {unit: ground.client_of(ground.user(Role.OFFICE_CLERK, unit)) for unit in bureaus}
    clerk = readers[province]

    boards = [(browser, reverse("inspections:board", args=[unit.code])) for unit, browser in readers.items()]
    top = reverse("inspections:board", args=[province.code])
    asked = [f"{top}?by=county", f"{top}?day=2026-11-12", f"{top}?subject=canteen", f"{top}?day=2026-11-20"]

    assert check(boards) > 20 * len(boards)
    assert check((clerk, address) for address in asked) > 20 * len(asked)


def test_every_number_of_a_school_leads_to_its_rows(province):
    schools = School.objects.select_related("unit__parent").order_by("pk")[:6]
    pages = []
    for school in schools:
        principal = ground.client_of(ground.user(Role.PRINCIPAL, school.unit))
        clerk = ground.client_of(ground.user(Role.OFFICE_CLERK, school.unit.first_reviewer))
        day = reverse("inspections:board-schools", args=[school.unit.first_reviewer.code]) + "?day=2026-11-13"
        pages += [(principal, reverse("inspections:board-school", args=[school.pk])), (clerk, day)]

    assert check(pages) > 10 * len(schools)


def _with_schools(province):
    paths = School.objects.values_list("unit__path", flat=True)
    units = Unit.objects.filter(path__startswith=province.path).exclude(kind=Unit.Kind.SCHOOL)
    return [unit.pk for unit in units if any(path.startswith(unit.path) for path in paths)]

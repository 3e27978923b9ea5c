"""Since when something found wrong is out of use: day and clock, never ahead, never too long before the check."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from inspections.checks.faults import Refused
from inspections.checks.models import Check, Failure
from inspections.checks.pages import Filled, build, stop_words
from inspections.checks.rules.figures import FIGURES
from inspections.checks.rules.typed import instant
from inspections.checks.selectors import compiled_of, context_of
from inspections.checks.services import hand_in
from logistics_portal.kit.dates import SHANGHAI
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, scene
from tests.inspections.checks.test_pages import address, photo, typed

SUNDAY = MONDAY - timedelta(days=1)
DAYS = some.dates(date(2009, 1, 1), date(2099, 12, 31))


@pytest.fixture
def here(monkeypatch) -> Scene:
    """Return a canteen whose daily check is open at nine on Monday."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)
    make.plug_supply(monkeypatch)
    return scene("canteen_daily")


def stopping(here: Scene) -> str:
    """Return the item that asks whether the service was stopped."""
    return next(it.code for it in here.ticket().spec.items if it.fail.stop_service and it.answer.kind == "bool")


def failing(here: Scene, **stop: str) -> dict[str, Any]:
    """Return a form with that item failed, as a browser sends it."""
    code = stopping(here)
    fields = {f"a.{code}": "fail", f"photo.{code}": photo(), f"stop.{code}": "yes", f"changed.{code}": "现场核实"}
    return typed(here, **fields, **{f"{name}.{code}": one for name, one in stop.items()})


def told(here: Scene, since: str) -> list[str]:
    """Return the sentences that keep a stop since then from being taken."""
    code = stopping(here)
    entry = {"a": "fail", "changed_reason": "现场核实", "stop_service": {"stopped": True, "since": since}}
    paper = here.paper(answers=here.answers(**{code: entry}), photos={code: [photo()]})
    try:
        hand_in(paper=paper, hand=here.hand(), at=MORNING)
    except Refused as caught:
        return [it.sentence for it in caught.refusals if it.code == code]
    return []


@given(DAYS, DAYS, some.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_a_day_and_a_clock_name_one_instant_and_a_clock_alone_one_of_the_check_day(day, check_day, hour):
    typed_both, alone = f"{day.isoformat()}T{hour:%H:%M}", f"{hour:%H:%M}"

    both = instant(typed_both, check_day)

    assert both == datetime.combine(day, hour, SHANGHAI)
    assert instant(both.isoformat(timespec="minutes"), check_day) == both
    assert instant(alone, check_day) == datetime.combine(check_day, hour, SHANGHAI)


@pytest.mark.parametrize("text", ["", "T", "18", "2026-11-15", "2026-11-15T", "T18:00", "2026-02-30T18:00", "24:00"])
def test_what_names_no_day_and_clock_is_no_instant(text):
    assert instant(text, MONDAY) is None


@pytest.mark.django_db
def test_the_form_asks_for_the_day_and_offers_the_day_of_the_check(here):
    page = ground.client_of(here.officer).get(address(here)).content.decode()

    field = page.split(f'name="stopday.{stopping(here)}"')[1].split(">")[0]
    first = MONDAY - timedelta(days=FIGURES.stop_days_before)
    assert f'value="{MONDAY}"' in field
    assert f'min="{first}"' in field
    assert f'max="{MONDAY}"' in field


@pytest.mark.django_db
def test_a_stop_since_yesterday_evening_is_kept_with_its_day_and_shown_with_it_everywhere(here):
    browser = ground.client_of(here.officer)

    answer = browser.post(address(here), failing(here, stopday=SUNDAY.isoformat(), since="18:00"))

    assert answer.status_code == 302
    check, words = Check.objects.get(), "自 2026-11-15 18:00 起已停用"
    assert check.values["stop"][stopping(here)] == {"stopped": True, "since": "2026-11-15T18:00+08:00"}
    finding = Failure.objects.get(item_code=stopping(here)).finding
    form = browser.get(reverse("inspections:correct", args=[check.pk])).content.decode()
    assert words in browser.get(reverse("inspections:check", args=[check.pk])).content.decode()
    assert words in browser.get(reverse("inspections:finding", args=[finding.pk])).content.decode()
    assert 'value="2026-11-15"' in form.split(f'name="stopday.{stopping(here)}"')[1].split(">")[0]
    assert 'value="18:00"' in form.split(f'name="since.{stopping(here)}"')[1].split(">")[0]


@pytest.mark.django_db
def test_a_stop_of_another_time_is_refused_and_the_day_typed_comes_back(here):
    tomorrow = (MONDAY + timedelta(days=1)).isoformat()

    page = ground.client_of(here.officer).post(address(here), failing(here, stopday=tomorrow, since="07:00"))

    item = page.content.decode().split(f'id="item-{stopping(here)}"')[1].split('id="item-')[0]
    assert page.status_code == 422
    assert "停用时间还没有到" in item
    assert f'value="{tomorrow}"' in item
    assert 'value="07:00"' in item


@pytest.mark.django_db
def test_a_stop_lies_between_the_first_day_that_may_be_told_and_now(here):
    first = MONDAY - timedelta(days=FIGURES.stop_days_before)
    before = first - timedelta(days=1)

    assert told(here, f"{before}T23:59") == [f"停用时间不能早于 {first}，请看日期是否填错"]
    assert "还没有到" in told(here, f"{MONDAY}T09:01")[0]
    assert "从哪天几点起" in told(here, f"{MONDAY}T")[0]
    assert told(here, f"{first}T00:00") == []


@pytest.mark.django_db
def test_a_clock_kept_before_days_were_asked_is_told_and_corrected_on_the_day_of_its_check(here):
    kept = {"stopped": True, "since": "07:30"}
    answers = {stopping(here): {"a": "fail", "stop_service": kept}}
    form = compiled_of(here.ticket().spec)

    view = build(form, context_of(here.place, form.spec, MONDAY), "", Filled(answers), [], here.officer)

    items = {it.question.code: it for section in view.sections for it in [*section.first, *section.rest]}
    assert items[stopping(here)].since == ("2026-11-16", "07:30")
    assert stop_words(kept, MONDAY) == "自 2026-11-16 07:30 起已停用"

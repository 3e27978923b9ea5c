"""The decided figures are rows, loaded from sheets once, and the code's own defaults say the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from inspections.checks.figures import call_figures_on
from inspections.checks.figures import figures_on as check_figures
from inspections.checks.rules.calls import CallFigures
from inspections.checks.rules.figures import CheckFigures
from inspections.findings.figures import figures_on as finding_figures
from inspections.findings.rules import Figures
from inspections.incidents.rules.figures import IncidentFigures
from inspections.incidents.selectors import figures_on as incident_figures
from inspections.incidents.timing import Terms, terms_on
from inspections.reports.rules import Timetable
from inspections.reports.selectors import timetable_on
from inspections.schedules.figures import ANSWER_DAYS as EXEMPTION_ANSWER
from inspections.schedules.figures import MOST_DAYS, most_days
from inspections.schedules.rules import Clocks
from inspections.schedules.selectors import clocks_on
from logistics_portal.accounts.figures import DECIDED, figure
from logistics_portal.accounts.services.posts import CONFLICT_MONTHS
from logistics_portal.records import photos, sheets
from logistics_portal.records.figures import hours_at
from logistics_portal.records.hours import Hours
from logistics_portal.records.models import Parameter, ParameterChange
from logistics_portal.records.selectors import book, figures_read_once, parameters
from schools.portal import ANSWER_DAYS
from schools.register import papers
from schools.register.figures import import_limits_at
from schools.register.rules.handing_in import Limits as ImportLimits
from schools.register.rules.papers import STEPS
from schools.terms.figures import limits_at
from schools.terms.rules.closures import Limits
from tests.factories import ground
from tests.factories import inspections as make

DAY = date(2027, 1, 1)
pytestmark = pytest.mark.django_db
FIGURES = sheets.figures()


@pytest.fixture
def loaded():
    call_command("load_figures", verbosity=0)


def readings(day: date) -> tuple[object, ...]:
    """Return everything the portal reads from figures on a day."""
    held = book()
    return (
        finding_figures(day),
        incident_figures(day),
        terms_on(day),
        clocks_on(day),
        timetable_on(day),
        papers._steps(day),
        limits_at(make.at(day)),
        import_limits_at(make.at(day)),
        check_figures(day),
        held.number(*_named(ANSWER_DAYS, day)),
        held.number(*_named(CONFLICT_MONTHS, day)),
        held.number(*_named(EXEMPTION_ANSWER, day)),
        most_days(day),
        call_figures_on(day),
        hours_at(make.at(day)),
        {code: figure(code, day) for code in DECIDED},
        held.number(photos.EDGE, day, settings.PHOTO_LONG_EDGE),
        held.number(photos.MOST_MB, day, photos.MEGABYTES),
    )


def _named(figure: tuple[str, int], day: date) -> tuple[str, date, int]:
    code, usual = figure
    return code, day, usual


def decided() -> tuple[object, ...]:
    """Return what the code says where nobody has set anything."""
    return (
        Figures(),
        IncidentFigures(),
        Terms(),
        Clocks(),
        Timetable(),
        STEPS,
        Limits(),
        ImportLimits(),
        CheckFigures(),
        ANSWER_DAYS[1],
        CONFLICT_MONTHS[1],
        EXEMPTION_ANSWER[1],
        MOST_DAYS[1],
        CallFigures(),
        Hours(),
        DECIDED,
        settings.PHOTO_LONG_EDGE,
        settings.PHOTO_MAX_BYTES // 1024**2,
    )


def test_the_sheets_and_the_defaults_of_the_code_say_the_same(loaded):
    assert set(parameters(DAY)) == {figure.code for figure in FIGURES}
    assert readings(DAY) == decided()


def test_without_any_row_the_decided_figures_hold():
    assert not Parameter.objects.exists()
    assert readings(DAY) == decided()


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_every_figure_of_the_sheets_is_read_from_its_day_on_and_not_before(loaded, figure):
    other = figure.highest if figure.value != figure.highest else figure.lowest
    Parameter.objects.filter(code=figure.code).update(valid_to=DAY - timedelta(days=1))
    Parameter.objects.create(code=figure.code, value=other, name=figure.name, unit=figure.unit, valid_from=DAY)

    assert readings(DAY - timedelta(days=1)) == decided()
    assert readings(DAY) != decided()


def test_loading_twice_changes_nothing(loaded):
    before = list(Parameter.objects.order_by("pk").values())

    call_command("load_figures", verbosity=0)

    assert list(Parameter.objects.order_by("pk").values()) == before


def test_the_figures_of_the_check_lists_have_bounds_and_those_of_a_pair_never_cross():
    call_command("load_units", verbosity=0)
    call_command("load_checklists", verbosity=0)
    held = {row.code: row for row in Parameter.objects.all()}

    assert len(held) == 22
    assert all(row.bounds.written(row.value) == row.value for row in held.values())
    assert all(row.lowest and row.highest for row in held.values())
    for low, high in (("CHILL_MIN_C", "CHILL_MAX_C"), ("ROOM_MIN_C", "ROOM_MAX_C")):
        assert int(held[low].highest) < int(held[high].lowest)


def test_a_later_sheet_begins_tomorrow_and_leaves_what_the_province_changed(loaded, monkeypatch):
    asked = changed("FINDING_MAJOR_DAYS", "5", DAY)
    Parameter.objects.filter(code=asked.code).update(valid_to=DAY - timedelta(days=1))
    Parameter.objects.create(code=asked.code, value="5", unit="教学日", name="x", valid_from=DAY, change=asked)
    later = [
        sheets.Figure(code=code, value="7", unit="教学日", name="新名称", name_en="New name", sure="O")
        for code in ("FINDING_MAJOR_DAYS", "FINDING_MINOR_DAYS")
    ]
    monkeypatch.setattr(sheets, "figures", lambda: later)

    call_command("load_figures", verbosity=0)

    tomorrow = timezone.localdate() + timedelta(days=1)
    minor = Parameter.objects.filter(code="FINDING_MINOR_DAYS").order_by("valid_from")
    assert [(row.value, row.valid_from) for row in minor][1:] == [("7", tomorrow)]
    assert list(Parameter.objects.filter(code=asked.code).order_by("valid_from").values_list("value", flat=True)) == [
        "3",
        "5",
    ]
    assert set(Parameter.objects.filter(code=asked.code).values_list("name", flat=True)) == {"新名称"}


def test_the_figures_are_read_once_in_a_block(loaded, django_assert_num_queries):
    with django_assert_num_queries(1), figures_read_once():
        held = [readings(DAY), readings(DAY + timedelta(days=1))]

    assert held == [decided()] * 2


def changed(code: str, value: str, first: date, state: str = "confirmed") -> ParameterChange:
    """Return a change that two persons agreed on."""
    told = {"reason": "试行", "proposed_by": ground.user(), "proposed_at": make.at(DAY)}
    if state == "confirmed":
        told |= {"decided_by": ground.user(), "decided_at": make.at(DAY)}
    return ParameterChange.objects.create(code=code, value=value, valid_from=first, state=state, **told)


def test_the_database_keeps_two_values_of_a_figure_apart(loaded):
    with pytest.raises(IntegrityError, match="never_overlap"), transaction.atomic():
        Parameter.objects.create(code="CHECK_LATE_HOURS", value="24", name="x", valid_from=DAY)

    Parameter.objects.filter(code="CHECK_LATE_HOURS").update(valid_to=DAY)
    with pytest.raises(IntegrityError, match="never_overlap"), transaction.atomic():
        Parameter.objects.create(code="CHECK_LATE_HOURS", value="24", name="x", valid_from=DAY)

    Parameter.objects.create(code="CHECK_LATE_HOURS", value="24", name="x", valid_from=DAY + timedelta(days=1))
    with pytest.raises(IntegrityError, match="never_overlap"), transaction.atomic():
        Parameter.objects.filter(code="CHECK_LATE_HOURS", value="48").update(valid_to=None)


def test_the_database_never_changes_a_value_or_lets_it_go(loaded):
    row = Parameter.objects.filter(code="CHECK_LATE_HOURS")
    for change in ({"value": "1"}, {"valid_from": DAY}, {"code": "X"}, {"unit": "天"}):
        with pytest.raises(IntegrityError, match="never_changes"), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError, match="never_deleted"), transaction.atomic():
        row.delete()


def test_the_database_takes_a_changed_value_only_as_two_persons_agreed(loaded):
    Parameter.objects.filter(code="CHECK_LATE_HOURS").update(valid_to=DAY - timedelta(days=1))
    told = {"code": "CHECK_LATE_HOURS", "name": "x", "valid_from": DAY}

    with pytest.raises(IntegrityError, match="was_confirmed"), transaction.atomic():
        Parameter.objects.create(value="24", change=changed("CHECK_LATE_HOURS", "24", DAY, "proposed"), **told)
    with pytest.raises(IntegrityError, match="was_confirmed"), transaction.atomic():
        Parameter.objects.create(value="12", change=changed("CHECK_LATE_HOURS", "24", DAY), **told)
    Parameter.objects.create(value="24", change=changed("CHECK_LATE_HOURS", "24", DAY), **told)


def test_the_database_refuses_a_change_confirmed_by_its_proposer_or_decided_twice():
    asked = changed("CHECK_LATE_HOURS", "24", DAY, "proposed")
    rows = ParameterChange.objects.filter(pk=asked.pk)

    with pytest.raises(IntegrityError, match="takes_two"), transaction.atomic():
        rows.update(state="confirmed", decided_by=asked.proposed_by, decided_at=make.at(DAY))
    with pytest.raises(IntegrityError, match="somebody_at_some_time"), transaction.atomic():
        rows.update(state="confirmed")
    with pytest.raises(IntegrityError, match="change_stands"), transaction.atomic():
        rows.update(value="12")
    with pytest.raises(IntegrityError), transaction.atomic():
        changed("CHECK_LATE_HOURS", "12", DAY, "proposed")
    rows.update(state="refused", decided_by=ground.user(), decided_at=make.at(DAY))
    with pytest.raises(IntegrityError, match="change_stands"), transaction.atomic():
        rows.update(state="confirmed")
    with pytest.raises(IntegrityError, match="never_deleted"), transaction.atomic():
        rows.delete()

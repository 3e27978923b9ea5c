"""Every figure of a result leads to a list of exactly as many rows."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inspections.checks.models import Check
from inspections.evaluations import behind, selectors, services
from inspections.evaluations.models import Evaluation
from inspections.findings.models import Finding
from inspections.findings.rules import Severity, State
from inspections.schedules.models import Exemption
from inspections.schedules.rules import Timeliness
from inspections.tallies.services import fold_year
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import SHANGHAI
from tests.factories import ground, schools
from tests.factories import inspections as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
FIRST = date(2026, 11, 2)
FATES = ("on_time", "on_time", "late", "missed", "exempt", "exempt_yet_done", "voided", "on_time", "late", "on_time")
DUE = timedelta(days=3)
MENDED = {"on_time": timedelta(days=2), "half": timedelta(days=5), "failed": timedelta(days=8), "open": None}
MOST_QUERIES = 25
LINK = re.compile(r'<a href="([^"]*/rows/[^"]*)">(\d+)</a>')


@pytest.fixture
def place():
    schools.calendar()
    make.parameters()
    place = schools.campus(schools.school(ground.county()))
    place.checked_from = FIRST
    place.save()
    return place


@pytest.fixture
def result(place):
    version = make.version("campus_daily")
    author, clerk = (
        ground.user(Role.LOGISTICS_OFFICER, place.school.unit),
        ground.user(Role.OFFICE_CLERK, ground.county()),
    )
    days = [FIRST + timedelta(days=number) for number in range(16)]
    for day, fate in zip([day for day in days if day.weekday() < 5], FATES, strict=False):
        hand_in(place, day, fate, version, (author, clerk))
    for severity in Severity:
        for name, taken in MENDED.items():
            found = finding(place, author, severity, name)
            mend(found, taken, clerk)
    return run()


def hand_in(place, day, fate, version, people):
    author, clerk = people
    if fate.startswith("exempt"):
        make.exemption(place, day, author, version, state=Exemption.State.APPROVED, decided_by=clerk)
    if fate in {"on_time", "exempt_yet_done"}:
        make.check(place, author, day, version)
    elif fate == "late":
        make.check(place, author, day, version, timeliness=Timeliness.LATE)
    elif fate == "missed":
        make.missed(place, day, version)
    elif fate == "voided":
        void = {"voided_by": clerk, "voided_at": NOW, "void_reason": "误填"}
        make.check(place, author, day, version, state=Check.State.VOIDED, **void)


def finding(place, author, severity, name):
    moment = make.at(FIRST)
    return Finding.objects.create(
        place=place,
        school=place.school,
        county=place.school.unit.first_reviewer,
        item_code=f"X-{severity[:2]}-{name[:4]}",
        title=f"{severity} {name}",
        severity=severity,
        found_date=FIRST,
        found_at=moment,
        found_by=author,
        first_due_at=moment + DUE,
        due_at=moment + DUE,
    )


def mend(row, taken, by):
    if taken is None:
        return
    row.remedy, row.remedied_by, row.remedied_at, row.state = "已整改", by, row.found_at + taken, State.REMEDIED
    row.save()


def run():
    ordered = services.order_run(year=2026, by=None, at=NOW)
    fold_year(year=2026, at=ordered.as_of, progress=lambda done, of: None)
    services.compute(run=ordered, progress=lambda done, of: None)
    return Evaluation.objects.select_related("run__scheme", "school__unit", "county").get(run=ordered)


def page_of(person, result, *figure):
    if figure:
        return ground.client_of(person).get(reverse("inspections:evaluation-rows", args=[result.pk, *figure]))
    return ground.client_of(person).get(reverse("inspections:evaluation", args=[result.pk]))


@pytest.fixture
def clerk(result):
    return ground.user(Role.OFFICE_CLERK, result.county)


def test_every_figure_on_the_page_leads_to_as_many_rows(result, clerk):
    page = unescape(page_of(clerk, result).content.decode())
    links = dict(LINK.findall(page))

    counted = {address.split("/rows/")[1]: int(number) for address, number in links.items()}
    shown = {}
    for address in links:
        answer = ground.client_of(clerk).get(address)
        assert not answer.context["other"]
        shown[address.split("/rows/")[1]] = len(answer.context["table"].data.data)
    assert shown == counted
    assert counted["campus/late/"] == 2
    assert counted["campus/missed/"] > 1
    assert counted["campus/exempt/"] == 2
    assert counted["campus/critical-failed/"] == 2
    assert counted["campus/minor-half/"] == 1


def test_every_figure_counted_from_rows_is_a_link(result, clerk):
    page = unescape(page_of(clerk, result).content.decode())

    linked = {address.split("/rows/")[1] for address, _ in LINK.findall(page)}
    known = behind.figures(selectors.told(result).inputs)
    # A severity without findings and a deduction of nothing have no line of their own to stand on.
    assert {f"{part}/{name}/" for part, name in known if known[part, name]} <= linked


def test_the_list_tells_the_late_remedies_from_the_timely_ones(result, clerk):
    late = page_of(clerk, result, "campus", "major-failed").content.decode()
    timely = page_of(clerk, result, "campus", "major-on_time").content.decode()

    assert "major failed" in late
    assert "major open" in late
    assert "major on_time" not in late
    assert "超期 5 天提交" in late
    assert "major on_time" in timely
    assert "按期提交" in timely


def test_what_happens_after_the_run_does_not_change_what_it_counted(result, clerk):
    row = Finding.objects.get(title="major open")
    mend(row, NOW - row.found_at + timedelta(hours=1), clerk)

    answer = page_of(clerk, result, "campus", "major-failed")

    assert not answer.context["other"]
    assert "major open" in answer.content.decode()


def test_a_list_that_no_longer_equals_its_figure_says_so(result, clerk):
    Finding.objects.filter(title="major failed").update(due_at=NOW + DUE)

    answer = page_of(clerk, result, "campus", "major-failed")

    assert answer.context["other"]
    assert "评价计算时是 2 条" in answer.content.decode()


def test_the_neighbour_sees_no_rows_and_no_figure_goes_by_another_name(result, clerk):
    neighbour = ground.user(Role.OFFICE_CLERK, ground.neighbour())

    assert page_of(neighbour, result, "campus", "timely").status_code == 404
    assert page_of(clerk, result, "campus", "nonsense").status_code == 404
    assert page_of(clerk, result, "campus", "critical-nonsense").status_code == 404
    assert page_of(clerk, result, "nowhere", "timely").status_code == 404
    assert page_of(clerk, result, "school", "timely").status_code == 404


def test_a_list_asks_the_database_a_bounded_number_of_times(result, clerk):
    browser = ground.client_of(clerk)

    for figure in (
        ("campus", "required"),
        ("campus", "timely"),
        ("campus", "major-failed"),
        ("school", "late_reports"),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("inspections:evaluation-rows", args=[result.pk, *figure])).status_code == 200
        assert len(asked) <= MOST_QUERIES


def test_a_hundred_points_held_at_good_are_explained_as_of_now(result, clerk):
    page = page_of(clerk, result).content.decode()

    assert "截至 2026-11-22 有严重问题超期未整改" in page
    assert "年底" not in page
    assert "最高定为良好" in page
    assert "核验信息" in page


def test_after_the_year_the_words_speak_of_its_end(result):
    result.run.as_of = datetime(2027, 1, 16, tzinfo=SHANGHAI)

    caps = [cap.words for cap in selectors.told(result).caps]

    assert any("年底仍有严重问题超期未整改" in words for words in caps)


def test_in_the_demo_every_figure_has_as_many_rows(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR, settings.MEDIA_ROOT = True, tmp_path, tmp_path / "media"
    for command in ("load_units", "load_checklists", "load_holidays"):
        call_command(command, verbosity=0)
    call_command("plant_demo", schools=6, days=8, until=date(2026, 11, 20), verbosity=0)
    province = ground.user(Role.OFFICE_CLERK, Unit.objects.get(kind=Unit.Kind.PROVINCE))
    results = Evaluation.objects.select_related("run__scheme", "school__unit")

    wrong, counted = [], 0
    for result in results:
        for figure, number in behind.figures(selectors.told(result).inputs).items():
            rows = behind.rows_of(behind.Behind(result, province), figure)
            found = len(rows) if isinstance(rows, list) else rows.count()
            counted += found
            if found != number:
                wrong.append((result.school.name, figure, number, found))
    assert not wrong
    assert counted > 0


def test_a_missed_slot_leads_to_its_day_in_the_month_of_its_place(result, clerk):
    rows = page_of(clerk, result, "campus", "missed").context["table"].data.data
    lost = next(row for row in rows if row.check is None)

    listed = page_of(clerk, result, "campus", "missed").content.decode()
    page = ground.client_of(clerk).get(lost.get_absolute_url())

    assert lost.get_absolute_url() in unescape(listed)
    assert page.context["chosen"].pk == lost.pk.place_id
    name = lost.get_absolute_url().partition("#")[2]
    cell = page.content.decode().split(f'id="{name}"')[1].split("</td>")[0]
    assert lost.date.isoformat() in cell
    assert "漏检" in cell

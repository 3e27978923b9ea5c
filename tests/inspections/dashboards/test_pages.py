"""Who sees which dashboard, and that its figures are those counted by hand."""

from __future__ import annotations

import gzip
import time
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inspections.dashboards import schoolday
from inspections.tallies.models import ItemDay
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import ONE_DAY, local_date
from tests.factories import ground, schools
from tests.factories import inspections as make
from tests.inspections.dashboards.planting import folded, land, widen

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10
MOST_BYTES = 15 * 1024
CLOSED = timedelta(days=3)


@pytest.fixture
def here():
    return land()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return local_date(now)


def get(person, name, *args, **query):
    return ground.client_of(person).get(reverse(f"inspections:{name}", args=args), query)


def values(page):
    return {figure.label: (figure.value, figure.words) for figure in page.context["figures"]}


def queries(person, code):
    browser = ground.client_of(person)
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(reverse("inspections:board", args=[code]))
    assert page.status_code == 200
    return len(asked)


def test_each_bureau_sees_its_own_board_and_not_that_of_next_door(here):
    for unit in (here.province, here.city, here.county, here.committee):
        assert get(here.reader(unit), "board", unit.code).status_code == 200

    assert get(here.reader(here.county), "board", here.other.code).status_code == 404
    assert get(here.reader(here.county), "board", here.city.code).status_code == 404
    assert get(here.reader(here.city), "board", here.committee.code).status_code == 404
    assert get(here.author, "board", here.county.code).status_code == 404


def test_a_post_without_the_right_to_read_reports_is_refused(here):
    guard = here.reader(here.county, Role.SECURITY_ADMIN)

    for name in ("board", "board-items", "board-vetoes", "board-unchecked", "board-schools"):
        assert get(guard, name, here.county.code).status_code == 403


@pytest.mark.parametrize("name", ["board", "board-items", "board-vetoes", "board-unchecked", "board-schools"])
def test_every_page_of_a_bureau_is_404_next_door(here, name):
    neighbour = here.reader(here.other)

    assert get(neighbour, name, here.county.code).status_code == 404
    assert get(neighbour, name, here.other.code).status_code == 200


def test_a_committee_without_counties_has_the_bench_of_a_county(here):
    page = get(here.reader(here.committee), "board", here.committee.code)

    assert "inspections/dashboards/bench.html" in [template.name for template in page.templates]


def test_a_county_counts_today_yesterday_and_thirty_closed_days(here, now, today):
    here.tally(here.county, today, required=10, exempt=1, timely=5, late=1)
    here.tally(here.county, today - ONE_DAY, required=8, timely=5, late=1)
    here.tally(here.county, today - CLOSED, required=20, timely=15, late=3)
    here.tally(here.county, today - CLOSED - 30 * ONE_DAY, required=1000, timely=0)
    here.tally(here.other, today - ONE_DAY, required=500, timely=0)
    folded(now)

    page = get(here.reader(here.county), "board", here.county.code)

    told = values(page)
    assert told["昨日漏检"] == (2, "应检 8 次 · 暂计，补录期限内")
    assert told["按时率"] == ("75.0%", "近 30 天应检 20 次，按时 15 次")
    assert "数据截至" in page.content.decode()


def test_the_line_of_a_county_ends_with_the_last_closed_day(here, now, today):
    here.tally(here.county, today - ONE_DAY, required=20, timely=1)
    here.tally(here.county, today - CLOSED, required=20, timely=18, late=1)
    folded(now)

    chart = get(here.reader(here.county), "board", here.county.code).context["trend"]

    assert list(chart.series[0].values) == [95.0]
    assert "只含已关账的日子，应检 20 次；纵轴从 70% 起" in chart.note


def test_what_is_not_known_is_a_dash_and_never_nought_percent(here):
    page = get(here.reader(here.province), "board", here.province.code)

    told = values(page)
    assert told["按时率"][0] == told["按期整改率"][0] == told["昨日完成率"][0] == "—"
    assert "0.0%" not in page.content.decode()
    assert "数据还没有汇总" in page.content.decode()


def test_findings_are_counted_by_deadline_weight_and_state(here, now):
    early = now - timedelta(days=6)
    late = now - timedelta(days=2)
    here.finding(early, late, severity="critical", item_code="A-1")
    here.finding(early, late, item_code="A-2")
    make.tolerated(here.finding(early, late, item_code="A-3"), local_date(now) + ONE_DAY, early)
    here.finding(early, now + ONE_DAY, item_code="A-4")
    done = {"remedy": "已换锁", "remedied_by": here.author, "state": "remedied"}
    here.finding(early, late, item_code="A-5", remedied_at=late - ONE_DAY, **done)
    here.finding(early, late, item_code="A-6", remedied_at=late + ONE_DAY, **done)

    county = values(get(here.reader(here.county), "board", here.county.code))
    province = values(get(here.reader(here.province), "board", here.province.code))

    assert county["超期未整改"] == (2, "严重 1 · 其他 1")
    assert county["待我复查"][0] == 2
    assert province["超期严重问题"] == (1, "超期共 2 件")
    assert province["按期整改率"] == ("25.0%", "近 30 天到期 4 项 · 按期 1 项")


def test_only_the_office_that_verifies_is_told_that_remedies_wait_for_it(here, now):
    done = {"remedy": "已换锁", "remedied_by": here.author, "state": "remedied", "remedied_at": now}
    here.finding(now - timedelta(days=6), now + ONE_DAY, **done)
    leaders = [here.reader(unit, Role.BUREAU_LEADER) for unit in (here.province, here.county)]

    clerk = get(here.reader(here.county), "board", here.county.code)
    others = [get(person, "board", here.county.code) for person in [*leaders, here.reader(here.province)]]

    assert values(clerk)["待我复查"][0] == 1
    for page in others:
        waiting = next(it for it in page.context["figures"] if it.label == "待复查")
        assert (waiting.value, "state=remedied" in waiting.url) == (1, True)
        assert "待我复查" not in page.content.decode()


def test_the_list_of_work_puts_grave_and_late_before_boarding_and_repeats(here, now):
    day_school = schools.campus(schools.school(here.county.path, name="走读学校"))
    early, late = now - timedelta(days=6), now - timedelta(days=2)
    here.finding(early, late, day_school, title="走读超期")
    here.finding(early, late, title="寄宿超期", item_code="B-1")
    here.finding(early, late, title="寄宿反复", item_code="B-2", recurrences=3)
    here.finding(early, late, day_school, title="走读严重", severity="critical", item_code="B-3")
    here.finding(early, now + ONE_DAY, title="寄宿未到期", item_code="B-4")

    page = get(here.reader(here.county), "board", here.county.code)

    order = [one.finding.title for one in page.context["work"]]
    assert order == ["走读严重", "寄宿反复", "寄宿超期", "走读超期", "寄宿未到期"]


def test_units_are_compared_the_lowest_first_with_their_rank_and_those_without_slots_last(here, today):
    here.tally(here.county, today - CLOSED, required=10, timely=8)
    here.tally(here.other, today - CLOSED, required=10, timely=9, late=1)
    schools.school(here.committee.path)
    schools.bureau("220000/220100/220104/")

    city = get(here.reader(here.city), "board", here.city.code)
    province = get(here.reader(here.province), "board", here.province.code, by="county")

    assert [(row.code, row.completion, row.rank) for row in city.context["rows"]] == [
        ("220102", "80.0%", 2),
        ("220103", "100.0%", 1),
        ("220104", "—", None),
    ]
    assert [(row.code, row.completion, row.rank) for row in province.context["rows"]] == [
        ("220102", "80.0%", 2),
        ("220103", "100.0%", 1),
        ("L220070", "—", None),
    ]


def test_schools_that_a_city_runs_itself_have_a_row_of_their_own(here, today):
    schools.campus(schools.school(here.city.path))
    here.tally(here.city, today - CLOSED, required=4, timely=1)
    here.tally(here.county, today - CLOSED, required=4, timely=4)

    page = get(here.reader(here.city), "board", here.city.code)

    own = next(row for row in page.context["rows"] if row.code == here.city.code)
    assert (own.completion, own.schools) == ("25.0%", 1)
    assert get(here.reader(here.city), "board-schools", here.city.code).status_code == 200


def test_the_province_is_a_map_of_tiles_shaded_by_completion(here, today):
    here.tally(here.county, today - CLOSED, required=10, timely=8)

    page = get(here.reader(here.province), "board", here.province.code)

    assert [(tile.code, tile.value, tile.level) for tile in page.context["tiles"]] == [
        ("220100", "80.0", "low"),
        ("L220070", "—", "none"),
    ]
    assert page.context["title"] == "单位220100完成率低于 90%"


def test_a_day_and_a_kind_of_place_in_the_address_narrow_every_figure(here, today):
    old = today - timedelta(days=10)
    here.tally(here.county, old, required=10, timely=6)
    here.tally(here.county, today - CLOSED, required=10, timely=10)
    reader = here.reader(here.county)

    then = get(reader, "board", here.county.code, day=old.isoformat())
    canteens = get(reader, "board", here.county.code, subject="canteen")

    assert values(then)["按时率"][0] == "60.0%"
    assert values(then)[f"{old.month}月{old.day}日漏检"] == (4, "应检 10 次 · 已关账")
    assert values(canteens)["按时率"][0] == "—"


@pytest.mark.parametrize("query", [{"day": "32"}, {"day": "2999-01-01"}, {"subject": "ship"}, {"by": "\0"}])
def test_what_makes_no_sense_in_the_address_is_told_and_left_out(here, query):
    assert get(here.reader(here.province), "board", here.province.code, **query).status_code == 200


def test_the_worst_items_lead_to_the_checks_they_failed_in(here, today):
    ItemDay.objects.create(county=here.county, date=today - ONE_DAY, item_code="CMP-D-06", failures=3)
    ItemDay.objects.create(county=here.other, date=today - ONE_DAY, item_code="CMP-D-06", failures=2)
    ItemDay.objects.create(county=here.other, date=today - ONE_DAY, item_code="CMP-D-05", failures=4)

    page = get(here.reader(here.province), "board-items", here.province.code)
    county = get(here.reader(here.county), "board-items", here.county.code)

    assert [(item.code, item.times) for item in page.context["items"]] == [("CMP-D-06", 5), ("CMP-D-05", 4)]
    assert [(item.code, item.times) for item in county.context["items"]] == [("CMP-D-06", 3)]
    assert "/items/CMP-D-06/" in page.context["items"][0].url


def test_boards_take_ten_questions_whatever_the_size_of_the_province(here, now, today):
    widen(here, 2, today)
    folded(now)
    people = {unit.code: here.reader(unit) for unit in (here.province, here.city, here.county)}
    small = {code: queries(person, code) for code, person in people.items()}

    widen(here, 9, today, start=2)

    assert {code: queries(person, code) for code, person in people.items()} == small
    assert max(small.values()) <= MOST_QUERIES


def test_a_board_weighs_little(here, now, today):
    widen(here, 9, today)
    folded(now)
    browser = ground.client_of(here.reader(here.province))

    page = browser.get(
        reverse("inspections:board", args=[here.province.code]), {"by": "county"}, headers={"Accept-Encoding": "gzip"}
    )

    size = len(page.content) if page.headers.get("Content-Encoding") == "gzip" else len(gzip.compress(page.content))
    assert size <= MOST_BYTES


def test_everybody_is_led_to_the_page_of_their_own_unit(here):
    assert get(here.reader(here.city), "board-home").headers["Location"] == reverse(
        "inspections:board", args=["220100"]
    )
    assert get(here.author, "board-home").headers["Location"] == reverse(
        "inspections:board-school", args=[here.school.pk]
    )
    assert get(here.reader(here.city, Role.SECURITY_ADMIN), "board-home").status_code == 404


def test_the_desk_leads_with_the_figures_of_ones_own_unit(here, today):
    here.tally(here.county, today - ONE_DAY, required=7, timely=3)

    page = ground.client_of(here.reader(here.county)).get("/")

    assert "应检 7 次" in page.content.decode()
    assert reverse("inspections:board", args=[here.county.code]) in page.content.decode()


def test_what_came_in_today_and_what_did_not_are_of_one_moment_and_add_up(monkeypatch):
    friday = date(2026, 11, 20)
    at = make.at(friday, "09:00")
    monkeypatch.setattr(timezone, "now", lambda: at)
    monkeypatch.setattr(time, "time", at.timestamp)
    here = land()
    for number in range(3):
        schools.campus(schools.school(here.county.path, name=f"学校{number}"))
    here.tally(here.county, friday, required=40, timely=0)  # a tally that is out of date
    folded(at)
    make.check(here.campus, here.author, friday, here.version)
    browser = ground.client_of(here.reader(here.county))
    board = browser.get(reverse("inspections:board", args=[here.county.code])).content.decode()
    url = reverse("inspections:board-unchecked", args=[here.county.code])

    card = browser.get(url, headers={"HX-Request": "true"})
    alone = browser.get(url, {"figure": "1"}, headers={"HX-Request": "true"}).content.decode()

    told = card.context["figure"]
    assert (told.value, told.words) == ("1", "应检 4 次 · 待检 3 次 · 此刻 09:00")
    assert "3 所 3 项" in card.content.decode()
    assert 'id="figure-today" hx-swap-oob="true"' in card.content.decode()
    assert 'id="figure-today"' in board
    assert "应检 40 次" not in board
    assert "应检 4 次" in alone
    assert "提醒" not in alone
    for part, number in ((told.parts[0], 4), (told.parts[1], 3)):
        assert len(browser.get(part.url).context["table"].data.data) == number


def test_until_when_a_form_is_due_is_told_as_people_say_it():
    midnight = make.at(date(2026, 11, 17), "00:00")

    assert schoolday.due_words(midnight) == "11月16日 24:00 前交"
    assert schoolday.due_words(midnight + timedelta(hours=8)) == "11月17日 08:00 前交"


def test_a_school_sees_its_slots_its_findings_and_its_month(monkeypatch):
    friday = date(2026, 11, 20)
    at = make.at(friday, "09:00")
    monkeypatch.setattr(timezone, "now", lambda: at)
    monkeypatch.setattr(time, "time", at.timestamp)
    here = land()
    here.finding(at - timedelta(days=3), at - ONE_DAY, title="灭火器压力不足", item_code="C-1")
    make.check(here.campus, here.author, friday - 8 * ONE_DAY, here.version)
    make.missed(here.campus, friday - 9 * ONE_DAY, here.version)

    page = get(here.author, "board-school", here.school.pk)

    shown = page.context["page"]
    tones = {day.day: day.tone for day in shown.strip}
    assert [one.finding.title for one in shown.findings] == ["灭火器压力不足"]
    assert (tones[friday - 8 * ONE_DAY], tones[friday - 9 * ONE_DAY]) == ("good", "bad")
    assert len(shown.strip) == 30


def test_a_school_counts_all_it_has_to_put_right_though_it_shows_the_nearest(here, now):
    for number in range(9):
        late = number < 2
        due = now - ONE_DAY if late else now + ONE_DAY
        here.finding(now - timedelta(days=3), due, item_code=f"C-{number}")

    page = get(here.author, "board-school", here.school.pk).context["page"]

    told = next(it for it in page.figures if it.label == "待整改")
    assert (told.value, told.words, len(page.findings)) == (9, "超期 2 件", 8)


def test_the_month_of_a_school_is_one_figure_on_the_desk_on_its_page_and_on_the_list(monkeypatch):
    friday = date(2026, 11, 20)
    at = make.at(friday, "09:00")
    monkeypatch.setattr(timezone, "now", lambda: at)
    monkeypatch.setattr(time, "time", at.timestamp)
    here = land()
    for back, made in ((10, "check"), (9, "missed"), (8, "check"), (1, "check"), (0, "check")):
        day = friday - back * ONE_DAY
        if made == "check":
            make.check(here.campus, here.author, day, here.version)
        else:
            make.missed(here.campus, day, here.version)
    principal = ground.client_of(ground.user(Role.PRINCIPAL, here.school.unit))

    page = principal.get(reverse("inspections:board-school", args=[here.school.pk])).context["page"]
    desk = principal.get("/").content.decode()
    done = next(it for it in page.figures if it.label == "本月完成率")
    listed = principal.get(done.url)

    rows = listed.context["table"].data.data
    assert done.words == f"已关账 {len(rows)} 项，已检 2 项"
    assert done.value in desk
    assert done.words in desk
    assert done.value in listed.context["head"].rates
    assert max(row.date for row in rows) < friday - ONE_DAY


def test_only_who_fills_in_a_form_is_led_to_it_and_a_bureau_finds_the_way_back(monkeypatch):
    at = make.at(date(2026, 11, 16), "09:00")
    monkeypatch.setattr(timezone, "now", lambda: at)
    monkeypatch.setattr(time, "time", at.timestamp)
    here = land()
    form = reverse("inspections:fill", args=[here.campus.pk, here.version.checklist.code, "2026-11-16", 1])
    county = reverse("inspections:board", args=[here.county.code])
    today = reverse("inspections:today")

    own = get(here.author, "board-school", here.school.pk).content.decode()
    bureau = get(here.reader(here.county, Role.OFFICE_HEAD), "board-school", here.school.pk).content.decode()
    cook = get(here.reader(here.school.unit, Role.FOOD_SAFETY_OFFICER), "board-school", here.school.pk).content.decode()

    assert form in own
    assert form not in bureau
    assert form not in cook
    assert "由后勤管理员填报" in bureau
    assert county in bureau
    assert county not in own
    assert f'href="{today}">全部待办' not in bureau


def test_a_school_is_seen_by_itself_and_the_bureaus_above_it_only(here):
    stranger = ground.user(Role.PRINCIPAL, schools.school(here.county.path).unit)
    keeper = ground.user()
    ground.post_over_places(keeper, Role.DORM_KEEPER, here.school.unit, [here.campus.pk])

    assert get(here.reader(here.county), "board-school", here.school.pk).status_code == 200
    assert get(keeper, "board-school", here.school.pk).status_code == 200
    assert get(stranger, "board-school", here.school.pk).status_code == 404
    assert get(here.reader(here.other), "board-school", here.school.pk).status_code == 404
    assert get(here.reader(here.county, Role.SECURITY_ADMIN), "board-school", here.school.pk).status_code == 403

"""The whole story in Chromium: a bad check, its remedy, an accident, a veto, the year's result, the month's report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from inspections.checks.aftermath import NOT_MET
from inspections.findings.models import Finding
from inspections.incidents.models import Incident, Veto
from inspections.reports import services as reports
from logistics_portal.kit.dates import ONE_DAY
from tests.e2e.conftest import OpenPage
from tests.e2e.stage import MONDAY, PASSWORD, PATIENCE, Clock, Stage, World, fold, world
from tests.factories import inspections as make

pytestmark = pytest.mark.django_db(transaction=True)

TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + n * ONE_DAY for n in (1, 2, 3))
REPORT_DAY = date(2026, 12, 8)
BAD_FOOD = "CAN-D-06"
FIGURES = {"01": "6", "10": "4.0", "11": "-18.5", "13": "78.5", "15": "8", "16": "150", "24": "3.2"}
MOST_CLICKS = 4


@pytest.fixture
def stage(open_page: OpenPage, monkeypatch, tmp_path, request) -> Stage:
    """Return the stage of one width; time goes by its clock."""
    expect.set_options(timeout=PATIENCE)
    clock = Clock()
    clock.rule(monkeypatch)
    return Stage(open_page, clock, request.param == "phone", tmp_path)


@pytest.mark.parametrize("stage", ["phone", "desktop"], indirect=True)
def test_the_whole_story_is_told_from_a_bad_check_to_the_months_report(stage: Stage, do_jobs) -> None:
    here = world()

    officer_checks(stage, here)
    county_sees_it(stage, here)
    province_reaches_the_photo(stage, here)
    county_returns_it_once_and_accepts(stage, here)
    school_reports_an_incident(stage, here)
    county_finds_the_school_responsible(stage, here)
    county_proposes_and_city_confirms_the_veto(stage, here)
    here.live(THURSDAY, REPORT_DAY - ONE_DAY)
    province_runs_the_year(stage, here, do_jobs)
    county_reads_the_months_report(stage, here, do_jobs)

    assert stage.errors == []


def officer_checks(stage: Stage, here: World) -> None:
    page = stage.enter(None, MONDAY, "08:40")
    page.goto("/")
    stage.keep(page, "sign-in")
    sign_in(page, here.officer.username)
    stage.keep(page, "desk-of-the-officer")
    page.goto(reverse("inspections:today"))
    stage.keep(page, "today")
    page.get_by_role("link", name="学校食堂日管控检查表").first.click()
    fill_in(page)
    bad = item(page, BAD_FOOD)
    tap(bad, "异常")
    bad.get_by_label("异常情况说明").fill("冷藏柜内鸡胸肉有异味，共 12 公斤，已封存。")
    bad.locator("input[type=file]").set_input_files(stage.photo("变质食材", "firebrick"))
    expect(bad.locator("[data-photos] img")).to_have_count(1)
    if bad.locator(".sheet__stop").count():
        tap(bad, "已经停用")
        bad.get_by_label("从几点起停用").fill("08:30")
    stage.keep(page, "check-with-a-critical-failure")

    page.get_by_role("button", name="提交检查").click()

    page.wait_for_url("**/receipt/")
    expect(page.get_by_text("已收到", exact=True)).to_be_visible()
    expect(page.get_by_text("1 项异常")).to_be_visible()
    stage.keep(page, "receipt")
    assert Finding.objects.get().severity == "critical"


def sign_in(page: Page, username: str) -> None:
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/account/" not in url)


def item(page: Page, code: str) -> Locator:
    return page.locator(f"#item-{code}")


def tap(at: Locator, answer: str) -> None:
    """Tap an answer as a finger does: its whole label is the button."""
    at.locator("label.a").filter(has_text=answer).first.click()


def fill_in(page: Page) -> None:
    """Fill the form as an officer does: figures, critical items one by one, the rest by the section's button."""
    for code, figure in FIGURES.items():
        item(page, f"CAN-D-{code}").get_by_role("textbox").first.fill(figure)
    for button in page.locator("[data-rest]").all():
        button.click()
    for one in page.locator("[data-item]").all():
        if one.locator("fieldset.item__set .a--good").count() and not one.locator("input:checked").count():
            one.locator("fieldset.item__set .a--good").first.click()


def county_sees_it(stage: Stage, here: World) -> None:
    fold(stage.clock.set(MONDAY, "08:50"))
    page = stage.enter(here.clerk, MONDAY, "08:55")
    page.goto("/")
    stage.keep(page, "desk-of-the-county")
    page.goto(reverse("inspections:board-home"))
    stage.keep(page, "board-of-the-county")
    page.goto(reverse("inspections:findings"))
    stage.keep(page, "findings-of-the-county")
    main(page).get_by_role("link", name=found().title).click()
    expect(main(page).get_by_role("img").first).to_be_visible()
    stage.keep(page, "finding-as-the-county-sees-it")


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def found() -> Finding:
    return Finding.objects.get()


def province_reaches_the_photo(stage: Stage, here: World) -> None:
    page = stage.enter(here.province_clerk, MONDAY, "09:00")
    page.goto(reverse("inspections:board", args=[here.province.code]))
    stage.keep(page, "board-of-the-province")

    clicks = follow(page, found().title.removeprefix(NOT_MET % ""), MONDAY.isoformat(), found().number)

    photo = main(page).get_by_role("img").first
    expect(photo).to_be_visible()
    assert photo.evaluate("one => one.complete && one.naturalWidth > 0")
    assert clicks <= MOST_CLICKS


def follow(page: Page, *names: str) -> int:
    """Follow links by their names and return how many clicks it took."""
    for name in names:
        before = page.url
        main(page).get_by_role("link", name=name).first.click()
        page.wait_for_url(lambda url, left=before: url != left)
    return len(names)


def county_returns_it_once_and_accepts(stage: Stage, here: World) -> None:
    remedy(stage, here, "09:10", "已将异味鸡肉移出冷藏柜。", "orange")
    page = stage.enter(here.clerk, MONDAY, "09:30")
    page.goto("/")
    page.get_by_role("link", name="1 项整改待复查").first.click()
    stage.keep(page, "queue")
    page.get_by_role("link", name=found().title).click()
    page.get_by_label("退回理由").fill("照片看不到销毁过程，请补拍并附销毁登记。")
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.get_by_text("已退回学校。")).to_be_visible()
    stage.keep(page, "returned")

    remedy(stage, here, "10:00", "已销毁 12 公斤鸡肉并登记，冷藏柜已消毒。", "seagreen")
    page = stage.enter(here.clerk, MONDAY, "10:20")
    page.goto(reverse("inspections:finding-queue"))
    page.get_by_role("button", name="通过").click()
    expect(page.locator("[data-done]")).to_be_visible()
    stage.keep(page, "accepted-in-the-queue")
    page.goto(reverse("inspections:finding", args=[found().pk]))
    stage.keep(page, "finding-closed")

    assert (found().state, found().returns) == ("closed", 1)


def remedy(stage: Stage, here: World, clock: str, how: str, colour: str) -> None:
    page = stage.enter(here.officer, MONDAY, clock)
    page.goto("/")
    page.get_by_role("link", name=found().title).first.click()
    page.get_by_role("link", name="提交整改").first.click()
    page.get_by_label("整改措施").fill(how)
    page.get_by_label("整改后照片").set_input_files(stage.photo(colour, colour))
    stage.keep(page, f"remedy-{colour}")
    page.get_by_role("button", name="提交复查").click()
    expect(page.get_by_text("整改已提交，等待复查。")).to_be_visible()


def school_reports_an_incident(stage: Stage, here: World) -> None:
    page = stage.enter(here.vice, TUESDAY, "14:20")
    page.goto(reverse("inspections:incidents"))
    page.get_by_role("link", name="报告事故").first.click()
    page.get_by_text("触电", exact=False).first.click()
    page.get_by_label("学生食堂").check()
    page.get_by_label("重伤（含急性中毒）").fill("1")
    page.get_by_label("发生时间").fill("2026-11-17T14:00")
    page.get_by_label("学校发现时间").fill("2026-11-17T14:02")
    page.get_by_label("一句话说清").fill("食堂和面机漏电，1 名帮厨重伤，已送州医院。")
    stage.keep(page, "quick-report")
    page.get_by_role("button", name="立即报告").click()
    expect(page.get_by_text("已报告，编号")).to_be_visible()
    stage.keep(page, "incident-reported")
    page = stage.enter(here.clerk, TUESDAY, "14:40")
    page.goto(incident_page())
    stage.keep(page, "incident-as-the-county-sees-it")
    take(page, "敦化市上报延边朝鲜族自治州", "确认已上报")
    expect(page.get_by_text("上报时间已登记。")).to_be_visible()


def incident_page() -> str:
    return reverse("inspections:incident", args=[Incident.objects.get().pk])


def take(page: Page, door: str, button: str, *choices: str, **texts: str) -> None:
    """Take a step of an incident: its door, what is chosen and typed, its button."""
    main(page).get_by_role("link", name=door, exact=True).first.click()
    for choice in choices:
        page.get_by_label(choice, exact=True).check()
    for label, text in texts.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def county_finds_the_school_responsible(stage: Stage, here: World) -> None:
    page = stage.enter(here.clerk, WEDNESDAY, "09:00")
    page.goto(incident_page())
    take(page, "拟定等级", "提交拟定", "一般", 文号="敦应急〔2026〕31号", 认定机关="敦化市应急管理局")
    expect(page.get_by_text("已提交，待审定。")).to_be_visible()
    take(
        page,
        "录入责任认定",
        "提交录入",
        "主要责任",
        认定机关="敦化市人民政府事故调查组",
        认定文书文号="敦政调〔2026〕7号",
    )
    expect(page.get_by_text("已提交，待审定。")).to_be_visible()
    page = stage.enter(here.head, WEDNESDAY, "10:00")
    page.goto(incident_page())
    stage.keep(page, "incident-waits-for-the-head")
    for door in ("审定等级", "审定责任"):
        take(page, door, "提交决定", "同意")
        expect(page.get_by_text("决定已登记。")).to_be_visible()
    stage.keep(page, "incident-decided")


def county_proposes_and_city_confirms_the_veto(stage: Stage, here: World) -> None:
    make.missed(here.neighbour, MONDAY, here.version)
    here.live(TUESDAY, WEDNESDAY)
    page = stage.enter(here.clerk, WEDNESDAY, "11:00")
    page.goto(incident_page())
    take(page, "提出一票否决", "提出否决", 提出理由="一般事故，学校负主要责任。")
    expect(page.get_by_text("已提出，待确认。")).to_be_visible()
    page = stage.enter(here.upper_head, THURSDAY, "09:00")
    page.goto(reverse("inspections:vetoes"))
    main(page).get_by_role("link", name=Veto.objects.get().number).first.click()
    stage.keep(page, "veto-waits-for-the-city")
    main(page).get_by_role("link", name="确认否决").first.click()
    stage.keep(page, "sign-in-again")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_label("决定文号").fill("延州教后〔2026〕21号")
    stage.keep(page, "confirm-the-veto")
    page.get_by_role("button", name="确认否决").click()
    expect(page.get_by_text("否决已生效，学校已收到通知。")).to_be_visible()
    stage.keep(page, "veto-active")
    page = stage.enter(here.vice, THURSDAY, "09:30")
    page.goto("/")
    stage.keep(page, "desk-of-the-vetoed-school")


def province_runs_the_year(stage: Stage, here: World, do_jobs: Callable[[], int]) -> None:
    page = stage.enter(here.province_admin, REPORT_DAY, "09:00")
    page.goto(reverse("inspections:evaluations"))
    stage.keep(page, "no-results-yet")
    page.get_by_role("link", name="运行年度评价").first.click()
    page.get_by_role("button", name="开始计算").click()
    page.wait_for_url("**/evaluations/runs/*/")
    stage.keep(page, "run-ordered")
    do_jobs()
    page.reload()
    stage.keep(page, "run-done")
    page.goto(reverse("inspections:evaluations"))
    row = main(page).get_by_role("row").filter(has_text=here.school.name)
    expect(row.get_by_text("一票否决", exact=True)).to_be_visible()
    stage.keep(page, "results")
    row.get_by_role("link", name=here.school.name).click()
    expect(main(page).get_by_text("一票否决", exact=True).first).to_be_visible()
    expect(definition(page, "等次")).to_have_text("不合格")
    points = definition(page, "否决前得分").inner_text()
    assert 0 < float(points) <= 100
    stage.keep(page, "result-of-the-vetoed-school")

    clicks = follow(page, "检查记录", "2026-12-07")

    expect(main(page).get_by_text("食材感官正常", exact=False).first).to_be_visible()
    stage.keep(page, "rows-behind-a-point")
    assert clicks <= MOST_CLICKS


def definition(page: Page, term: str) -> Locator:
    """Return what stands beside a term in the facts of a result."""
    return main(page).locator("dl > div").filter(has=page.get_by_text(term, exact=True)).locator("dd").first


def county_reads_the_months_report(stage: Stage, here: World, do_jobs: Callable[[], int]) -> None:
    reports.order_due(at=stage.clock.set(REPORT_DAY, "09:30"))
    do_jobs()
    fold(stage.clock.now)
    page = stage.enter(here.head, REPORT_DAY, "10:00")
    page.goto(reverse("inspections:reports"))
    stage.keep(page, "report-centre")
    main(page).get_by_role("row").filter(has_text="月报").get_by_role("link").first.click()
    safety = main(page)
    expect(safety.get_by_text("一票否决", exact=False).filter(has_text=here.school.name).first).to_be_visible()
    stage.keep(page, "report-of-the-month")
    page = stage.enter(here.province_clerk, REPORT_DAY, "10:20")
    page.goto(reverse("inspections:board", args=[here.province.code]))
    stage.keep(page, "board-of-the-province-in-the-end")

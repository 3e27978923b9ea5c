"""The desk, the inbox and one's own page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk import selectors as desk
from logistics_portal.kit import registry
from logistics_portal.kit.registry import MenuEntry, Todo, TodoSource
from logistics_portal.records.models import AuditRow, Notice
from logistics_portal.records.services import notify
from tests.factories import ground as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return make.user("office_clerk", make.county(), full_name="金明哲")


@pytest.fixture
def browser(clerk: User) -> Client:
    return make.client_of(clerk)


def text(browser: Client, name: str, **query: str) -> str:
    answer = browser.get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_desk_asks_for_sign_in() -> None:
    answer = Client().get("/")

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_desk_says_where_i_am_and_that_nothing_waits(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "todos", registry.Registry())

    html = text(browser, "desk:home")

    assert "市2201 › 南关区" in html or "› 南关区" in html
    assert "金明哲" in html
    assert "现在没有要办的事" in html


def test_who_keeps_the_system_or_the_accounts_has_no_registers_of_schools_in_the_menu() -> None:
    keepers = {role: menu_of(make.user(role, make.province())) for role in ("system_operator", "security_admin")}

    clerk = menu_of(make.user("office_clerk", make.province()))
    assert {"schools.list", "checks", "canteens.list"} <= clerk
    assert "desk.jobs" in keepers["system_operator"]
    assert "accounts.people" in keepers["security_admin"]
    for held in keepers.values():
        assert not held & {"schools.list", "checks", "canteens.list", "findings", "evaluations", "checklists"}


def menu_of(person: User) -> set[str]:
    return {line.key for group in desk.menu_for(person, "/") for line in group.lines}


@pytest.mark.parametrize("role", [Role.LOGISTICS_OFFICER, Role.OFFICE_CLERK])
def test_the_desk_and_the_pages_of_the_dock_lead_nowhere_back(role: Role) -> None:
    unit = make.school_unit() if role == Role.LOGISTICS_OFFICER else make.county()
    here = make.client_of(make.user(role, unit))

    back = {name: "top__back" in text(here, name) for name in ("desk:home", "desk:menu", "desk:me", "desk:inbox")}

    assert back == {"desk:home": False, "desk:menu": False, "desk:me": False, "desk:inbox": True}


def test_the_most_pressing_comes_first(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    plugged: registry.Registry[TodoSource] = registry.Registry()
    told = [Todo("补交资料", "/a/"), Todo("催办漏检", "/b/", timezone.now(), "bad")]
    plugged.add(TodoSource("sample", lambda user, now: told))
    monkeypatch.setattr(registry, "todos", plugged)

    html = text(browser, "desk:home")

    assert html.index("催办漏检") < html.index("补交资料")


def test_the_menu_shows_what_my_roles_may_open(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    plugged: registry.Registry[MenuEntry] = registry.Registry()
    plugged.add(MenuEntry("mine", "我的台账", "desk:me", "日常", 100, frozenset({"office_clerk"})))
    plugged.add(MenuEntry("others", "别人的台账", "desk:me", "日常", 110, frozenset({"auditor"})))
    plugged.add(MenuEntry("unbuilt", "没建好的", "nowhere:list", "日常", 120))
    monkeypatch.setattr(registry, "menu", plugged)

    html = text(browser, "desk:me")

    assert "我的台账" in html
    assert "别人的台账" not in html
    assert "没建好的" not in html
    assert 'href="/me/" aria-current="page"' in html


def test_my_notices_are_mine_alone(browser: Client, clerk: User) -> None:
    notify(to=clerk, key="a", title="请催办")
    notify(to=make.user("office_clerk", make.neighbour()), key="b", title="邻县的事")

    html = text(browser, "desk:inbox")

    assert "请催办" in html
    assert "邻县的事" not in html


def test_opening_a_notice_marks_it_read_and_leads_on(browser: Client, clerk: User) -> None:
    notify(to=clerk, key="a", title="请催办", url="/me/")
    notice = Notice.objects.get()

    answer = browser.post(reverse("desk:open-notice", args=[notice.pk]))

    notice.refresh_from_db()
    assert answer["Location"] == "/me/"
    assert notice.read_at is not None


@pytest.mark.parametrize("url", ["https://example.com/", "//example.com/", "javascript:alert(1)", ""])
def test_a_notice_never_leads_outside(browser: Client, clerk: User, url: str) -> None:
    notify(to=clerk, key="a", title="请催办", url=url)

    answer = browser.post(reverse("desk:open-notice", args=[Notice.objects.get().pk]))

    assert answer["Location"] == reverse("desk:inbox")


def test_a_notice_of_somebody_else_is_not_there(browser: Client) -> None:
    notify(to=make.user("office_clerk", make.neighbour()), key="b", title="邻县的事")

    answer = browser.post(reverse("desk:open-notice", args=[Notice.objects.get().pk]))

    assert answer.status_code == 404


def test_the_inbox_pins_alarms_and_bundles_the_rest_by_digest(browser: Client, clerk: User) -> None:
    day = datetime(2026, 11, 16, tzinfo=UTC)  # 08:00 in Shanghai
    notify(to=clerk, key="a", title="留样缺失", at=day - timedelta(days=3), urgency=Notice.Urgency.ALARM)
    for number, hours in enumerate((0, 1, 12)):
        notify(to=clerk, key=f"n{number}", title=f"请催办{number}", at=day + timedelta(hours=hours))

    html = text(browser, "desk:inbox")
    opened = Notice.objects.get(key="a")
    browser.post(reverse("desk:open-notice", args=[opened.pk]))
    after = text(browser, "desk:inbox")

    assert html.index("留样缺失") < html.index("2026-11-17 07:30 汇总") < html.index("2026-11-16 16:30 汇总")
    assert html.index("请催办2") < html.index("2026-11-16 16:30 汇总") < html.index("请催办1")
    assert 'id="alarms"' in html
    assert 'id="alarms"' not in after
    assert after.index("2026-11-16 16:30 汇总") < after.index("2026-11-13 16:30 汇总") < after.index("留样缺失")


def test_my_page_says_how_notices_reach_me(browser: Client, clerk: User, settings: Any) -> None:
    without = text(browser, "desk:me")
    settings.MAIL_NOTICES = True
    unknown = text(browser, "desk:me")
    User.objects.filter(pk=clerk.pk).update(email="clerk@example.cn")
    known = text(browser, "desk:me")

    assert "消息邮件" not in without
    assert "没有登记电子邮箱" in unknown
    assert "clerk@example.cn" in known
    assert "07:30、16:30" in known


def test_all_notices_can_be_read_at_once(browser: Client, clerk: User) -> None:
    for key in "abc":
        notify(to=clerk, key=key, title="请催办")

    browser.post(reverse("desk:open-all-notices"))

    assert not Notice.objects.unread().exists()


def test_the_bell_counts_what_is_unread(browser: Client, clerk: User) -> None:
    notify(to=clerk, key="a", title="请催办")

    assert '<span class="count">1' in text(browser, "desk:me")


@pytest.mark.parametrize("name", ["desk:home", "desk:inbox", "desk:me", "desk:menu"])
def test_a_page_of_the_desk_has_one_title_and_a_way_to_its_text(browser: Client, name: str) -> None:
    html = text(browser, name)

    assert html.count("<h1") == 1
    assert '<a class="skip" href="#main">' in html
    assert '<html lang="zh-Hans">' in html
    assert " style=" not in html
    assert "<script>" not in html


def test_the_language_can_be_switched(browser: Client) -> None:
    browser.post(reverse("set_language"), {"language": "en", "next": "/me/"})

    assert '<html lang="en">' in text(browser, "desk:me")


def test_the_frame_asks_few_questions(browser: Client, django_assert_max_num_queries: object) -> None:
    text(browser, "desk:me")

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        text(browser, "desk:me")


def test_the_kit_page_is_for_the_demo(browser: Client, settings: object) -> None:
    assert browser.get(reverse("desk:kit")).status_code == 404

    settings.DEMO = True  # type: ignore[attr-defined]
    html = text(browser, "desk:kit")
    assert "一票否决" in html


def test_a_file_of_a_list_is_written_down_with_its_count(browser: Client, clerk: User, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]

    answer = browser.get(reverse("desk:kit"), {"export": "csv"})
    b"".join(answer)

    row = AuditRow.objects.get(verb="export.view")
    assert row.by == clerk
    assert row.after["rows"] == 10


def test_those_who_may_not_export_are_not_offered_it_and_are_refused(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    browser = make.client_of(make.user("system_operator", make.province()))

    page, file = browser.get(reverse("desk:kit")), browser.get(reverse("desk:kit"), {"export": "csv"})

    assert "export=csv" not in page.content.decode()
    assert file.status_code == 403

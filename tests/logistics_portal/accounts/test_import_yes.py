"""The clerk who gave a list of school users looks at it and says yes before anything of it is written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.models import PeopleImport, Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.portal import requests as todos
from logistics_portal.accounts.services import imports
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.guards import install
from logistics_portal.records.models import Attachment, AuditRow, Notice
from tests.factories import ground as make
from tests.logistics_portal.accounts.test_import import GOOD, WRONG, agree, colleague, counts, many, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    make.school_unit(code="S0000001", name="第一小学")
    make.school_unit(code="S0000002", name="第二小学")


@pytest.fixture
def clerk(media: None) -> User:
    return make.user(Role.OFFICE_CLERK, make.county(), username="jingban", full_name="经办")


@pytest.fixture
def security(clerk: User) -> Client:
    return make.client_of(make.user(Role.SECURITY_ADMIN, make.county(), username="anguan", full_name="安管"))


def hand_in(browser: Client, asked_by: User, *lines: list[str]) -> str:
    upload = {"file": sheet(*(lines or GOOD)), "asked_by": asked_by.pk}
    return str(browser.post(reverse("accounts:import"), upload).url)


def end_posts(person: User) -> None:
    Post.objects.filter(user=person).update(revoked_at=timezone.now(), revoked_by=make.user())


def test_without_the_clerks_yes_nothing_is_carried_out(security: Client, clerk: User) -> None:
    before = counts()
    url = hand_in(security, clerk)

    page = security.get(url).content.decode()
    refused = security.post(url + "carry-out/")
    row = PeopleImport.objects.get()

    assert ("等待名单提供人 经办 核对同意" in page, "确认导入" in page) == (True, False)
    assert (refused.status_code, "还没有核对同意" in refused.content.decode()) == (409, True)
    assert (counts(), row.state, row.is_agreed) == (before, "checked", False)


def test_the_clerk_is_told_sees_every_line_and_says_yes(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    desk = [todo.url for todo in todos(clerk, timezone.now())]
    page = make.client_of(clerk).get(url).content.decode()

    agree(url, clerk)
    row = PeopleImport.objects.get()
    done = security.post(url + "carry-out/")

    assert desk == [url]
    assert Notice.objects.filter(to=clerk, key=f"people.list/{row.pk}").exists()
    for words in (
        "王芳",
        "第一小学",
        "校长",
        "13800000001",
        "2026-09-01 – 长期",
        "导入当天 – 2027-07-31",
        "新账号",
        "安管",
    ):
        assert words in page
    assert "确认导入" not in page
    assert (row.agreed_by, todos(User.objects.get(pk=clerk.pk), timezone.now())) == (clerk, [])
    assert AuditRow.objects.filter(verb="import.agree", by=clerk, on_id=row.pk).exists()
    assert Notice.objects.filter(to=row.by, key=f"people.agreed/{row.pk}").exists()
    assert done.status_code == 200
    assert {post.asked_by for post in Post.objects.filter(granted_by=row.by)} == {clerk}


def test_whoever_handed_it_in_finds_it_again_and_is_called_once_it_is_agreed(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    uploader = User.objects.get(username="anguan")
    waiting = (len(todos(uploader, timezone.now())), url in security.get(reverse("accounts:import")).content.decode())

    agree(url, clerk)

    assert waiting == (0, True)
    assert [todo.url for todo in todos(User.objects.get(pk=uploader.pk), timezone.now())] == [url]


def test_nobody_says_yes_for_the_clerk(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    others = {
        "the uploader": security,
        "another administrator": colleague(),
        "another clerk here": make.client_of(make.user(Role.OFFICE_CLERK, make.county())),
        "a clerk next door": make.client_of(make.user(Role.OFFICE_CLERK, make.neighbour())),
        "a principal": make.client_of(make.user(Role.PRINCIPAL, make.school_unit())),
    }

    codes = {who: browser.post(url + "answer/", {"decision": "agree"}).status_code for who, browser in others.items()}

    assert codes == {
        "the uploader": 403,
        "another administrator": 404,
        "another clerk here": 403,
        "a clerk next door": 404,
        "a principal": 404,
    }
    assert others["a clerk next door"].get(url).status_code == 404
    with pytest.raises(NotAllowed, match="本人"):
        imports.agree(row=PeopleImport.objects.get(), schools=[], by=make.user(), at=timezone.now())
    assert not PeopleImport.objects.get().is_agreed


def test_the_clerk_carries_nothing_out_and_puts_nothing_aside(security: Client, clerk: User) -> None:
    urls = [hand_in(security, clerk), hand_in(security, clerk, *many())]
    browser = make.client_of(clerk)
    for url in urls:
        agree(url, clerk)

    codes = [browser.post(url + step).status_code for url in urls for step in ("carry-out/", "cancel/")]

    assert codes == [403] * 4
    assert browser.get(reverse("accounts:import")).status_code == 403
    assert {row.state for row in PeopleImport.objects.all()} == {"checked"}
    for row in PeopleImport.objects.all():
        with pytest.raises(NotAllowed, match="另一位"), transaction.atomic():
            imports.open_for(row, clerk, timezone.now())


def test_a_clerk_who_does_not_answer_for_every_school_is_not_taken_at_hand_in(security: Client, clerk: User) -> None:
    uploader = User.objects.get(username="anguan")
    found = imports.DryRun(1, 0, [make.school_unit(), make.school_unit(make.neighbour(), name="邻区小学")])

    for asker, words in ((clerk, "邻区小学"), (uploader, "不能由导入人自己提供"), (make.user(), "现任经办")):
        with pytest.raises(NotAllowed, match=words):
            imports.hand_in(file=None, found=found, unit=make.county(), asked_by=asker, by=uploader, at=timezone.now())

    assert not PeopleImport.objects.exists()


def test_the_city_answers_while_the_county_has_no_clerk_and_no_longer(security: Client, clerk: User) -> None:
    city = make.user(Role.OFFICE_CLERK, make.city("220100"))
    refused = security.post(reverse("accounts:import"), {"file": sheet(*GOOD), "asked_by": city.pk})
    end_posts(clerk)
    url = hand_in(security, city)

    make.user(Role.OFFICE_CLERK, make.county())

    assert refused.status_code == 200
    assert agree(url, city).status_code == 409
    assert not PeopleImport.objects.get().is_agreed


def test_a_post_lost_before_the_yes_takes_the_page_away(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    end_posts(clerk)
    make.post(clerk, Role.OFFICE_CLERK, make.neighbour())

    assert agree(url, clerk).status_code == 404
    row, schools = PeopleImport.objects.get(), [make.school_unit()]
    with pytest.raises(NotAllowed, match="现任经办"):
        imports.agree(row=row, schools=schools, by=clerk, at=timezone.now())


@pytest.mark.parametrize("lost", ["revoked", "run out", "locked"])
def test_a_post_lost_after_the_yes_keeps_the_sheet_from_being_carried_out(
    security: Client, clerk: User, lost: str
) -> None:
    before = counts()
    url = hand_in(security, clerk)
    agree(url, clerk)
    if lost == "revoked":
        end_posts(clerk)
    elif lost == "run out":
        Post.objects.filter(user=clerk).update(until_date=timezone.localdate() - timedelta(1))
    else:
        User.objects.filter(pk=clerk.pk).update(is_active=False)

    page = security.get(url).content.decode()
    refused = security.post(url + "carry-out/")

    assert ("不再是" in page, "确认导入" in page) == (True, False)
    assert (refused.status_code, "现任经办" in refused.content.decode()) == (409, True)
    assert Post.objects.filter(reason="表格导入").count() == 0
    assert User.objects.filter(username="liming").count() == 0
    assert counts()[1] == before[1]


def test_the_clerk_sends_a_list_back_with_a_reason(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    browser = make.client_of(clerk)

    silent = browser.post(url + "answer/", {"decision": "refuse"})
    browser.post(url + "answer/", {"decision": "refuse", "reason": "不是我提供的名单"})
    row = PeopleImport.objects.get()

    assert "请写明退回理由" in silent.content.decode()
    assert (row.state, row.answer, row.is_agreed) == ("cancelled", "不是我提供的名单", False)
    assert Notice.objects.get(to=row.by, key=f"people.declined/{row.pk}").text == "不是我提供的名单"
    assert AuditRow.objects.filter(verb="import.decline", by=clerk, reason="不是我提供的名单").exists()
    assert "不是我提供的名单" in security.get(url).content.decode()
    assert [security.post(url + "carry-out/").status_code, agree(url, clerk).status_code] == [409, 409]


def test_a_list_sent_back_says_so_and_offers_who_handed_it_in_to_bring_it_anew(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    waiting = security.get(url).content.decode()

    make.client_of(clerk).post(url + "answer/", {"decision": "refuse", "reason": "不是我提供的名单"})
    theirs, clerks = security.get(url).content.decode(), make.client_of(clerk).get(url).content.decode()

    assert ("待导入" in waiting, "重新上传" in waiting) == (True, False)
    assert ("已退回" in theirs, "已取消" in theirs, "重新上传" in theirs) == (True, False, True)
    assert ("已退回" in clerks, "重新上传" in clerks) == (True, False)


def test_a_yes_is_taken_back_while_nothing_is_written(security: Client, clerk: User) -> None:
    second = colleague()
    url = hand_in(security, clerk, *many())
    agree(url, clerk)
    browser = make.client_of(clerk)

    again = browser.post(url + "answer/", {"decision": "agree"}).status_code
    silent = browser.post(url + "answer/", {"decision": "refuse", "reason": ""}).status_code
    offered = "撤回同意" in browser.get(url).content.decode()
    browser.post(url + "answer/", {"decision": "refuse", "reason": "名单有变"})

    assert (again, silent, offered) == (200, 200, True)
    assert second.post(url + "carry-out/").status_code == 409
    assert PeopleImport.objects.get().state == "cancelled"


def test_a_yes_given_twice_or_too_late_is_refused(security: Client, clerk: User) -> None:
    hand_in(security, clerk)
    row, now = PeopleImport.objects.get(), timezone.now()

    with pytest.raises(NotAllowed, match="期限"):
        imports.agree(row=row, schools=[], by=clerk, at=now + timedelta(days=8))
    imports.agree(row=row, schools=[], by=clerk, at=now)
    with pytest.raises(NotAllowed, match="已核对同意过"):
        imports.agree(row=row, schools=[], by=clerk, at=now)


def test_what_is_carried_out_is_not_taken_back(security: Client, clerk: User) -> None:
    url = hand_in(security, clerk)
    agree(url, clerk)
    security.post(url + "carry-out/")

    late = make.client_of(clerk).post(url + "answer/", {"decision": "refuse", "reason": "反悔"})

    assert (late.status_code, PeopleImport.objects.get().state) == (409, "applied")


def test_a_sheet_with_a_wrong_line_troubles_no_clerk_and_a_line_gone_wrong_takes_no_yes(
    security: Client, clerk: User
) -> None:
    hand_in(security, clerk, *GOOD, WRONG["a short phone"][0])
    quiet = todos(clerk, timezone.now())
    url = hand_in(security, clerk)
    make.user(username="liming", full_name="别人")

    assert quiet == []
    assert agree(url, clerk).status_code == 409


def test_a_long_list_takes_the_clerk_first_and_the_second_person_then(security: Client, clerk: User) -> None:
    second = colleague()
    url = hand_in(security, clerk, *many())

    early = second.post(url + "carry-out/").status_code
    pages = make.client_of(clerk).get(url).content.decode(), make.client_of(clerk).get(url + "?page=2").content.decode()
    agree(url, clerk)
    done = second.post(url + "carry-out/").status_code

    assert (early, done) == (409, 200)
    assert ["人员50" in page for page in pages] == [False, True]
    assert AuditRow.objects.filter(verb="people.import").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "applied"},
        {"agreed": "nobody at some time"},
        {"agreed": "somebody at no time"},
        {"agreed": "somebody else"},
        {"answer": "退回而未取消"},
    ],
    ids=str,
)
def test_the_database_itself_wants_the_clerks_yes(security: Client, clerk: User, wrong: dict[str, str]) -> None:
    install(connection)
    hand_in(security, clerk)
    row, now = PeopleImport.objects.get(), timezone.now()
    values: dict[str, object] = {
        "nobody at some time": {"agreed_at": now},
        "somebody at no time": {"agreed_by": clerk},
        "somebody else": {"agreed_by": row.by, "agreed_at": now},
    }.get(wrong.get("agreed", ""), dict(wrong))
    if wrong.get("state") == "applied":
        values["closed_at"] = now

    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleImport.objects.filter(pk=row.pk).update(**values)


def test_the_database_keeps_the_list_that_was_agreed_to(security: Client, clerk: User) -> None:
    install(connection)
    hand_in(security, clerk)
    first = PeopleImport.objects.get()
    spare = Attachment.objects.get()
    spare.pk, spare.name = None, "another-list"
    spare.save()
    PeopleImport.objects.filter(pk=first.pk).update(agreed_by=clerk, agreed_at=timezone.now())

    for change in ({"file": spare}, {"by": make.user()}, {"asked_by": make.user(), "agreed_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PeopleImport.objects.filter(pk=first.pk).update(**change)

    PeopleImport.objects.filter(pk=first.pk).update(state="applied", closed_at=timezone.now())
    assert PeopleImport.objects.get(pk=first.pk).state == "applied"


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("by_clock", [True, False])
def test_the_clerk_hears_that_a_list_was_put_aside(security: Client, clerk: User, agreed: bool, by_clock: bool) -> None:
    url = hand_in(security, clerk)
    if agreed:
        agree(url, clerk)

    if by_clock:
        imports.cancel_old(at=timezone.now() + timedelta(days=8))
    else:
        security.post(url + "cancel/")

    row = PeopleImport.objects.get()
    told = Notice.objects.get(to=clerk, key=f"people.cancelled/{row.pk}")
    assert (row.state, "取消" in told.title, told.text) == ("cancelled", True, "没有写入任何人员。")
    assert make.client_of(clerk).get(told.url).status_code == 200
    assert Notice.objects.filter(to=row.by, key=f"people.cancelled/{row.pk}").count() == by_clock

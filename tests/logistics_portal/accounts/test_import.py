"""School users by spreadsheet: checked first, whole or not at all, the same file twice changes nothing."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
HEAD = ["学校代码", "姓名", "手机", "岗位", "登录名", "起始日期", "终止日期"]
GOOD = [
    ["S0000001", "王芳", "13800000001", "校长", "", "2026-09-01", ""],
    ["S0000001", "李明", "13800000002", "后勤管理员", "liming", "", ""],
    ["S0000002", "赵静", "13800000003", "食品安全员", "", "", "2027-07-31"],
]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    make.school_unit(code="S0000001")
    make.school_unit(code="S0000002")
    make.school_unit(make.neighbour(), code="S0000009")
    giver()


@pytest.fixture
def security() -> Client:
    return make.client_of(make.user(Role.SECURITY_ADMIN, make.county(), username="anguan", phone="13000000000"))


def sheet(*lines: list[str]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for line in [HEAD, *lines]:
        book.active.append(line)
    memory = io.BytesIO()
    book.save(memory)
    return SimpleUploadedFile("人员.xlsx", memory.getvalue())


def hand_in(browser: Client, *lines: list[str]) -> str:
    return str(browser.post(reverse("accounts:import"), {"file": sheet(*lines), "asked_by": giver().pk}).url)


def agreed(browser: Client, *lines: list[str]) -> str:
    """Hand a sheet in and let the clerk who gave the list agree to it."""
    url = hand_in(browser, *lines)
    assert agree(url).status_code == 302
    return url


def agree(url: str, who: User | None = None) -> Any:
    """Let a clerk say yes to a list."""
    return make.client_of(who or giver()).post(url + "answer/", {"decision": "agree"})


def giver() -> User:
    """Return the clerk of the county who answers for the list."""
    found = User.objects.filter(username="jingban").first()
    return found or make.user(Role.OFFICE_CLERK, make.county(), username="jingban", full_name="经办")


def counts() -> tuple[int, int]:
    return User.objects.count(), Post.objects.count()


def test_a_sheet_is_checked_without_writing_anything(security: Client) -> None:
    before = counts()

    page = security.get(hand_in(security, *GOOD)).content.decode()

    assert "<dd>3</dd>" in page
    assert counts() == before


def test_a_good_sheet_is_carried_out_and_gives_a_link_for_everybody(security: Client) -> None:
    users, posts = counts()

    page = security.post(agreed(security, *GOOD) + "carry-out/").content.decode()

    assert counts() == (users + 3, posts + 3)
    assert page.count("/people/password/") == 3
    assert User.objects.get(username="liming").posts.get().role == Role.LOGISTICS_OFFICER
    assert AuditRow.objects.filter(verb="people.import").count() == 1


def test_the_same_sheet_again_changes_nothing(security: Client) -> None:
    security.post(agreed(security, *GOOD) + "carry-out/")
    before = counts()

    page = security.post(agreed(security, *GOOD) + "carry-out/").content.decode()

    assert counts() == before
    assert "/people/password/" not in page


WRONG = {
    "a school next door": (["S0000009", "王芳", "13800000001", "校长", "", "", ""], "范围内没有"),
    "an unknown school": (["S7777777", "王芳", "13800000001", "校长", "", "", ""], "范围内没有"),
    "a bureau": (["220102", "王芳", "13800000001", "校长", "", "", ""], "范围内没有"),
    "an unknown role": (["S0000001", "王芳", "13800000001", "局长", "", "", ""], "岗位"),
    "a role of the bureau": (["S0000001", "王芳", "13800000001", "督学", "", "", ""], "岗位"),
    "no name": (["S0000001", "", "13800000001", "校长", "", "", ""], "姓名"),
    "a short phone": (["S0000001", "王芳", "1380000", "校长", "", "", ""], "手机号"),
    "a strange login name": (["S0000001", "王芳", "13800000001", "校长", "王 芳", "", ""], "登录名"),
    "no day": (["S0000001", "王芳", "13800000001", "校长", "", "去年", ""], "日期"),
    "an end before the start": (["S0000001", "王芳", "13800000001", "校长", "", "2026-09-01", "2026-08-01"], "早于"),
    "somebody else's login name": (["S0000001", "王芳", "13800000009", "校长", "anguan", "", ""], "已是别人"),
    "the same line again": (GOOD[0], "重复"),
    "two people under one name": (["S0000001", "王小芳", "13800000001", "校长", "", "", ""], "两个人"),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_wrong_line_keeps_the_whole_sheet_out(security: Client, case: str) -> None:
    line, words = WRONG[case]
    before = counts()
    url = hand_in(security, *GOOD, line)

    page = security.get(url).content.decode()
    refused = security.post(url + "carry-out/")

    assert words in page
    assert refused.status_code == 409
    assert counts() == before


def test_a_forbidden_pair_is_found_against_the_portal_and_within_the_sheet(security: Client) -> None:
    security.post(agreed(security, GOOD[2]) + "carry-out/")
    director = ["S0000002", "赵静", "13800000003", "食品安全总监", "", "", ""]
    both = [["S0000001", "孙丽", "13800000008", role, "", "", ""] for role in ("食品安全员", "食品安全总监")]

    pages = [security.get(hand_in(security, *lines)).content.decode() for lines in ([director], both)]

    assert "不能同时任" in pages[0]
    assert "不能兼任" in pages[1]


def test_the_returned_file_says_in_each_line_what_is_wrong(security: Client) -> None:
    url = hand_in(security, GOOD[0], WRONG["a short phone"][0])

    answer = security.get(url + "errors/")

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][-1] == "错误说明"
    assert not rows[1][-1]
    assert "手机号" in rows[2][-1]


def test_the_template_is_handed_out_and_read_back(security: Client) -> None:
    content = security.get(reverse("accounts:import-template")).content
    filled = openpyxl.load_workbook(io.BytesIO(content))
    for place, text in enumerate(GOOD[0], 1):
        filled.worksheets[0].cell(2, place, text)
    memory = io.BytesIO()
    filled.save(memory)

    upload = {"file": SimpleUploadedFile("t.xlsx", memory.getvalue()), "asked_by": giver().pk}
    answer = security.post(reverse("accounts:import"), upload)

    assert "<dd>1</dd>" in security.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"PK\x03\x04x"), ("a.csv", "甲,乙\n1,2".encode()), ("a.pdf", b"%PDF-1.7"), ("a.xlsx", b"")],
)
def test_a_file_that_is_no_sheet_of_people_is_refused_in_a_sentence(
    security: Client, name: str, content: bytes
) -> None:
    upload = {"file": SimpleUploadedFile(name, content), "asked_by": giver().pk}
    answer = security.post(reverse("accounts:import"), upload)

    assert answer.status_code == 200
    assert "field" in answer.content.decode()


def test_nobody_else_opens_somebodys_sheet(security: Client) -> None:
    url = hand_in(security, *GOOD)
    colleague = make.client_of(make.user(Role.SECURITY_ADMIN, make.county()))
    officer = make.client_of(make.user(Role.LOGISTICS_OFFICER, make.school_unit()))

    assert [browser.get(url).status_code for browser in (colleague, officer)] == [404, 404]
    assert officer.get(reverse("accounts:import")).status_code == 403


def many(count: int = 51) -> list[list[str]]:
    return [["S0000001", f"人员{n}", f"139000{n:05d}", "后勤管理员", "", "", ""] for n in range(count)]


def colleague(at: Any = None) -> Client:
    return make.client_of(make.user(Role.SECURITY_ADMIN, at or make.county(), full_name="第二人"))


def test_who_gave_the_list_stands_on_every_post_and_is_told(security: Client) -> None:
    security.post(agreed(security, *GOOD) + "carry-out/")

    assert {post.asked_by for post in Post.objects.filter(granted_by__username="anguan")} == {giver()}
    assert Notice.objects.filter(to=giver(), key__startswith="people.imported/").exists()


def test_a_list_without_a_clerk_behind_it_is_not_taken(security: Client) -> None:
    stranger = make.user(Role.OFFICE_CLERK, make.neighbour())

    answer = security.post(reverse("accounts:import"), {"file": sheet(*GOOD), "asked_by": stranger.pk})

    assert answer.status_code == 200
    assert not PeopleImport.objects.exists()


def test_more_than_fifty_rows_wait_for_a_second_person(security: Client) -> None:
    second = colleague()
    before = counts()
    url = agreed(security, *many())

    own = security.post(url + "carry-out/")
    seen = [security.get(url).content.decode(), second.get(url).content.decode()]
    waiting = second.get(reverse("accounts:import")).content.decode()
    page = second.post(url + "carry-out/").content.decode()

    assert own.status_code == 409
    assert ["确认导入" in page for page in seen] == [False, True]
    assert url in waiting
    assert counts() == (before[0] + 51, before[1] + 51)
    assert page.count("/people/password/") == 51
    row = PeopleImport.objects.get()
    assert (row.by.username, row.confirmed_by.full_name, row.state) == ("anguan", "第二人", "applied")
    assert {post.granted_by.username for post in Post.objects.filter(role=Role.LOGISTICS_OFFICER)} == {"anguan"}


def test_fifty_rows_need_nobody_else_and_nobody_else_opens_them(security: Client) -> None:
    url = agreed(security, *many(50))

    assert colleague().get(url).status_code == 404
    assert security.post(url + "carry-out/").status_code == 200


def test_the_second_person_sits_here_or_one_above_and_nowhere_else(security: Client) -> None:
    url = hand_in(security, *many())
    city, province, next_door = make.city("220100"), make.province(), make.neighbour()

    answers = [colleague(at).get(url).status_code for at in (city, province, next_door)]

    assert answers == [200, 404, 404]
    assert Notice.objects.filter(key__startswith="people.import/").count() == 0


def test_the_second_person_is_told_and_finds_it_among_the_things_to_do(security: Client) -> None:
    second = make.user(Role.SECURITY_ADMIN, make.county())

    url = hand_in(security, *many())
    early = len(todos(second, timezone.now()))
    agree(url)

    assert early == 0
    assert Notice.objects.filter(to=second, key__startswith="people.import/").count() == 1
    assert len(todos(second, timezone.now())) == 1


def test_a_long_sheet_with_a_wrong_line_troubles_nobody(security: Client) -> None:
    second = make.user(Role.SECURITY_ADMIN, make.county())

    url = hand_in(security, *many(), WRONG["a short phone"][0])

    assert PeopleImport.objects.get().state == "refused"
    assert todos(second, timezone.now()) == []
    assert make.client_of(second).post(url + "carry-out/").status_code == 409


def test_a_sheet_is_put_aside_by_its_owner_alone(security: Client) -> None:
    url = hand_in(security, *many())

    theirs = colleague().post(url + "cancel/")
    security.post(url + "cancel/")

    assert theirs.status_code == 403
    assert PeopleImport.objects.get().state == "cancelled"
    assert security.post(url + "cancel/").status_code == 409
    assert colleague().post(url + "carry-out/").status_code == 409


@pytest.mark.parametrize(("days", "state"), [(6.99, "checked"), (7.01, "cancelled")])
def test_after_seven_days_the_clock_puts_a_sheet_aside(security: Client, days: float, state: str) -> None:
    hand_in(security, *GOOD)
    later = timezone.now() + timedelta(days=days)

    first, again = imports.cancel_old(at=later), imports.cancel_old(at=later)

    assert PeopleImport.objects.get().state == state
    assert (first, again) == ((1, 0) if state == "cancelled" else (0, 0))


def test_a_sheet_too_old_is_refused_before_the_clock_comes(security: Client) -> None:
    hand_in(security, *GOOD)
    row = PeopleImport.objects.get()

    with pytest.raises(NotAllowed, match="期限"), transaction.atomic():
        imports.open_for(row, row.by, timezone.now() + timedelta(days=8))


def test_the_database_refuses_a_long_import_of_one_person(security: Client) -> None:
    install(connection)
    second = make.user(Role.SECURITY_ADMIN, make.county())
    agreed(security, *many())
    row = PeopleImport.objects.get()
    closed = {"state": "applied", "closed_at": timezone.now()}

    himself, clerk = {"asked_by": row.by, "confirmed_by": second}, {"confirmed_by": giver()}
    for wrong in ({}, {"confirmed_by": row.by}, himself, clerk):
        with pytest.raises(IntegrityError), transaction.atomic():
            PeopleImport.objects.filter(pk=row.pk).update(**closed, **wrong)
    PeopleImport.objects.filter(pk=row.pk).update(**closed, confirmed_by=second)

    for write in (
        lambda: PeopleImport.objects.filter(pk=row.pk).update(rows=1),
        lambda: PeopleImport.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert PeopleImport.objects.get().rows == 51

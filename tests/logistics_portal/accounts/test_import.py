"""School users by spreadsheet: checked first, whole or not at all, the same file twice changes nothing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.records.models import AuditRow
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
    return str(browser.post(reverse("accounts:import"), {"file": sheet(*lines)}).url)


def counts() -> tuple[int, int]:
    return User.objects.count(), Post.objects.count()


def test_a_sheet_is_checked_without_writing_anything(security: Client) -> None:
    before = counts()

    page = security.get(hand_in(security, *GOOD)).content.decode()

    assert "<dd>3</dd>" in page
    assert counts() == before


def test_a_good_sheet_is_carried_out_and_gives_a_link_for_everybody(security: Client) -> None:
    users, posts = counts()

    page = security.post(hand_in(security, *GOOD) + "carry-out/").content.decode()

    assert counts() == (users + 3, posts + 3)
    assert page.count("/people/password/") == 3
    assert User.objects.get(username="liming").posts.get().role == Role.LOGISTICS_OFFICER
    assert AuditRow.objects.filter(verb="people.import").count() == 1


def test_the_same_sheet_again_changes_nothing(security: Client) -> None:
    security.post(hand_in(security, *GOOD) + "carry-out/")
    before = counts()

    page = security.post(hand_in(security, *GOOD) + "carry-out/").content.decode()

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
    security.post(hand_in(security, GOOD[2]) + "carry-out/")
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

    answer = security.post(reverse("accounts:import"), {"file": SimpleUploadedFile("t.xlsx", memory.getvalue())})

    assert "<dd>1</dd>" in security.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"PK\x03\x04x"), ("a.csv", "甲,乙\n1,2".encode()), ("a.pdf", b"%PDF-1.7"), ("a.xlsx", b"")],
)
def test_a_file_that_is_no_sheet_of_people_is_refused_in_a_sentence(
    security: Client, name: str, content: bytes
) -> None:
    answer = security.post(reverse("accounts:import"), {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 200
    assert "field" in answer.content.decode()


def test_nobody_else_opens_somebodys_sheet(security: Client) -> None:
    url = hand_in(security, *GOOD)
    colleague = make.client_of(make.user(Role.SECURITY_ADMIN, make.county()))
    officer = make.client_of(make.user(Role.LOGISTICS_OFFICER, make.school_unit()))

    assert [browser.get(url).status_code for browser in (colleague, officer)] == [404, 404]
    assert officer.get(reverse("accounts:import")).status_code == 403

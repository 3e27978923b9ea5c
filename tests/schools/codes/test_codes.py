"""Codes on the wall: made, printed, scanned, revoked; they name a place and give nobody a right."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import zxingcpp
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from inspections.checks.models import Check
from inspections.checks.services import hand_in
from inspections.findings.models import Finding
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow
from schools.codes import selectors, services
from schools.codes.models import Code
from schools.register.models import Place
from tests.factories import ground
from tests.inspections.checks.story import MONDAY, MORNING, scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_morning(monkeypatch):
    """Let it be nine on Monday."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)


@pytest.fixture
def here():
    return scene("campus_daily")


def made(here, label: str = "") -> Code:
    return services.make(place=here.place, label=label, by=here.vice, at=MORNING)


def officer_of(here, role=Role.LOGISTICS_OFFICER):
    return ground.client_of(ground.user(role, here.unit))


def form_of(here) -> str:
    return reverse("inspections:fill", args=[here.place.pk, "campus_daily", MONDAY.isoformat(), 1])


def test_a_scanned_code_opens_the_one_form_that_is_due_there(here):
    code = made(here)
    browser = ground.client_of(here.officer)

    answer = browser.get(reverse("schools:scan", args=[code.token]), follow=True)

    assert [it[0] for it in answer.redirect_chain] == [
        reverse("inspections:at-place", args=[here.place.pk]),
        form_of(here),
    ]
    assert answer.status_code == 200


def test_whoever_has_not_signed_in_comes_to_the_form_after_signing_in(here, client):
    address = reverse("schools:scan", args=[made(here).token])

    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next={address}"


def test_a_code_gives_nobody_a_right(here):
    token = made(here).token
    stranger = ground.user(Role.LOGISTICS_OFFICER, ground.school_unit(here.unit.parent))

    assert ground.client_of(stranger).get(reverse("schools:scan", args=[token])).status_code == 404
    clerk = ground.client_of(ground.user(Role.OFFICE_CLERK, here.unit.parent))
    page = clerk.get(reverse("schools:scan", args=[token]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("inspections:at-place", args=[here.place.pk])
    assert "由他人填报" in page.content.decode()


def test_a_revoked_code_opens_nothing_and_says_why(here):
    code = made(here)
    services.revoke(code=code, reason="贴错地方", by=here.vice, at=MORNING)

    answer = ground.client_of(here.officer).get(reverse("schools:scan", args=[code.token]))

    assert answer.status_code == 410
    assert "作废" in answer.content.decode()
    assert AuditRow.objects.get(verb="code.revoke").reason == "贴错地方"


def test_a_code_is_revoked_once_and_its_spot_may_have_another(here):
    code = made(here)
    with pytest.raises(NotAllowed, match="已有二维码"):
        made(here)
    services.revoke(code=code, reason="撕坏", by=here.vice, at=MORNING)
    with pytest.raises(NotAllowed, match="已经作废"):
        services.revoke(code=code, reason="再来", by=here.vice, at=MORNING)

    assert made(here).token != code.token


def test_the_database_keeps_one_living_code_a_spot(here):
    code = made(here)

    with pytest.raises(IntegrityError):
        Code.objects.create(place=here.place, label="", token="x" * 22, made_by=here.vice, made_at=code.made_at)


def test_an_appliance_has_its_own_code_and_leads_to_the_same_place(here):
    door, box = made(here), made(here, "  1号  消火栓 ")

    assert (box.label, box.name) == ("1号 消火栓", f"{here.place.name} · 1号 消火栓")
    answer = ground.client_of(here.officer).get(reverse("schools:scan", args=[box.token]))
    assert answer.url == reverse("inspections:at-place", args=[here.place.pk])
    assert selectors.living_codes(here.place.school, MONDAY) == [door, box]


def test_a_place_out_of_use_gets_no_code_and_is_not_printed(here):
    made(here)
    Place.objects.filter(pk=here.place.pk).update(until_date=MONDAY - timedelta(days=1))
    here.place.refresh_from_db()

    assert selectors.living_codes(here.place.school, MONDAY) == []
    with pytest.raises(NotAllowed, match="已停用"):
        made(here, "别处")


def test_the_sheet_holds_each_code_as_it_is_read_by_a_phone(here, settings):
    settings.PORTAL_ADDRESS = "https://example.invalid/"
    code = made(here)
    drawing = selectors.drawn(selectors.address_of(code, None))

    page = officer_of(here).get(reverse("schools:codes-sheet", args=[here.place.school_id])).content.decode()

    assert drawing in page
    assert f"编号 {code.number}" in page
    assert read_back(drawing) == f"https://example.invalid/schools/q/{code.token}/"
    assert " style=" not in drawing


def test_those_who_keep_the_places_make_what_is_missing_at_once(here):
    Place.objects.create(school=here.place.school, kind="campus", name="分部", from_date=MONDAY, checked_from=MONDAY)
    browser = officer_of(here)
    list_of = reverse("schools:codes", args=[here.place.school_id])
    assert "为 2 个还没有二维码的场所生成" in browser.get(list_of).content.decode()

    for _twice in range(2):
        assert browser.post(reverse("schools:codes-missing", args=[here.place.school_id])).url == list_of

    assert Code.objects.count() == 2
    assert AuditRow.objects.filter(verb="code.make").count() == 2


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER])
def test_others_see_the_codes_and_change_nothing(here, role):
    code, browser = made(here), officer_of(here, role)
    school = here.place.school_id

    assert browser.get(reverse("schools:codes", args=[school])).status_code == 200
    for address in (
        reverse("schools:codes", args=[school]),
        reverse("schools:codes-missing", args=[school]),
        reverse("schools:code-revoke", args=[code.pk]),
    ):
        assert browser.post(address, {"place": here.place.pk, "label": "x", "reason": "不要了"}).status_code == 403
    code.refresh_from_db()
    assert (Code.objects.count(), code.revoked_at) == (1, None)


def test_a_code_is_made_and_revoked_in_the_browser(here):
    browser, list_of = officer_of(here), reverse("schools:codes", args=[here.place.school_id])

    browser.post(list_of, {"place": here.place.pk, "label": "门口"})
    again = browser.post(list_of, {"place": here.place.pk, "label": "门口"})
    code = Code.objects.get()
    empty = browser.post(reverse("schools:code-revoke", args=[code.pk]), {"reason": ""})
    browser.post(reverse("schools:code-revoke", args=[code.pk]), {"reason": "撕坏了"})

    assert (again.status_code, empty.status_code) == (422, 422)
    code.refresh_from_db()
    assert code.revoke_reason == "撕坏了"
    assert "撕坏了" in browser.get(list_of).content.decode()


def test_the_page_of_a_place_tells_what_is_due_when_there_is_not_one_form_to_open(here):
    browser = ground.client_of(here.officer)
    address = reverse("inspections:at-place", args=[here.place.pk])
    assert browser.get(address).url == form_of(here)
    hand_in(paper=here.paper(answers=here.answers(CMP_D_02={"a": "fail"})), hand=here.hand(), at=MORNING)

    page = browser.get(address)

    assert page.status_code == 200
    assert Check.objects.get().receipt_no in page.content.decode()
    assert Finding.objects.get().name in page.content.decode()


def test_a_place_not_yet_under_checks_says_so(here):
    Place.objects.filter(pk=here.place.pk).update(checked_from=MONDAY + timedelta(days=3))

    page = ground.client_of(here.officer).get(reverse("inspections:at-place", args=[here.place.pk]))

    assert "场所尚未纳入检查" in page.content.decode()


def read_back(svg: str) -> str:
    """Return what a reader finds in a drawn code, by painting it and reading the picture."""
    scale = 900 / float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    picture = Image.new("L", (900, 900), 255)
    pen = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M([\d.]+),([\d.]+)", svg):
        pen.rectangle([float(x) * scale, float(y) * scale, (float(x) + 1) * scale, (float(y) + 1) * scale], fill=0)
    return zxingcpp.read_barcodes(picture)[0].text

"""Guessing many names from one address, and the way back in before the time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts import lockout, tasks
from logistics_portal.accounts.models import AddressRelease, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import lockouts
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
PASSWORD = "三更灯火五更鸡2026"
SCHOOL = "10.1.1.1"


@pytest.fixture
def officer() -> User:
    return make.user(Role.LOGISTICS_OFFICER, make.school_unit(), password=PASSWORD)


@pytest.fixture
def newcomer() -> User:
    return make.user(Role.LOGISTICS_OFFICER, make.school_unit(), password=PASSWORD)


def sign_in(username: str, password: str = PASSWORD, address: str = SCHOOL) -> Any:
    return Client().post(reverse("account_login"), {"login": username, "password": password}, REMOTE_ADDR=address)


def spray(names: int, address: str = SCHOOL, start: int = 0) -> list[int]:
    return [sign_in(f"guess{start + n}", "wrong", address).status_code for n in range(names)]


def test_the_twenty_first_guessed_name_is_turned_away_unread(newcomer: User) -> None:
    codes = spray(22)

    answer = sign_in(newcomer.username)

    assert codes == [200] * 20 + [429] * 2
    assert answer.status_code == 429
    assert "最长一小时" in answer.content.decode()
    assert AccessFailureLog.objects.count() == 20


def test_whoever_signed_in_there_before_still_gets_in_and_another_address_is_open(
    officer: User, newcomer: User
) -> None:
    sign_in(officer.username)
    spray(25)

    answers = [
        sign_in(officer.username).status_code,
        sign_in(newcomer.username).status_code,
        sign_in(newcomer.username, address="10.9.9.9").status_code,
    ]

    assert answers == [302, 429, 302]


def test_a_known_name_is_still_guarded_by_its_five_failures(officer: User) -> None:
    sign_in(officer.username)
    spray(20)

    codes = [sign_in(officer.username, "wrong").status_code for _turn in range(6)]

    assert codes == [200, 200, 200, 200, 429, 429]


def test_typing_errors_of_people_who_then_got_in_fill_no_address(settings: Any) -> None:
    settings.SPRAY_NAMES = 5
    school = make.school_unit()
    staff = [make.user(Role.LOGISTICS_OFFICER, school, password=PASSWORD) for _number in range(6)]

    codes = [(sign_in(who.username, "wrong").status_code, sign_in(who.username).status_code) for who in staff]

    assert codes == [(200, 302)] * 6


def test_large_and_small_letters_are_one_name(settings: Any, officer: User) -> None:
    settings.SPRAY_NAMES = 3

    codes = [sign_in(name, "wrong").status_code for name in ("Wang", "WANG", " wang", "wANG", "waNg", "wang")]

    assert codes == [200, 200, 200, 200, 429, 429]
    assert sign_in(officer.username).status_code == 302


def test_after_an_hour_the_address_is_open_again(newcomer: User) -> None:
    spray(20)
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(minutes=61))

    assert sign_in(newcomer.username).status_code == 302


def test_a_name_is_forgotten_at_an_address_after_thirty_days(settings: Any, officer: User) -> None:
    settings.SPRAY_NAMES = 2
    sign_in(officer.username)
    spray(2)
    AccessLog.objects.update(attempt_time=timezone.now() - timedelta(days=31))

    assert sign_in(officer.username).status_code == 429


def test_the_province_is_told_once_and_it_is_kept(settings: Any) -> None:
    settings.SPRAY_NAMES = 4
    security = make.user(Role.SECURITY_ADMIN, make.province())

    spray(9)

    assert Notice.objects.filter(to=security, key__startswith=f"signin.spray/{SCHOOL}/").count() == 1
    assert AuditRow.objects.filter(verb="signin.spray", reason=SCHOOL).count() == 1


def test_a_released_address_starts_to_count_anew(settings: Any, newcomer: User) -> None:
    settings.SPRAY_NAMES = 4
    spray(4)
    province = make.client_of(make.user(Role.SECURITY_ADMIN, make.province()))
    page = province.get(reverse("accounts:lockouts")).content.decode()

    province.post(reverse("accounts:lockouts"), {"address": SCHOOL, "reason": "首次培训"})
    opened = sign_in(newcomer.username).status_code
    again = spray(5, start=50)

    assert SCHOOL in page
    assert opened == 302
    assert again == [200] * 4 + [429]
    assert AuditRow.objects.filter(verb="signin.release", reason="首次培训").exists()
    assert AccessFailureLog.objects.count() == 8


def test_a_second_wave_after_a_release_is_told_to_the_province_again(settings: Any) -> None:
    settings.SPRAY_NAMES = 4
    security = make.user(Role.SECURITY_ADMIN, make.province())
    spray(6)
    lockouts.release_address(address=SCHOOL, reason="首次培训", by=security, at=timezone.now())

    quiet = [*spray(3, start=50), AuditRow.objects.filter(verb="signin.spray").count()]
    spray(4, start=60)

    assert quiet == [200, 200, 200, 1]
    assert AuditRow.objects.filter(verb="signin.spray", reason=SCHOOL).count() == 2
    assert Notice.objects.filter(to=security, key__startswith=f"signin.spray/{SCHOOL}/").count() == 2


def test_a_county_releases_only_where_its_own_people_sign_in(settings: Any, officer: User) -> None:
    settings.SPRAY_NAMES = 3
    sign_in(officer.username)
    spray(3)
    spray(3, address="10.7.7.7")
    county = make.client_of(make.user(Role.SECURITY_ADMIN, make.county()))
    neighbour = make.client_of(make.user(Role.SECURITY_ADMIN, make.neighbour()))
    url = reverse("accounts:lockouts")

    pages = [browser.get(url).content.decode() for browser in (county, neighbour)]
    codes = [
        neighbour.post(url, {"address": SCHOOL, "reason": "不该能办"}).status_code,
        county.post(url, {"address": "10.7.7.7", "reason": "不该能办"}).status_code,
        county.post(url, {"address": SCHOOL, "reason": ""}).status_code,
        county.post(url, {"address": SCHOOL, "reason": "学校培训"}).status_code,
    ]

    assert [(SCHOOL in page, "10.7.7.7" in page) for page in pages] == [(True, False), (False, False)]
    assert codes == [404, 404, 200, 302]
    assert AddressRelease.objects.get().reason == "学校培训"


def test_a_locked_name_is_released_by_the_own_security_administrator(officer: User) -> None:
    for _turn in range(5):
        sign_in(officer.username, "wrong")
    county = make.client_of(make.user(Role.SECURITY_ADMIN, make.county()))
    neighbour = make.client_of(make.user(Role.SECURITY_ADMIN, make.neighbour()))
    release = reverse("accounts:release", args=[officer.pk])

    seen = [
        officer.full_name in browser.get(reverse("accounts:lockouts")).content.decode()
        for browser in (county, neighbour)
    ]
    theirs = neighbour.post(release).status_code
    locked = sign_in(officer.username).status_code
    county.post(release)

    assert (seen, theirs, locked) == ([True, False], 404, 429)
    assert sign_in(officer.username).status_code == 302
    assert AuditRow.objects.filter(verb="signin.release", on_id=officer.pk).exists()


def test_nobody_but_security_administrators_sees_who_is_locked(officer: User) -> None:
    url = reverse("accounts:lockouts")

    assert make.client_of(officer).get(url).status_code == 403
    assert make.client_of(make.user()).get(url).status_code == 403
    assert make.client_of(make.user(Role.SECURITY_ADMIN, make.county()), fresh=False).get(url).status_code == 302


def test_the_log_of_sign_ins_is_kept_for_half_a_year_and_no_longer(officer: User) -> None:
    sign_in(officer.username)
    spray(1)
    young = (AccessLog.objects.count(), AccessFailureLog.objects.count(), tasks.forget_old_sign_ins())
    for log in (AccessLog, AccessFailureLog):
        log.objects.update(attempt_time=timezone.now() - timedelta(days=191))

    assert young == (1, 1, 0)
    assert tasks.forget_old_sign_ins() == 2


def test_an_attempt_without_a_name_or_an_address_troubles_nobody() -> None:
    assert lockout.name_of(None, None) == ""
    assert not lockout.turned_away("x", None, timezone.now())
    assert sign_in("", "x").status_code == 200

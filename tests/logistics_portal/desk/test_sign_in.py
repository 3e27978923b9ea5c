"""Sign-in, lock-out, passwords and the second factor in the portal's look."""

from __future__ import annotations

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from logistics_portal.accounts.models import User
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
WORD = "Look-2026-safe"


@pytest.fixture
def clerk() -> User:
    return make.user("office_clerk", make.county(), username="clerk", password=WORD)


def sign_in(browser: Client, word: str = WORD) -> object:
    return browser.post(reverse("account_login"), {"login": "clerk", "password": word})


def confirm(browser: Client) -> None:
    browser.post(reverse("account_reauthenticate"), {"password": WORD})


def test_the_right_password_opens_the_desk(clerk: User) -> None:
    answer = sign_in(Client())

    assert answer.status_code == 302  # type: ignore[attr-defined]


def test_a_wrong_password_says_so_without_telling_which(clerk: User) -> None:
    html = sign_in(Client(), "wrong").content.decode()  # type: ignore[attr-defined]

    assert "error-sum" in html
    assert "不正确" in html


def test_five_wrong_passwords_lock_for_a_while(clerk: User) -> None:
    browser = Client()
    for _turn in range(4):
        sign_in(browser, "wrong")

    answer = sign_in(browser, "wrong")

    assert "暂时不能登录" in answer.content.decode()  # type: ignore[attr-defined]


def test_a_one_time_link_sets_a_password_once(clerk: User) -> None:
    browser = Client()
    key = default_token_generator.make_token(clerk)
    link = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(clerk), key])

    page = browser.get(link, follow=True)
    address = page.redirect_chain[-1][0]
    answer = browser.post(address, {"password1": "New-2026-word", "password2": "New-2026-word"}, follow=True)
    again = Client().get(link, follow=True)

    assert "设置密码" in page.content.decode()
    assert "密码已设置" in answer.content.decode()
    assert "已经用过" in again.content.decode()


def test_the_second_factor_is_turned_on_with_a_code_and_asked_for_afterwards(clerk: User) -> None:
    browser = Client()
    sign_in(browser)
    confirm(browser)
    page = browser.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    turned_on = browser.post(reverse("mfa_activate_totp"), {"code": code}, follow=True).content.decode()
    later = Client()
    asked = later.post(reverse("account_login"), {"login": "clerk", "password": WORD}, follow=True).content.decode()

    assert "密钥" in page.content.decode()
    assert "恢复码" in turned_on
    assert "请输入验证器应用上的 6 位验证码" in asked


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_change_password", "修改密码"),
        ("mfa_index", "验证器应用"),
        ("usersessions_list", "登录过的设备"),
        ("account_logout", "退出登录"),
    ],
)
def test_a_page_of_ones_own_account_speaks_chinese(clerk: User, name: str, words: str) -> None:
    browser = Client()
    sign_in(browser)

    html = browser.get(reverse(name), follow=True).content.decode()

    assert words in html
    assert "Sign" not in html


def test_a_delicate_step_asks_for_the_password_again(clerk: User) -> None:
    browser = Client()
    sign_in(browser)

    html = browser.get(reverse("mfa_activate_totp"), follow=True).content.decode()

    assert "再次确认身份" in html
    assert 'type="password"' in html


def test_recovery_codes_can_be_seen_and_made_anew(clerk: User) -> None:
    browser = Client()
    sign_in(browser)
    confirm(browser)
    TOTP.activate(clerk, generate_totp_secret())

    made = browser.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()
    off = browser.get(reverse("mfa_deactivate_totp")).content.decode()

    assert made.count("<code>") == 10
    assert "停用两步验证" in off

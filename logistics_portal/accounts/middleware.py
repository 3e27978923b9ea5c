"""What every signed-in request must pass: the session's age, and the second factor where a post demands it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import SECOND_FACTOR_ROLES
from logistics_portal.kit.dates import local_date

Answer = Callable[[HttpRequest], HttpResponseBase]

SEEN, SIGNED = "portal_seen_at", "portal_signed_at"
SEEN_EVERY: Final = timedelta(hours=1)
MARK_EVERY: Final = 60  # seconds; so a busy page does not write its session each time


def session_limits(get_response: Answer) -> Answer:
    """End a session that was idle too long (30 min with a bureau's post, 60 at a school) or is 12 hours old.

    It ends with the person's last post too (threats T25); signing in anew is possible, but shows the own page at most.
    Server time alone counts. A page asked for by script gets 401, so that what was typed stays on the screen.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            words = _over(request, user, time.time())
            if words:
                logout(request)
                return _sign_in_again(request, words)
            mark_seen(user, at=timezone.now())
        response = get_response(request)
        if request.method == "POST" and request.path == reverse("account_logout"):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def _over(request: HttpRequest, user: User, now: float) -> str:
    """Return why the session is over, or mark that it was used."""
    session = request.session
    signed = float(session.get(SIGNED) or _signed_at(request, user, now))
    seen = float(session.get(SEEN) or signed)
    if now - signed >= settings.SESSION_COOKIE_AGE:
        return gettext("登录已满 12 小时，请重新登录。")
    idle = (now - seen) / 60
    if idle >= settings.SESSION_IDLE_BUREAU_MINUTES and idle >= _idle_limit(user):
        return gettext("离开时间较长，为安全起见请重新登录。")
    if not user.live_posts and _lost_post(user, datetime.fromtimestamp(signed, UTC)):
        return gettext("您的岗位已结束，已退出登录。需要继续使用，请联系本单位或主管教育局的安全管理员。")
    if now - seen >= MARK_EVERY:
        session[SIGNED], session[SEEN] = int(signed), int(now)
    return ""


def _lost_post(user: User, signed: datetime) -> bool:
    """Say whether somebody who holds no post today still held one when signing in; one that begins later counts not."""
    day = local_date(signed)
    began = Post.objects.filter(user=user, from_date__lte=timezone.localdate())
    held = began.filter(Q(until_date__isnull=True) | Q(until_date__gte=day))
    return held.filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=signed)).exists()


def mark_seen(user: User, *, at: datetime) -> bool:
    """Note that a person is at work, at most once an hour; a sign-in within the hour says so already."""
    last = user.last_seen
    if last is not None and at - last < SEEN_EVERY:
        return False
    stale = Q(seen_at__isnull=True) | Q(seen_at__lte=at - SEEN_EVERY)
    return bool(User.objects.filter(stale, pk=user.pk).update(seen_at=at))


def _signed_at(request: HttpRequest, user: User, now: float) -> float:
    records = get_authentication_records(request, user)
    if records:
        return float(records[0]["at"])
    return user.last_login.timestamp() if user.last_login else now


def _idle_limit(user: User) -> int:
    """Return the minutes of idleness that the user's posts allow: the strictest of them counts."""
    is_bureau = bool(user.roles & {role.value for role in SECOND_FACTOR_ROLES})
    return int(settings.SESSION_IDLE_BUREAU_MINUTES if is_bureau else settings.SESSION_IDLE_SCHOOL_MINUTES)


def second_factor(get_response: Answer) -> Answer:
    """Lead people with a post above the school to set up their second factor before anything else, when demanded."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if settings.SECOND_FACTOR_REQUIRED and isinstance(user, User) and _lacks_factor(request, user):
            setup = reverse("mfa_activate_totp")
            if by_script(request):
                return HttpResponse(status=401, headers={"HX-Redirect": setup})
            messages.warning(request, gettext("您的岗位须启用两步验证，请先按页面提示设置。"))
            return HttpResponseRedirect(setup)
        return get_response(request)

    return middleware


def _lacks_factor(request: HttpRequest, user: User) -> bool:
    if request.path.startswith(settings.STATIC_URL) or _may_pass(request):
        return False
    return bool(user.roles & {role.value for role in SECOND_FACTOR_ROLES}) and not is_mfa_enabled(user)


def _may_pass(request: HttpRequest) -> bool:
    free = {reverse(name) for name in ("account_logout", "account_reauthenticate", "set_language")}
    return request.path in free or request.path.startswith(reverse("mfa_index"))


def by_script(request: HttpRequest) -> bool:
    """Say whether a script asked, which cannot follow a redirect to another page."""
    return "HX-Request" in request.headers or request.headers.get("Accept", "").startswith("application/json")


def _sign_in_again(request: HttpRequest, words: str) -> HttpResponseBase:
    if by_script(request):
        return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
    messages.info(request, words)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

"""The page after sign-in, the inbox, one's own page, health, and the pages that say what went wrong."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.desk import samples, selectors, services
from logistics_portal.kit.api import asked_by_script, refusal
from logistics_portal.kit.paging import page_of
from logistics_portal.records import jobs, mail
from logistics_portal.records import services as records
from logistics_portal.records.figures import hours_at

TODOS_SHOWN = 20
PULSE_IS_OLD = 180  # seconds


@signed_in
@require_safe
def home(request: SignedRequest) -> HttpResponse:
    """Show what to do next and how things stand."""
    now, post = timezone.now(), request.user.main_post
    todos = selectors.todos_for(request.user, now)
    context = {
        "todos": todos[:TODOS_SHOWN],
        "todo_count": len(todos),
        "across": selectors.panels_for(request, "desk", post, orders=selectors.ACROSS),
        "panels": selectors.panels_for(request, "desk", post, orders=selectors.BESIDE),
        "today": timezone.localdate(now),
    }
    return render(request, "desk/home.html", context)


@signed_in
@require_safe
def inbox(request: SignedRequest) -> HttpResponse:
    """Show a person's notices: alarms not opened yet, then the rest as the digests tell of them, newest first."""
    alarms = selectors.pinned(request.user)
    notices = request.user.notices.exclude(pk__in=[alarm.pk for alarm in alarms]).order_by("-at", "-pk")
    page = page_of(notices, request.GET.get("page"))
    bundles = selectors.bundles(page, timezone.now())
    context = {"page": page, "bundles": bundles, "alarms": alarms if page.number == 1 else []}
    return render(request, "desk/inbox.html", context)


@signed_in
@require_POST
def open_notice(request: SignedRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it points."""
    notice = get_object_or_404(request.user.notices.all(), pk=pk)
    records.open_notice(notice=notice, at=timezone.now())
    inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None) and notice.url.startswith("/")
    return HttpResponseRedirect(notice.url) if inside and "stay" not in request.POST else redirect("desk:inbox")


@signed_in
@require_POST
def open_all_notices(request: SignedRequest) -> HttpResponse:
    """Mark every notice of this person as read."""
    services.open_all_notices(by=request.user, at=timezone.now())
    messages.success(request, gettext("消息已全部标为已读。"))
    return redirect("desk:inbox")


@signed_in
@require_safe
def me(request: SignedRequest) -> HttpResponse:
    """Show a person's own page: posts, sign-in, how notices reach them, language."""
    clocks = gettext("、").join(f"{clock:%H:%M}" for clock in hours_at(timezone.now()).digests)
    return render(request, "desk/me.html", {"mail_is_on": mail.is_on(), "digests": clocks})


@signed_in
@require_safe
def menu(request: SignedRequest) -> HttpResponse:
    """Show the whole menu on a page, for phones."""
    return render(request, "desk/menu.html")


@signed_in
@require_safe
def kit(request: SignedRequest) -> HttpResponseBase:
    """Show every component with made-up figures, in the demo only."""
    if not settings.DEMO:
        raise Http404
    return samples.page(request)


@never_cache
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Tell a watcher whether the database answers and when the worker last gave a sign."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pulse = jobs.last_pulse()
    except DatabaseError:
        return JsonResponse({"database": "down", "worker": "unknown"}, status=503)
    age = None if pulse is None else int((timezone.now() - pulse).total_seconds())
    worker = "unknown" if age is None else "late" if age > PULSE_IS_OLD else "up"
    return JsonResponse({"database": "up", "worker": worker, "pulse_age_seconds": age})


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Ask search engines to stay out."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request made no sense."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the post does not allow this."""
    return render(request, "403.html", {"needed": selectors.who_may(exception.args)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page within reach."""
    return render(request, "404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page was too old to be sent."""
    if asked_by_script(request):
        return refusal("stale_token", gettext("页面已过期，请重试。"), HTTPStatus.FORBIDDEN)
    return render(request, "403_csrf.html", status=403)

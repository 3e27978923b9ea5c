"""Pages of background work."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.desk.jobs import selectors
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.paging import page_of
from logistics_portal.kit.web import page_or_part
from logistics_portal.records import jobs as work
from logistics_portal.records.models import Job


@signed_in
@require_safe
def job_list(request: SignedRequest) -> HttpResponse:
    """List background work, newest first."""
    rows = selectors.jobs_for(request.user).order_by("-created_at", "-pk")
    state = request.GET.get("state", "")
    if state in Job.State.values:
        rows = rows.filter(state=state)
    page = page_of(rows, request.GET.get("page"))
    context = {"page": page, "states": Job.State.choices, "state": state, "count": page.paginator.count}
    context["lines"] = [(selectors.name_of(job), job) for job in page]
    return page_or_part(request, "desk/jobs/job_list.html", "rows", context)


@signed_in
@require_safe
def job(request: SignedRequest, pk: int) -> HttpResponse:
    """Show how far one piece of work is; the part refreshes itself until it is done."""
    row = get_object_or_404(selectors.jobs_for(request.user), pk=pk)
    context = {
        "job": row,
        "title": selectors.name_of(row),
        "url": reverse("jobs:job", args=[row.pk]),
        "result_url": selectors.result_url(row),
        "may_rerun": selectors.may_rerun(request.user, row),
    }
    return page_or_part(request, "desk/jobs/job.html", "progress", context)


@signed_in
@require_POST
def rerun(request: SignedRequest, pk: int) -> HttpResponse:
    """Run work again that was put aside or cancelled."""
    return _change(request, pk, work.rerun, gettext("任务已重新排队。"))


@signed_in
@require_POST
def cancel(request: SignedRequest, pk: int) -> HttpResponse:
    """Take work off the list that has not started."""
    return _change(request, pk, work.cancel, gettext("任务已取消。"))


def _change(request: SignedRequest, pk: int, verb: Callable[..., Job], done: str) -> HttpResponse:
    row = get_object_or_404(selectors.jobs_for(request.user), pk=pk)
    if not selectors.may_rerun(request.user, row):
        raise PermissionDenied(Permission.JOB_RERUN)
    try:
        verb(job=row, by=request.user, at=timezone.now())
        messages.success(request, done)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("jobs:job", row.pk)

"""Pages of the national holidays: years known, upload of a later one, difference, publishing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit import sheetwriter, uploads
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.exports import XLSX
from schools.terms import reach, selectors, sheets
from schools.terms.forms import HolidayForm
from schools.terms.services import holidays as services

MOST_BYTES = 1_000_000


@signed_in
@require_safe
def holiday_list(request: SignedRequest) -> HttpResponse:
    """List the years whose holidays are known, and warn of those that are not."""
    today = timezone.localdate()
    known = selectors.national_years()
    missing = [
        year for year in (today.year, today.year + 1) if year not in {row.year for row in known if row.published_at}
    ]
    may_upload = any(request.user.can(Permission.CALENDAR_EDIT, at=post.unit) for post in request.user.live_posts)
    context = {"rows": known, "missing": missing, "may_upload": may_upload}
    return render(request, "schools/terms/holidays.html", context)


@signed_in
@require_safe
def template(request: SignedRequest) -> HttpResponse:
    """Hand out the empty sheet."""
    answer = HttpResponse(sheetwriter.write_template(sheets.COLUMNS, title=gettext("节假日")), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="holidays.xlsx"'
    return answer


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: SignedRequest) -> HttpResponse:
    """Take the sheet of a year; it counts once another person publishes it."""
    reach.province_of(request.user, Permission.CALENDAR_EDIT)
    form = HolidayForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            year, days = sheets.read_year(uploads.read_within(file, MOST_BYTES), file.name)
            row = services.draft_year(
                year=year, days=days, source=form.cleaned_data["source"], by=request.user, at=timezone.now()
            )
            return redirect("schools:holiday", pk=row.pk)
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
    return render(request, "schools/terms/upload.html", {"form": form})


@signed_in
@require_safe
def holiday_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show the named days of a year, and what a draft changes."""
    row = get_object_or_404(selectors.national_years(), pk=pk)
    posts = request.user.live_posts
    may = any(
        post.unit.kind == "province" and request.user.can(Permission.CALENDAR_PUBLISH, at=post.unit) for post in posts
    )
    context = {
        "row": row,
        "changes": services.change_of(row),
        "may_publish": may and row.published_at is None and row.drafted_by_id != request.user.pk,
    }
    return render(request, "schools/terms/holiday.html", context)


@signed_in
@require_POST
def publish(request: SignedRequest, pk: int) -> HttpResponse:
    """Let an uploaded year count."""
    reach.province_of(request.user, Permission.CALENDAR_PUBLISH)
    row = get_object_or_404(selectors.national_years(), pk=pk)
    services.publish_year(row=row, by=request.user, at=timezone.now())
    messages.success(request, gettext("已发布，校历按新的节假日计算。"))
    return redirect("schools:holiday", pk=row.pk)

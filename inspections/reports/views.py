"""The report centre."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inspections.reports import papers, services
from inspections.reports.models import Report
from inspections.reports.tables import ReportFilter, ReportTable
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import ReasonForm
from logistics_portal.kit.tables import table_page
from logistics_portal.records.trails import events


@signed_in
@require_safe
def reports(request: SignedRequest) -> HttpResponseBase:
    """List the reports a person may read."""
    if request.user.main_post is not None:
        require(request.user, Permission.REPORT_SEE, at=request.user.main_post.unit)
    rows = Report.objects.visible_to(request.user).select_related("unit").defer("figures")
    return table_page(request, ReportTable, rows, template="inspections/reports/reports.html", filterset=ReportFilter)


@signed_in
@require_safe
def report(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one report as it was frozen, with its files and earlier versions."""
    seen = Report.objects.visible_to(request.user).select_related("unit", "docx", "xlsx")
    row = get_object_or_404(seen, pk=pk)
    require(request.user, Permission.REPORT_SEE, at=row.unit)
    others = Report.objects.visible_to(request.user).filter(unit=row.unit, kind=row.kind, period=row.period)
    context = {
        "report": row,
        "title": services.title_of(row),
        "versions": others.exclude(pk=row.pk).defer("figures").order_by("-version"),
        "may_reissue": request.user.can(Permission.REPORT_REISSUE, at=row.unit),
        "events": events(on=row),
        "content": papers.shown(row.figures) if row.figures else None,
    }
    return render(request, "inspections/reports/report.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def reissue(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the province order a corrected version, with a reason."""
    row = get_object_or_404(Report.objects.visible_to(request.user).select_related("unit"), pk=pk)
    require(request.user, Permission.REPORT_REISSUE, at=row.unit)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            new = services.reissue(report=row, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            messages.success(request, _("已下达第 %(version)s 版，生成后自动发出。") % {"version": new.version})
            return redirect("inspections:report", pk=new.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "inspections/reports/reissue.html", {"form": form, "report": row})

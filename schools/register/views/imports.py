"""Pages of imports: template, upload, dry run, headings matched by hand, confirmation."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.exports import XLSX
from logistics_portal.kit.tables import table_page
from logistics_portal.records import jobs, photos
from logistics_portal.records.models import Job
from schools.register import selectors, sheets
from schools.register.figures import import_limits_at
from schools.register.forms import ImportForm, MappingForm
from schools.register.models import ImportFile
from schools.register.rules import handing_in as rules
from schools.register.rules.columns import COLUMNS
from schools.register.services import imports as services
from schools.register.tables import ImportFilter, ImportTable

AT_ONCE_ROWS = 500
TASK = "schools.register.tasks.apply_import"


@signed_in
@require_safe
def import_list(request: SignedRequest) -> HttpResponseBase:
    """List the sheets handed in."""
    rows = ImportFile.objects.visible_to(request.user).filter(kind=ImportFile.Kind.SCHOOLS)
    rows = rows.select_related("file", "unit", "by")
    may_upload = bool(selectors.supervisors_for(request.user, Permission.SCHOOL_IMPORT))
    context = {"may_upload": may_upload}
    template = "schools/register/imports.html"
    return table_page(request, ImportTable, rows, template=template, filterset=ImportFilter, context=context)


@signed_in
@require_safe
def template(request: SignedRequest) -> HttpResponse:
    """Hand out the empty sheet."""
    answer = HttpResponse(sheets.template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="schools.xlsx"'
    return answer


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: SignedRequest) -> HttpResponse:
    """Take a sheet and do its dry run."""
    units = selectors.supervisors_for(request.user, Permission.SCHOOL_IMPORT)
    if not units:
        raise PermissionDenied(Permission.SCHOOL_IMPORT)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        now = timezone.now()
        try:
            row = services.upload(upload=form.cleaned_data["file"], unit=units[0], by=request.user, at=now)
            sheets.check(row=row, at=now)
            return redirect("schools:import", pk=row.pk)
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
    return render(request, "schools/register/upload.html", {"form": form, "columns": COLUMNS})


@signed_in
@require_safe
def import_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show what a sheet would do, or has done."""
    row = _visible(request, pk)
    checked = row.state == ImportFile.State.CHECKED and not row.confirmed_by_id
    own = row.by_id == request.user.pk
    gone, may = row.file.removed_at is not None, partial(rules.may, state=row.state)
    limits = import_limits_at(timezone.now())
    head = rules.needs_head(row.figures, limits)
    context = {
        "row": row,
        "gone": gone,
        "limits": limits,
        "figures": selectors.import_figures(row.figures),
        "job": selectors.job_of(TASK, row.pk),
        "needs_head": head,
        "may_confirm": checked and selectors.may_confirm_import(request.user, row, head=head),
        "may_match": own and not row.confirmed_by_id and not gone and may("match"),
        "may_cancel": own and not row.confirmed_by_id and may("cancel"),
        "may_bring_anew": own and row.state in rules.OVER,
        "nothing": checked and not row.figures.get("new") and not row.figures.get("changed"),
    }
    return render(request, "schools/register/import.html", context)


@signed_in
@require_safe
def progress(request: SignedRequest, pk: int) -> HttpResponse:
    """Show how far a big import is."""
    row = _visible(request, pk)
    job = selectors.job_of(TASK, row.pk)
    if job is None:
        raise Http404
    return render(request, "components/progress.html", {"job": job, "url": request.path})


@signed_in
@require_http_methods(["GET", "POST"])
def mapping(request: SignedRequest, pk: int) -> HttpResponse:
    """Match the headings of a sheet by hand and check it anew."""
    row = _visible(request, pk)
    if row.by_id != request.user.pk:
        raise PermissionDenied(Permission.SCHOOL_IMPORT)
    try:
        found = sheets.headings(photos.read_bytes(row.file), row.file.title)
        form = MappingForm(request.POST or None, headings=found, initial=sheets.guesses(found) | row.mapping)
        if form.is_valid():
            now = timezone.now()
            sheets.check(row=services.set_mapping(row=row, mapping=form.chosen(), by=request.user, at=now), at=now)
            return redirect("schools:import", pk=row.pk)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("schools:import", pk=row.pk)
    return render(request, "schools/register/mapping.html", {"form": form, "row": row})


@signed_in
@require_POST
def confirm(request: SignedRequest, pk: int) -> HttpResponse:
    """Agree to a dry run: a small sheet is written at once, a big one in the background."""
    row = _visible(request, pk)
    require(request.user, Permission.SCHOOL_IMPORT, at=row.unit)
    now = timezone.now()
    head = rules.needs_head(row.figures, import_limits_at(now))
    if not selectors.may_confirm_import(request.user, row, head=head):
        raise PermissionDenied(Permission.SCHOOL_IMPORT)
    row = services.confirm(row=row, by=request.user, at=now)
    if row.figures.get("rows", 0) > AT_ONCE_ROWS:
        wanted = {"import_id": row.pk}
        job = jobs.order(kind=TASK, key=str(row.pk), payload=wanted, unit=row.unit, by=request.user, at=now)
        if job.state == Job.State.PARKED:  # an earlier try was refused; the sheet was checked again since
            jobs.rerun(job=job, by=request.user, at=now)
        return redirect("schools:import", pk=row.pk)
    try:
        sheets.apply(row=row, by=request.user, at=now)
        messages.success(request, gettext("已导入。"))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("schools:import", pk=row.pk)


@signed_in
@require_POST
def cancel(request: SignedRequest, pk: int) -> HttpResponse:
    """Put a sheet aside."""
    row = _visible(request, pk)
    if row.by_id != request.user.pk:
        raise PermissionDenied(Permission.SCHOOL_IMPORT)
    services.cancel(row=row, by=request.user, at=timezone.now())
    return redirect("schools:imports")


@signed_in
@require_safe
def errors(request: SignedRequest, pk: int) -> HttpResponseBase:
    """Hand the sheet back with one more column."""
    row = _visible(request, pk)
    if row.error_file is None or row.error_file.removed_at is not None:
        raise Http404
    path = photos.bytes_of(row.error_file)
    return FileResponse(path.open("rb"), as_attachment=True, filename=row.error_file.title, content_type=XLSX)


def _visible(request: SignedRequest, pk: int) -> ImportFile:
    reach = ("file", "error_file", "unit__parent__parent", "by", "confirmed_by")
    rows = ImportFile.objects.visible_to(request.user).filter(kind=ImportFile.Kind.SCHOOLS).select_related(*reach)
    return get_object_or_404(rows, pk=pk)

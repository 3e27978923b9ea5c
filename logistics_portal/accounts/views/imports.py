"""School users by spreadsheet: template, dry run, the returned file, and all or nothing."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts import deciding, figures, sheets
from logistics_portal.accounts.forms import SheetForm
from logistics_portal.accounts.gate import SignedRequest, fresh, signed_in
from logistics_portal.accounts.models import PeopleImport, Unit, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import imports as services
from logistics_portal.accounts.slips import show_slips
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.sheets import Table, read_table
from logistics_portal.kit.sheetwriter import write_errors
from logistics_portal.kit.uploads import XLSX
from logistics_portal.records.models import Attachment
from logistics_portal.records.photos import keep_file, read_bytes


def _office(user: User) -> Unit:
    """Return the bureau whose security administrator asks."""
    post = next((post for post in user.live_posts if post.allows(Permission.ACCOUNT_CREATE, at=post.unit)), None)
    if post is None:
        raise PermissionDenied(Permission.ACCOUNT_CREATE)
    return post.unit


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: SignedRequest) -> HttpResponse:
    """Take a sheet of school users, with who answers for the list, and show what it would do."""
    unit = _office(request.user)
    askers = deciding.list_givers(unit, timezone.localdate())
    form = SheetForm(request.POST or None, request.FILES or None, askers=askers)
    if form.is_valid():
        try:
            row = _hand_in(request.user, unit, form)
            return redirect("accounts:import-check", name=row.file.name)
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
    context = {"form": form, "waiting": deciding.imports_waiting_for(request.user), "has_askers": askers.exists()}
    return render(request, "accounts/import.html", {**context, **figures.import_figures(timezone.localdate())})


def _hand_in(user: User, unit: Unit, form: SheetForm) -> PeopleImport:
    now = timezone.now()
    kept = keep_file(upload=form.cleaned_data["file"], unit=unit, by=user, at=now)
    table = _table(kept)
    plan = sheets.plan(table, by=user, on=timezone.localdate(now))
    found = services.DryRun(len(table.rows), len(plan.errors))
    return services.hand_in(file=kept, found=found, unit=unit, asked_by=form.cleaned_data["asked_by"], by=user, at=now)


@signed_in
@require_safe
def template(request: SignedRequest) -> HttpResponse:
    """Hand out the empty sheet."""
    _office(request.user)
    return _download(sheets.template(), gettext("学校人员导入模板.xlsx"))


@signed_in
@require_safe
def check(request: SignedRequest, name: str) -> HttpResponse:
    """Show what a sheet would do, without doing it."""
    row = _found(request, name)
    table = _table(row.file)
    plan = sheets.plan(table, by=row.by, on=timezone.localdate())
    is_open = row.state == PeopleImport.State.CHECKED
    context = {
        "row": row,
        "plan": plan,
        "errors": list(plan.errors.items())[:100],
        "unknown": table.unknown(),
        "may_carry_out": is_open and row.needs_second != (row.by_id == request.user.pk),
        "may_cancel": is_open and row.by_id == request.user.pk,
        "is_open": is_open,
    }
    return render(request, "accounts/import_check.html", context)


def _found(request: SignedRequest, name: str) -> PeopleImport:
    """Return one's own sheet, or one that waits for this person as the second; anybody else's is not found."""
    related = ("file", "unit__parent__parent", "by", "asked_by", "confirmed_by")
    row = get_object_or_404(PeopleImport.objects.visible_to(request.user).select_related(*related), file__name=name)
    _office(request.user)
    if row.by_id != request.user.pk and not deciding.is_second(request.user, row):
        raise Http404
    return row


@signed_in
@require_safe
def errors(request: SignedRequest, name: str) -> HttpResponse:
    """Hand back the sheet with one more column that says what is wrong in each line."""
    row = _found(request, name)
    table = _table(row.file)
    plan = sheets.plan(table, by=row.by, on=timezone.localdate())
    return _download(
        write_errors(table, plan.errors), gettext("退回修改-%(name)s.xlsx") % {"name": row.file.title[:60]}
    )


@signed_in
@fresh
@require_POST
def carry_out(request: SignedRequest, name: str) -> HttpResponse:
    """Carry the whole sheet out; the answer shows the new people's one-time links, once."""
    row = _found(request, name)
    plan = sheets.plan(_table(row.file), by=row.by, on=timezone.localdate())
    made = sheets.carry_out(plan, row=row, by=request.user, at=timezone.now())
    return show_slips(request, made)


@signed_in
@require_POST
def cancel(request: SignedRequest, name: str) -> HttpResponse:
    """Put one's own sheet aside."""
    row = _found(request, name)
    if row.by_id != request.user.pk:
        raise PermissionDenied(Permission.ACCOUNT_CREATE)
    services.cancel(row=row, by=request.user, at=timezone.now())
    messages.success(request, gettext("已取消，没有写入任何内容。"))
    return redirect("accounts:import")


def _table(kept: Attachment) -> Table:
    return read_table(read_bytes(kept), kept.title, sheets.columns())


def _download(content: bytes, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=filename) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)

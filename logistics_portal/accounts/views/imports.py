"""School users by spreadsheet: template, dry run, the returned file, and all or nothing."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts import sheets
from logistics_portal.accounts.forms import SheetForm
from logistics_portal.accounts.gate import SignedRequest, fresh, signed_in
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Permission
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
    """Take a sheet of school users and show what it would do."""
    unit = _office(request.user)
    form = SheetForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            kept = keep_file(upload=form.cleaned_data["file"], unit=unit, by=request.user, at=timezone.now())
            _table(kept)
            return redirect("accounts:import-check", name=kept.name)
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
    return render(request, "accounts/import.html", {"form": form})


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
    kept = get_object_or_404(Attachment.objects.visible_to(request.user), name=name, added_by=request.user)
    _office(request.user)
    table = _table(kept)
    plan = sheets.plan(table, by=request.user, on=timezone.localdate())
    context = {"kept": kept, "plan": plan, "errors": list(plan.errors.items())[:100], "unknown": table.unknown()}
    return render(request, "accounts/import_check.html", {**context, "rows": len(table.rows)})


@signed_in
@require_safe
def errors(request: SignedRequest, name: str) -> HttpResponse:
    """Hand back the sheet with one more column that says what is wrong in each line."""
    kept = get_object_or_404(Attachment.objects.visible_to(request.user), name=name, added_by=request.user)
    _office(request.user)
    table = _table(kept)
    plan = sheets.plan(table, by=request.user, on=timezone.localdate())
    return _download(write_errors(table, plan.errors), gettext("退回修改-%(name)s.xlsx") % {"name": kept.title[:60]})


@signed_in
@fresh
@require_POST
def carry_out(request: SignedRequest, name: str) -> HttpResponse:
    """Carry the whole sheet out; the answer shows the new people's one-time links, once."""
    kept = get_object_or_404(Attachment.objects.visible_to(request.user), name=name, added_by=request.user)
    unit = _office(request.user)
    plan = sheets.plan(_table(kept), by=request.user, on=timezone.localdate())
    made = sheets.carry_out(plan, unit=unit, by=request.user, at=timezone.now())
    return show_slips(request, made)


def _table(kept: Attachment) -> Table:
    return read_table(read_bytes(kept), kept.title, sheets.columns())


def _download(content: bytes, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=filename) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)

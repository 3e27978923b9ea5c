"""School users by spreadsheet: template, dry run, the yes of who gave the list, the returned file, all or nothing."""

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
from logistics_portal.accounts.forms import ListForm, SheetForm
from logistics_portal.accounts.gate import SignedRequest, fresh, signed_in
from logistics_portal.accounts.models import PeopleImport, Unit, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import imports as services
from logistics_portal.accounts.slips import show_slips
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.paging import page_of
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
    context = {"form": form, "waiting": _open(request.user), "has_askers": askers.exists()}
    return render(request, "accounts/import.html", {**context, **figures.import_figures(timezone.localdate())})


def _open(user: User) -> list[tuple[PeopleImport, str]]:
    """Return the imports that wait for this person, then one's own that wait for others, with whose step is next."""
    rows = {row.pk: row for row in (*deciding.imports_waiting_for(user), *deciding.own_imports(user))}
    return [(row, deciding.import_waits_for(row)) for row in rows.values()]


def _hand_in(user: User, unit: Unit, form: SheetForm) -> PeopleImport:
    now = timezone.now()
    kept = keep_file(upload=form.cleaned_data["file"], unit=unit, by=user, at=now)
    table = _table(kept)
    plan = sheets.plan(table, by=user, on=timezone.localdate(now))
    found = services.DryRun(len(table.rows), len(plan.errors), plan.schools)
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
    """Show what a sheet would do, line by line, without doing it, and whose step is next."""
    return _page(request, _found(request, name))


def _page(request: SignedRequest, row: PeopleImport, form: ListForm | None = None) -> HttpResponse:
    table = _table(row.file)
    plan = sheets.plan(table, by=row.by, on=timezone.localdate())
    beyond = deciding.not_answered_for(row.asked_by, plan.schools, timezone.localdate()) if row.is_open else []
    may_go_on = row.is_open and not plan.errors and not beyond
    context = {
        "row": row,
        "plan": plan,
        "page": page_of(plan.rows, request.GET.get("page")),
        "errors": list(plan.errors.items())[:100],
        "unknown": table.unknown(),
        "beyond": beyond,
        "form": form or ListForm(agreed=row.is_agreed),
        "may_answer": row.is_open and row.asked_by_id == request.user.pk,
        "may_carry_out": may_go_on and row.is_agreed and deciding.carries_out(request.user, row),
        "may_cancel": row.is_open and row.by_id == request.user.pk,
        "may_bring_anew": row.by_id == request.user.pk and (row.is_sent_back or bool(plan.errors)),
        "waits_for": deciding.import_waits_for(row) if may_go_on else "",
    }
    return render(request, "accounts/import_check.html", context)


def _found(request: SignedRequest, name: str) -> PeopleImport:
    """Return one's own sheet, one whose list one gave, or one to confirm as the second; others' are not found."""
    related = ("file", "unit__parent__parent", "by", "asked_by", "agreed_by", "confirmed_by")
    row = get_object_or_404(PeopleImport.objects.visible_to(request.user).select_related(*related), file__name=name)
    if row.asked_by_id == request.user.pk:
        return row
    _office(request.user)
    if row.by_id != request.user.pk and not deciding.is_second(request.user, row):
        raise Http404
    return row


@signed_in
@require_POST
def answer(request: SignedRequest, name: str) -> HttpResponse:
    """Say yes to a list one gave, or send it back with a reason; after the yes it can still be taken back."""
    row = _found(request, name)
    if row.asked_by_id != request.user.pk:
        raise PermissionDenied(Permission.POST_ASK)
    form = ListForm(request.POST, agreed=row.is_agreed)
    if not form.is_valid():
        return _page(request, row, form)
    if form.cleaned_data["decision"] == "refuse":
        services.decline(row=row, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, gettext("已退回，上传人会看到理由；没有写入任何内容。"))
    else:
        plan = sheets.plan(_table(row.file), by=row.by, on=timezone.localdate())
        sheets.agree(plan, row=row, by=request.user, at=timezone.now())
        messages.success(request, gettext("已同意，安全管理员导入后会告诉您。"))
    return redirect("accounts:import-check", name=name)


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
    _office(request.user)
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

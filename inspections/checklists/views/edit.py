"""Changing check-lists: local additions, files, publishing, retiring, discarding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections.checklists import pages, selectors, services
from inspections.checklists.estimate import effort
from inspections.checklists.forms import AdditionForm, DefinitionForm, PublishForm, TightenForm
from inspections.checklists.models import Version
from inspections.checklists.rules.loading import SHIPPED_FILE
from inspections.checklists.rules.overlay import OverlayRefused
from inspections.checklists.services import Author
from inspections.checklists.services.drafting import taken_codes
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import ReasonForm
from logistics_portal.records import services as records


@signed_in
@require_http_methods(["GET", "POST"])
def add(request: SignedRequest, code: str) -> HttpResponse:
    """Let a county or city ask one more item of a check-list, or tighten one that stands."""
    author = local_author(request)
    base = base_of(request, code, author.unit)
    tightens = request.GET.get("form") == "tighten"
    form_class = TightenForm if tightens else AdditionForm
    form = form_class(request.POST or None, spec=base.spec)
    if form.is_valid():
        additions = additions_from(form, base, author.unit)
        try:
            draft = services.add_locally(checklist=base.checklist, additions=additions, author=author)
        except OverlayRefused as refusal:
            for sentence in refusal.sentences:
                form.add_error(None, sentence)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("已加入草稿，由本单位负责人发布后生效。"))
            return redirect("inspections:checklist-version", draft.pk)
    context = {"form": form, "base": base, "unit": author.unit, "tightens": tightens}
    return render(request, "inspections/checklists/add.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: SignedRequest) -> HttpResponse:
    """Let the province's administrator hand in new wordings as a file."""
    post = next((post for post in request.user.live_posts if post.role == Role.SCHEME_ADMIN), None)
    if post is None:
        raise PermissionDenied(Permission.CHECKLIST_DRAFT)
    form = DefinitionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        author = Author(request.user, post, post.unit, timezone.now())
        values = form.cleaned_data
        try:
            drafts = services.draft_from_definition(definition=values["file"], author=author, note=values["note"])
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("已生成 %(count)s 份草稿。") % {"count": len(drafts)})
            return redirect("inspections:checklists")
    return render(request, "inspections/checklists/upload.html", {"form": form})


@signed_in
@require_safe
def definition(request: SignedRequest) -> FileResponse:
    """Give the definition that comes with the portal as a file: the pattern for a new one."""
    if Role.SCHEME_ADMIN not in request.user.roles:
        raise PermissionDenied(Permission.CHECKLIST_DRAFT)
    return FileResponse(SHIPPED_FILE.open("rb"), as_attachment=True, filename=SHIPPED_FILE.name)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def publish(request: SignedRequest, pk: int) -> HttpResponse:
    """Publish a draft from a day on, having seen what it costs the officers."""
    row = found(request, pk)
    post = require(request.user, Permission.CHECKLIST_PUBLISH, at=row.unit)
    now = timezone.now()
    form = PublishForm(request.POST or None, earliest=services.first_start(now))

    def do(values: dict[str, Any]) -> object:
        return services.publish(version=row, starts=values["starts"], by=request.user, post=post, at=now)

    stands = Version.objects.visible_to(request.user).in_force(on=timezone.localdate()).filter(checklist=row.checklist)
    before = stands.filter(unit=row.unit).order_by("-number").first() or row.base
    words = pages.effort_words(effort(before.spec) if before else None, effort(row.spec))
    changes = pages.changes_between(before, row) if before else []
    context = {"title": gettext("发布检查表"), "words": words, "changes": changes, "button": gettext("发布")}
    context["done"] = gettext("已发布，到生效日起按新版本检查；学校会提前看到。")
    return decide(request, row, form, do, "checklist.publish", context)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def retire(request: SignedRequest, pk: int) -> HttpResponse:
    """End a published version with today."""
    row = found(request, pk)
    post = require(request.user, Permission.CHECKLIST_PUBLISH, at=row.unit)
    form = ReasonForm(request.POST or None)

    def do(values: dict[str, Any]) -> object:
        today, why = timezone.localdate(), values["reason"]
        return services.retire(version=row, last=today, reason=why, by=request.user, post=post, at=timezone.now())

    words = gettext("明天起不再按这个版本检查；已提交的检查不受影响。")
    context = {"title": gettext("停用检查表版本"), "words": words, "button": gettext("停用"), "danger": True}
    context["done"] = gettext("已停用，今天是这个版本的最后一天。")
    return decide(request, row, form, do, "checklist.retire", context)


@signed_in
@require_http_methods(["GET", "POST"])
def discard(request: SignedRequest, pk: int) -> HttpResponse:
    """Put a draft aside."""
    row = found(request, pk)
    post = request.user.post_for(Permission.CHECKLIST_PUBLISH, at=row.unit)
    if post is None and row.drafted_by_id != request.user.pk:
        raise PermissionDenied(Permission.CHECKLIST_PUBLISH)
    form = ReasonForm(request.POST or None)

    def do(_values: dict[str, Any]) -> object:
        return services.discard(version=row, by=request.user, post=post, at=timezone.now())

    context = {
        "title": gettext("丢弃草稿"),
        "words": gettext("草稿不再使用，记录仍然可查。"),
        "button": gettext("丢弃"),
        "done": gettext("草稿已丢弃。"),
    }
    return decide(request, row, form, do, "checklist.discard", {**context, "danger": True})


def decide(
    request: SignedRequest, row: Version, form: Any, do: Any, verb: str, context: dict[str, Any]
) -> HttpResponse:
    """Show the form of a step, or take it and go back to the version."""
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except NotAllowed as refusal:
            records.refused(by=request.user, verb=verb, on=row, reason=str(refusal), unit=row.unit)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, context["done"])
            return redirect("inspections:checklist-version", row.pk)
    return render(request, "inspections/checklists/decide.html", {"version": row, "form": form, **context})


def found(request: SignedRequest, pk: int) -> Version:
    """Return a version within reach, or 404."""
    rows = Version.objects.visible_to(request.user).select_related("checklist", "unit__parent", "base")
    return get_object_or_404(rows, pk=pk)


def local_author(request: SignedRequest) -> Author:
    """Return the county or city clerk who adds, or refuse with 403."""
    unit = pages.adding_unit(request.user)
    if unit is None:
        raise PermissionDenied(Permission.CHECKLIST_DRAFT)
    return Author(request.user, require(request.user, Permission.CHECKLIST_DRAFT, at=unit), unit, timezone.now())


def base_of(request: SignedRequest, code: str, unit: Unit) -> Version:
    """Return the wording above a unit that additions rest on, or 404."""
    seen = Version.objects.visible_to(request.user).filter(checklist__code=code)
    one = seen.select_related("checklist").defer("spec").order_by("pk").first()
    base = selectors.base_for(one.checklist, unit, timezone.localdate()) if one else None
    if base is None:
        raise Http404
    return base


def additions_from(form: AdditionForm | TightenForm, base: Version, unit: Unit) -> dict[str, Any]:
    """Return what a form adds, a new item under the next free code of the unit."""
    if isinstance(form, TightenForm):
        return form.additions()
    taken = taken_codes(base.checklist, except_draft=None)
    return {"items": [form.item(pages.next_code(base.spec, unit, taken))]}

"""Pages of the changes that need two people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from schools.register import selectors
from schools.register.forms import AnswerForm, CloseForm, EnrolmentForm, MergeForm, MoveForm, PlaceDayForm, ProposeForm
from schools.register.models import Place, Proposal, School
from schools.register.rules.changes import GUARDED
from schools.register.services import proposals as services
from schools.register.tables import ProposalFilter, ProposalTable

CONFLICT = 409
FORMS: dict[str, type[forms.Form]] = {
    Proposal.Kind.EDIT: ProposeForm,
    Proposal.Kind.CLOSE: CloseForm,
    Proposal.Kind.MERGE: MergeForm,
    Proposal.Kind.MOVE: MoveForm,
    Proposal.Kind.ENROL: EnrolmentForm,
}


@signed_in
@require_safe
def proposal_list(request: SignedRequest) -> HttpResponseBase:
    """List the changes asked for."""
    rows = Proposal.objects.visible_to(request.user).select_related("school", "place", "asked_by")
    template = "schools/register/proposals.html"
    return table_page(request, ProposalTable, rows, template=template, filterset=ProposalFilter)


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a change of a school that another person must approve."""
    if kind not in FORMS:
        raise Http404
    visible = School.objects.visible_to(request.user).select_related("unit__parent__parent__parent")
    school = get_object_or_404(visible, pk=pk)
    rights = selectors.rights_over(request.user, school, timezone.localdate())
    if not (rights.propose if kind in selectors.OF_SCHOOL else rights.close):
        raise PermissionDenied(Permission.SCHOOL_PROPOSE)
    year = _year() if kind == Proposal.Kind.ENROL else None
    form = FORMS[kind](request.POST or None, initial=_initial(school, year))
    if form.is_valid():
        try:
            wish = _enrolment(form, school, year) if year else _wish(kind, form, school)
            made = services.ask(school=school, kind=kind, by=request.user, at=timezone.now(), **wish)
            messages.success(request, gettext("已提交，另一位有权的人批准后生效。"))
            return redirect("schools:proposal", pk=made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "school": school, "kind": Proposal.Kind(kind), "year": year}
    return render(request, "schools/register/ask.html", context)


def _year() -> int:
    """Return the year whose pupils are told now, or refuse outside the months for it."""
    year = selectors.open_enrolment_year(timezone.now())
    if year is None:
        raise NotAllowed(gettext("在校生数按 10 月 1 日统计，当天起填报，次年 1 月数据冻结后不能再改。"))
    return year


def _initial(school: School, year: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(school, name) for name in (*GUARDED, "pupils", "boarders")}
    held = school.enrolments.filter(year=year).values("pupils", "boarders").first() if year else None
    return {"takes_effect": timezone.localdate(), **told, **(held or {})}


def _enrolment(form: forms.Form, school: School, year: int) -> dict[str, Any]:
    """Return the figures asked for, or refuse those that are kept already."""
    figures = {name: form.cleaned_data[name] for name in ("pupils", "boarders")}
    if school.enrolments.filter(year=year, **figures).exists():
        raise NotAllowed(gettext("没有改动，不必提交。"))
    changes = {"year": year, **figures}
    return {"takes_effect": date(year, 10, 1), "changes": changes, "document": form.cleaned_data["document"]}


def _wish(kind: str, form: forms.Form, school: School) -> dict[str, Any]:
    """Return what is asked for, or refuse a unit or school that does not exist."""
    typed = form.cleaned_data
    wish: dict[str, Any] = {"takes_effect": typed["takes_effect"], "document": typed["document"]}
    if isinstance(form, ProposeForm):
        wish["changes"] = form.wanted(school)
        if not wish["changes"]:
            raise NotAllowed(gettext("没有改动，不必提交。"))
    if kind == Proposal.Kind.MERGE:
        wish["successor"] = selectors.school_by_code(typed["successor"])
    if kind == Proposal.Kind.MOVE:
        wish["target_unit"] = selectors.unit_by_code(typed["target"])
    return wish


@signed_in
@require_http_methods(["GET", "POST"])
def ask_place(request: SignedRequest, pk: int, kind: str) -> HttpResponse:
    """Ask to put a place out of use, or back into use."""
    if kind not in {Proposal.Kind.CLOSE_PLACE, Proposal.Kind.REOPEN_PLACE}:
        raise Http404
    visible = Place.objects.visible_to(request.user).select_related("school__unit__parent__parent__parent")
    place = get_object_or_404(visible, pk=pk)
    require(request.user, Permission.PLACE_CLOSE, at=place.school.unit)
    form = PlaceDayForm(request.POST or None, initial={"takes_effect": timezone.localdate()})
    if form.is_valid():
        try:
            made = services.ask(
                school=place.school, place=place, kind=kind, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, gettext("已提交，主管教育局批准后生效。"))
            return redirect("schools:proposal", pk=made.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "school": place.school, "place": place, "kind": Proposal.Kind(kind)}
    return render(request, "schools/register/ask.html", context)


@signed_in
@require_safe
def proposal_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show what is asked for, and the answer to it."""
    return _page(request, _visible(request, pk), AnswerForm())


def _page(request: SignedRequest, proposal: Proposal, form: AnswerForm, status: int = 200) -> HttpResponse:
    context = {
        "proposal": proposal,
        "may_decide": proposal.state == Proposal.State.REQUESTED and selectors.may_decide(request.user, proposal),
        "may_take_back": proposal.state == Proposal.State.AGREED and selectors.may_decide(request.user, proposal),
        "may_withdraw": proposal.state == Proposal.State.REQUESTED and proposal.asked_by_id == request.user.pk,
        "taken_back": selectors.approval_taken_back(proposal),
        "too_late": selectors.is_too_late(proposal, timezone.now()),
        "decider": selectors.decider_unit(proposal),
        "rows": selectors.wish_of(proposal),
        "form": form,
    }
    return render(request, "schools/register/proposal.html", context, status=status)


@signed_in
@require_POST
def decide(request: SignedRequest, pk: int, step: str) -> HttpResponse:
    """Approve or refuse what another person asked for, or withdraw one's own wish."""
    proposal = _visible(request, pk)
    own = proposal.asked_by_id == request.user.pk
    if not (own if step == "withdraw" else selectors.may_decide(request.user, proposal)):
        raise PermissionDenied(Permission.SCHOOL_EDIT)
    form = AnswerForm(request.POST, reasoned=step == "refuse")
    status = 200
    try:
        if form.is_valid():
            _act(proposal, step, request, form.cleaned_data["answer"])
            return redirect("schools:proposal", pk=proposal.pk)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        status = CONFLICT
    return _page(request, _visible(request, pk), form, status)


def _act(proposal: Proposal, step: str, request: SignedRequest, answer: str) -> None:
    now = timezone.now()
    if step == "withdraw":
        services.withdraw(proposal=proposal, by=request.user, at=now)
    elif step == "approve":
        services.approve(proposal=proposal, by=request.user, at=now, answer=answer)
    else:
        services.refuse(proposal=proposal, by=request.user, at=now, answer=answer)


def _visible(request: SignedRequest, pk: int) -> Proposal:
    reach = ("school__unit__parent__parent__parent", "place", "target_unit__parent__parent", "successor")
    rows = Proposal.objects.visible_to(request.user).select_related(*reach, "asked_by", "decided_by")
    return get_object_or_404(rows, pk=pk)

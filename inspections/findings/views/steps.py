"""The page of a finding and the pages of its steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inspections.findings import pages, selectors, services
from inspections.findings.forms import AcceptForm, AnswerForm, AssignForm, ExtensionForm, RefuseForm, RemedyForm
from inspections.findings.models import Finding
from inspections.findings.people import UP_TO_F, Act, fixers_at, permission_for, post_for
from inspections.findings.services import Hand, Seen
from logistics_portal.accounts.gate import SignedRequest, signed_in
from logistics_portal.desk.selectors import panels_for
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.kit.forms import ReasonForm
from logistics_portal.records import services as records


@signed_in
@require_safe
def finding_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one finding: before and after, its facts, its life, and the steps this person may take."""
    finding = found(request, pk)
    page = pages.page_of(request.user, finding, now()) | {"panels": panels_for(request, "finding", finding)}
    return render(request, "inspections/findings/finding.html", page)


@signed_in
@require_http_methods(["GET", "POST"])
def assign(request: SignedRequest, pk: int) -> HttpResponse:
    """Make somebody responsible."""
    finding = found(request, pk)
    hand = hand_for(request, Act.ASSIGN, finding)
    form = AssignForm(request.POST or None, people=fixers_at(finding.place, on=timezone.localdate()))
    return step(request, Act.ASSIGN, finding, form, lambda it: services.assign(finding=finding, hand=hand, **it))


@signed_in
@require_http_methods(["GET", "POST"])
def remedy(request: SignedRequest, pk: int) -> HttpResponse:
    """Write down how a finding was put right."""
    finding = found(request, pk)
    hand = hand_for(request, Act.REMEDY, finding)
    wanted = selectors.photo_wanted(finding)
    form = RemedyForm(request.POST or None, request.FILES or None, photo_wanted=wanted)
    more = {"returned": selectors.last_return(finding), "draft": pages.draft_key(request.user, finding)}
    return step(
        request, Act.REMEDY, finding, form, lambda it: services.remedy(finding=finding, hand=hand, **it), **more
    )


@signed_in
@require_POST
def accept(request: SignedRequest, pk: int) -> HttpResponse:
    """Accept a remedy as it was seen."""
    finding = found(request, pk)
    hand = hand_for(request, Act.ACCEPT, finding)
    form = AcceptForm(request.POST, prefix=request.POST.get("prefix") or None)
    return verdict(
        request,
        Act.ACCEPT,
        finding,
        form,
        lambda it: services.accept(finding=finding, seen=seen(it), note=it["note"], hand=hand),
    )


@signed_in
@require_POST
def refuse(request: SignedRequest, pk: int) -> HttpResponse:
    """Return a remedy with a reason."""
    finding = found(request, pk)
    hand = hand_for(request, Act.REFUSE, finding)
    form = RefuseForm(request.POST, prefix=request.POST.get("prefix") or None)
    return verdict(
        request,
        Act.REFUSE,
        finding,
        form,
        lambda it: services.refuse(finding=finding, seen=seen(it), reason=it["reason"], hand=hand),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def ask_extension(request: SignedRequest, pk: int) -> HttpResponse:
    """Ask for a later deadline."""
    finding = found(request, pk)
    hand = hand_for(request, Act.ASK_EXTENSION, finding)
    form = ExtensionForm(request.POST or None, last=services.last_day_to_ask_for(finding))

    def do(it: Any) -> Any:
        return services.ask_extension(finding=finding, until=form.until, reason=it["reason"], hand=hand)

    return step(request, Act.ASK_EXTENSION, finding, form, do)


@signed_in
@require_http_methods(["GET", "POST"])
def extend(request: SignedRequest, pk: int, request_pk: int) -> HttpResponse:
    """Answer a request for a later deadline."""
    finding = found(request, pk)
    hand = hand_for(request, Act.EXTEND, finding)
    asked = get_object_or_404(finding.extension_requests.select_related("finding"), pk=request_pk)
    form = AnswerForm(request.POST or None)

    def do(it: Any) -> Any:
        granted = it["granted"] == "yes"
        return services.answer_extension(request=asked, granted=granted, answer=it["answer"], hand=hand)

    return step(request, Act.EXTEND, finding, form, do, asked=asked)


@signed_in
@require_http_methods(["GET", "POST"])
def ask_withdrawal(request: SignedRequest, pk: int) -> HttpResponse:
    """Ask that a finding made by mistake be taken back."""
    return with_reason(request, pk, Act.ASK_WITHDRAWAL, services.ask_withdrawal)


@signed_in
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedRequest, pk: int) -> HttpResponse:
    """Take back a finding made by mistake."""
    return with_reason(request, pk, Act.WITHDRAW, services.withdraw)


@signed_in
@require_http_methods(["GET", "POST"])
def refuse_withdrawal(request: SignedRequest, pk: int) -> HttpResponse:
    """Say that a finding was no mistake."""
    return with_reason(request, pk, Act.REFUSE_WITHDRAWAL, services.refuse_withdrawal)


@signed_in
@require_http_methods(["GET", "POST"])
def reopen(request: SignedRequest, pk: int) -> HttpResponse:
    """Open a closed finding again."""
    return with_reason(request, pk, Act.REOPEN, services.reopen)


def with_reason(request: SignedRequest, pk: int, act: Act, verb: Callable[..., Any]) -> HttpResponse:
    """Take a step that asks for nothing but a reason."""
    finding = found(request, pk)
    hand = hand_for(request, act, finding)
    form = ReasonForm(request.POST or None)
    return step(request, act, finding, form, lambda it: verb(finding=finding, reason=it["reason"], hand=hand))


def now() -> datetime:
    """Return the moment it is."""
    return timezone.now()


def found(request: SignedRequest, pk: int) -> Finding:
    """Return a finding within reach, or 404."""
    visible = Finding.objects.visible_to(request.user)
    people = ("fixer", "found_by", "verified_by")
    rows = visible.select_related(UP_TO_F, "place__school", "county", "checklist", "item", *people)
    return get_object_or_404(rows, pk=pk)


def hand_for(request: SignedRequest, act: Act, finding: Finding) -> Hand:
    """Return who acts under which post, or refuse with 403 and an audit row."""
    post = post_for(request.user, act, finding)
    if post is None:
        records.refused(by=request.user, verb=f"finding.{act}", on=finding)
        raise PermissionDenied(permission_for(act, finding))
    return Hand(request.user, post, now())


def step(
    request: SignedRequest, act: Act, finding: Finding, form: Form, do: Callable[[Any], Any], **more: Any
) -> HttpResponse:
    """Show the form of a step, or take it and go back to the finding."""
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except NotAllowed as refusal:
            records.refused(by=request.user, verb=f"finding.{act}", on=finding, reason=str(refusal))
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(pages.PAGES[act].done))
            return redirect("inspections:finding", finding.pk)
    words = selectors.deadline_words(finding, now())
    context = {"finding": finding, "form": form, "page": pages.PAGES[act], "deadline": words, **more}
    return render(request, "inspections/findings/step.html", context)


def verdict(request: SignedRequest, act: Act, finding: Finding, form: Form, do: Callable[[Any], Any]) -> HttpResponse:
    """Take a verdict; one on a remedy that changed meanwhile answers 409 and says so."""
    if not form.is_valid():
        return not_settled(
            request, finding, gettext("；").join(str(it) for errors in form.errors.values() for it in errors), 422
        )
    try:
        do(form.cleaned_data)
    except (Clash, NotAllowed) as refusal:
        records.refused(by=request.user, verb=f"finding.{act}", on=finding, reason=str(refusal))
        return not_settled(request, finding, str(refusal), 409)
    if request.headers.get("HX-Request"):
        context = {"finding": finding, "tone": "good", "word": pages.PAGES[act].done}
        return render(request, "inspections/findings/verdict.html", context)
    messages.success(request, str(pages.PAGES[act].done))
    return HttpResponseRedirect(back_to(request, finding))


def not_settled(request: SignedRequest, finding: Finding, reason: str, status: int) -> HttpResponse:
    """Say why a verdict was not taken: as a line of the queue, or as a page."""
    part = bool(request.headers.get("HX-Request"))
    template = "inspections/findings/verdict.html" if part else "inspections/findings/changed.html"
    title = gettext("已被修改，请重新查看") if status == 409 else gettext("请补充后再提交")  # noqa: PLR2004 - HTTP
    context = {"finding": finding, "reason": reason, "tone": "warn", "word": title, "title": title}
    return render(request, template, context, status=status)


def back_to(request: SignedRequest, finding: Finding) -> str:
    """Return where a verdict leads: back to the queue it was given in, or to the finding."""
    back = request.POST.get("back", "")
    inside = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if inside else selectors.address(finding.pk)


def seen(values: Any) -> Seen:
    """Return the remedy a verdict was given on."""
    return Seen(values["returns"], values["remedied_at"])

"""The pages of a structural exemption (限期保留): asked, prepared, decided, revoked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from inspections.findings import services
from inspections.findings.forms import DecideTolerationForm, PrepareTolerationForm, TolerationForm
from inspections.findings.models import Finding, Toleration
from inspections.findings.people import Act
from inspections.findings.services import Grounds
from inspections.findings.views.steps import found, hand_for, step, with_reason
from logistics_portal.accounts.gate import SignedRequest, signed_in


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the principal ask that a structural fault may stay until a day."""
    finding = found(request, pk)
    hand = hand_for(request, Act.ASK_TOLERATION, finding)
    last, days = services.longest_toleration(finding, timezone.localdate())
    form = TolerationForm(request.POST or None, last=last, days=days)

    def do(it: Any) -> Any:
        return services.ask_toleration(finding=finding, until=it["until"], reason=it["reason"], hand=hand)

    return step(request, Act.ASK_TOLERATION, finding, form, do)


@signed_in
@require_http_methods(["GET", "POST"])
def prepare(request: SignedRequest, pk: int, request_pk: int) -> HttpResponse:
    """Let a clerk state the structural cause and lay the request before the head, or give it back."""
    finding = found(request, pk)
    hand = hand_for(request, Act.PREPARE_TOLERATION, finding)
    asked = asked_for(finding, request_pk)
    form = PrepareTolerationForm(request.POST or None)

    def do(it: Any) -> Any:
        if it["answer"] == "return":
            return services.return_toleration(toleration=asked, reason=it["reason"], hand=hand)
        grounds = Grounds(it["cause"], it["document"], it["note"])
        return services.forward_toleration(toleration=asked, grounds=grounds, hand=hand)

    return step(request, Act.PREPARE_TOLERATION, finding, form, do, toleration=asked)


@signed_in
@require_http_methods(["GET", "POST"])
def decide(request: SignedRequest, pk: int, request_pk: int) -> HttpResponse:
    """Let the head of the office decide what a clerk prepared."""
    finding = found(request, pk)
    hand = hand_for(request, Act.DECIDE_TOLERATION, finding)
    asked = asked_for(finding, request_pk)
    form = DecideTolerationForm(request.POST or None)

    def do(it: Any) -> Any:
        granted = it["granted"] == "yes"
        return services.decide_toleration(toleration=asked, granted=granted, answer=it["answer"], hand=hand)

    return step(request, Act.DECIDE_TOLERATION, finding, form, do, toleration=asked)


@signed_in
@require_http_methods(["GET", "POST"])
def revoke(request: SignedRequest, pk: int) -> HttpResponse:
    """Let the head of the office end a toleration before its day."""
    return with_reason(request, pk, Act.REVOKE_TOLERATION, services.revoke_toleration)


def asked_for(finding: Finding, pk: int) -> Toleration:
    """Return a request for a toleration of a finding, or 404."""
    rows = finding.tolerations.select_related("finding", "asked_by", "prepared_by")
    return get_object_or_404(rows, pk=pk)

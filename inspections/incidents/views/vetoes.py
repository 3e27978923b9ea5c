"""Pages of the one-vote veto: the register, one veto, and every signature it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from inspections.incidents import doors, grounds, pages, services
from inspections.incidents.acting import Sheet, bare, step
from inspections.incidents.forms import AnswerForm, ConfirmForm, LiftForm, VetoForm
from inspections.incidents.models import Lifting, Veto
from inspections.incidents.services import Paper, telling, vetoing
from inspections.incidents.tables import VetoFilter, VetoTable
from inspections.incidents.views.incidents import READERS, address, visible
from logistics_portal.accounts.gate import SignedRequest, fresh, require, signed_in
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.forms import ReasonForm
from logistics_portal.kit.tables import table_page


@signed_in
@require_safe
def veto_list(request: SignedRequest) -> HttpResponseBase:
    """Show the register of vetoes a person may see."""
    if not request.user.roles & READERS:
        raise PermissionDenied(Permission.EXPORT_VIEW)
    rows = Veto.objects.visible_to(request.user).select_related("school", "county")
    return table_page(request, VetoTable, rows, template="inspections/incidents/vetoes.html", filterset=VetoFilter)


@signed_in
@require_safe
def veto_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one veto: why, for which year, what it means, who signed, and whose step is next."""
    veto = visible_veto(request.user, pk)
    require(request.user, Permission.EXPORT_VIEW, at=veto.school.unit)
    context = pages.veto_context(request.user, veto, timezone.now())
    return render(request, "inspections/incidents/veto.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def propose(request: SignedRequest, pk: int) -> HttpResponse:
    """Propose the veto that the decided facts of an incident give."""
    incident = visible(request.user, pk)
    post = require(request.user, Permission.VETO_PROPOSE, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.propose(incident=incident, by=request.user, post=post, at=timezone.now(), **typed)

    form = VetoForm(request.POST or None, years=doors.years_to_veto(incident))
    about = telling.name_of(incident)
    sheet = PROPOSE.resting_on(grounds.grounds_of(incident, doors.years_to_veto(incident)))
    return step(request, sheet, form, do, back=address(incident), about=about)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def second(request: SignedRequest, pk: int) -> HttpResponse:
    """Give the first of two provincial signatures."""
    veto = visible_veto(request.user, pk)
    post = require(request.user, Permission.VETO_CONFIRM_PROVINCE, at=veto.school.unit)

    def do(_typed: dict[str, Any]) -> object:
        return services.second(veto=veto, by=request.user, post=post, at=timezone.now())

    return sign(request, SECOND, bare(request), do, veto)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def confirm(request: SignedRequest, pk: int) -> HttpResponse:
    """Confirm a proposed veto; from then on it is active."""
    veto = visible_veto(request.user, pk)
    post = require(request.user, pages.confirm_permission(veto), at=veto.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.confirm(veto=veto, by=request.user, post=post, at=timezone.now(), **typed)

    return sign(request, CONFIRM, ConfirmForm(request.POST or None), do, veto, also=[pages.if_not_agreed(veto)])


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def refuse(request: SignedRequest, pk: int) -> HttpResponse:
    """Refuse a proposed veto, with the reason."""
    veto = visible_veto(request.user, pk)
    needed = pages.refuse_permission(vetoing.refuser_of(veto))
    post = require(request.user, needed, at=veto.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.refuse(veto=veto, by=request.user, post=post, at=timezone.now(), **typed)

    return sign(request, REFUSE, ReasonForm(request.POST or None), do, veto)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def send_back(request: SignedRequest, pk: int) -> HttpResponse:
    """Give a veto that the province's head has signed back to that head, with the reason."""
    veto = visible_veto(request.user, pk)
    post = require(request.user, Permission.VETO_CONFIRM_LEADER, at=veto.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.send_back(veto=veto, by=request.user, post=post, at=timezone.now(), **typed)

    return sign(request, SEND_BACK, ReasonForm(request.POST or None), do, veto)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def lift(request: SignedRequest, pk: int) -> HttpResponse:
    """Ask to lift a veto after an appeal decision or a superseding finding."""
    veto = visible_veto(request.user, pk)
    post = require(request.user, Permission.VETO_LIFT, at=veto.school.unit)

    def do(typed: dict[str, Any]) -> object:
        paper, ground = Paper(typed["document_no"], text=typed["text"]), typed["ground"]
        return services.propose_lift(
            veto=veto, ground=ground, paper=paper, by=request.user, post=post, at=timezone.now()
        )

    return sign(request, LIFT, LiftForm(request.POST or None), do, veto)


@signed_in
@fresh
@require_http_methods(["GET", "POST"])
def decide_lift(request: SignedRequest, pk: int) -> HttpResponse:
    """Approve or refuse to lift a veto."""
    rows = Lifting.objects.visible_to(request.user).select_related("veto__school__unit__parent__parent__parent")
    asked = get_object_or_404(rows, pk=pk)
    post = require(request.user, Permission.VETO_LIFT_LEADER, at=asked.veto.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.decide_lift(lifting=asked, by=request.user, post=post, at=timezone.now(), **typed)

    about = f"{asked.veto}：{asked.get_ground_display()} {asked.document_no} {asked.reason}"
    return step(request, DECIDE_LIFT, AnswerForm(request.POST or None), do, back=page_of(asked.veto), about=about)


def visible_veto(user: User, pk: int) -> Veto:
    """Return a veto within reach, with what its rules and its page ask for."""
    rows = Veto.objects.visible_to(user).select_related(*pages.VETO_RELATED)
    related = ("incident__grades", "incident__responsibilities", "incident__report_acts")
    return get_object_or_404(rows.prefetch_related(*related, "liftings__asked_by", "liftings__decided_by"), pk=pk)


def sign(
    request: SignedRequest,
    sheet: Sheet,
    form: Form,
    do: Callable[[dict[str, Any]], object],
    veto: Veto,
    also: Sequence[grounds.Row] = (),
) -> HttpResponse:
    """Show a signer which veto it is, of which school, and the facts it rests on, or take the step."""
    facts = [*grounds.grounds_of_veto(veto), *also]
    about = f"{veto.number} · {veto.school.name}"
    return step(request, sheet.resting_on(facts), form, do, back=page_of(veto), about=about)


def page_of(veto: Veto) -> str:
    """Return the address of a veto's page."""
    return reverse("inspections:veto", args=[veto.pk])


PROPOSE = Sheet(
    _("提出一票否决"),
    _(
        "系统按已认定的等级、责任和报告情况列出事由。提出后由上一级（较大及以上、瞒报谎报由省级）确认，确认前只作“暂缓（调查中）”。"
    ),
    _("提出否决"),
    _("已提出，待确认。"),
    danger=True,
)
SECOND = Sheet(
    _("省级初核"),
    _("较大及以上事故、瞒报谎报须两人签署：负责人初核，分管领导确认。"),
    _("初核通过"),
    _("已初核，待分管领导确认。"),
)
CONFIRM = Sheet(
    _("确认否决"),
    _("确认后立即生效：该年度评价为不合格，创建评先停止申报，学校收到决定和申诉期限。"),
    _("确认否决"),
    _("否决已生效，学校已收到通知。"),
    danger=True,
)
SEND_BACK = Sheet(
    _("不同意，退回"),
    _("退回省级后勤部门负责人重新办理：撤下初核签署，否决仍为拟否决，由负责人再次初核或决定不予否决。"),
    _("退回"),
    _("已退回省级后勤部门负责人。"),
    danger=True,
)
REFUSE = Sheet(
    _("不予否决"),
    _("事由仍成立的，只有省级可以不予否决；理由列入省级清单。"),
    _("不予否决"),
    _("已登记不予否决。"),
    danger=True,
)
LIFT = Sheet(
    _("提出解除"),
    _("只有申诉决定，或代替原认定的新认定，才能解除；本单位分管领导批准前否决继续有效。"),
    _("提出解除"),
    _("已提出，待分管领导批准。"),
    danger=True,
)
DECIDE_LIFT = Sheet(
    _("决定是否解除"), _("批准后否决立即解除，相关结果重新计算为新版本。"), _("提交决定"), _("决定已登记。")
)

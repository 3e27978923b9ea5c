"""Pages of what is decided about an incident: grade, responsibility, how it was reported, and what softens it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from inspections.incidents import doors, grounds, pages, selectors, services, words
from inspections.incidents.acting import Sheet, step
from inspections.incidents.forms import AnswerForm, GradeForm, ReportActForm, ResponsibilityForm
from inspections.incidents.models import GradeDecision, ResponsibilityFinding, Softening
from inspections.incidents.rules.words import Grade, Reporting, Responsibility
from inspections.incidents.services import Paper
from inspections.incidents.softenings import softenings_for
from inspections.incidents.softforms import SofteningForm
from inspections.incidents.tables import SofteningTable
from inspections.incidents.views.incidents import READERS, address, visible
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import BUREAU_ROLES, PROVINCE_ROLES, Permission
from logistics_portal.kit.tables import table_page

BUREAUS = READERS & {role.value for role in BUREAU_ROLES | PROVINCE_ROLES}
RELATED = ("incident__school__unit__parent__parent__parent", "incident__county__parent__parent", "proposed_by")


@signed_in
@require_http_methods(["GET", "POST"])
def grade(request: SignedRequest, pk: int) -> HttpResponse:
    """Propose how grave an incident is."""
    incident = visible(request.user, pk)
    require(request.user, Permission.VETO_PROPOSE, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        paper, level = _paper(typed), Grade(typed["grade"])
        return services.propose_grade(incident=incident, grade=level, paper=paper, by=request.user, at=timezone.now())

    form = GradeForm(request.POST or None, initial={"grade": selectors.facts_of(incident).grade})
    form.fields["grade"].help_text = pages.ladders_in_words(incident)
    return step(request, GRADE, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def decide_grade(request: SignedRequest, pk: int) -> HttpResponse:
    """Decide a proposed grade."""
    row = get_object_or_404(GradeDecision.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    post = doors.enter(request.user, doors.grade_doors(row), at=row.incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.decide_grade(decision=row, by=request.user, post=post, at=timezone.now(), **typed)

    return step(
        request, _decide(row), AnswerForm(request.POST or None), do, back=address(row.incident), about=row.incident
    )


@signed_in
@require_http_methods(["GET", "POST"])
def responsibility(request: SignedRequest, pk: int) -> HttpResponse:
    """Enter how far the school answers, by the document of the finding authority."""
    incident = visible(request.user, pk)
    require(request.user, Permission.RESPONSIBILITY_RECORD, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        paper, degree = _paper(typed), Responsibility(typed["degree"])
        return services.record_responsibility(
            incident=incident, degree=degree, paper=paper, by=request.user, at=timezone.now()
        )

    form = ResponsibilityForm(request.POST or None)
    return step(request, RESPONSIBILITY, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def decide_responsibility(request: SignedRequest, pk: int) -> HttpResponse:
    """Decide an entered responsibility."""
    row = get_object_or_404(ResponsibilityFinding.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    post = doors.enter(request.user, doors.responsibility_doors(row), at=row.incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.decide_responsibility(finding=row, by=request.user, post=post, at=timezone.now(), **typed)

    return step(
        request, _decide(row), AnswerForm(request.POST or None), do, back=address(row.incident), about=row.incident
    )


@signed_in
@require_http_methods(["GET", "POST"])
def report_act(request: SignedRequest, pk: int) -> HttpResponse:
    """Decide whether an incident was concealed or falsely reported."""
    incident = visible(request.user, pk)
    post = require(request.user, Permission.REPORT_ACT_DECIDE, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        paper, kind = _paper(typed), Reporting(typed["kind"])
        return services.decide_report_act(
            incident=incident, kind=kind, paper=paper, by=request.user, post=post, at=timezone.now()
        )

    form = ReportActForm(request.POST or None)
    return step(request, REPORT_ACT, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def soften(request: SignedRequest, pk: int) -> HttpResponse:
    """Propose a change somebody would gain from."""
    incident = visible(request.user, pk)
    require(request.user, Permission.INCIDENT_SOFTEN_PROPOSE, at=incident.school.unit)
    form = SofteningForm(request.POST or None, incident=incident)

    def do(typed: dict[str, Any]) -> object:
        papers = {"reason": typed["reason"], "document_no": typed["document_no"]}
        return services.propose_softening(
            incident=incident, change=form.change(), by=request.user, at=timezone.now(), **papers
        )

    return step(request, SOFTEN, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def decide_softening(request: SignedRequest, pk: int) -> HttpResponse:
    """Agree to a softening, or refuse it."""
    row = get_object_or_404(Softening.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    post = doors.enter(request.user, doors.softening_doors(row.incident), at=row.incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.decide_softening(softening=row, by=request.user, post=post, at=timezone.now(), **typed)

    about = f"{row.incident}：{'；'.join(words.change_lines(row.change))}。{row.reason} {row.document_no}"
    return step(request, DECIDE, AnswerForm(request.POST or None), do, back=address(row.incident), about=about)


@signed_in
@require_safe
def softenings(request: SignedRequest) -> HttpResponseBase:
    """List everything that made an incident lighter, whole and without filters, beside gaps in the numbers (T07)."""
    if not request.user.roles & BUREAUS:
        raise PermissionDenied(Permission.INCIDENT_SOFTEN)
    rows, year = softenings_for(request.user), timezone.localdate().year
    gaps = [(it, selectors.number_gaps(it)) for it in (year, year - 1)]
    return table_page(
        request, SofteningTable, rows, template="inspections/incidents/softenings.html", context={"gaps": gaps}
    )


def _decide(row: GradeDecision | ResponsibilityFinding) -> Sheet:
    """Return the sheet of a decision, on the facts of the incident and what is proposed."""
    years = selectors.years_of(row.incident)
    return DECIDE.resting_on([*grounds.grounds_of(row.incident, years), *grounds.proposal_of(row)])


def _paper(typed: dict[str, Any]) -> Paper:
    return Paper(typed["document_no"], typed.get("authority", ""), typed.get("text", ""))


GRADE = Sheet(
    _("拟定等级"),
    _("适用的分级都作测算，取高者。拟定低于测算的等级属降低性变更：须有认定文书、写明理由，由上一级决定，省级可见。"),
    _("提交拟定"),
    _("已提交，待审定。"),
)
DECIDE = Sheet(_("审定"), _("拟定人、提出人不能审定自己的事项；决定会记入操作记录。"), _("提交决定"), _("决定已登记。"))
RESPONSIBILITY = Sheet(
    _("录入责任认定"),
    _("按认定机关的文书录入。同等及以上责任由初审单位负责人审定；无责、次要责任由上一级审定。"),
    _("提交录入"),
    _("已提交，待审定。"),
)
REPORT_ACT = Sheet(
    _("认定是否瞒报、谎报"),
    _("由上一级在听取学校意见后认定，系统不会自动认定。认定瞒报、谎报即构成否决事由，须省级确认。"),
    _("作出认定"),
    _("认定已登记。"),
    danger=True,
)
SOFTEN = Sheet(
    _("降低性变更"),
    _(
        "减少数字、改发生日期、改学校、剔除、提前结案、撤销迟报记录都属降低性变更。批准前原事实继续有效，省级清单即时可见。"
    ),
    _("提出变更"),
    _("已提出，待上一级决定。"),
    danger=True,
)

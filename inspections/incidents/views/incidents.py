"""Pages of incidents: the list, the quick report, one incident, and the reports that follow."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from inspections.incidents import doors, pages, selectors, services
from inspections.incidents.acting import Sheet, bare, step
from inspections.incidents.forms import FollowUpForm, ReportForm, ToldForm, WhichSchoolForm, WordsForm
from inspections.incidents.models import Incident
from inspections.incidents.services import Casualty, First
from inspections.incidents.tables import IncidentFilter, IncidentTable
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import GRANTS, SCHOOL_ROLES, Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from schools.register.models import School

READERS = frozenset(role.value for role in GRANTS[Permission.EXPORT_VIEW])
REPORTERS = frozenset(role.value for role in GRANTS[Permission.INCIDENT_REPORT])
UP = "unit__parent__parent__parent"


@signed_in
@require_safe
def incident_list(request: SignedRequest) -> HttpResponseBase:
    """List the incidents a person may see."""
    if not request.user.roles & READERS:
        raise PermissionDenied(Permission.EXPORT_VIEW)
    rows = Incident.objects.visible_to(request.user).select_related("school", "county")
    return table_page(
        request,
        IncidentTable,
        rows.prefetch_related(*selectors.with_decisions(), "vetoes"),
        template="inspections/incidents/list.html",
        filterset=IncidentFilter,
        context={"may_report": bool(request.user.roles & REPORTERS)},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def new_incident(request: SignedRequest) -> HttpResponse:
    """Lead to the quick report: straight to the own school, or by a school's name or code."""
    if not request.user.roles & REPORTERS:
        raise PermissionDenied(Permission.INCIDENT_REPORT)
    schools = School.objects.visible_to(request.user).living(on=timezone.localdate())
    own = [post.unit_id for post in request.user.live_posts if post.role in SCHOOL_ROLES]
    mine = schools.filter(unit__in=own).first()
    if mine is not None:
        return redirect("inspections:incident-report", mine.pk)
    form = WhichSchoolForm(request.POST or None)
    if form.is_valid():
        found = list(schools.matching(form.cleaned_data["school"]).order_by("name", "pk")[:20])
        if len(found) == 1:
            return redirect("inspections:incident-report", found[0].pk)
        form.add_error(
            "school", gettext("没有这所学校，请核对。") if not found else gettext("有多所学校，请从下面选一所。")
        )
        return render(request, "inspections/incidents/which.html", {"form": form, "found": found})
    return render(request, "inspections/incidents/which.html", {"form": form})


@signed_in
@require_http_methods(["GET", "POST"])
def report(request: SignedRequest, pk: int) -> HttpResponse:
    """Take the first report of an incident: kind, figures, place, times, one sentence."""
    school = get_object_or_404(School.objects.visible_to(request.user).select_related(UP), pk=pk)
    post = require(request.user, Permission.INCIDENT_REPORT, at=school.unit)
    now = timezone.now()
    form = ReportForm(request.POST or None, school=school, now=now)
    if form.is_valid():
        try:
            incident = services.report(first=_first(form, school), by=request.user, post=post, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("已报告，编号 %(number)s。") % {"number": incident.number})
            return redirect("inspections:incident", incident.pk)
    return render(request, "inspections/incidents/report.html", {"form": form, "school": school})


def _first(form: ReportForm, school: School) -> First:
    names = ("kind", "happened_at", "discovered_at", "summary", "place", "reportable", "client_id")
    typed: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
    return First(school=school, domain=form.domain, casualty=Casualty(**form.figures()), **typed)


@signed_in
@require_safe
def incident_page(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one incident: facts, clocks, grades, responsibility, vetoes, versions, and whose step is next."""
    incident = visible(request.user, pk)
    require(request.user, Permission.EXPORT_VIEW, at=incident.school.unit)
    context = pages.incident_context(request.user, incident, timezone.now())
    return render(request, "inspections/incidents/incident.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def follow_up(request: SignedRequest, pk: int) -> HttpResponse:
    """Add a follow-up report."""
    incident = visible(request.user, pk)
    post = doors.enter(request.user, doors.FOLLOW, at=incident.school.unit)
    form = FollowUpForm(request.POST or None, incident=incident)

    def do(typed: dict[str, Any]) -> object:
        change, text = form.change(), typed["text"]
        return services.follow_up(
            incident=incident, change=change, text=text, by=request.user, post=post, at=timezone.now()
        )

    return step(request, FOLLOW_UP, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def finish(request: SignedRequest, pk: int) -> HttpResponse:
    """Hand in the final report."""
    incident = visible(request.user, pk)
    post = doors.enter(request.user, doors.FOLLOW, at=incident.school.unit)
    form = FollowUpForm(request.POST or None, incident=incident)

    def do(typed: dict[str, Any]) -> object:
        change, text = form.change(), typed["text"]
        return services.finish(
            incident=incident, change=change, text=text, by=request.user, post=post, at=timezone.now()
        )

    return step(request, FINISH, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def pass_on(request: SignedRequest, pk: int) -> HttpResponse:
    """Record that a bureau passed the report on to the one above."""
    incident = visible(request.user, pk)
    post = require(request.user, Permission.INCIDENT_PASS_ON, at=incident.school.unit)

    def do(_typed: dict[str, Any]) -> object:
        return services.pass_on(incident=incident, by=request.user, post=post, at=timezone.now())

    return step(request, PASS_ON, bare(request), do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def tell_health(request: SignedRequest, pk: int) -> HttpResponse:
    """Record when market regulation and health were told."""
    incident = visible(request.user, pk)
    post = doors.enter(request.user, doors.FOLLOW, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.tell_health(incident=incident, by=request.user, post=post, at=timezone.now(), **typed)

    form = ToldForm(request.POST or None)
    return step(request, TELL_HEALTH, form, do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def end(request: SignedRequest, pk: int) -> HttpResponse:
    """Say that the emergency is over."""
    incident = visible(request.user, pk)
    post = doors.enter(request.user, doors.FOLLOW, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.end(incident=incident, by=request.user, post=post, at=timezone.now(), **typed)

    return step(request, END, WordsForm(request.POST or None), do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def close(request: SignedRequest, pk: int) -> HttpResponse:
    """Close the case."""
    incident = visible(request.user, pk)
    post = require(request.user, Permission.INCIDENT_CLOSE, at=incident.school.unit)

    def do(_typed: dict[str, Any]) -> object:
        return services.close(incident=incident, by=request.user, post=post, at=timezone.now())

    return step(request, CLOSE, bare(request), do, back=address(incident), about=incident)


@signed_in
@require_http_methods(["GET", "POST"])
def rectify(request: SignedRequest, pk: int) -> HttpResponse:
    """Say that what led to the incident has been put right."""
    incident = visible(request.user, pk)
    post = require(request.user, Permission.INCIDENT_RECTIFY, at=incident.school.unit)

    def do(typed: dict[str, Any]) -> object:
        return services.verify_rectification(incident=incident, by=request.user, post=post, at=timezone.now(), **typed)

    return step(request, RECTIFY, WordsForm(request.POST or None), do, back=address(incident), about=incident)


def visible(user: User, pk: int) -> Incident:
    """Return an incident within reach, with what its rules and its page ask for."""
    rows = Incident.objects.visible_to(user).select_related(*pages.RELATED)
    related = ("grades__decided_by", "responsibilities__decided_by", "report_acts", "vetoes", "softenings__proposed_by")
    return get_object_or_404(rows.prefetch_related(*related), pk=pk)


def address(incident: Incident) -> str:
    """Return the address of an incident's page."""
    return reverse("inspections:incident", args=[incident.pk])


FOLLOW_UP = Sheet(
    _("续报"),
    _("数字只能增加或保持；要减少、改日期、改地点、改学校，请走“降低性变更”。结案后续报会重新进入处置。"),
    _("提交续报"),
    _("续报已提交，初审单位和上级已同时看到。"),
)
FINISH = Sheet(_("终报"), _("在终报期限内提交，写清原因、救治、善后和整改。"), _("提交终报"), _("终报已提交。"))
PASS_ON = Sheet(
    _("上报"), _("确认已按规定向上一级书面上报；上报时间以现在为准，不能补填。"), _("确认已上报"), _("上报时间已登记。")
)
TELL_HEALTH = Sheet(
    _("登记通报"),
    _("食源性、饮水事件须在规定时限内通报市场监管和卫生健康部门；超时按迟报计。"),
    _("登记"),
    _("通报时间已登记。"),
)
END = Sheet(
    _("应急结束"), _("现场处置完毕、伤员得到救治后办理；之后在期限内提交终报。"), _("应急结束"), _("已登记应急结束。")
)
CLOSE = Sheet(_("结案"), _("等级和责任都已认定后结案；提交终报的人不能自己结案。"), _("结案"), _("已结案。"))
RECTIFY = Sheet(
    _("核验整改"),
    _("确认造成事故的问题已整改到位。核验后，一票否决的影响期到期即可解除；只能登记一次。"),
    _("核验通过"),
    _("整改核验已登记。"),
)

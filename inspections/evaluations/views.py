"""Pages of the annual evaluation."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from inspections.evaluations import pages, selectors, services
from inspections.evaluations.behind import Behind, Figure, figures, rows_of
from inspections.evaluations.forms import RunForm
from inspections.evaluations.models import Evaluation
from inspections.evaluations.tables import EvaluationFilter, EvaluationTable, table_of
from inspections.evaluations.trail import links
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records.models import Job


@signed_in
@require_safe
def evaluations(request: SignedRequest) -> HttpResponseBase:
    """List the results of a year that a person may see, with the grades as they stand now."""
    run = selectors.run_asked_for(request.GET.get("year", ""), request.GET.get("run", ""))
    seen = Evaluation.objects.visible_to(request.user).filter(run=run).select_related("school", "county", "run__scheme")
    rows = selectors.with_grade(seen, run.year if run else timezone.localdate().year)
    context = {"run": run, "years": selectors.years(), "may_run": _may_run(request)}
    template = "inspections/evaluations/evaluations.html"
    return table_page(request, EvaluationTable, rows, template=template, filterset=EvaluationFilter, context=context)


@signed_in
@require_safe
def evaluation(request: SignedRequest, pk: int) -> HttpResponse:
    """Show one result: every point, the formula behind it, the figures it was computed from, and their rows."""
    row = _evaluation(request, pk)
    told = selectors.told(row)
    days = selectors.school_days_so_far(row)
    context = {"told": told, "evaluation": row, "run": row.run, "links": links(row), "days_so_far": days}
    return render(request, "inspections/evaluations/evaluation.html", context)


@signed_in
@require_safe
def rows(request: SignedRequest, pk: int, part: str, figure: str) -> HttpResponseBase:
    """List the rows that one figure of a result was counted from, and say where they differ from it by now."""
    row = _evaluation(request, pk)
    told, wanted = selectors.told(row), Figure(part, figure)
    number = figures(told.inputs).get(wanted)
    try:
        found = rows_of(Behind(row, request.user), wanted)
    except KeyError as unknown:
        raise Http404 from unknown
    count = len(found) if isinstance(found, list) else found.count()
    context = {
        "evaluation": row,
        "figure_words": pages.words_of(wanted),
        "number": number,
        "other": number is not None and number != count,
    }
    table, found = table_of(found)
    return table_page(request, table, found, template="inspections/evaluations/rows.html", context=context)


def _evaluation(request: SignedRequest, pk: int) -> Evaluation:
    seen = Evaluation.objects.visible_to(request.user)
    row = get_object_or_404(seen.select_related("run__scheme", "school__unit", "county"), pk=pk)
    require(request.user, Permission.EVALUATION_SEE, at=row.school.unit)
    return row


@signed_in
@require_http_methods(["GET", "POST"])
def run_year(request: SignedRequest) -> HttpResponse:
    """Let the province's evaluation admin order a run of a year."""
    if not _may_run(request):
        raise PermissionDenied(Permission.EVALUATION_RUN)
    form = RunForm(request.POST or None, initial={"year": timezone.localdate().year})
    if form.is_valid():
        try:
            run = services.order_run(year=form.cleaned_data["year"], by=request.user, at=timezone.now())
            return redirect("inspections:evaluation-run", pk=run.pk)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "inspections/evaluations/run_year.html", {"form": form})


@signed_in
@require_safe
def run(request: SignedRequest, pk: int) -> HttpResponse:
    """Show how far a run is, and its figures once it is done."""
    if not _may_run(request):
        raise Http404
    job = get_object_or_404(Job.objects.visible_to(request.user), kind=services.TASK, key=str(pk))
    found = selectors.run_with_grades(pk)
    part = request.headers.get("HX-Request")
    template = "components/progress.html" if part else "inspections/evaluations/run.html"
    return render(request, template, {"found": found, "job": job, "url": request.path, "result_url": found.url()})


def _may_run(request: SignedRequest) -> bool:
    post = request.user.main_post
    return post is not None and request.user.can(Permission.EVALUATION_RUN, at=post.unit)

"""The pages of school, county, city and province."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections.dashboards import boards, charts, live, schoolday, selectors, services
from inspections.dashboards.forms import GAPS, read
from inspections.dashboards.panels import home_of
from inspections.dashboards.selectors import Tree
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.web import page_or_part
from schools.register.models import School


def _tree(request: SignedRequest, code: str) -> Tree:
    """Return a bureau within reach with what lies below it, asking for the right to see its figures."""
    found = selectors.tree(request.user, code)
    if found is None:
        raise Http404
    require(request.user, Permission.REPORT_SEE, at=found.root)
    return found


@signed_in
@require_safe
def home(request: SignedRequest) -> HttpResponse:
    """Lead a person to the page of the unit their post sits at."""
    url = home_of(request.user)
    if not url:
        raise Http404
    return HttpResponseRedirect(url)


@signed_in
@require_safe
def board(request: SignedRequest, code: str) -> HttpResponse:
    """Show how a bureau's schools stand: the bench of a county, the comparison of a city or of the province."""
    found, now = _tree(request, code), timezone.now()
    form, ask = read(request.GET, local_date(now))
    here = boards.board(request.user, found, ask, now)
    template, filled = _bench(request, here) if here.is_bench else _comparison(request, here)
    context = {"board": here, "form": form, "crumbs": boards.crumbs(request.user, found.root), **filled}
    return render(request, f"inspections/dashboards/{template}.html", context)


def _bench(request: SignedRequest, here: boards.Board) -> tuple[str, dict[str, object]]:
    rows = selectors.work(request.user, here.unit, at=here.at, subject=here.ask.subject)
    found = schoolday.with_deadlines(rows, here.at)
    return "bench", {"figures": charts.bench_figures(here), "work": found, "trend": charts.bench_line(here)}


def _comparison(request: SignedRequest, here: boards.Board) -> tuple[str, dict[str, object]]:
    rows = boards.unit_rows(here)
    last, subject = here.ask.day or here.today, here.ask.subject
    worst = selectors.worst_items(request.user, here.unit, first=here.first, last=last, subject=subject)
    filled = {"figures": charts.compare_figures(here), "rows": rows, "items": worst, "trend": charts.trend(here)}
    return "compare", {**filled, "span": charts.span_words(here), **charts.side_by_side(here, rows)}


@signed_in
@require_safe
def items(request: SignedRequest, code: str) -> HttpResponse:
    """Show what fails most often below a bureau; as a card when a board asks."""
    found, today = _tree(request, code), local_date(timezone.now())
    _form, ask = read(request.GET, today)
    last = ask.day or today
    rows = selectors.worst_items(request.user, found.root, first=last - selectors.MONTH, last=last, subject=ask.subject)
    context = {
        "unit": found.root,
        "items": rows,
        "crumbs": boards.crumbs(request.user, found.root, gettext("异常最多的项")),
    }
    return page_or_part(request, "inspections/dashboards/items.html", "card", context)


@signed_in
@require_safe
def vetoes(request: SignedRequest, code: str) -> HttpResponse:
    """Show the schools vetoed or withheld and the incidents still open; as a card when a board asks."""
    found, now = _tree(request, code), timezone.now()
    _form, ask = read(request.GET, local_date(now))
    rows = live.veto_cases(request.user, found, at=now, subject=ask.subject)
    context = {
        "unit": found.root,
        "cases": rows,
        "crumbs": boards.crumbs(request.user, found.root, gettext("否决与事故")),
    }
    return page_or_part(request, "inspections/dashboards/vetoes.html", "card", context)


@signed_in
@require_safe
def unchecked(request: SignedRequest, code: str) -> HttpResponse:
    """Show the schools that still have to hand something in today; as a card when a board asks."""
    found, now = _tree(request, code), timezone.now()
    _form, ask = read(request.GET, local_date(now))
    lines = live.school_lines(request.user, found, ask, day=local_date(now), at=now)
    context = {
        "unit": found.root,
        "lines": [line for line in lines if line.can_still],
        "query": ask.query(),
        "at": now,
        "may_remind": request.user.can(Permission.EXEMPTION_DECIDE, at=found.root),
        "crumbs": boards.crumbs(request.user, found.root, gettext("今日未检学校")),
    }
    return page_or_part(request, "inspections/dashboards/unchecked.html", "card", context)


@signed_in
@require_http_methods(["POST"])
def remind(request: SignedRequest, code: str) -> HttpResponse:
    """Remind the chosen schools of what is missing today, once a day."""
    found, now = _tree(request, code), timezone.now()
    require(request.user, Permission.EXEMPTION_DECIDE, at=found.root)
    _form, ask = read(request.GET, local_date(now))
    chosen = set(request.POST.getlist("school"))
    lines = live.school_lines(request.user, found, ask, day=local_date(now), at=now)
    wanted = [line for line in lines if line.can_still and str(line.school.pk) in chosen]
    told = services.remind(lines=wanted, by=request.user, at=now)
    if told:
        messages.success(request, ngettext("已提醒 %(n)s 所学校。", "已提醒 %(n)s 所学校。", told) % {"n": told})
    else:
        messages.info(request, gettext("没有新的提醒：请勾选学校；今天提醒过的不再重复提醒。"))
    return redirect("inspections:board-unchecked", found.root.code)


@signed_in
@require_safe
def schools(request: SignedRequest, code: str) -> HttpResponse:
    """Show how every school a bureau reviews stood on one day, with what is missing and what was found."""
    found, now = _tree(request, code), timezone.now()
    form, ask = read(request.GET, local_date(now))
    here = boards.board(request.user, found, ask, now)
    lines = live.school_lines(request.user, found, ask, day=here.day, at=now)
    show = request.GET.get("show", "")
    context = {
        "board": here,
        "form": form,
        "show": show,
        "gaps": GAPS,
        "all": len(lines),
        "lines": live.narrowed(lines, show),
        "crumbs": boards.crumbs(request.user, found.root, gettext("各校情况")),
    }
    return render(request, "inspections/dashboards/schools.html", context)


@signed_in
@require_safe
def school(request: SignedRequest, pk: int) -> HttpResponse:
    """Show a school's own day: what is due, what is open, the month, the last thirty days."""
    places, now = schoolday.places_of(request.user, pk), timezone.now()
    here = places[0].school if places else School.objects.visible_to(request.user).filter(pk=pk).first()
    if here is None:
        raise Http404
    require(request.user, Permission.EXPORT_VIEW, at=here.unit)
    page = schoolday.page(request.user, here, places, now)
    context = {"page": page, "school": here, "now": now, "crumbs": boards.way_back(request.user, here.unit)}
    return render(request, "inspections/dashboards/school.html", context)

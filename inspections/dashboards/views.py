"""The pages of school, county, city and province."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections.checks.tables import CheckTable
from inspections.dashboards import boards, charts, lists, live, rules, schoolday, selectors, services, troubles
from inspections.dashboards import slots as slotbook
from inspections.dashboards.forms import GAPS, read, read_slots
from inspections.dashboards.panels import home_of
from inspections.dashboards.selectors import Tree
from inspections.dashboards.tables import DayTable, SlotTable
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.components import Crumb
from logistics_portal.kit.dates import local_date, month_of
from logistics_portal.kit.tables import table_page
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
    rows, last = boards.unit_rows(here), here.ask.day or here.today
    worst = selectors.worst_items(request.user, here.unit, day=last, subject=here.ask.subject)
    filled = {"figures": charts.compare_figures(here), "rows": rows, "items": worst, "trend": charts.trend(here)}
    told = {"span": charts.span_words(here), "item_days": selectors.item_days(last)}
    return "compare", {**filled, **told, **charts.side_by_side(here, rows)}


@signed_in
@require_safe
def items(request: SignedRequest, code: str) -> HttpResponse:
    """Show what fails most often below a bureau; as a card when a board asks."""
    found, today = _tree(request, code), local_date(timezone.now())
    _form, ask = read(request.GET, today)
    last = ask.day or today
    context = {
        "unit": found.root,
        "items": selectors.worst_items(request.user, found.root, day=last, subject=ask.subject),
        "item_days": selectors.item_days(last),
        "crumbs": boards.crumbs(request.user, found.root, gettext("异常最多的项")),
    }
    return page_or_part(request, "inspections/dashboards/items.html", "card", context)


@signed_in
@require_safe
def vetoes(request: SignedRequest, code: str) -> HttpResponse:
    """Show the schools vetoed or withheld and the incidents still open; as a card when a board asks."""
    found, now = _tree(request, code), timezone.now()
    _form, ask = read(request.GET, local_date(now))
    held, show = troubles.held(request.user, found, at=now, subject=ask.subject), request.GET.get("show", "")
    rows = held.rows(show if show in troubles.SHOWS else "")
    context = {
        "unit": found.root,
        "cases": rows,
        "show": show,
        "counts": troubles.tabs(held, found.root, ask.subject),
        "crumbs": boards.crumbs(request.user, found.root, gettext("否决与事故")),
    }
    return page_or_part(request, "inspections/dashboards/vetoes.html", "card", context)


@signed_in
@require_safe
def unchecked(request: SignedRequest, code: str) -> HttpResponse:
    """Show the schools that still have to hand something in today; as a card, or as today's figure, when asked."""
    found, now = _tree(request, code), timezone.now()
    _form, ask = read(request.GET, local_date(now))
    lines = live.school_lines(request.user, found, ask, day=local_date(now), at=now)
    context = {
        "unit": found.root,
        "lines": [line for line in lines if line.can_still],
        "query": ask.query(),
        "at": now,
        "figure": live.today_figure(found, ask, lines, now),
        "waiting": live.together(lines).waiting,
        "may_remind": request.user.can(Permission.EXEMPTION_DECIDE, at=found.root),
        "crumbs": boards.crumbs(request.user, found.root, gettext("今日未检学校")),
    }
    part = "figure" if "figure" in request.GET else "card"
    return page_or_part(request, "inspections/dashboards/unchecked.html", part, context)


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
        "together": live.whole(found, here.ask, here.day, lines),
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


@signed_in
@require_safe
def slots(request: SignedRequest, code: str) -> HttpResponseBase:
    """List the slots behind a figure, at the schools a bureau reviews itself."""
    found, now = _tree(request, code), timezone.now()
    today = local_date(now)
    form, ask = read_slots(request.GET, today, rules.closed_days(today))
    rows = slotbook.of_bureau(request.user, found, ask, now)
    folded = None if ask.school else slotbook.folded(request.user, found.root, ask, today)
    context = {
        "form": form,
        "head": lists.head(rows, ask, folded),
        "folded_at": found.folded_at,
        "at": now,
        "crumbs": boards.crumbs(request.user, found.root, gettext("应检明细")),
    }
    page = "inspections/dashboards/slots.html"
    return table_page(
        request, SlotTable, slotbook.listed(slotbook.shown(rows, ask.show)), template=page, context=context
    )


@signed_in
@require_safe
def days(request: SignedRequest, code: str) -> HttpResponseBase:
    """List the tallies behind a figure: first reviewer by first reviewer, day by day."""
    found, today = _tree(request, code), local_date(timezone.now())
    form, ask = read_slots(request.GET, today, rules.closed_days(today))
    rows = slotbook.day_rows(request.user, found.root, ask, today)
    context = {
        "form": form,
        "head": lists.summed(slotbook.total(rows), ask),
        "folded_at": found.folded_at,
        "crumbs": boards.crumbs(request.user, found.root, gettext("应检明细")),
    }
    shown = rows.select_related("county", "checklist")
    return table_page(request, DayTable, shown, template="inspections/dashboards/days.html", context=context)


@signed_in
@require_safe
def item(request: SignedRequest, code: str, item: str) -> HttpResponseBase:
    """List the checks in which an item failed, as often as the board says it did."""
    found, today = _tree(request, code), local_date(timezone.now())
    _form, ask = read(request.GET, today)
    span = selectors.item_days(ask.day or today)
    rows = selectors.failing_checks(request.user, found.root, item, span)
    times = selectors.times_failed(request.user, found.root, item, span)
    context = {
        "unit": found.root,
        "item": selectors.wording_of(item).first() or item,
        "item_days": span,
        "times": times,
        "other": times != rows.count(),
        "folded_at": found.folded_at,
        "crumbs": boards.crumbs(request.user, found.root, gettext("异常最多的项")),
    }
    return table_page(request, CheckTable, rows, template="inspections/dashboards/item.html", context=context)


@signed_in
@require_safe
def school_slots(request: SignedRequest, pk: int) -> HttpResponseBase:
    """List the slots behind a figure of a school's own page, of all its check-lists."""
    places, now = schoolday.places_of(request.user, pk), timezone.now()
    if not places:
        raise Http404
    here = places[0].school
    require(request.user, Permission.EXPORT_VIEW, at=here.unit)
    today = local_date(now)
    form, ask = read_slots(request.GET, today, (month_of(today).first, today))
    rows = slotbook.of_school(places, ask, now)
    context = {
        "form": form,
        "head": lists.head(rows, ask),
        "school": here,
        "at": now,
        "crumbs": [*boards.way_back(request.user, here.unit), Crumb(here.name, boards.school_url(here.pk))],
    }
    page = "inspections/dashboards/slots.html"
    return table_page(
        request, SlotTable, slotbook.listed(slotbook.shown(rows, ask.show)), template=page, context=context
    )

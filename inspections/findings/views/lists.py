"""Lists of findings: all that a person may see, and those that wait for their verification."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections.findings import selectors, services
from inspections.findings.forms import AcceptForm, RefuseForm, SightingForm, seen_of
from inspections.findings.models import Finding
from inspections.findings.people import OFFICE
from inspections.findings.services import Hand, Sighting
from inspections.findings.tables import FindingFilter, FindingTable
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import GRANTS, SCHOOL_ROLES, Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.paging import page_of
from logistics_portal.kit.tables import table_page
from schools.register.models import Place, School, SchoolQuerySet

QUEUE_PAGE = 20
SCHOOLS_SHOWN = 20


@signed_in
@require_safe
def findings(request: SignedRequest) -> HttpResponseBase:
    """List the findings a person may see, the worst first."""
    visible = Finding.objects.visible_to(request.user).select_related("school", "place", "county", "item")
    rows = selectors.with_weight(visible)
    context = {"may_open": may_open(request.user), "may_verify": bool(request.user.roles & OFFICE)}
    template = "inspections/findings/list.html"
    return table_page(request, FindingTable, rows, template=template, filterset=FindingFilter, context=context)


@signed_in
@require_safe
def queue(request: SignedRequest) -> HttpResponse:
    """Show the remedies that wait for this person, photo beside photo, to accept or return one after the other."""
    rows = selectors.queue_for(request.user)
    rows = rows.select_related("school", "place", "remedied_by", "fixer", "item")
    page = page_of(rows, request.GET.get("page"), per_page=QUEUE_PAGE)
    waiting = list(page)
    pairs = selectors.photo_pairs(waiting)
    now = timezone.now()
    lines = [
        {
            "finding": it,
            "pairs": pairs[it.pk],
            "deadline": selectors.in_time_words(it),
            "accept": AcceptForm(initial=seen_of(it), prefix=f"a{it.pk}"),
            "refuse": RefuseForm(initial=seen_of(it), prefix=f"r{it.pk}"),
        }
        for it in waiting
    ]
    return render(request, "inspections/findings/queue.html", {"page": page, "lines": lines, "now": now})


@signed_in
@require_http_methods(["GET", "POST"])
def open_by_hand(request: SignedRequest) -> HttpResponse:
    """Let a person write down something wrong that no check found, at a school of theirs."""
    if not may_open(request.user):
        raise PermissionDenied(Permission.FINDING_OPEN)
    schools = School.objects.visible_to(request.user)
    school = the_school(schools, request.GET)
    if school is None:
        found = schools.matching(request.GET.get("q", "").strip()[:60]).order_by("name", "pk")[:SCHOOLS_SHOWN]
        return render(request, "inspections/findings/open_where.html", {"schools": found})

    post = require(request.user, permission_to_open(request.user), at=school.unit)
    places = Place.objects.visible_to(request.user).filter(school=school).select_related("school__unit__parent")
    form = SightingForm(request.POST or None, request.FILES or None, places=places, bureau=is_bureau(post))
    if form.is_valid():
        finding = opened(form, Hand(request.user, post, timezone.now()))
        if finding is not None:
            messages.success(request, gettext("问题已登记，编号 %(number)s。") % {"number": finding.number})
            return redirect("inspections:finding", finding.pk)
    return render(request, "inspections/findings/open.html", {"form": form, "school": school})


def the_school(schools: SchoolQuerySet, asked: QueryDict) -> School | None:
    """Return the school that the address names, or the only one a person can mean."""
    schools = schools.select_related("unit__parent")
    wanted = asked.get("school", "")
    if wanted.isascii() and wanted.isdigit():
        return get_object_or_404(schools, pk=int(wanted))
    few = [] if "q" in asked else list(schools.order_by("pk")[:2])
    return few[0] if len(few) == 1 else None


def opened(form: SightingForm, hand: Hand) -> Finding | None:
    """Return the finding a form opens, or nothing when it is refused, the reason standing in the form."""
    values = dict(form.cleaned_data)
    try:
        return services.open_by_hand(place=values.pop("place"), sighting=Sighting(**values), hand=hand)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None


def is_bureau(post: Post) -> bool:
    """Say whether a post is one of a bureau."""
    return post.role not in SCHOOL_ROLES


def permission_to_open(user: User) -> Permission:
    """Return the permission under which a person opens findings: a school's or a bureau's."""
    return Permission.FINDING_OPEN if user.roles & SCHOOL_ROLES else Permission.FINDING_OPEN_BUREAU


def may_open(user: User) -> bool:
    """Say whether a person may write down a finding anywhere."""
    return bool(user.roles & {*GRANTS[Permission.FINDING_OPEN], *GRANTS[Permission.FINDING_OPEN_BUREAU]})

"""What the desk shows of dashboards: the key figures of one's own unit, and the way to its page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from inspections.dashboards import boards, charts, schoolday, selectors
from inspections.dashboards.forms import Ask
from inspections.dashboards.slots import due_only
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Permission
from schools.register.models import School


def home_of(user: User) -> str:
    """Return the page of the unit a person's post sits at, or nothing when their posts show none."""
    for post in sorted(user.live_posts, key=lambda it: (it.unit.path.count("/"), it.pk)):
        if post.unit.kind == Unit.Kind.SCHOOL:
            school = School.objects.filter(unit=post.unit_id).values_list("pk", flat=True).first()
            if school and user.can(Permission.EXPORT_VIEW, at=post.unit):
                return selectors.address("inspections:board-school", school)
        elif _sees_board(user, post):
            return selectors.address("inspections:board", post.unit.code)
    return ""


def _sees_board(user: User, post: Post) -> bool:
    whole = post.reach_kind == Post.ReachKind.UNIT
    return whole and post.unit.kind in Unit.BUREAUS and user.can(Permission.REPORT_SEE, at=post.unit)


def desk_panel(request: HttpRequest, post: object) -> dict[str, Any] | None:
    """Return the figures of the unit of a person's main post for the desk, or nothing."""
    user = request.user
    if not isinstance(user, User) or not isinstance(post, Post):
        return None
    if post.unit.kind == Unit.Kind.SCHOOL:
        return _school_panel(user, post)
    if not _sees_board(user, post):
        return None
    found, now = selectors.tree(user, post.unit.code), timezone.now()
    if found is None:
        return None
    here = boards.board(user, found, Ask(), now)
    figures = charts.bench_figures(here) if here.is_bench else charts.compare_figures(here)
    return {
        "title": gettext("%(unit)s · 后勤概况") % {"unit": found.root.name},
        "figures": figures,
        "url": here.url(),
        "at": found.folded_at,
    }


def _school_panel(user: User, post: Post) -> dict[str, Any] | None:
    if not user.can(Permission.EXPORT_VIEW, at=post.unit):
        return None
    school = School.objects.filter(unit=post.unit_id).first()
    if school is None:
        return None
    places, now = schoolday.places_of(user, school.pk), timezone.now()
    rows = due_only(schoolday.month_slots(places, now))
    return {
        "title": gettext("本校情况"),
        "figures": schoolday.month_figures(school, rows, now),
        "url": selectors.address("inspections:board-school", school.pk),
    }

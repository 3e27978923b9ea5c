"""Which bureau decides what about an incident, counted from its school: F, C and the province; and who sits there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from inspections.incidents import selectors
from inspections.incidents.models import Incident, Softening, Veto
from inspections.incidents.rules import grades
from inspections.incidents.rules.words import (
    Decider,
    DecisionState,
    Grade,
    Reporting,
    Responsibility,
    Trigger,
    VetoState,
    gravity,
)
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.errors import NotAllowed
from schools.register.models import School

OFFICE = (Role.OFFICE_CLERK, Role.OFFICE_HEAD)
UP = "county__parent__parent"
PROVINCE = Unit.Kind.PROVINCE


@dataclass(frozen=True)
class BureauLine:
    """When a county bureau itself is vetoed: this many vetoed schools, or this share of all (evaluation §3.4)."""

    schools: int = 3
    percent: int = 2

    def of(self, schools: int) -> int:
        """Return the number of vetoed schools that vetoes a bureau of so many schools."""
        return max(self.schools, -(-self.percent * schools // 100))


LINE = BureauLine()


def province_of(unit: Unit) -> Unit:
    """Return the top of the tree above a unit."""
    while unit.parent is not None:
        unit = unit.parent
    return unit


def line_of(incident: Incident) -> list[Unit]:
    """Return the bureaus a report passes, each once: F, C, the province."""
    line = [incident.county]
    while line[-1].next_level.pk != line[-1].pk:
        line.append(line[-1].next_level)
    return line


def unit_for(decider: Decider, first: Unit) -> Unit:
    """Return the bureau that the rules name for a decision."""
    if decider == Decider.FIRST_REVIEWER:
        return first
    return first.next_level if decider == Decider.NEXT_LEVEL else province_of(first)


def require_decider(first: Unit, decider: Decider, post: Post) -> None:
    """Refuse a post that does not sit at the level the rules name, or above it."""
    level = unit_for(decider, first)
    if not level.path.startswith(post.unit.path):
        raise NotAllowed(_("这项决定须由%(unit)s或其上级作出。") % {"unit": level.name})


def require_no_gain(first: Unit, by: User, on: date) -> None:
    """Refuse a person with a post at the bureau that gains, or below it; the province answers for itself."""
    if first.parent is None:
        return
    if Post.objects.in_force(on=on).filter(user=by, unit__path__startswith=first.path).exists():
        raise NotAllowed(_("在%(unit)s任职的人员与结果有利害关系，应当回避，请由他人办理。") % {"unit": first.name})


def gravest(incident: Incident) -> Grade:
    """Return the gravest grade an incident ever had: by the figures of any version, or decided at any time."""
    held = [grades.effective_grade(selectors.casualties_of(incident), selectors.FIGURES)]
    for facts in incident.versions.values_list("facts", flat=True):
        figures = {name: facts.get(name, 0) for name in ("deaths", "gravely_hurt", "loss_fen", "food_cases")}
        held.append(grades.effective_grade(grades.Casualties(**figures), selectors.FIGURES))
    decided = {DecisionState.DECIDED, DecisionState.SUPERSEDED}
    held += [Grade(row.grade) for row in incident.grades.all() if row.state in decided]
    return max(held, key=gravity)


def softening_decider(incident: Incident) -> Decider:
    """Return who approves what makes an incident lighter: one above F, or the province if much is at stake."""
    act = selectors.report_act(incident)
    return grades.softening_approver(
        gravest=gravest(incident),
        concealed=act is not None and act.kind in {Reporting.CONCEALED, Reporting.FALSE},
        bureau_at_stake=bureau_at_stake(incident),
    )


def bureau_at_stake(incident: Incident) -> bool:
    """Tell whether the bureau has so many schools vetoed, or about to be, that it would be vetoed itself."""
    states = [VetoState.PROPOSED, VetoState.ACTIVE, VetoState.EXPIRED]
    near = Veto.objects.filter(county=incident.county, year__in=selectors.years_of(incident), state__in=states)
    vetoed = set(near.values_list("school", flat=True)) | {incident.school_id}
    if len(vetoed) < LINE.schools:
        return False
    return len(vetoed) >= LINE.of(School.objects.below(incident.county).filter(closed_date__isnull=True).count())


def grade_decider(incident: Incident, grade: Grade) -> Decider:
    """Return who decides a grade: by its height, and like a softening where it lies below what is held (rights §2)."""
    return softening_decider(incident) if lowers_grade(incident, grade) else grades.grade_decider(grade)


def lowers_grade(incident: Incident, grade: Grade) -> bool:
    """Tell whether a grade lies below what the ladders give, or below the one decided before."""
    computed = grades.effective_grade(selectors.casualties_of(incident), selectors.FIGURES)
    decided = selectors.decided_grade(incident)
    floor = max([computed, *([Grade(decided.grade)] if decided else [])], key=gravity)
    return gravity(grade) < gravity(floor)


def responsibility_decider(degree: Responsibility) -> Decider:
    """Return who decides how far the school answers."""
    return grades.responsibility_decider(degree)


def confirmer_of(veto: Veto) -> Decider:
    """Return which level confirms a veto: the province for 较大 and above and every T5, else one above F."""
    held = selectors.facts_of(veto.incident).grade
    return grades.veto_confirmer(grade=held, triggers=frozenset(Trigger(code) for code in veto.triggers))


def level_of(veto: Veto) -> Unit:
    """Return the bureau that confirms a veto."""
    return unit_for(confirmer_of(veto), veto.county)


def softening_level(softening: Softening) -> Unit:
    """Return the bureau that decides a softening."""
    return unit_for(softening_decider(softening.incident), softening.incident.county)


def people_at(units: Iterable[Unit], roles: Iterable[Role], on: date) -> list[User]:
    """Return who holds one of these roles at one of these units on a day, each person once."""
    posts = Post.objects.in_force(on=on).filter(
        unit__in=list(units), role__in=[str(role) for role in roles], user__is_active=True
    )
    return list({post.user_id: post.user for post in posts.select_related("user").order_by("pk")}.values())

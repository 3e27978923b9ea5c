"""How grave an incident is: two ladders, the higher one counts; and who may decide it."""

from dataclasses import dataclass
from datetime import date

from inspections.incidents.rules.figures import IncidentFigures, Rung
from inspections.incidents.rules.words import Decider, Grade, Responsibility, Trigger, at_least, blames, higher


@dataclass(frozen=True, slots=True)
class Casualties:
    """One version of what an incident cost; money in fen."""

    deaths: int = 0
    gravely_hurt: int = 0
    loss_fen: int = 0
    food_cases: int = 0


def ladder_a(casualties: Casualties, figures: IncidentFigures) -> Grade:
    """Return the grade by deaths, grave injuries and direct loss, with the portal's floor for 一般 (K40)."""
    rungs = (
        (Grade.EXTRA, figures.extra),
        (Grade.MAJOR, figures.major),
        (Grade.LARGER, figures.larger),
        (Grade.GENERAL, figures.general),
    )
    return next((grade for grade, rung in rungs if _reaches(casualties, rung)), Grade.BELOW)


def ladder_b(casualties: Casualties, figures: IncidentFigures) -> Grade:
    """Return the grade of a food incident by cases and deaths; without a food case it is below (K41)."""
    cases, deaths = casualties.food_cases, casualties.deaths
    if cases == 0:
        return Grade.BELOW
    harmed_with_death = deaths > 0 and cases >= figures.food_major_cases_with_death
    if harmed_with_death or deaths >= figures.food_major_deaths or cases >= figures.food_major_cases:
        return Grade.MAJOR
    if deaths >= figures.food_larger_deaths or cases >= figures.food_larger_cases:
        return Grade.LARGER
    return Grade.GENERAL if cases >= figures.food_general_cases else Grade.BELOW


def effective_grade(casualties: Casualties, figures: IncidentFigures) -> Grade:
    """Return the higher grade of the two ladders (evaluation §3.1)."""
    return higher(ladder_a(casualties, figures), ladder_b(casualties, figures))


def counts_death(*, incident: date, died: date, fire_or_road: bool, figures: IncidentFigures) -> bool:
    """Tell whether a later death still belongs to the incident: within 30 days, fire and road 7 (K40 Art. 13)."""
    days = figures.casualty_days_fire if fire_or_road else figures.casualty_days
    return 0 <= (died - incident).days <= days


def grade_decider(grade: Grade) -> Decider:
    """Return who decides a grade: up to 一般 the first reviewer, 较大 one above, else the province (rights §2)."""
    if at_least(grade, Grade.MAJOR):
        return Decider.PROVINCE
    return Decider.NEXT_LEVEL if grade == Grade.LARGER else Decider.FIRST_REVIEWER


def responsibility_decider(degree: Responsibility) -> Decider:
    """Return who decides a finding: equal or more the first reviewer, none and minor one above (rights §2)."""
    return Decider.FIRST_REVIEWER if blames(degree, Responsibility.EQUAL) else Decider.NEXT_LEVEL


def veto_confirmer(*, grade: Grade, triggers: frozenset[Trigger], bureau: bool = False) -> Decider:
    """Return who confirms a veto: the province for 较大 and above, T5 and bureaus, else one above (evaluation §3.3)."""
    grave = at_least(grade, Grade.LARGER) or Trigger.T5 in triggers or Trigger.T2 in triggers
    return Decider.PROVINCE if grave or bureau else Decider.NEXT_LEVEL


def appeal_decider(*, confirmed_by_province: bool) -> Decider:
    """Return who decides an appeal: one above the confirmer; a panel where the province confirmed (§3.3)."""
    return Decider.PANEL if confirmed_by_province else Decider.PROVINCE


def softening_approver(*, gravest: Grade, concealed: bool, bureau_at_stake: bool) -> Decider:
    """Return who approves a softening: the province if ever 较大, T5 or a bureau veto is at stake (rights §2)."""
    grave = at_least(gravest, Grade.LARGER) or concealed or bureau_at_stake
    return Decider.PROVINCE if grave else Decider.NEXT_LEVEL


def softens(before: Casualties, after: Casualties) -> bool:
    """Tell whether a new version lowers any casualty figure, which needs a second level's approval (rights §2)."""
    return (
        after.deaths < before.deaths
        or after.gravely_hurt < before.gravely_hurt
        or after.loss_fen < before.loss_fen
        or after.food_cases < before.food_cases
    )


def _reaches(casualties: Casualties, rung: Rung) -> bool:
    return (
        casualties.deaths >= rung.deaths
        or casualties.gravely_hurt >= rung.gravely_hurt
        or casualties.loss_fen >= rung.loss_fen
    )

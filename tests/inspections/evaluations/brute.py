"""A second, plainly written computation of a school's score, sharing nothing with the rules but their inputs."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from inspections.evaluations.rules.inputs import FundsInputs, ManagementInputs, PartInputs, SchoolInputs


def score(school: SchoolInputs) -> Fraction | None:
    """The score by the text of evaluation §2 and its default figures."""
    found = []
    for weight, part in ((30, school.canteen), (25, school.dormitory), (20, school.campus)):
        if part is not None:
            found.append((weight, place(part)))
    if school.management is not None:
        found.append((25, management(school.management)))
    base = mean(found)
    if base is None:
        return None
    if isinstance(school.bonus, Fraction):
        bonus = school.bonus
    else:
        bonus = Fraction(min(2, school.bonus.practices) + int(school.bonus.labour) + int(school.bonus.basket))
    return max(Fraction(0), min(Fraction(100), base + min(Fraction(3), bonus) - min(3, school.late_reports)))


def place(part: PartInputs) -> Fraction | None:
    """One of the first three parts."""
    slots = part.required - part.exempt
    completion = None if slots == 0 else min(Fraction(100), Fraction(100 * (part.timely + part.late), slots))
    timeliness = None if slots == 0 else min(Fraction(100), Fraction(100 * part.timely, slots))
    rows = ((3, part.critical), (2, part.major), (1, part.minor))
    due = sum(weight * (row.on_time + row.half + row.failed) for weight, row in rows)
    mended = sum(weight * (2 * row.on_time + row.half) for weight, row in rows)
    rectification = None if due == 0 else Fraction(100 * mended, 2 * due)
    found = mean([(15, completion), (10, timeliness), (20, rectification), (55, supervision(part.visits))])
    return None if found is None else max(Fraction(0), found - min(5, part.mismatch))


def supervision(visits: tuple) -> Fraction | None:
    """The mean of the sheets, in tenths of a level's weight."""
    tenths = {"province": 15, "city": 12, "county": 10}
    return mean([(tenths[sheet.level], sheet.score) for sheet in visits])


def management(part: ManagementInputs) -> Fraction | None:
    """The fourth part."""
    groups = []
    for weight, group in ((40, part.survey.students), (40, part.survey.parents), (20, part.survey.staff)):
        if group is not None and group.population > 0:
            valid = group.answers >= 30 or 2 * group.answers >= group.population
            groups.append((weight, group.score if valid else Fraction(0)))
    return mean(
        [
            (20, hundred(mean([(40, part.ratio), (40, part.certs), (20, part.training)]))),
            (20, hundred(mean([(40, part.regs), (20, part.plans), (40, part.drills)]))),
            (15, funds(part)),
            (20, mean(groups)),
            (10, hundred(mean([(60, part.disclosure), (40, part.democracy)]))),
            (15, supervision(part.visits)),
        ]
    )


def funds(part: ManagementInputs) -> Fraction | None:
    """The money indicator."""
    if part.new_debt:
        return Fraction(0)
    facts = part.funds
    if not isinstance(facts, FundsInputs):
        return facts
    surplus = None
    if facts.surplus_rate is not None:
        surplus = Fraction(1) if facts.surplus_rate * 100 <= 3 else Fraction(int(facts.surplus_rate * 100 <= 6), 2)
    return hundred(mean([(40, facts.closings), (20, facts.disclosures), (20, surplus), (20, facts.zero_reports)]))


def hundred(figure: Fraction | None) -> Fraction | None:
    """A rate as points."""
    return None if figure is None else 100 * figure


def mean(found: list) -> Fraction | None:
    """The mean over what applies."""
    held = [(weight, figure) for weight, figure in found if figure is not None]
    return sum(weight * figure for weight, figure in held) / Fraction(sum(w for w, _ in held)) if held else None


def shown(figure: Fraction | None) -> str | None:
    """The figure on paper, by the decimal module."""
    if figure is None:
        return None
    thousandths = figure.numerator * 10_000 // figure.denominator
    exact = Decimal(thousandths) / 10_000
    return str(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))

"""The indicators of a school's parts, each as an explained line (evaluation §2)."""

from fractions import Fraction

from inspections.evaluations.rules.figures import HUNDRED, ZERO, Weights, percent
from inspections.evaluations.rules.inputs import (
    FundsInputs,
    IssueCount,
    ManagementInputs,
    PartInputs,
    Sheet,
    SurveyGroup,
    SurveyInputs,
)
from inspections.evaluations.rules.lines import Line, adjusted, rate_line, weighted
from inspections.evaluations.rules.scheme import Scheme


def place_part(key: str, part: PartInputs, scheme: Scheme) -> Line:
    """Return the canteen, dormitory or campus part: four indicators less the integrity deduction."""
    weights = scheme.indicators
    indicators = (
        _completion(part, weights["completion"]),
        _timeliness(part, weights["timeliness"]),
        rectified(part, scheme),
        _supervision(part.visits, weights["supervision"], scheme.levels),
    )
    return adjusted(key, "part", indicators, (_mismatch(part.mismatch, scheme),), scheme.parts[key])


def management_part(part: ManagementInputs, scheme: Scheme) -> Line:
    """Return the management part: six indicators, each from its rates."""
    weights = scheme.management
    people = {"ratio": part.ratio, "certs": part.certs, "training": part.training}
    system = {"regs": part.regs, "plans": part.plans, "drills": part.drills}
    openness = {"disclosure": part.disclosure, "democracy": part.democracy}
    indicators = (
        rates_line("people", people, scheme.people, weights["people"]),
        rates_line("system", system, scheme.system, weights["system"]),
        _funds(part, scheme),
        _satisfaction(part.survey, scheme),
        rates_line("openness", openness, scheme.openness, weights["openness"]),
        _supervision(part.visits, weights["supervision"], scheme.levels),
    )
    return adjusted("management", "part", indicators, (), scheme.parts["management"])


def rates_line(key: str, rates: dict[str, Fraction | None], weights: Weights, weight: Fraction) -> Line:
    """Return an indicator joined from rates; those that do not apply leave."""
    return weighted(key, "weighted", (rate_line(name, held, weights[name]) for name, held in rates.items()), weight)


def rectified(part: PartInputs, scheme: Scheme) -> Line:
    """Return the severity-weighted share of issues mended in time; none due does not apply."""
    rungs = (_severity(name, part.issues(name), scheme) for name in scheme.severities)
    return weighted("rectification", "rectification", rungs, scheme.indicators["rectification"])


def _completion(part: PartInputs, weight: Fraction) -> Line:
    figure = percent(part.timely + part.late, max(part.required - part.exempt, 0))
    inputs = (
        ("required", part.required),
        ("exempt", part.exempt),
        ("timely", part.timely),
        ("late", part.late),
    )
    return Line(key="completion", rule="completion", inputs=inputs, exact=figure, weight=weight)


def _timeliness(part: PartInputs, weight: Fraction) -> Line:
    figure = percent(part.timely, max(part.required - part.exempt, 0))
    inputs = (("required", part.required), ("exempt", part.exempt), ("timely", part.timely))
    return Line(key="timeliness", rule="timeliness", inputs=inputs, exact=figure, weight=weight)


def _severity(name: str, issues: IssueCount, scheme: Scheme) -> Line:
    mended = issues.on_time + scheme.half_share * issues.half if issues.half else issues.on_time
    inputs = (
        ("on_time", issues.on_time),
        ("half", issues.half),
        ("failed", issues.failed),
        ("half_share", scheme.half_share),
        ("weight_each", scheme.severities[name]),
    )
    return Line(
        key=name,
        rule="severity",
        inputs=inputs,
        exact=percent(mended, issues.due),
        weight=scheme.severities[name] * issues.due,
    )


def _supervision(visits: tuple[Sheet, ...], weight: Fraction, levels: Weights) -> Line:
    ordered = sorted(visits, key=lambda sheet: (-levels[sheet.level], sheet.level, -sheet.score))
    sheets = (
        Line(
            key=sheet.level,
            rule="visit",
            inputs=(("score", sheet.score),),
            exact=sheet.score,
            weight=levels[sheet.level],
        )
        for sheet in ordered
    )
    return weighted("supervision", "supervision", sheets, weight)


def _mismatch(mismatch: int, scheme: Scheme) -> Line:
    points = -min(mismatch * scheme.mismatch_points, scheme.mismatch_most)
    inputs = (
        ("mismatch", mismatch),
        ("points_each", scheme.mismatch_points),
        ("most", scheme.mismatch_most),
    )
    return Line(key="mismatch", rule="mismatch", inputs=inputs, exact=points, points=points)


def _funds(part: ManagementInputs, scheme: Scheme) -> Line:
    weight = scheme.management["funds"]
    if part.new_debt:
        return Line(key="funds", rule="new_debt", inputs=(("new_debt", True),), exact=ZERO, weight=weight)
    if not isinstance(part.funds, FundsInputs):
        return Line(key="funds", rule="given", inputs=(("score", part.funds),), exact=part.funds, weight=weight)
    facts = part.funds
    lines = (
        rate_line("closings", facts.closings, scheme.funds["closings"]),
        rate_line("disclosures", facts.disclosures, scheme.funds["disclosures"]),
        _surplus(facts.surplus_rate, scheme),
        rate_line("zero_reports", facts.zero_reports, scheme.funds["zero_reports"]),
    )
    return weighted("funds", "weighted", lines, weight)


def _surplus(surplus: Fraction | None, scheme: Scheme) -> Line:
    inputs = (
        ("surplus_rate", surplus),
        ("surplus_full", scheme.surplus_full),
        ("surplus_half", scheme.surplus_half),
        ("half_share", scheme.surplus_half_share),
    )
    exact = None if surplus is None else HUNDRED * _surplus_share(surplus, scheme)
    return Line(key="surplus", rule="surplus", inputs=inputs, exact=exact, weight=scheme.funds["surplus"])


def _surplus_share(surplus: Fraction, scheme: Scheme) -> Fraction:
    if surplus <= scheme.surplus_full:
        return Fraction(1)
    return scheme.surplus_half_share if surplus <= scheme.surplus_half else ZERO


def _satisfaction(survey: SurveyInputs, scheme: Scheme) -> Line:
    groups = {"students": survey.students, "parents": survey.parents, "staff": survey.staff}
    lines = (_group(name, group, scheme) for name, group in groups.items())
    return weighted("satisfaction", "satisfaction", lines, scheme.management["satisfaction"])


def _group(name: str, group: SurveyGroup | None, scheme: Scheme) -> Line:
    weight = scheme.survey[name]
    if group is None or group.population == 0:
        return Line(key=name, rule="survey", inputs=(("population", 0),), weight=weight)
    enough = group.answers >= scheme.survey_answers or group.answers >= scheme.survey_share * group.population
    inputs = (
        ("score", group.score),
        ("answers", group.answers),
        ("population", group.population),
        ("survey_answers", scheme.survey_answers),
        ("survey_share", scheme.survey_share),
    )
    return Line(key=name, rule="survey", inputs=inputs, exact=group.score if enough else ZERO, weight=weight)

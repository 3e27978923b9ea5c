"""Made-up years of schools for the property tests."""

from fractions import Fraction

from hypothesis import strategies as st

from inspections.evaluations.rules.inputs import (
    BonusFacts,
    FundsInputs,
    IncidentInputs,
    IssueCount,
    ManagementInputs,
    PartInputs,
    SchoolInputs,
    Sheet,
    SurveyGroup,
    SurveyInputs,
)
from inspections.incidents.rules.words import Grade, Reporting, Responsibility

figures = st.integers(0, 10_000).map(lambda cents: Fraction(cents, 100))
rates = st.none() | st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda pair: Fraction(min(pair), max(pair)))
counts = st.builds(IssueCount, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
sheets = st.lists(st.builds(Sheet, st.sampled_from(["province", "city", "county"]), figures), max_size=4).map(tuple)


@st.composite
def parts(draw: st.DrawFn) -> PartInputs:
    """A canteen's, dormitory's or campus's year."""
    required = draw(st.integers(0, 300))
    exempt = draw(st.integers(0, required))
    timely = draw(st.integers(0, required - exempt))
    late = draw(st.integers(0, required - exempt - timely))
    return PartInputs(
        required=required,
        exempt=exempt,
        timely=timely,
        late=late,
        mismatch=draw(st.integers(0, 8)),
        critical=draw(counts),
        major=draw(counts),
        minor=draw(counts),
        visits=draw(sheets),
    )


@st.composite
def groups(draw: st.DrawFn) -> SurveyGroup:
    """One group's pooled surveys."""
    population = draw(st.integers(0, 90))
    return SurveyGroup(score=draw(figures), answers=draw(st.integers(0, population)), population=population)


surveys = st.builds(SurveyInputs, st.none() | groups(), st.none() | groups(), st.none() | groups())
funds = st.none() | figures | st.builds(FundsInputs, rates, rates, st.none() | figures.map(lambda f: f / 500), rates)
managements = st.builds(
    ManagementInputs,
    ratio=rates,
    certs=rates,
    training=rates,
    regs=rates,
    plans=rates,
    drills=rates,
    disclosure=rates,
    democracy=rates,
    funds=funds,
    new_debt=st.booleans(),
    survey=surveys,
    visits=sheets,
)
incidents = st.builds(
    IncidentInputs,
    grade_493=st.sampled_from(Grade),
    grade_food=st.sampled_from(Grade),
    deaths=st.integers(0, 3),
    food_cases=st.integers(0, 20),
    responsibility=st.sampled_from(Responsibility),
    in_scope=st.booleans(),
    reportable=st.booleans(),
    reporting=st.sampled_from(Reporting),
)
bonuses = st.integers(0, 5).map(Fraction) | st.builds(BonusFacts, st.integers(0, 4), st.booleans(), st.booleans())
schools = st.builds(
    SchoolInputs,
    canteen=st.none() | parts(),
    dormitory=st.none() | parts(),
    campus=st.none() | parts(),
    management=st.none() | managements,
    bonus=bonuses,
    school_days=st.integers(0, 220),
    late_reports=st.integers(0, 5),
    open_critical=st.booleans(),
    incidents=st.lists(incidents, max_size=3).map(tuple),
)

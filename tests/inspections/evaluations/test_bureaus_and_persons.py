"""Bureaus answer for their schools, principals for their days in post, applicants for their standing."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.evaluations.rules.awards import Standing, VetoWindow, entry_bar
from inspections.evaluations.rules.bureaus import (
    CityInputs,
    CountyInputs,
    CountyRow,
    ReviewFacts,
    SchoolRow,
    city,
    county,
    veto_line,
)
from inspections.evaluations.rules.persons import DutyRates, PersonInputs, PostSpan, principal
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.words import Bar, Grade, PersonGrade
from inspections.incidents.rules.words import VetoState, YearVeto

SCHEME = Scheme()
figures = st.integers(0, 10_000).map(lambda cents: Fraction(cents, 100))
rates = st.none() | st.integers(0, 100).map(lambda part: Fraction(part, 100))
rows = st.builds(SchoolRow, st.integers(0, 900), st.none() | figures, st.sampled_from(Grade), st.booleans())
county_rows = st.builds(CountyRow, st.integers(0, 9000), st.none() | figures, st.booleans())
reviews = rates | st.builds(ReviewFacts, rates, rates)
counties = st.builds(
    CountyInputs,
    schools=st.lists(rows, max_size=6).map(tuple),
    coverage=rates,
    review=reviews,
    training=rates,
    satisfaction=st.none() | figures,
    own_fault=st.booleans(),
)
cities = st.builds(
    CityInputs,
    counties=st.lists(county_rows, max_size=5).map(tuple),
    schools=st.lists(rows, max_size=5).map(tuple),
    sampling=rates,
    review=reviews,
    training=rates,
    sharing=rates,
    own_fault=st.booleans(),
)
many = settings(max_examples=80, deadline=None)
GOOD_SCHOOL = SchoolRow(500, Fraction(85), Grade.GOOD)


@many
@given(counties, st.randoms(use_true_random=False))
def test_a_county_is_scored_within_limits_whatever_the_order_of_its_schools(inputs, order):
    result = county(inputs, SCHEME)

    assert result.score is None or 0 <= result.score <= 100
    shuffled = tuple(order.sample(inputs.schools, len(inputs.schools)))
    assert county(replace(inputs, schools=shuffled), SCHEME) == result


@many
@given(counties)
def test_a_school_vetoed_more_never_helps_its_county(inputs):
    clean = replace(inputs, schools=(*inputs.schools, GOOD_SCHOOL))
    vetoed = replace(inputs, schools=(*inputs.schools, replace(GOOD_SCHOOL, vetoed=True)))

    first, second = county(clean, SCHEME), county(vetoed, SCHEME)

    assert (second.score or 0) <= (first.score or 0)
    assert second.vetoed == first.vetoed + 1
    assert not (first.veto == YearVeto.ACTIVE and second.veto == YearVeto.NONE)


@many
@given(cities)
def test_the_explanation_of_a_city_adds_up(inputs):
    result = city(inputs, SCHEME)

    points = [line.points for line in result.explanation.children if line.points is not None]
    assert (sum(points) if points else None) == result.score
    assert (result.veto == YearVeto.ACTIVE) <= (result.grade == Grade.FAIL)


@pytest.mark.parametrize(("graded", "line"), [(0, 3), (150, 3), (151, 4), (200, 4), (201, 5)])
def test_the_line_is_two_per_cent_rounded_up_and_at_least_three(graded, line):
    withheld = SchoolRow(500, Fraction(85), Grade.WITHHELD)

    assert veto_line([GOOD_SCHOOL] * graded + [withheld] * 100, SCHEME) == line


def test_deductions_stop_at_twenty():
    vetoed = replace(GOOD_SCHOOL, score=Fraction(59), vetoed=True)

    result = county(CountyInputs(schools=(vetoed,) * 9, coverage=Fraction(1), training=Fraction(1)), SCHEME)

    assert result.explanation.find("vetoes").points == -20


def test_without_counties_a_citys_own_schools_weigh_for_both():
    with_county = city(CityInputs(counties=(CountyRow(1, None),), schools=(GOOD_SCHOOL,)), SCHEME)
    without = city(CityInputs(schools=(GOOD_SCHOOL,)), SCHEME)

    assert [with_county.explanation.find("schools").weight, without.explanation.find("schools").weight] == [15, 60]


def test_three_vetoed_schools_of_its_own_veto_a_city():
    vetoed = replace(GOOD_SCHOOL, vetoed=True)

    assert city(CityInputs(schools=(vetoed,) * 3), SCHEME).veto == YearVeto.ACTIVE
    assert city(CityInputs(schools=(vetoed,) * 2), SCHEME).veto == YearVeto.NONE


def test_a_bureau_without_anything_to_score_has_no_grade_unless_vetoed():
    assert county(CountyInputs(), SCHEME).grade == Grade.NOT_GRADED
    assert county(CountyInputs(own_fault=True), SCHEME).grade == Grade.FAIL


spans = st.builds(PostSpan, st.integers(0, 366), st.none() | figures, st.none() | figures)


@many
@given(st.lists(spans, max_size=4).map(tuple), st.none() | figures | st.builds(DutyRates, rates, rates, rates, rates))
def test_a_principal_is_scored_within_limits_and_a_veto_only_changes_the_grade(posts, duty):
    plain = principal(PersonInputs(posts=posts, duty=duty), SCHEME)
    vetoed = principal(PersonInputs(posts=posts, duty=duty, vetoed=True), SCHEME)

    assert plain.score is None or 0 <= plain.score <= 100
    assert (vetoed.grade, vetoed.score, vetoed.grade_before_veto) == (PersonGrade.FAIL, plain.score, plain.grade)


@pytest.mark.parametrize(
    ("score", "grade"),
    [("89.995", "excellent"), ("89.99", "pass"), ("70", "pass"), ("69.99", "basic"), ("59.99", "fail")],
)
def test_a_principal_is_graded_by_the_printed_figure(score, grade):
    post = PostSpan(365, Fraction(score), None)

    assert principal(PersonInputs(posts=(post,)), SCHEME).grade == grade


def test_a_person_with_nothing_to_score_has_no_grade():
    assert principal(PersonInputs(), SCHEME).grade == PersonGrade.NOT_GRADED


STANDING = Standing(grade=Grade.GOOD, parts={"canteen": Fraction(85)}, visits=2, legal_basis=True)
TODAY = date(2027, 4, 20)


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"grade": Grade.EXCELLENT}, []),
        ({"grade": Grade.PASS}, [Bar.GRADE]),
        ({"grade": Grade.WITHHELD}, [Bar.GRADE]),
        ({"parts": {"canteen": Fraction("84.99")}}, [Bar.PART_SCORE]),
        ({"parts": {"canteen": None}}, [Bar.PART_SCORE]),
        ({"parts": {"dormitory": Fraction(99)}}, [Bar.PART_SCORE]),
        ({"open_critical": True, "visits": 1}, [Bar.OPEN_CRITICAL, Bar.VISITS]),
        ({"legal_basis": False}, [Bar.LEGAL_BASIS]),
    ],
)
def test_each_bar_missed_is_named(changes, missed):
    bar = entry_bar("canteen", replace(STANDING, **changes), on=TODAY, scheme=SCHEME)

    assert (list(bar.reasons), bar.eligible) == (missed, not missed)


def test_two_vetoes_one_lifted_still_close_the_door():
    active = VetoWindow(VetoState.ACTIVE, date(2026, 9, 1), 12, verified=True)
    lifted = replace(active, state=VetoState.LIFTED)

    assert entry_bar("canteen", replace(STANDING, vetoes=(active, lifted)), on=TODAY, scheme=SCHEME).reasons
    assert entry_bar("canteen", replace(STANDING, vetoes=(lifted, lifted)), on=TODAY, scheme=SCHEME).eligible


@pytest.mark.parametrize("grade", Grade)
def test_a_vetoed_school_counts_as_failed_whatever_its_row_says(grade):
    vetoed = SchoolRow(500, Fraction(95), grade, vetoed=True)

    result = county(CountyInputs(schools=(vetoed, GOOD_SCHOOL)), SCHEME)

    assert result.explanation.find("qualified").exact == 50
    assert result.explanation.find("schools").exact == (Fraction("59.99") + 85) / 2

"""Ranks, ties and quotas."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.evaluations.rules.ranking import Candidate, rank
from inspections.evaluations.rules.words import GRADED, Grade

figures = st.integers(9_000, 9_005).map(lambda cents: Fraction(cents, 100))
candidates = st.builds(
    Candidate,
    code=st.uuids().map(str),
    score=st.none() | figures,
    own_grade=st.sampled_from(Grade),
    vetoed=st.booleans(),
    critical_rectification=st.none() | figures,
    supervision=st.none() | figures,
)
counties = st.lists(candidates, max_size=8, unique_by=lambda candidate: candidate.code)
quotas = st.none() | st.integers(0, 6)
many = settings(max_examples=100, deadline=None)


def enters(candidate: Candidate) -> bool:
    return not candidate.vetoed and candidate.own_grade in GRADED and candidate.score is not None


@many
@given(counties, quotas, st.randoms(use_true_random=False))
def test_the_order_of_the_schools_never_matters(schools, quota, order):
    assert rank(order.sample(schools, len(schools)), quota) == rank(schools, quota)


@many
@given(counties, quotas)
def test_a_rank_is_one_more_than_the_number_of_better_schools(schools, quota):
    result = rank(schools, quota)

    for school in schools:
        better = sum(1 for other in schools if enters(other) and enters(school) and other.score > school.score)
        assert result.of(school.code).rank == (better + 1 if enters(school) else None)


@many
@given(counties, quotas)
def test_a_quota_turns_only_excellent_into_good_and_counts_its_overrun(schools, quota):
    result = rank(schools, quota)

    excellent = [school for school in schools if enters(school) and school.own_grade == Grade.EXCELLENT]
    kept = [school for school in excellent if result.of(school.code).grade == Grade.EXCELLENT]
    assert quota is None or len(kept) == min(quota, len(excellent)) + result.overrun
    assert quota is not None or kept == excellent
    for school in schools:
        grade = result.of(school.code).grade
        if school.vetoed:
            assert grade == Grade.FAIL
        elif grade != school.own_grade:
            assert (school.own_grade, grade) == (Grade.EXCELLENT, Grade.GOOD)


@many
@given(counties, st.integers(1, 6))
def test_nobody_is_kept_out_by_a_school_that_is_not_better(schools, quota):
    result = rank(schools, quota)

    kept = [school.keys for school in schools if enters(school) and result.of(school.code).grade == Grade.EXCELLENT]
    lost = [
        school.keys
        for school in schools
        if enters(school) and school.own_grade == Grade.EXCELLENT and result.of(school.code).grade == Grade.GOOD
    ]
    assert not kept or not lost or max(kept) < min(lost)


def test_ties_are_shown_by_critical_rectification_then_supervision_then_code():
    base = Candidate("S1", Fraction(91), Grade.EXCELLENT, supervision=Fraction(90))
    schools = [
        replace(base, code="S4", critical_rectification=Fraction(99)),
        replace(base, code="S3"),
        replace(base, code="S2"),
        replace(base, code="S1", supervision=Fraction(91)),
    ]

    result = rank(schools, 2)

    assert [placing.code for placing in result.placings] == ["S1", "S2", "S3", "S4"]
    assert {placing.rank for placing in result.placings} == {1}
    assert [placing.grade == Grade.EXCELLENT for placing in result.placings] == [True, True, True, False]
    assert result.overrun == 1

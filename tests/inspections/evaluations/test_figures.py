"""Figures are exact, rounded once, half up, and schemes are frozen without loss."""

import json
from dataclasses import fields, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.evaluations.rules.figures import Weights, hundredths, judged, plain, printed, rate
from inspections.evaluations.rules.scheme import Scheme
from inspections.incidents.rules.figures import IncidentFigures

calm = settings(deadline=None)
decimals = st.decimals(0, 1000, places=6)


@calm
@given(decimals)
def test_a_figure_is_printed_half_up(figure):
    expected = figure.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    assert printed(Fraction(figure)) == str(expected)
    assert judged(Fraction(figure)) == Fraction(expected)


@calm
@given(st.fractions())
def test_rounding_twice_changes_nothing(figure):
    assert judged(judged(figure)) == judged(figure)
    assert abs(judged(figure) - figure) <= Fraction(1, 200)
    assert hundredths(-figure) == -hundredths(figure)


@calm
@given(st.fractions())
def test_a_figure_written_in_full_is_read_back_unchanged(figure):
    assert Fraction(plain(figure)) == figure


@pytest.mark.parametrize(
    ("figure", "text"), [("1.50", "1.5"), ("0.02", "0.02"), ("59.99", "59.99"), ("-0.08", "-0.08"), ("1/3", "1/3")]
)
def test_a_decimal_is_written_as_a_decimal(figure, text):
    assert plain(Fraction(figure)) == text


@calm
@given(st.integers(0, 50), st.integers(0, 50))
def test_a_rate_is_kept_within_its_limits_and_leaves_where_nothing_was_due(part, whole):
    found = rate(part, whole)

    assert (found is None) == (whole == 0)
    assert found is None or 0 <= found <= 1


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    model = Scheme()
    factor, late_reports = draw(st.fractions(0, 3, max_denominator=99)), draw(st.integers(0, 9))
    changed: dict[str, object] = {"incidents": replace(IncidentFigures(), late_reports=late_reports)}
    for field in fields(Scheme):
        value = getattr(model, field.name)
        if isinstance(value, Weights) and not field.name.endswith("lines"):
            changed[field.name] = Weights(**{key: figure * factor for key, figure in value.items()})
        elif isinstance(value, Fraction):
            changed[field.name] = value * factor
    return replace(model, **changed)


def no_float(text: str) -> float:
    return pytest.fail(f"a float was frozen: {text}")


@calm
@given(schemes())
def test_a_frozen_scheme_comes_back_unchanged_and_holds_no_float(scheme):
    frozen = json.loads(json.dumps(scheme.to_json()), parse_float=no_float)

    assert Scheme.from_json(frozen) == scheme
    assert hash(Scheme.from_json(frozen)) == hash(scheme)


def test_the_default_scheme_holds_the_figures_of_the_text():
    frozen = Scheme().to_json()

    assert frozen["parts"] == {"canteen": "30", "dormitory": "25", "campus": "20", "management": "25"}
    assert frozen["levels"] == {"province": "1.5", "city": "1.2", "county": "1"}
    assert frozen["vetoed_score"] == "59.99"
    assert frozen["incidents"]["general"] == {"deaths": 1, "gravely_hurt": 1, "loss_fen": 10_000_000}


def _changed(**changes: object) -> dict[str, object]:
    return {**Scheme().to_json(), **changes}


@pytest.mark.parametrize(
    "data",
    [
        {},
        _changed(extra=1),
        _changed(parts={"canteen": "30"}),
        _changed(parts=5),
        _changed(cap_part=75),
        _changed(cap_part="-1"),
        _changed(cap_part="1/0"),
        _changed(cap_part="many"),
        _changed(survey_answers="30"),
        _changed(survey_answers=True),
        _changed(lines={"excellent": "80", "good": "90", "qualified": "60"}),
        _changed(surplus_full="0.9"),
        _changed(graded_school_days=200),
        _changed(incidents=None),
        _changed(incidents={**IncidentFigures().to_json(), "late_reports": -1}),
        _changed(incidents={**IncidentFigures().to_json(), "general": {"deaths": 1}}),
    ],
)
def test_a_scheme_with_wrong_figures_is_refused(data):
    with pytest.raises(ValueError, match="参数"):
        Scheme.from_json(data)


def test_weights_never_change_and_are_equal_whatever_their_order():
    first, second = Weights(a=1, b="1.5"), Weights(b=Fraction(3, 2), a=1)

    assert first == second
    assert hash(first) == hash(second)
    assert repr(first) == "Weights(a=1, b=1.5)"

"""Taps for a check with nothing wrong: the figures promised form by form."""

import pytest

from inspections.checks.rules.asking import taps
from logistics_portal.kit.registry import ListedEntry

from .rules_cases import WINTER, form, known, unknown


@pytest.mark.parametrize(
    ("code", "context", "stage", "beds", "expected"),
    [
        ("canteen_daily", known("canteen_daily"), None, 0, (13, 2)),
        ("canteen_daily", unknown(), None, 0, (10, 7)),
        (
            "canteen_daily",
            known("canteen_daily", refrigerators=(ListedEntry("k1", "一"), ListedEntry("k2", "二"))),
            None,
            0,
            (13, 3),
        ),
        ("canteen_delivered_daily", known("canteen_delivered_daily"), None, 0, (8, 1)),
        ("dormitory_nightly", known("dormitory_nightly"), "roll", 2, (8, 0)),
        ("dormitory_nightly", known("dormitory_nightly"), "roll", 0, (6, 0)),
        ("dormitory_nightly", known("dormitory_nightly"), "patrols", 0, (5, 0)),
        ("dormitory_nightly", known("dormitory_nightly"), "morning", 0, (3, 0)),
        ("dormitory_daily", known("dormitory_daily"), None, 0, (12, 0)),
        ("dormitory_daily", known("dormitory_daily", WINTER), None, 0, (13, 1)),
        ("dormitory_daily", known("dormitory_daily", WINTER, stove_heating=True), None, 0, (14, 1)),
        ("campus_daily", known("campus_daily"), None, 0, (9, 0)),
        ("campus_daily", known("campus_daily", building_sites=1, labour_sites=1), None, 0, (11, 0)),
    ],
)
def test_a_good_check_takes_as_many_taps_as_promised(code, context, stage, beds, expected):
    compiled = form(code)

    answer = taps(compiled, context, stage, beds)

    assert answer == expected

"""What a form asks, and the button for the rest of a section."""

from inspections.checks.rules.asking import questions, rest_of_section
from inspections.checks.rules.sight import na_reason_text
from logistics_portal.kit.registry import ListedEntry

from .rules_cases import SUMMER, WINTER, form, known, passing, unknown


def asked(code, context):
    """Return the questions of a form by code."""
    return {one.code: one for one in questions(form(code), context)}


def test_a_question_shows_what_the_portal_knows():
    items = asked("canteen_daily", known("canteen_daily", SUMMER, receipts_complete=False))

    first = items["CAN-D-01"]

    assert (first.prefill, first.expected, first.critical, first.unit) == ("10", "10", True, "人")
    assert (items["CAN-D-13"].prefill, items["CAN-D-13"].low) == ("75.0", "70")
    assert (items["CAN-D-02"].prefill, items["CAN-D-04"].prefill) == ("pass", "fail")
    assert [entry.label for entry in items["CAN-D-10"].entries] == ["一号冰箱"]
    assert (items["CAN-D-10"].low, items["CAN-D-10"].high) == ("0", "8")


def test_nothing_is_prefilled_where_nothing_is_known():
    items = asked("campus_daily", unknown())

    assert {one.prefill for one in items.values()} == {None}
    assert (items["CMP-D-14"].asked, items["CMP-D-14"].condition_unknown, items["CMP-D-14"].na_allowed) == (
        True, True, True,
    )  # fmt: skip
    assert not items["CMP-D-16"].asked


def test_a_stage_shows_its_own_items():
    items = questions(form("dormitory_nightly"), known("dormitory_nightly"), "morning")

    assert [one.code for one in items] == ["DOR-N-10", "DOR-N-11", "DOR-N-12"]


def test_the_button_leaves_critical_items_typed_figures_choices_and_texts():
    context = known("canteen_daily", WINTER)

    added = rest_of_section(form("canteen_daily"), context, "store_kitchen", {})

    assert sorted(added) == ["CAN-D-09", "CAN-D-12", "CAN-D-14", "CAN-D-19"]
    assert {one["a"] for one in added.values()} == {"pass"}


def test_the_button_accepts_good_readings_only():
    good, bad = ListedEntry("k1", "一", "4.0"), ListedEntry("k2", "二", "9.0")
    open_one = ListedEntry("k3", "三")
    context = known("canteen_daily", refrigerators=(good, bad, open_one), leftovers="3.5", accompanied=False)

    store = rest_of_section(form("canteen_daily"), context, "store_kitchen", {"CAN-D-10": {"a": {"k3": "5.0"}}})
    serving = rest_of_section(form("canteen_daily"), context, "samples_serving", {})

    assert store["CAN-D-10"]["a"] == {"k3": "5.0", "k1": "4.0"}
    assert serving["CAN-D-24"] == {"a": "3.5"}
    assert "CAN-D-23" not in serving


def test_the_button_changes_nothing_that_is_answered():
    context = known("canteen_daily")
    current = passing("canteen_daily", context) | {"CAN-D-09": {"a": "fail", "photos": 1}}

    added = rest_of_section(form("canteen_daily"), context, "store_kitchen", current)

    assert added == {}


def test_a_reason_nobody_typed_has_its_sentence():
    assert na_reason_text("*unrecorded") == "未建台账，没有记录"
    assert na_reason_text("除霜") == "除霜"

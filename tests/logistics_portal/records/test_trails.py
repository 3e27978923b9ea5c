"""The trail of a record reads as people speak."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils import timezone

from logistics_portal.accounts.models import PeopleImport
from logistics_portal.records import trails
from logistics_portal.records.models import AuditRow
from logistics_portal.records.services import log, refused
from logistics_portal.records.words import IN_FEN, WORDS
from tests.factories import ground as make

pytestmark = pytest.mark.django_db


def test_a_trail_tells_what_who_on_which_post_and_what_changed() -> None:
    county = make.county()
    clerk = make.user("office_clerk", county, full_name="金明哲")
    post = clerk.live_posts[0]

    log(
        by=clerk,
        verb="unit.rename",
        on=county,
        post=post,
        before={"name": "南关", "kind": "city", "switched_on": False},
        after={"name": "南关区", "kind": "county", "switched_on": True},
    )
    event = trails.events(on=county)[0]

    assert event.what == "更名"
    assert (event.who, event.post) == ("金明哲", "后勤部门经办")
    assert list(event.changes) == ["名称：南关 → 南关区", "类别：市（州） → 县（市、区）", "启用：否 → 是"]


def test_a_refusal_stands_in_the_trail_too() -> None:
    county = make.county()
    clerk = make.user("office_clerk", county)

    refused(by=clerk, verb="unit.move", on=county, reason="没有文号", at=timezone.now())
    event = trails.events(on=county)[0]

    assert event.what == "调整隶属（被拒绝）"
    assert (event.tone, event.reason) == ("bad", "没有文号")


def test_an_act_nobody_named_is_shown_as_it_is_written() -> None:
    assert trails.act_name("kitchen.polish") == "kitchen.polish"


def test_of_long_changes_the_first_are_shown_and_the_others_open_without_a_script() -> None:
    county = make.county()

    log(by=None, verb="unit.edit", on=county, after={f"field{number:02d}": f"new{number:02d}" for number in range(12)})
    event = trails.events(on=county)[0]
    page = render_to_string("components/timeline.html", {"events": [event]})

    assert (len(event.changes), len(event.more)) == (8, 4)
    shown, opened = page.split("<details", 1)
    assert "另有 4 项</summary>" in opened
    assert [f"new{number:02d}" in shown for number in range(12)] == [True] * 8 + [False] * 4
    assert [f"new{number:02d}" in opened for number in range(12)] == [False] * 8 + [True] * 4


def test_a_row_pointed_at_is_called_by_its_name(django_assert_num_queries) -> None:
    county, other = make.county(), make.county(code="220106", name="绿园区")
    log(by=None, verb="unit.edit", on=county, before={"successor": None}, after={"successor": other.pk})
    log(by=None, verb="unit.edit", on=county, before={"successor": None}, after={"successor": 987_654})

    with django_assert_num_queries(2):
        newest, oldest = trails.events(on=county)

    assert list(oldest.changes) == ["承接单位：— → 绿园区"]
    assert list(newest.changes) == ["承接单位：— → 987654"]


def test_a_list_of_codes_is_said_in_words_and_an_unknown_code_as_it_is() -> None:
    class Kind(TextChoices):
        FIRE = "F", "火灾"

    county = make.county()
    log(by=None, verb="unit.edit", on=county, after={"name": ["F", "G"]})

    assert list(trails.events(on=county, codes={"name": Kind})[0].changes) == ["名称：火灾、G"]
    assert list(trails.events(on=county)[0].changes) == ["名称：F、G"]


def calls() -> Iterator[ast.Call]:
    """Every call in the product's own code."""
    for app in ("logistics_portal", "schools", "canteens", "dormitories", "campus", "inspections"):
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            yield from (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))


def written_keys() -> Iterator[str]:
    """Every key that the product's code itself writes into an audit row's before and after."""
    facts = (one.value for call in calls() for one in call.keywords if one.arg in {"before", "after"})
    keys = (key for fact in facts if isinstance(fact, ast.Dict) for key in fact.keys)
    yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))


def written_verbs() -> Iterator[str]:
    """Every act that the code writes down under a fixed name."""
    verbs = (one.value for call in calls() for one in call.keywords if one.arg == "verb")
    yield from (str(verb.value) for verb in verbs if isinstance(verb, ast.Constant))


def test_whatever_the_code_writes_down_has_a_chinese_name() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.fields]
    columns = {field.name for field in fields if not str(field.verbose_name).isascii()}
    keys, verbs = set(written_keys()), set(written_verbs())

    assert len(keys) > 20
    assert len(verbs) > 60
    assert sorted(keys - columns - set(WORDS)) == []
    assert sorted(verb for verb in verbs if trails.act_name(verb) == verb) == []


def test_a_refused_address_is_an_opened_page() -> None:
    assert trails.act_name("inspections:fill") == "打开页面"


def test_a_column_of_money_is_named_in_yuan() -> None:
    of_money = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith(IN_FEN) and field.concrete
    }

    assert of_money
    assert all("（元）" in str(WORDS[name]) for name in of_money)


def test_the_trail_of_two_records_is_one_story() -> None:
    county, other = make.county(), make.county(code="220106", name="绿园区")
    log(by=None, verb="unit.edit", on=county, after={"name": "一"})
    log(by=None, verb="unit.rename", on=other, after={"name": "二"})
    log(by=None, verb="unit.close", on=make.county(code="220112", name="双阳区"), after={"name": "三"})

    told = trails.events(on=county, also=[other])

    assert [event.what for event in told] == ["更名", "修改"]


@pytest.mark.parametrize(
    ("verb", "method", "told"),
    [
        ("inspections:fill", "POST", "提交检查"),
        ("inspections:fill", "GET", "打开页面"),
        ("schools:closure-approve", "POST", "批准"),
        ("inspections:veto-confirm", "POST", "确认否决"),
        ("inspections:finding-ask-extension", "POST", "申请延期"),
        ("schools:nothing-known", "POST", "提交表单"),
    ],
)
def test_a_refused_form_says_what_it_was_to_do(verb: str, method: str, told: str) -> None:
    row = AuditRow(verb=verb, outcome="refused", after={"method": method, "address": "/x/"})

    assert trails.act_of(row) == told


def test_whoever_acts_without_naming_a_post_is_kept_on_the_one_they_hold() -> None:
    county = make.county()
    clerk = make.user("office_clerk", county)

    row = log(by=clerk, verb="unit.rename", on=county)

    assert row.post_id == clerk.live_posts[0].pk
    assert log(by=make.user(), verb="unit.rename", on=county).post_id is None


def test_what_is_kept_in_the_trail_is_called_by_its_name_and_by_the_day_here() -> None:
    county = make.county()
    clerk = make.user("office_clerk", county, full_name="金明哲")
    early = datetime(2026, 11, 22, 23, 24, tzinfo=UTC)

    assert str(PeopleImport(unit=county, uploaded_at=early)) == "南关区 2026-11-23"
    assert str(clerk.live_posts[0]) == "金明哲 后勤部门经办 · 南关区"

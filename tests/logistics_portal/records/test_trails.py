"""The trail of a record reads as people speak."""

from __future__ import annotations

import pytest
from django.utils import timezone

from logistics_portal.records import trails
from logistics_portal.records.services import log, refused
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


def test_long_changes_are_cut_with_a_count() -> None:
    county = make.county()

    log(by=None, verb="unit.edit", on=county, after={f"field{number}": number for number in range(12)})
    event = trails.events(on=county)[0]

    assert len(event.changes) == 9
    assert event.changes[-1] == "另有 4 项"

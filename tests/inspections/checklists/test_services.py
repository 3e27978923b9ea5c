"""Drafting, publishing, adding locally: two persons, days ahead, and nothing published ever changes."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from inspections.checklists import services
from inspections.checklists.estimate import effort
from inspections.checklists.models import Item, Version
from inspections.checklists.rules.loading import shipped
from inspections.checklists.rules.overlay import OverlayRefused
from inspections.checklists.services import Author
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import guards
from logistics_portal.records.models import AuditRow
from tests.factories import ground
from tests.factories import inspections as make

pytestmark = pytest.mark.django_db
AT = make.at(date(2026, 11, 16))
SOON = date(2026, 11, 19)


@pytest.fixture
def province():
    return ground.province()


@pytest.fixture
def stands(province):
    make.parameters()
    return make.version("canteen_daily", province)


@pytest.fixture
def admin(province):
    return ground.user("scheme_admin", province)


@pytest.fixture
def head(province):
    return ground.user("office_head", province)


def author(by, unit):
    return Author(by, by.live_posts[0], unit, AT)


def changed(spec, text="从业人员晨检逐人登记"):
    spec = copy.deepcopy(spec)
    spec["items"][0]["zh"] = text
    return spec


def item(code="CAN-D-102-01", **fields):
    return {
        "code": code,
        "section": "people_goods",
        "zh": "明厨亮灶画面清晰",
        "en": "Open-kitchen picture is clear",
        "category": "hygiene",
        "severity": "minor",
        "answer": {"kind": "bool"},
        "basis": ["R8"],
        **fields,
    }


def published(draft, by, starts=SOON, at=AT):
    return services.publish(version=draft, starts=starts, by=by, post=by.live_posts[0], at=at)


def test_a_new_wording_is_drafted_published_and_ends_the_one_before(stands, admin, head, province):
    draft = services.draft_version(
        checklist=stands.checklist, spec=changed(stands.spec), author=author(admin, province), note="简化文字"
    )
    row = published(draft, head)

    stands.refresh_from_db()
    assert (row.state, row.number, row.valid_from) == ("published", stands.number + 1, SOON)
    assert (stands.state, stands.valid_to) == ("retired", SOON - timedelta(days=1))
    assert row.items.count() == len(row.spec["items"])
    assert [Version.objects.in_force(on=day).get(checklist=row.checklist) for day in (stands.valid_to, SOON)] == [
        stands,
        row,
    ]
    assert list(AuditRow.objects.order_by("pk").values_list("verb", flat=True)) == [
        "checklist.draft",
        "checklist.publish",
    ]


def test_whoever_drafted_does_not_publish(stands, admin, province):
    draft = services.draft_version(
        checklist=stands.checklist, spec=changed(stands.spec), author=author(admin, province)
    )

    with pytest.raises(NotAllowed, match="起草人"):
        published(draft, admin)


@pytest.mark.parametrize("days", [-1, 0, 2])
def test_a_version_begins_at_least_three_days_ahead(stands, admin, head, province, days):
    draft = services.draft_version(
        checklist=stands.checklist, spec=changed(stands.spec), author=author(admin, province)
    )

    with pytest.raises(NotAllowed, match="提前3天"):
        published(draft, head, starts=AT.date() + timedelta(days=days))


def test_two_versions_never_begin_before_one_another(stands, admin, head, province):
    for text, starts in (("一", SOON + timedelta(days=5)), ("二", SOON)):
        draft = services.draft_version(
            checklist=stands.checklist, spec=changed(stands.spec, text), author=author(admin, province)
        )
        if text == "一":
            published(draft, head, starts=starts)

    with pytest.raises(NotAllowed, match="须在其后生效"):
        published(draft, head, starts=SOON)


def test_a_draft_is_written_over_until_it_is_published_and_the_same_content_is_none(stands, admin, province):
    first, second = (
        services.draft_version(
            checklist=stands.checklist, spec=changed(stands.spec, text), author=author(admin, province)
        )
        for text in ("一", "二")
    )

    assert first.pk == second.pk
    with pytest.raises(NotAllowed, match="相同"):
        services.draft_version(checklist=stands.checklist, spec=stands.spec, author=author(admin, province))


def test_a_discarded_draft_never_comes_back_and_its_number_is_not_given_again(stands, admin, head, province):
    write = {"checklist": stands.checklist, "author": author(admin, province)}
    draft = services.draft_version(spec=changed(stands.spec), **write)
    services.discard(version=draft, by=admin, post=None, at=AT)

    again = services.draft_version(spec=changed(stands.spec), **write)

    assert again.number == draft.number + 1
    with pytest.raises(NotAllowed, match="已弃"):
        published(draft, head)


def test_a_version_is_retired_today_at_the_earliest(stands, head):
    with pytest.raises(NotAllowed, match="不能早于今天"):
        services.retire(version=stands, last=AT.date() - timedelta(days=1), reason="停用", by=head, post=None, at=AT)

    row = services.retire(version=stands, last=AT.date(), reason="不再检查", by=head, post=None, at=AT)

    assert (row.state, row.valid_to) == ("retired", AT.date())
    with pytest.raises(NotAllowed, match="已停用"):
        services.retire(version=stands, last=AT.date(), reason="不再检查", by=head, post=None, at=AT)


def test_a_file_drafts_only_what_changed(admin, province):
    definition = shipped()
    services.load(definition=definition, start=services.Start(province, date(2009, 4, 25), AT))

    with pytest.raises(NotAllowed, match="没有新内容"):
        services.draft_from_definition(definition=definition, author=author(admin, province))
    guards.uninstall(connection)  # comes back with the end of the test
    Version.objects.filter(checklist__code="campus_daily").update(spec_hash="0" * 64)
    drafts = services.draft_from_definition(definition=definition, author=author(admin, province))

    assert [draft.checklist.code for draft in drafts] == ["campus_daily"]


def test_a_county_adds_and_never_takes_away(stands):
    clerk, boss = ground.user("office_clerk", ground.county()), ground.user("office_head", ground.county())
    write = {"checklist": stands.checklist, "author": author(clerk, ground.county())}

    services.add_locally(additions={"items": [item()]}, **write)
    draft = services.add_locally(additions={"limits": {"CAN-D-10": {"max": 5}}}, **write)
    row = published(draft, boss)

    codes = [one["code"] for one in row.spec["items"]]
    assert (row.base, row.unit, len(codes)) == (stands, ground.county(), len(stands.spec["items"]) + 1)
    assert Item.objects.get(version=row, code="CAN-D-102-01").text == "明厨亮灶画面清晰"
    assert next(one for one in row.spec["items"] if one["code"] == "CAN-D-10")["tighter"][0]["max"] == "5.0"
    stands.refresh_from_db()
    assert stands.state == "published"
    for additions, why in (
        ({"limits": {"CAN-D-10": {"max": 30}}}, "没有比原来更严"),
        ({"items": [item()]}, "已经用过"),
        ({"remove": ["CAN-D-10"]}, "只能增加"),
    ):
        with pytest.raises(OverlayRefused, match=why):
            services.add_locally(additions=additions, **write)


def test_a_new_wording_above_carries_local_additions_over_as_drafts(stands, admin, head, province):
    clerk, boss = ground.user("office_clerk", ground.county()), ground.user("office_head", ground.county())
    local = services.add_locally(
        checklist=stands.checklist, additions={"items": [item()]}, author=author(clerk, ground.county())
    )
    published(local, boss)
    later = AT + timedelta(days=10)
    draft = services.draft_version(
        checklist=stands.checklist, spec=changed(stands.spec), author=author(admin, province)
    )

    new = published(draft, head, starts=later.date() + timedelta(days=5), at=later)

    local.refresh_from_db()
    waiting = Version.objects.get(unit=ground.county(), state="draft")
    assert (local.state, local.valid_to) == ("retired", new.valid_from - timedelta(days=1))
    assert waiting.base == new
    assert {"CAN-D-102-01"} == {one["code"] for one in waiting.spec["items"]} - {
        one["code"] for one in new.spec["items"]
    }
    assert published(waiting, boss, starts=new.valid_from, at=later).state == "published"


def test_the_database_refuses_a_changed_or_lost_version(stands, admin, province):
    draft = services.draft_version(
        checklist=stands.checklist, spec=changed(stands.spec), author=author(admin, province)
    )
    guards.install(connection)
    rows, only = Version.objects.filter(pk=stands.pk), Item.objects.filter(version=stands)
    tries = [
        lambda: rows.update(spec={}),
        lambda: rows.update(number=99),
        lambda: rows.update(valid_from=date(2020, 1, 1)),
        lambda: rows.update(state="draft"),
        lambda: only.update(text="改过"),
        only.delete,
        lambda: stands.sections.update(name="改过"),
        rows.delete,
    ]

    for act in tries:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    rows.update(state="retired", valid_to=date(2026, 12, 31))
    Version.objects.filter(pk=draft.pk).update(note="草稿可以改")
    stands.refresh_from_db()
    assert (stands.number, stands.items.count()) == (1, len(stands.spec["items"]))


def test_the_effort_of_a_form_counts_everything_that_may_be_asked(stands):
    before = effort(stands.spec)
    spec = copy.deepcopy(stands.spec)
    spec["items"].append(item(severity="critical"))
    spec["items"].append(item(code="CAN-D-102-02", answer={"kind": "number", "unit": "℃", "max": 5}))

    after = effort(spec)

    assert (after.taps - before.taps, after.typed - before.typed) == (1, 1)
    assert after.seconds - before.seconds == 12

"""Pages of check-lists: reading, comparing, adding, publishing."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inspections.checklists import services
from inspections.checklists.models import Version
from inspections.checklists.plugs import drafts
from inspections.checklists.rules.loading import SHIPPED_FILE, read
from inspections.checklists.selectors import hours_words
from inspections.checklists.services import Author
from tests.factories import ground
from tests.factories import inspections as make

pytestmark = pytest.mark.django_db
ADDITION = {
    "section": "people_goods",
    "zh": "明厨亮灶画面清晰",
    "en": "Open-kitchen picture is clear",
    "category": "hygiene",
    "severity": "minor",
    "kind": "bool",
    "evidence": "view",
}


@pytest.fixture
def stands():
    make.parameters()
    return make.version("canteen_daily", ground.province())


@pytest.fixture
def clerk():
    return ground.client_of(ground.user("office_clerk", ground.county()))


@pytest.fixture
def head():
    return ground.client_of(ground.user("office_head", ground.county()))


def url(name, *args):
    return reverse(f"inspections:{name}", args=args)


def drafted(clerk, **fields):
    answer = clerk.post(url("checklist-add", "canteen_daily"), {**ADDITION, **fields})
    assert answer.status_code == 302, answer.content.decode()
    return Version.objects.get(state="draft", unit=ground.county())


def soon():
    return {"starts": (timezone.localdate() + timedelta(days=3)).isoformat()}


@pytest.mark.parametrize(
    ("opens", "due", "told"),
    [
        ("06:00", "18:00", "06:00 起填报，18:00 前提交"),
        ("05:30", "+1d 00:00", "05:30 起填报，24:00 前提交"),
        ("20:00", "+1d 08:00", "20:00 起填报，次日 08:00 前提交"),
        ("06:00", "+5d 00:00", "06:00 起填报，第 5 天 24:00 前提交"),
        ("00:00", "next 06 00:00", "00:00 起填报，次月5日 24:00 前提交"),
    ],
)
def test_the_hours_of_a_form_are_told_as_people_say_them(opens, due, told):
    assert hours_words({"opens": opens, "due": due}) == told


def test_everybody_reads_the_provinces_list_with_the_limits_in_force(stands):
    reader = ground.client_of(ground.user("dorm_keeper", ground.school_unit()))

    listed = reader.get(url("checklists")).content.decode()
    page = reader.get(url("checklist-version", stands.pk)).content.decode()

    assert stands.checklist.name in listed
    assert "CAN-D-10" in page
    assert "冷藏温度上限" in page
    assert "≤ 8" in page


def test_a_county_adds_an_item_and_another_person_publishes_it(stands, clerk, head):
    draft = drafted(clerk)
    page = head.get(url("checklist-publish", draft.pk)).content.decode()
    answer = head.post(url("checklist-publish", draft.pk), soon())

    draft.refresh_from_db()
    assert "次点按" in page
    assert "明厨亮灶画面清晰" in page
    assert (answer.status_code, draft.state) == (302, "published")
    assert draft.items.filter(code="CAN-D-102-01").exists()


PASSWORD = "三更灯火五更鸡2026"


def after_a_while(role):
    """Return somebody of the county whose password was given too long ago."""
    return ground.client_of(ground.user(role, ground.county(), password=PASSWORD), fresh=False)


def test_publishing_asks_for_the_password_again_and_keeps_what_was_typed(stands, clerk):
    draft, late = drafted(clerk), after_a_while("office_head")

    asked = late.post(url("checklist-publish", draft.pk), soon())
    draft.refresh_from_db()
    before = draft.state
    late.post(asked.url, {"password": PASSWORD})

    draft.refresh_from_db()
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert (before, draft.state, draft.valid_from.isoformat()) == ("draft", "published", soon()["starts"])


def test_retiring_asks_for_the_password_again_and_keeps_the_reason(stands):
    late = ground.client_of(ground.user("office_head", ground.province(), password=PASSWORD), fresh=False)

    asked = late.post(url("checklist-retire", stands.pk), {"reason": "改用新表"})
    late.post(asked.url, {"password": "wrong-password"})
    before = Version.objects.get(pk=stands.pk).state
    late.post(asked.url, {"password": PASSWORD})

    assert (before, Version.objects.get(pk=stands.pk).state) == ("published", "retired")


def test_numbers_count_on_from_item_to_item(stands, clerk):
    drafted(clerk)
    draft = drafted(clerk, zh="后厨门禁正常", kind="number", unit="℃", max="5")

    added = [it for it in draft.spec["items"] if it.get("added_by")]

    assert [it["code"] for it in added] == ["CAN-D-102-01", "CAN-D-102-02"]
    assert added[1]["answer"] == {"kind": "number", "unit": "℃", "max": 5}
    assert max(len(it["code"]) for it in draft.spec["items"]) <= 12


def test_a_limit_is_tightened_and_never_loosened(stands, clerk):
    address = f"{url('checklist-add', 'canteen_daily')}?form=tighten"

    loose = clerk.post(address, {"code": "CAN-D-10", "max": "30"})
    empty = clerk.post(address, {"code": "CAN-D-10"})
    tight = clerk.post(address, {"code": "CAN-D-10", "max": "5", "due": "2h"})

    assert "没有比原来更严" in loose.content.decode()
    assert "至少填写一项" in empty.content.decode()
    assert tight.status_code == 302


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kind": "number"}, "须选单位"),
        ({"min": "1"}, "没有上下限"),
        ({"zh": ""}, "error"),
        ({"section": "nowhere"}, "error"),
        ({"severity": "info"}, "error"),
        ({"zh": "\x00坏字符在里面"}, "error"),
    ],
)
def test_an_addition_that_makes_no_sense_is_refused_at_its_field(stands, clerk, wrong, why):
    answer = clerk.post(url("checklist-add", "canteen_daily"), {**ADDITION, **wrong})

    assert answer.status_code == 200
    assert why in answer.content.decode()
    assert not Version.objects.filter(state="draft").exists()


def test_the_drafter_does_not_publish_and_a_school_does_not_add(stands, clerk):
    draft = drafted(clerk)
    officer = ground.client_of(ground.user("logistics_officer", ground.school_unit()))

    answers = [
        clerk.post(url("checklist-publish", draft.pk), soon()).status_code,
        officer.get(url("checklist-add", "canteen_daily")).status_code,
        officer.get(url("checklist-upload")).status_code,
        officer.post(url("checklist-publish", stands.pk), soon()).status_code,
        officer.post(url("checklist-retire", stands.pk), {"reason": "不想检查了"}).status_code,
    ]

    assert answers == [403, 403, 403, 403, 403]


def test_the_neighbour_county_finds_no_such_version(stands, clerk):
    draft = drafted(clerk)
    neighbour = ground.client_of(ground.user("office_head", ground.neighbour()))

    answers = {
        name: neighbour.get(url(name, draft.pk)).status_code
        for name in ("checklist-version", "checklist-publish", "checklist-retire", "checklist-discard")
    }
    compared = neighbour.get(url("checklist-compare", stands.pk, draft.pk)).status_code

    assert set(answers.values()) == {404}
    assert compared == 404
    assert neighbour.get("/inspections/checklists/versions/99999999999999999999/").status_code == 404
    assert neighbour.get(url("checklist-add", "nothing")).status_code in {403, 404}


def test_a_school_reads_its_countys_wording_but_no_draft(stands, clerk, head):
    draft = drafted(clerk)
    officer = ground.client_of(ground.user("logistics_officer", ground.school_unit()))
    before = officer.get(url("checklist-version", draft.pk)).status_code

    head.post(url("checklist-publish", draft.pk), soon())

    assert (before, officer.get(url("checklist-version", draft.pk)).status_code) == (404, 200)


def test_a_version_that_starts_too_soon_is_refused_with_a_sentence(stands, clerk, head):
    draft = drafted(clerk)

    answer = head.post(url("checklist-publish", draft.pk), {"starts": timezone.localdate().isoformat()})

    assert "提前3天" in answer.content.decode()


def test_a_draft_is_discarded_and_a_version_retired(stands, clerk, head):
    draft = drafted(clerk)
    clerk.post(url("checklist-discard", draft.pk), {"reason": "写错了重来"})
    again = drafted(clerk)
    head.post(url("checklist-publish", again.pk), soon())
    boss = ground.client_of(ground.user("office_head", ground.province()))

    answer = boss.post(url("checklist-retire", stands.pk), {"reason": "不再使用本表"})

    draft.refresh_from_db()
    stands.refresh_from_db()
    assert (draft.state, stands.state, answer.status_code) == ("discarded", "retired", 302)


def test_two_versions_stand_side_by_side(stands, clerk):
    draft = drafted(clerk)

    page = clerk.get(url("checklist-compare", draft.pk, stands.pk)).content.decode()
    same = clerk.get(url("checklist-compare", stands.pk, stands.pk)).content.decode()

    assert "新增" in page
    assert "CAN-D-102-01" in page
    assert "内容相同" in same


def test_a_file_is_drafted_or_every_mistake_told_by_its_line(stands):
    admin = ground.client_of(ground.user("scheme_admin", ground.province()))
    text = SHIPPED_FILE.read_text(encoding="utf-8")

    def send(content):
        file = SimpleUploadedFile("checklists.yaml", content)
        return admin.post(url("checklist-upload"), {"file": file, "note": "年度修订"})

    bad = send(text.replace("severity: critical", "severity: deadly", 1).encode()).content.decode()
    binary = send(b"\xff\xfe\x00").content.decode()
    good = send(text.encode())

    assert "deadly" in bad or "severity" in bad
    assert "UTF-8" in binary
    assert good.status_code == 302
    assert Version.objects.filter(state="draft").count() == 7


def test_the_pages_take_few_queries(stands, clerk):
    author = ground.user("office_clerk", ground.county())
    for number in range(3):
        spec = copy.deepcopy(stands.spec)
        spec["items"][0]["zh"] = f"第{number}稿"
        draft = services.draft_version(
            checklist=stands.checklist,
            spec=spec,
            author=Author(author, author.live_posts[0], ground.county(), timezone.now()),
        )
    pages = [url("checklists"), url("checklist-version", draft.pk), url("checklist-compare", draft.pk, stands.pk)]

    for page in pages:
        with CaptureQueriesContext(connection) as seen:
            assert clerk.get(page).status_code == 200
        assert len(seen) <= 25, page


def test_the_province_downloads_the_shipped_file_and_it_is_a_good_one_to_upload():
    province = ground.province()
    admin = ground.client_of(ground.user("scheme_admin", province))

    answer = admin.get(reverse("inspections:checklist-definition"))

    text = b"".join(answer.streaming_content).decode()
    assert "attachment" in answer["Content-Disposition"]
    assert read(text).templates
    clerk = ground.client_of(ground.user("office_clerk", ground.county()))
    assert clerk.get(reverse("inspections:checklist-definition")).status_code == 403


def test_a_local_item_may_do_without_english_and_waits_on_its_head_s_desk(stands):
    county = ground.county()
    clerk, head = ground.user("office_clerk", county), ground.user("office_head", county)

    answer = ground.client_of(clerk).post(
        reverse("inspections:checklist-add", args=[stands.checklist.code]), {**ADDITION, "en": ""}
    )

    draft = Version.objects.get(unit=county, state=Version.State.DRAFT)
    assert answer.status_code == 302
    added = next(it for it in draft.spec["items"] if it["zh"] == ADDITION["zh"])
    assert added["en"] == f"Local item {added['code']}"
    assert [todo.url for todo in drafts(head, timezone.now())] == [
        reverse("inspections:checklist-version", args=[draft.pk])
    ]
    assert drafts(clerk, timezone.now()) == drafts(ground.user("office_head", ground.neighbour()), timezone.now()) == []

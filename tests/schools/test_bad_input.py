"""Every form of the hall under bad input: a sentence, nothing half-written, what was typed is kept."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from logistics_portal.records.models import AuditRow
from schools.terms.services import calendars
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
LONG = "长" * 10_000
GOOD_SCHOOL = {"code": "2122009999", "name": "新建小学", "kind": "primary", "ownership": "public", "pupils": "300"}
CLOSE_DAYS = {"first_date": "2026-12-01", "last_date": "2026-12-02", "reason": "暴雪"}
BAD_DAYS = ["", "\x00", "0001-01-01", "9999-12-31", "2026-02-30", "明天", LONG, "-1", "9" * 400]
BAD_NUMBERS = ["-1", "9" * 400, "1.5", "许多", "\x00", LONG]
BAD_TEXTS = ["", "   ", "\x00", "名\x00称", LONG]
BAD_LONG = ["\x00", LONG]


@pytest.fixture
def school():
    return make.school(ground.county(), name="东方红小学", opened_date=timezone.localdate().replace(year=2010, day=1))


@pytest.fixture
def place(school):
    return make.place(school)


@pytest.fixture
def edition():
    drafter = ground.user("office_clerk", ground.county())
    return calendars.draft(unit=ground.county(), school_year=2026, by=drafter, at=timezone.now())


@pytest.fixture
def people(school):
    county = ground.county()
    return {
        "clerk": ground.client_of(ground.user("office_clerk", county)),
        "head": ground.client_of(ground.user("office_head", county)),
        "vice": ground.client_of(ground.user("vice_principal_logistics", school.unit)),
    }


def counted():
    """Return how many rows of the hall there are, and how many acts were kept."""
    hall = {model.__name__: model._default_manager.count() for model in apps.get_app_config("schools").get_models()}
    return hall | {"acts": AuditRow.objects.filter(outcome=AuditRow.Outcome.DONE).count()}


def cases():
    """Return who fills which form, how it is filled well, and one field with what is wrong in it."""
    forms = [
        ("head", "add", GOOD_SCHOOL | {"opened_date": "2026-09-01"}, {"opened_date": BAD_DAYS, "name": BAD_TEXTS}),
        ("head", "add", GOOD_SCHOOL | {"opened_date": "2026-09-01"}, {"code": BAD_TEXTS, "pupils": BAD_NUMBERS}),
        ("head", "add", GOOD_SCHOOL | {"opened_date": "2026-09-01"}, {"kind": BAD_TEXTS, "supervising": BAD_NUMBERS}),
        ("head", "edit", {"name": "东方红小学"}, {"name": BAD_TEXTS, "pupils": BAD_NUMBERS, "boarders": BAD_NUMBERS}),
        ("head", "edit", {"name": "东方红小学"}, {"address": BAD_LONG, "phone": BAD_LONG, "division": BAD_LONG}),
        ("vice", "ask edit", {"kind": "junior", "ownership": "public"}, {"takes_effect": BAD_DAYS}),
        ("vice", "ask edit", {"kind": "junior", "ownership": "public"}, {"document": BAD_LONG, "kind": BAD_TEXTS}),
        ("head", "ask close", {"document": "通知"}, {"takes_effect": BAD_DAYS, "document": BAD_TEXTS}),
        ("head", "ask merge", {"document": "通知", "successor": "S1"}, {"successor": BAD_TEXTS, "document": BAD_TEXTS}),
        ("head", "ask move", {"document": "通知", "target": "220103"}, {"target": BAD_TEXTS, "takes_effect": BAD_DAYS}),
        ("vice", "place-ask close_place", {"document": "停用"}, {"takes_effect": BAD_DAYS, "document": BAD_TEXTS}),
        ("vice", "place-edit", {"name": "一食堂"}, {"name": BAD_TEXTS, "checked_from": BAD_DAYS}),
        ("vice", "closure-ask", CLOSE_DAYS, {"first_date": BAD_DAYS, "last_date": BAD_DAYS, "reason": BAD_TEXTS}),
        ("clerk", "closure-declare", CLOSE_DAYS, {"unit": [*BAD_NUMBERS, ""], "first_date": BAD_DAYS}),
        ("clerk", "calendar-draft", {"school_year": "2027"}, {"school_year": BAD_NUMBERS, "note": BAD_LONG}),
        ("clerk", "calendar-term", {"name": "秋季学期"}, {"name": BAD_TEXTS, "first_date": BAD_DAYS}),
        ("clerk", "calendar-extra", {"kind": "closed", "reason": "运动会"}, {"reason": BAD_TEXTS, "kind": BAD_TEXTS}),
        ("clerk", "calendar-extra", {"kind": "closed", "reason": "运动会"}, {"first_date": BAD_DAYS}),
    ]
    return [
        pytest.param(who, page, good, (field, values), id=f"{page}-{field}")
        for who, page, good, bad in forms
        for field, values in bad.items()
    ]


@pytest.mark.parametrize(("who", "page", "good", "bad"), cases())
def test_a_form_refuses_with_a_sentence_and_writes_nothing(  # noqa: PLR0917 - one row of a table
    who, page, good, bad, people, school, place, edition
):
    today = timezone.localdate().isoformat()
    spare = {"takes_effect": today, "checked_from": today, "first_date": "2026-12-01", "last_date": "2026-12-02"}
    spare |= {"unit": ground.county().pk, "supervising": ground.county().pk}
    field, values = bad
    address, before = _address(page, school, place, edition), counted()

    for value in values:
        answer = people[who].post(address, spare | good | {field: value})

        text = answer.content.decode()
        assert (answer.status_code, "请先改正" in text) == (200, True), f"{field}={value[:20]!r}"
        assert counted() == before, f"{field}={value[:20]!r}"
        assert all(it in text for it in typed_texts(good, field)), f"{field}={value[:20]!r}"


def typed_texts(good, field):
    """Return the texts typed into the other fields."""
    return [good[name] for name in ("name", "reason", "document") if name in good and name != field]


def _address(page, school, place, edition):
    name, _space, kind = page.partition(" ")
    if name.startswith("place"):
        return reverse(f"schools:{name}", args=[place.pk, kind] if kind else [place.pk])
    if name in {"calendar-term", "calendar-extra"}:
        return reverse(f"schools:{name}", args=[edition.pk])
    if name in {"edit", "ask"}:
        return reverse(f"schools:{name}", args=[school.pk, kind] if kind else [school.pk])
    return reverse(f"schools:{name}")


@pytest.mark.parametrize("answer", ["", "  ", "\x00", LONG])
def test_a_refusal_without_a_readable_reason_is_asked_for_one(answer, people, school):
    people["vice"].post(
        reverse("schools:ask", args=[school.pk, "edit"]),
        {"kind": "junior", "ownership": "public", "takes_effect": timezone.localdate().isoformat()},
    )
    proposal = school.proposals.get()
    people["vice"].post(reverse("schools:closure-ask"), CLOSE_DAYS)
    closure = school.unit.closures.get()

    told = people["head"].post(reverse("schools:proposal-refuse", args=[proposal.pk]), {"answer": answer})
    also = people["head"].post(reverse("schools:closure-refuse", args=[closure.pk]), {"answer": answer})

    proposal.refresh_from_db()
    closure.refresh_from_db()
    assert (proposal.state, closure.state) == ("requested", "requested")
    for page in (told.content.decode(), also.content.decode()):
        assert "请先改正" in page
        assert answer.replace("\x00", "") in page


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [
        ("2026-12-02", "2026-12-01", "不能早于"),
        ("2199-12-31", "2199-12-31", "最早提前"),
        ("2026-12-01", "2199-12-31", "最多 366 天"),
        ("1850-01-01", "1850-01-02", "已冻结"),
    ],
)
def test_days_out_of_all_reason_are_no_closure(first, last, word, people, school):
    answer = people["vice"].post(
        reverse("schools:closure-ask"), {"first_date": first, "last_date": last, "reason": "暴雪"}
    )

    assert word in answer.content.decode()
    assert not school.unit.closures.exists()


@pytest.mark.parametrize("name", ["calendar-term", "calendar-extra"])
@pytest.mark.parametrize(("first", "last"), [("2027-09-01", "2199-01-01"), ("1850-01-01", "2026-09-01")])
def test_days_outside_the_school_year_enter_no_calendar(name, first, last, people, edition):
    typed = {"name": "秋季学期", "kind": "closed", "reason": "假", "first_date": first, "last_date": last}

    answer = people["clerk"].post(reverse(f"schools:{name}", args=[edition.pk]), typed)

    assert "2026 学年的日期应在" in answer.content.decode()
    assert not edition.terms.exists()
    assert not edition.extras.exists()

"""Pages of calendars, holidays and closures: a good path, a refusal, the neighbour next door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from logistics_portal.records.models import AuditRow
from schools.terms.models import Closure, Edition, NationalYear
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return make.school(ground.county(), is_boarding=True)


@pytest.fixture
def clerk():
    return ground.client_of(ground.user("office_clerk", ground.county()))


@pytest.fixture
def head():
    return ground.client_of(ground.user("office_head", ground.county()))


@pytest.fixture
def principal(school):
    return ground.client_of(ground.user("principal", school.unit))


@pytest.fixture
def neighbour():
    return ground.client_of(ground.user("office_head", ground.neighbour()))


def soon(days=3):
    return (timezone.localdate() + timedelta(days)).isoformat()


def ask(principal, days=1, first=3):
    typed = {"first_date": soon(first), "last_date": soon(first + days - 1), "reason": "暴雪"}
    principal.post(reverse("schools:closure-ask"), typed)
    return Closure.objects.latest("pk")


def test_a_county_drafts_shows_the_difference_and_another_person_publishes(clerk, head, school):
    make.calendar(ground.province())
    clerk.post(reverse("schools:calendar-draft"), {"unit": ground.county().pk, "school_year": "2026"})
    draft = Edition.objects.get(unit=ground.county())
    page = reverse("schools:calendar", args=[draft.pk])
    typed = {"kind": "closed", "first_date": "2026-11-23", "last_date": "2026-11-24", "reason": "冬季运动会"}
    clerk.post(reverse("schools:calendar-extra", args=[draft.pk]), typed)

    text = clerk.get(page).content.decode()
    clerk.post(reverse("schools:calendar-publish", args=[draft.pk]))
    draft.refresh_from_db()
    assert "影响 1 所学校 3 天" in text  # two days, and the evening on which boarders would have come back
    assert draft.state == "draft"
    head.post(reverse("schools:calendar-publish", args=[draft.pk]))

    draft.refresh_from_db()
    assert draft.state == "published"


def test_terms_and_days_are_set_and_removed(clerk):
    draft = make.calendar(ground.county(), terms=(), state="draft", published_at=None)
    typed = {"name": "第一学期", "first_date": "2026-09-01", "last_date": "2027-01-10"}
    clerk.post(reverse("schools:calendar-term", args=[draft.pk]), typed)
    wrong = clerk.post(reverse("schools:calendar-term", args=[draft.pk]), typed | {"last_date": "2026-08-01"})

    [term] = draft.terms.all()
    clerk.post(reverse("schools:calendar-remove-term", args=[draft.pk, term.pk]))

    assert "不能早于" in wrong.content.decode()
    assert not draft.terms.exists()


def test_everybody_reads_the_provinces_calendar_but_not_the_neighbours(clerk, neighbour, principal):
    whole = make.calendar(ground.province())
    own = make.calendar(ground.county(), terms=())

    assert principal.get(reverse("schools:calendar", args=[whole.pk])).status_code == 200
    assert principal.get(reverse("schools:calendar", args=[own.pk])).status_code == 200
    assert neighbour.get(reverse("schools:calendar", args=[own.pk])).status_code == 404
    assert clerk.post(reverse("schools:calendar-extra", args=[whole.pk])).status_code == 403
    assert "全国" not in clerk.get(reverse("schools:calendars")).content.decode()


def test_a_draft_of_the_province_is_not_shown_below(clerk):
    draft = make.calendar(ground.province(), state="draft", published_at=None)

    assert clerk.get(reverse("schools:calendar", args=[draft.pk])).status_code == 404


def test_a_school_does_not_draft(principal):
    assert principal.get(reverse("schools:calendar-draft")).status_code == 403


def test_the_head_publishes_but_does_not_write(head, clerk):
    clerk.post(reverse("schools:calendar-draft"), {"unit": ground.county().pk, "school_year": "2026"})
    draft = Edition.objects.get()
    term = {"name": "秋季学期", "first_date": "2026-09-01", "last_date": "2027-01-10"}

    assert head.get(reverse("schools:calendar-draft")).status_code == 403
    assert head.post(reverse("schools:calendar-term", args=[draft.pk]), term).status_code == 403
    assert AuditRow.objects.filter(outcome="refused", verb="schools:calendar-term").exists()
    assert "作废草稿" in head.get(reverse("schools:calendar", args=[draft.pk])).content.decode()
    head.post(reverse("schools:calendar-discard", args=[draft.pk]))

    draft.refresh_from_db()
    assert draft.state == "retired"
    assert not draft.terms.exists()


def test_the_neighbour_neither_publishes_nor_discards(clerk, neighbour):
    clerk.post(reverse("schools:calendar-draft"), {"unit": ground.county().pk, "school_year": "2026"})
    draft = Edition.objects.get()

    for name in ("calendar-publish", "calendar-discard"):
        assert neighbour.post(reverse(f"schools:{name}", args=[draft.pk])).status_code == 404


def test_the_head_of_another_level_publishes_no_calendar_of_a_county(clerk):
    clerk.post(reverse("schools:calendar-draft"), {"unit": ground.county().pk, "school_year": "2026"})
    draft = Edition.objects.get()
    above = ground.client_of(ground.user("office_head", ground.city()))

    assert above.post(reverse("schools:calendar-publish", args=[draft.pk])).status_code == 403
    assert above.post(reverse("schools:calendar-discard", args=[draft.pk])).status_code == 403


def test_what_a_city_declares_its_own_head_confirms_and_takes_back(school, head):
    city_clerk = ground.client_of(ground.user("office_clerk", ground.city()))
    city_head = ground.client_of(ground.user("office_head", ground.city()))
    typed = {"unit": ground.county().pk, "first_date": soon(), "last_date": soon(), "reason": "极寒"}
    city_clerk.post(reverse("schools:closure-declare"), typed)
    closure = Closure.objects.get()
    page = reverse("schools:closure", args=[closure.pk])

    assert closure.declared_by_unit == ground.city()
    assert f"待{ground.city().name}后勤部门负责人批准" in head.get(page).content.decode()
    assert head.post(reverse("schools:closure-approve", args=[closure.pk])).status_code == 403
    city_head.post(reverse("schools:closure-approve", args=[closure.pk]))
    closure.refresh_from_db()
    assert closure.state == "approved"
    assert head.post(reverse("schools:closure-revoke", args=[closure.pk]), {"reason": "天晴"}).status_code == 403
    city_head.post(reverse("schools:closure-revoke", args=[closure.pk]), {"reason": "天晴"})

    closure.refresh_from_db()
    assert (closure.state, closure.revoke_reason) == ("revoked", "天晴")


def test_a_clerk_declares_nothing_outside_the_own_county(clerk):
    typed = {"unit": ground.neighbour().pk, "first_date": soon(), "last_date": soon(), "reason": "极寒"}

    answer = clerk.post(reverse("schools:closure-declare"), typed)

    assert "请先改正" in answer.content.decode()
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("days", "first", "who"), [(1, 3, "后勤部门批准"), (6, 3, "后勤部门负责人批准"), (1, -5, "后勤部门负责人批准")]
)
def test_the_page_says_who_must_answer(days, first, who, principal):
    closure = ask(principal, days=days, first=first)

    text = principal.get(reverse("schools:closure", args=[closure.pk])).content.decode()

    unit = ground.city() if first < 0 else ground.county()
    assert f"待{unit.name}{who}" in text


def test_a_principal_asks_and_the_clerk_approves(principal, clerk):
    closure = ask(principal)

    assert principal.post(reverse("schools:closure-approve", args=[closure.pk])).status_code == 403
    assert "批准" in clerk.get(reverse("schools:closure", args=[closure.pk])).content.decode()
    clerk.post(reverse("schools:closure-approve", args=[closure.pk]))

    closure.refresh_from_db()
    assert closure.state == "approved"


def test_a_long_closure_needs_the_head(principal, clerk, head):
    closure = ask(principal, days=6)

    assert clerk.post(reverse("schools:closure-approve", args=[closure.pk])).status_code == 403
    head.post(reverse("schools:closure-refuse", args=[closure.pk]), {"answer": "改为线上"})

    closure.refresh_from_db()
    assert (closure.state, closure.answer) == ("refused", "改为线上")


def test_days_already_closed_need_the_head_above(principal, head):
    closure = ask(principal, first=-5)
    above = ground.client_of(ground.user("office_head", ground.city()))

    assert head.post(reverse("schools:closure-approve", args=[closure.pk])).status_code == 403
    above.post(reverse("schools:closure-approve", args=[closure.pk]))

    closure.refresh_from_db()
    assert closure.state == "approved"


def test_a_bureau_declares_and_another_person_confirms(clerk, head, school):
    typed = {"unit": ground.county().pk, "first_date": soon(), "last_date": soon(), "reason": "极寒"}
    clerk.post(reverse("schools:closure-declare"), typed)
    closure = Closure.objects.get()

    assert clerk.post(reverse("schools:closure-approve", args=[closure.pk])).status_code == 403
    head.post(reverse("schools:closure-approve", args=[closure.pk]))

    closure.refresh_from_db()
    assert closure.state == "approved"


def test_a_closure_is_withdrawn_by_who_asked_and_revoked_with_a_reason(principal, clerk):
    first = ask(principal)
    principal.post(reverse("schools:closure-withdraw", args=[first.pk]))
    second = ask(principal)
    clerk.post(reverse("schools:closure-approve", args=[second.pk]))
    asked = clerk.get(reverse("schools:closure", args=[second.pk])).content.decode()
    empty = clerk.post(reverse("schools:closure-revoke", args=[second.pk]), {"reason": ""}).content.decode()
    assert "撤销理由" in asked
    assert "审批意见" not in asked
    assert "id_reason_error" in empty
    second.refresh_from_db()
    assert second.state == "approved"
    clerk.post(reverse("schools:closure-revoke", args=[second.pk]), {"reason": "天气转好"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "revoked")
    page = principal.get(reverse("schools:closure", args=[second.pk])).content.decode()
    assert "badge" in page.split("<h1", 1)[1].split("</header>", 1)[0]
    assert "<dt>审批</dt>" in page
    assert "天气转好" in page.split("<dt>撤销</dt>", 1)[1].split("</dd>", 1)[0]


def test_the_neighbour_finds_no_such_closure(principal, neighbour):
    closure = ask(principal)

    assert neighbour.get(reverse("schools:closure", args=[closure.pk])).status_code == 404
    assert neighbour.post(reverse("schools:closure-approve", args=[closure.pk])).status_code == 404


def test_only_who_may_asks_or_declares(clerk, principal):
    assert clerk.get(reverse("schools:closure-ask")).status_code == 403
    assert principal.get(reverse("schools:closure-declare")).status_code == 403


def test_the_list_of_closures_costs_few_queries(clerk, school, django_assert_max_num_queries):
    person = ground.user()
    for number in range(20):
        day = timezone.localdate() + timedelta(number)
        make.closure(make.school(ground.county()).unit, day, asked_by=person)

    with django_assert_max_num_queries(25):
        text = clerk.get(reverse("schools:closures"), {"state": "requested"}).content.decode()

    assert "共 20 条" in text


def test_a_schools_year_shows_every_day_with_a_word(principal, neighbour, school, django_assert_max_num_queries):
    make.calendar(ground.province())
    make.national_year()
    url = reverse("schools:year", args=[school.pk])

    with django_assert_max_num_queries(25):
        text = principal.get(url, {"year": "2026"}).content.decode()

    assert text.count('class="year__day ') == 365
    assert "课餐宿" in text
    assert "2027 年放假安排" in text
    assert neighbour.get(url).status_code == 404
    assert principal.get(url, {"year": "99999999999"}).status_code == 200


def test_a_later_year_is_uploaded_compared_and_published_by_another():
    clerk = ground.client_of(ground.user("office_clerk", ground.province()))
    head = ground.client_of(ground.user("office_head", ground.province()))
    sheet = "日期,安排,节日\n2027-01-01,放假,元旦\n2027年2月5日,放假,春节\n2027.2.14,上班,春节\n"
    file = SimpleUploadedFile("2027.csv", sheet.encode("gb18030"))
    clerk.post(reverse("schools:holiday-upload"), {"file": file, "source": "国办通知"})
    row = NationalYear.objects.get()

    assert "2027-02-14" in clerk.get(reverse("schools:holiday", args=[row.pk])).content.decode()
    clerk.post(reverse("schools:holiday-publish", args=[row.pk]))
    row.refresh_from_db()
    assert row.published_at is None
    head.post(reverse("schools:holiday-publish", args=[row.pk]))

    row.refresh_from_db()
    assert row.published_at is not None
    assert "2027" in head.get(reverse("schools:holidays")).content.decode()


@pytest.mark.parametrize(
    ("sheet", "word"),
    [
        ("日期,安排\n2027-13-01,放假\n", "第 2 行"),
        ("日期,安排\n2027-01-01,也许\n", "不是放假或上班"),
        ("甲,乙\n1,2\n", "没有找到这些列"),
    ],
)
def test_a_wrong_sheet_of_holidays_is_refused(sheet, word):
    clerk = ground.client_of(ground.user("office_clerk", ground.province()))
    file = SimpleUploadedFile("2027.csv", sheet.encode())

    text = clerk.post(reverse("schools:holiday-upload"), {"file": file, "source": "x"}).content.decode()

    assert word in text
    assert not NationalYear.objects.exists()


def test_a_county_uploads_no_holidays(clerk):
    assert clerk.get(reverse("schools:holiday-upload")).status_code == 403
    assert clerk.get(reverse("schools:holidays")).status_code == 200


def test_a_step_that_cannot_be_taken_is_answered_with_its_sentence_and_kept(principal, clerk):
    closure = ask(principal)
    clerk.post(reverse("schools:closure-approve", args=[closure.pk]))

    answer = clerk.post(reverse("schools:closure-approve", args=[closure.pk]))

    assert answer.status_code == 409
    assert "不能这样办理" in answer.content.decode()
    assert AuditRow.objects.filter(outcome="refused").exists()

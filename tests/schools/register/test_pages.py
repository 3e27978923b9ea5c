"""Pages of schools: a good path, a refusal, the neighbour next door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from schools.portal import answers
from schools.register.models import Proposal, School
from schools.register.selectors import counted
from schools.register.services import places
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
TYPED = {
    "code": "2122009999",
    "name": "南关区新建小学",
    "kind": "primary",
    "ownership": "public",
    "opened_date": "2026-09-01",
    "pupils": "300",
    "boarders": "0",
}


@pytest.fixture
def school():
    return make.school(ground.county(), name="东方红小学", initials="dfhxx")


@pytest.fixture
def clerk():
    return ground.client_of(ground.user("office_clerk", ground.county()))


@pytest.fixture
def head():
    return ground.client_of(ground.user("office_head", ground.county()))


@pytest.fixture
def officer(school):
    return ground.client_of(ground.user("logistics_officer", school.unit))


@pytest.fixture
def neighbour():
    return ground.client_of(ground.user("office_head", ground.neighbour()))


def test_a_bureau_sees_its_schools_filtered_and_nobody_elses(clerk, school):
    make.school(ground.neighbour(), name="外县小学")
    make.school(ground.county(), name="寄宿中学", kind="junior", is_boarding=True)

    whole = clerk.get(reverse("schools:list")).content.decode()
    some = clerk.get(reverse("schools:list"), {"boarding": "true", "kind": "junior", "q": "寄宿", "status": "living"})

    assert "东方红小学" in whole
    assert "外县小学" not in whole
    assert "寄宿中学" in some.content.decode()
    assert "东方红小学" not in some.content.decode()


def test_the_export_is_what_the_screen_shows(clerk, school):
    make.school(ground.county(), name="别的小学", initials="bdxx")

    answer = clerk.get(reverse("schools:list"), {"q": "dfh", "export": "csv"})

    text = b"".join(answer.streaming_content).decode()
    assert "东方红小学" in text
    assert "别的小学" not in text
    assert "在办" in text


def test_a_list_costs_few_queries_however_long(clerk, django_assert_max_num_queries):
    for _ in range(30):
        make.school(ground.county())

    with django_assert_max_num_queries(25):
        text = clerk.get(reverse("schools:list")).content.decode()

    assert "共 30 条" in text


@pytest.mark.parametrize("text", ["dfh", "东方红", "DFHXX"])
def test_search_finds_by_name_and_initials_and_leads_straight_there(clerk, school, text):
    answer = clerk.get(reverse("schools:search"), {"q": text})

    assert answer.headers["Location"] == reverse("schools:school", args=[school.pk])


def test_search_as_json_stays_within_reach(clerk, neighbour, school):
    told = clerk.get(reverse("schools:search"), {"q": school.code, "as": "json"}).json()
    hidden = neighbour.get(reverse("schools:search"), {"q": school.code, "as": "json"}).json()

    assert told["results"][0]["name"] == "东方红小学"
    assert hidden == {"results": []}


@pytest.mark.parametrize("text", ["", "没有这所", "\x00", "'; drop", "%%", "a" * 500])
def test_search_answers_whatever_is_typed(clerk, text):
    assert clerk.get(reverse("schools:search"), {"q": text}).status_code == 200


def test_a_schools_page_shows_its_places_and_facts(officer, school, django_assert_max_num_queries):
    canteen = make.canteen(school)

    with django_assert_max_num_queries(25):
        text = officer.get(reverse("schools:school", args=[school.pk])).content.decode()

    assert canteen.place.name in text
    assert school.code in text


@pytest.mark.parametrize("name", ["schools:school", "schools:edit"])
def test_the_neighbour_finds_no_such_school(neighbour, school, name):
    assert neighbour.get(reverse(name, args=[school.pk])).status_code == 404


def test_the_neighbour_finds_no_place_and_no_proposal(neighbour, school):
    place = make.place(school)
    proposal = Proposal.objects.create(
        school=school,
        kind="close",
        document="文",
        takes_effect=timezone.localdate(),
        asked_by=ground.user(),
        asked_at=timezone.now(),
    )

    for name, args in [
        ("schools:place-edit", [place.pk]),
        ("schools:place-ask", [place.pk, "close_place"]),
        ("schools:proposal", [proposal.pk]),
        ("schools:ask", [school.pk, "close"]),
    ]:
        assert neighbour.get(reverse(name, args=args)).status_code == 404
    assert neighbour.post(reverse("schools:proposal-approve", args=[proposal.pk])).status_code == 404


def test_a_bureau_adds_a_school(clerk):
    answer = clerk.post(reverse("schools:add"), TYPED | {"supervising": ground.county().pk})

    made = School.objects.get(code="2122009999")
    assert answer.headers["Location"] == reverse("schools:school", args=[made.pk])
    assert made.unit.parent == ground.county()


def test_typing_errors_are_told_and_nothing_is_written(clerk):
    wrong = {"supervising": ground.county().pk, "boarders": "301", "code": "2122 9", "opened_date": "1/9"}

    text = clerk.post(reverse("schools:add"), TYPED | wrong).content.decode()

    assert "寄宿生数不能多于在校生数" in text
    assert "学校代码由" in text
    assert not School.objects.exists()


def test_a_school_officer_adds_and_edits_no_school(officer, school):
    assert officer.get(reverse("schools:add")).status_code == 403
    assert officer.post(reverse("schools:edit", args=[school.pk])).status_code == 403
    assert officer.get(reverse("schools:ask", args=[school.pk, "close"])).status_code == 403


def test_the_clerk_edits_plain_facts(clerk, school):
    typed = {"name": "东方红实验小学", "pupils": "500", "boarders": "20"}

    clerk.post(reverse("schools:edit", args=[school.pk]), typed)

    school.refresh_from_db()
    assert (school.name, school.pupils) == ("东方红实验小学", 500)


def test_the_officer_asks_and_the_clerk_approves(officer, clerk, school):
    today = timezone.localdate().isoformat()
    typed = {"kind": "primary", "ownership": "public", "serves_meals": "on", "is_boarding": "on", "takes_effect": today}
    officer.post(reverse("schools:ask", args=[school.pk, "edit"]), typed)
    proposal = Proposal.objects.get()

    page = officer.get(reverse("schools:proposal", args=[proposal.pk])).content.decode()
    refused = officer.post(reverse("schools:proposal-approve", args=[proposal.pk]))
    clerk.post(reverse("schools:proposal-approve", args=[proposal.pk]), {"answer": "同意"})

    school.refresh_from_db()
    assert "撤回申请" in page
    assert refused.status_code == 403
    assert school.is_boarding
    assert proposal.changes == {"is_boarding": True}


def test_nothing_changed_is_not_asked_for(officer, school):
    today = timezone.localdate().isoformat()
    typed = {"kind": "primary", "ownership": "public", "serves_meals": "on", "takes_effect": today}

    text = officer.post(reverse("schools:ask", args=[school.pk, "edit"]), typed).content.decode()

    assert "没有改动" in text


def test_closing_is_decided_by_the_head_one_above(head, school):
    typed = {"takes_effect": timezone.localdate().isoformat(), "document": "长教〔2026〕9号"}
    head.post(reverse("schools:ask", args=[school.pk, "close"]), typed)
    proposal = Proposal.objects.get()
    second = ground.client_of(ground.user("office_head", ground.county()))
    above = ground.client_of(ground.user("office_head", ground.city()))

    assert second.post(reverse("schools:proposal-approve", args=[proposal.pk])).status_code == 403
    above.post(reverse("schools:proposal-approve", args=[proposal.pk]))

    school.refresh_from_db()
    assert school.closed_date == timezone.localdate()


def test_a_move_between_cities_is_decided_by_the_province(head, school):
    far = make.bureau("220000/220200/220202/")
    typed = {"target": far.code, "takes_effect": timezone.localdate().isoformat(), "document": "文"}
    head.post(reverse("schools:ask", args=[school.pk, "move"]), typed)
    proposal = Proposal.objects.get()
    city = ground.client_of(ground.user("office_head", ground.city()))
    province = ground.client_of(ground.user("office_head", ground.province()))

    assert city.post(reverse("schools:proposal-approve", args=[proposal.pk])).status_code == 403
    province.post(reverse("schools:proposal-approve", args=[proposal.pk]))

    school.unit.refresh_from_db()
    assert school.unit.parent == far


def test_a_refusal_says_why(officer, clerk, school):
    place = make.place(school)
    vice = ground.client_of(ground.user("vice_principal_logistics", school.unit))
    typed = {"takes_effect": timezone.localdate().isoformat(), "document": "停用改造"}
    vice.post(reverse("schools:place-ask", args=[place.pk, "close_place"]), typed)
    proposal = Proposal.objects.get()

    clerk.post(reverse("schools:proposal-refuse", args=[proposal.pk]), {"answer": ""})
    proposal.refresh_from_db()
    assert proposal.state == "requested"
    clerk.post(reverse("schools:proposal-refuse", args=[proposal.pk]), {"answer": "先整改"})

    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == ("refused", "先整改")
    assert officer.get(reverse("schools:proposals")).status_code == 200


def test_the_officer_renames_a_place_but_not_over_closed_days(officer, school):
    place = make.place(school)
    today = timezone.localdate()

    officer.post(reverse("schools:place-edit", args=[place.pk]), {"name": "一食堂", "checked_from": place.checked_from})
    text = officer.post(
        reverse("schools:place-edit", args=[place.pk]), {"name": "x", "checked_from": today - timedelta(9)}
    ).content.decode()

    place.refresh_from_db()
    assert place.name == "一食堂"
    assert "已关账" in text


@pytest.mark.parametrize("pk", ["99999999999999999999999", "0"])
def test_an_impossible_number_is_not_found(clerk, pk):
    assert clerk.get(f"/schools/{pk}/").status_code == 404


def test_an_unknown_kind_of_change_is_not_found(head, school):
    assert head.get(reverse("schools:ask", args=[school.pk, "explode"])).status_code == 404


def test_what_waits_for_an_answer_is_told_to_who_may_give_it(officer, school):
    today = timezone.localdate()
    typed = {"kind": "primary", "ownership": "private", "serves_meals": "on", "takes_effect": today.isoformat()}
    officer.post(reverse("schools:ask", args=[school.pk, "edit"]), typed)
    make.closure(school.unit, today, asked_by=ground.user())
    clerk, leader = ground.user("office_clerk", ground.county()), ground.user("bureau_leader", ground.county())

    assert [todo.place for todo in answers(clerk, timezone.now())] == ["东方红小学", school.unit.name]
    assert answers(leader, timezone.now()) == []
    assert answers(ground.user("logistics_officer", school.unit), timezone.now()) == []


def test_the_clerk_is_told_of_a_new_place(school):
    clerk = ground.user("office_clerk", ground.county())
    officer = ground.user("logistics_officer", school.unit)

    places.add_place(school=school, kind="canteen", name="一食堂", by=officer, at=timezone.now())

    assert "新增食堂" in clerk.notices.get().title


def test_a_school_of_two_hundred_places_and_a_long_name_costs_no_more(clerk, django_assert_max_num_queries):
    long = make.school(ground.county(), name="校" * 80)
    for number in range(200):
        make.place(long, ["canteen", "dormitory", "campus"][number % 3], name=f"场所{number}号")
    address = reverse("schools:school", args=[long.pk])

    with django_assert_max_num_queries(25):
        text = clerk.get(address).content.decode()

    assert "校" * 80 in text
    found = [text.index(f"场所{number}号") for number in (0, 3, 9, 12, 99, 102, 1, 4, 10, 100)]
    assert found == sorted(found)


@pytest.mark.parametrize("name", ["", "9" * 60, "第²食堂", "10号", "食堂１０"])
def test_any_name_of_a_place_finds_its_order(name):
    assert counted(name) <= counted(f"{name}末")

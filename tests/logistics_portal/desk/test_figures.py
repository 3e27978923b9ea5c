"""The province's figures: seen by every bureau, changed by two persons, never over a day that has begun."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.figures import services
from logistics_portal.desk.figures.selectors import waiting_for
from logistics_portal.desk.figures.services import Hand, Wish
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Notice, Parameter, ParameterChange
from logistics_portal.records.selectors import parameter
from logistics_portal.records.units import UNITS
from tests.factories import ground

pytestmark = pytest.mark.django_db
CODE = "FINDING_MAJOR_DAYS"
TODAY = timezone.localdate
DAY = timedelta(days=1)


@pytest.fixture
def people():
    call_command("load_figures", verbosity=0)
    province = ground.province()
    return {
        "admin": ground.user(Role.SCHEME_ADMIN, province),
        "head": ground.user(Role.OFFICE_HEAD, province),
        "clerk": ground.user(Role.OFFICE_CLERK, province),
        "county": ground.user(Role.OFFICE_HEAD, ground.county()),
        "school": ground.user(Role.PRINCIPAL, ground.school_unit()),
    }


def hand(person, at=None):
    return Hand(person, person.live_posts[0], at or timezone.now())


def wish(value="5", days=3, reason="试行一学期"):
    return Wish(value, TODAY() + days * DAY, reason)


def asked(people, **more):
    return services.propose(code=CODE, wish=wish(**more), hand=hand(people["admin"]))


def values():
    rows = Parameter.objects.filter(code=CODE).order_by("valid_from")
    return [(row.value, row.valid_from, row.valid_to) for row in rows]


def test_two_persons_change_a_figure_from_its_day_on_and_not_before(people):
    first = TODAY() + 3 * DAY
    change = asked(people)
    assert parameter(CODE, first) == "3"

    made = services.confirm(change=change, answer="同意", hand=hand(people["head"]))

    assert (parameter(CODE, first - DAY), parameter(CODE, first)) == ("3", "5")
    assert values()[0][2] == first - DAY
    assert (made.unit, made.theme, made.sure, made.highest) == ("教学日", "findings", "S", "10")
    assert list(AuditRow.objects.order_by("pk").values_list("verb", flat=True)) == [
        "parameter.propose",
        "parameter.confirm",
    ]
    last = AuditRow.objects.order_by("pk").last()
    assert (last.before, last.after["value"], last.post.unit) == ({"value": "3"}, "5", ground.province())
    assert Notice.objects.filter(to=people["head"]).count() == Notice.objects.filter(to=people["admin"]).count() == 1


def test_a_value_set_before_a_later_one_ends_where_that_begins(people):
    services.confirm(change=asked(people, value="5", days=10), answer="", hand=hand(people["head"]))
    services.confirm(change=asked(people, value="4", days=5), answer="", hand=hand(people["head"]))

    today = TODAY()
    assert values() == [
        ("3", date(2009, 4, 25), today + 4 * DAY),
        ("4", today + 5 * DAY, today + 9 * DAY),
        ("5", today + 10 * DAY, None),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {"value": "0"},
        {"value": "11"},
        {"value": "三"},
        {"value": "3"},
        {"days": 0},
        {"days": -1},
        {"days": 2000},
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused_and_nothing_is_written(people, bad):
    with pytest.raises(NotAllowed):
        asked(people, **bad)

    assert not ParameterChange.objects.exists()


def test_a_second_change_waits_for_the_first_and_no_two_begin_on_one_day(people):
    change = asked(people)
    with pytest.raises(NotAllowed, match="待确认"):
        asked(people, value="6")
    services.confirm(change=change, answer="", hand=hand(people["head"]))
    with pytest.raises(NotAllowed, match="已有新值"):
        asked(people, value="6")
    with pytest.raises(NotAllowed, match="没有这个参数"):
        services.propose(code="NO_SUCH", wish=wish(), hand=hand(people["admin"]))


def test_nobody_confirms_the_own_change_and_nothing_is_decided_twice(people):
    change = asked(people)
    with pytest.raises(NotAllowed, match="提出人"):
        services.confirm(change=change, answer="", hand=hand(people["admin"]))
    with pytest.raises(NotAllowed, match="提出人"):
        services.refuse(change=change, answer="不", hand=hand(people["admin"]))
    services.refuse(change=change, answer="依据不足", hand=hand(people["head"]))
    for again in (
        lambda: services.confirm(change=change, answer="", hand=hand(people["head"])),
        lambda: services.withdraw(change=change, hand=hand(people["admin"])),
    ):
        with pytest.raises(NotAllowed, match="已驳回"):
            again()
    assert len(values()) == 1


def test_a_change_whose_day_has_come_is_no_longer_confirmed(people):
    change = asked(people, days=1)

    with pytest.raises(NotAllowed, match="最早"):
        services.confirm(change=change, answer="", hand=hand(people["head"], timezone.now() + DAY))

    change.refresh_from_db()
    assert change.state == "proposed"
    assert len(values()) == 1


def test_a_refusal_needs_a_reason_and_a_change_is_withdrawn(people):
    change = asked(people)
    with pytest.raises(NotAllowed, match="理由"):
        services.refuse(change=change, answer=" ", hand=hand(people["head"]))

    services.withdraw(change=change, hand=hand(people["admin"]))

    assert asked(people).state == "proposed"


def test_the_change_is_among_the_to_dos_of_who_may_confirm_it_alone(people):
    change = asked(people)

    told = {name: waiting_for(person, timezone.now()) for name, person in people.items()}

    assert [name for name, rows in told.items() if rows] == ["head"]
    assert "较重问题整改期限" in told["head"][0].text
    services.withdraw(change=change, hand=hand(people["admin"]))
    assert not waiting_for(people["head"], timezone.now())


def test_every_bureau_reads_the_figures_and_a_school_does_not(people):
    for name, status in (("county", 200), ("clerk", 200), ("admin", 200), ("school", 403)):
        browser = ground.client_of(people[name])
        for address in (reverse("figures:list"), reverse("figures:figure", args=[CODE])):
            assert browser.get(address).status_code == status, name
    page = ground.client_of(people["county"]).get(reverse("figures:list")).content.decode()
    assert "较重问题整改期限" in page
    assert "3 个教学日" in page
    assert "待省级确认" in page
    assert reverse("figures:list") in page.split("<main")[0]
    assert ground.client_of(people["county"]).get(reverse("figures:figure", args=["NO_SUCH"])).status_code == 404


def test_the_whole_way_on_the_pages(people):
    admin, head = ground.client_of(people["admin"]), ground.client_of(people["head"])
    page, first = reverse("figures:figure", args=[CODE]), TODAY() + 2 * DAY
    told = {"value": "5", "first": first.isoformat(), "reason": "试行一学期"}

    answer = admin.post(reverse("figures:propose", args=[CODE]), told, follow=True)

    change = ParameterChange.objects.get()
    assert answer.redirect_chain[-1][0] == page
    assert "试行一学期" in answer.content.decode()
    assert reverse("figures:confirm", args=[change.pk]) not in answer.content.decode()
    assert reverse("figures:confirm", args=[change.pk]) in head.get(page).content.decode()
    assert head.post(reverse("figures:confirm", args=[change.pk]), {"answer": ""}).status_code == 302
    shown = head.get(page).content.decode()
    assert "待生效" in shown
    assert "确认参数变更" in shown
    assert "5 个教学日" in head.get(reverse("figures:list")).content.decode()


def test_only_the_named_posts_take_each_step_and_refusals_are_kept(people):
    change = asked(people)
    steps = {
        "propose": (reverse("figures:propose", args=[CODE]), {"admin"}),
        "confirm": (reverse("figures:confirm", args=[change.pk]), {"head"}),
        "refuse": (reverse("figures:refuse", args=[change.pk]), {"head"}),
        "withdraw": (reverse("figures:withdraw", args=[change.pk]), {"admin"}),
    }
    for address, allowed in steps.values():
        for name in people.keys() - allowed:
            assert ground.client_of(people[name]).post(address, {"answer": "x"}).status_code == 403, (address, name)

    refused = AuditRow.objects.filter(outcome="refused")
    assert refused.count() == sum(len(people.keys() - allowed) for _address, allowed in steps.values())
    assert ParameterChange.objects.get().state == "proposed"


def test_a_refused_confirmation_is_told_and_kept(people):
    change = asked(people)
    browser = ground.client_of(people["head"])
    ground.post(people["admin"], Role.OFFICE_CLERK, ground.province())
    ParameterChange.objects.filter(pk=change.pk).update(answer="")

    answer = browser.post(reverse("figures:refuse", args=[change.pk]), {"answer": ""})

    assert answer.status_code == 409
    assert "请写明驳回的理由" in answer.content.decode()
    assert AuditRow.objects.filter(outcome="refused", verb="figures:refuse").exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"value": "\x00"},
        {"value": "9" * 30},
        {"value": "十"},
        {"value": "3.5"},
        {"value": ""},
        {"value": "99"},
        {"first": "2026-02-30"},
        {"first": "2009-05-01"},
        {"first": "9999-12-31"},
        {"first": ""},
        {"reason": ""},
        {"reason": "短"},
        {"reason": "字" * 501},
        {"reason": "a\x00bcde"},
    ],
)
def test_bad_input_comes_back_with_a_sentence(people, bad):
    told = {"value": "5", "first": (TODAY() + DAY).isoformat(), "reason": "试行一学期"} | bad

    answer = ground.client_of(people["admin"]).post(reverse("figures:propose", args=[CODE]), told)

    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode() or "alert" in answer.content.decode()
    assert not ParameterChange.objects.exists()


@pytest.mark.parametrize("number", [0, 10**30])
def test_a_number_that_is_no_change_gives_404(people, number):
    for step in ("confirm", "refuse"):
        address = reverse(f"figures:{step}", args=[number])
        assert ground.client_of(people["head"]).post(address, {"answer": "x"}).status_code == 404


def test_the_pages_take_few_queries(people, django_assert_max_num_queries):
    services.confirm(change=asked(people), answer="", hand=hand(people["head"]))
    asked(people, value="6", days=9)
    browser = ground.client_of(people["head"])
    for address in (reverse("figures:list"), reverse("figures:figure", args=[CODE])):
        browser.get(address)
        with django_assert_max_num_queries(18):
            assert browser.get(address).status_code == 200


def test_every_unit_of_a_figure_is_said_in_the_readers_language(people):
    call_command("load_checklists", verbosity=0)
    units = set(Parameter.objects.exclude(unit="").values_list("unit", flat=True))

    chinese = {unit for unit in units if not unit.isascii() and unit != "℃"}

    assert {"天", "行", "工作日"} <= chinese
    assert chinese <= set(UNITS)

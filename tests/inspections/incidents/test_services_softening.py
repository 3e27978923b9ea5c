"""What makes an incident lighter takes a proposal and somebody above who gains nothing; the clock only reminds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inspections.incidents import duties, selectors, services, timing
from inspections.incidents.models import Incident, IncidentVersion, ReportAct, Softening
from inspections.incidents.rules.words import DecisionState, Grade, IncidentState, Reporting, Responsibility, VetoState
from inspections.incidents.services.ticking import tick
from inspections.incidents.softenings import softenings_for
from inspections.incidents.words import Compared
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Notice
from tests.factories import ground, schools
from tests.factories import incidents as make

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def line():
    return make.line()


@pytest.fixture
def case(line):
    return make.incident(line, gravely_hurt=2, food_cases=4)


def ask(line, row, change, by=None):
    words = {"reason": "核实后更正", "document_no": "〔2026〕核1号"}
    by = (by or line.clerk).user
    return services.propose_softening(incident=row, change=change, by=by, at=row.reported_at + DAY, **words)


def agree(softening, by, answer="同意", yes=True):
    hand = by.hand(softening.proposed_at + DAY)
    return services.decide_softening(softening=softening, agree=yes, answer=answer, **hand)


@pytest.mark.parametrize(
    "change",
    [
        {"gravely_hurt": 1},
        {"food_cases": 3},
        {"happened_at": make.NOON - 400 * DAY},
        {"in_scope": False},
        {"kind": Incident.Kind.FALL},
        {"loss_fen": 0, "deaths": 0, "gravely_hurt": 0, "hurt": 2},
    ],
    ids=str,
)
def test_no_softer_fact_comes_in_by_a_follow_up(line, case, change):
    with pytest.raises(NotAllowed):
        services.follow_up(incident=case, change=change, text="更正", **line.clerk.hand(case.reported_at + DAY))

    assert IncidentVersion.objects.filter(incident=case).count() == 1


def test_a_softening_is_agreed_one_level_above_by_another_and_both_versions_stay(line, case):
    asked = ask(line, case, {"gravely_hurt": 1})
    for wrong in (line.clerk, line.head):
        with pytest.raises(NotAllowed):
            agree(asked, wrong)
    assert Incident.objects.get(pk=case.pk).gravely_hurt == 2

    agree(asked, line.upper_head)

    case.refresh_from_db()
    versions = list(case.versions.order_by("number"))
    assert (case.gravely_hurt, case.version) == (1, 2)
    assert (versions[1].softens, versions[1].by, versions[1].approved_by) == (
        True,
        line.clerk.user,
        line.upper_head.user,
    )
    assert ("重伤、急性中毒（人）", [("2", False), ("1", True)]) in [(str(a), b) for a, b in Compared(versions).rows()]


def test_a_refused_softening_changes_nothing_and_another_may_follow(line, case):
    asked = ask(line, case, {"strike": True})
    with pytest.raises(NotAllowed):
        ask(line, case, {"gravely_hurt": 1})

    agree(asked, line.upper_head, "证据不足", yes=False)

    case.refresh_from_db()
    assert (case.state, case.version) == (IncidentState.REPORTED, 1)
    assert ask(line, case, {"gravely_hurt": 1}).state == DecisionState.PROPOSED


def test_a_grave_incident_is_softened_by_the_province_alone(line):
    row = make.incident(line, deaths=3)
    asked = ask(line, row, {"deaths": 2})
    with pytest.raises(NotAllowed):
        agree(asked, line.upper_head)

    agree(asked, line.province_head)

    assert Incident.objects.get(pk=row.pk).deaths == 2
    with pytest.raises(NotAllowed):
        agree(ask(line, row, {"deaths": 1}), line.upper_head)


def test_a_person_with_a_post_at_the_bureau_that_gains_stands_aside(line, case):
    asked = ask(line, case, {"gravely_hurt": 1})
    torn = make.person(line.upper_head.post.role, line.upper_head.post.unit)
    ground.post(torn.user, line.head.post.role, line.head.post.unit)

    with pytest.raises(NotAllowed):
        agree(asked, torn)

    assert Softening.objects.get(pk=asked.pk).state == DecisionState.PROPOSED


def test_when_the_bureau_itself_is_at_stake_the_province_decides(line):
    rows = []
    for _number in range(3):
        school = replace(line, school=schools.school(line.head.post.unit))
        row = make.incident(school, by=line.clerk, gravely_hurt=1)
        row = make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL)
        make.proposed(line, row)
        rows.append(row)

    asked = ask(line, rows[0], {"gravely_hurt": 0})

    with pytest.raises(NotAllowed):
        agree(asked, line.upper_head)
    assert agree(asked, line.province_head).state == DecisionState.DECIDED


def test_a_struck_incident_keeps_its_number_and_stops_counting(line, case):
    agree(ask(line, case, {"strike": True}), line.upper_head)

    case.refresh_from_db()
    assert case.state == IncidentState.STRUCK
    assert selectors.standings([case.school_id], 2026) == {}
    assert selectors.number_gaps(2026) == []
    assert make.incident(line).number == "SG-2026-2"


def test_an_incident_moved_to_another_school_is_theirs_and_stays_on_the_provinces_list(line, case):
    other = schools.school("220000/220200/220202/")

    agree(ask(line, case, {"school_id": other.pk}), line.upper_head)

    case.refresh_from_db()
    listed = [row.what for row in softenings_for(line.province_head.user)]
    assert (case.school_id, case.county_id) == (other.pk, other.unit.parent_id)
    assert len(listed) == 1


def test_a_vetoed_incident_is_not_moved_to_another_school(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    make.active(line, row)

    with pytest.raises(NotAllowed):
        ask(line, row, {"school_id": schools.school().pk})

    assert not Softening.objects.exists()


def test_a_dropped_late_report_does_not_come_back_by_the_clock(line):
    row = make.incident(line, minutes=90, gravely_hurt=1)

    agree(ask(line, row, {"drop_report_act": True}), line.upper_head)
    services.follow_up(incident=row, change={}, text="续报", **line.officer.hand(row.reported_at + 3 * DAY))

    assert selectors.report_act(Incident.objects.get(pk=row.pk)) is None


def test_a_dropped_concealment_leaves_the_late_report_it_was(line):
    row = make.incident(line, minutes=3000, gravely_hurt=1)
    paper = services.Paper("〔2026〕1号", text="已听取")
    hand = line.upper_head.hand(row.reported_at + HOUR)
    services.decide_report_act(incident=row, kind=Reporting.CONCEALED, paper=paper, **hand)

    agree(ask(line, row, {"drop_report_act": True}), line.province_head)

    assert selectors.report_act(Incident.objects.get(pk=row.pk)).kind == Reporting.LATE


def test_another_hour_of_discovery_moves_the_limit_with_it(line):
    row = make.incident(line, minutes=90, gravely_hurt=1)

    agree(ask(line, row, {"discovered_at": make.NOON + 40 * MINUTE}), line.upper_head)

    act = ReportAct.objects.get(incident=row)
    assert (act.kind, act.dropped_at is not None) == (Reporting.LATE, True)


def test_an_empty_or_harder_change_is_no_softening(line, case):
    for change in ({}, {"gravely_hurt": 5}, {"drop_report_act": True}):
        with pytest.raises(NotAllowed):
            ask(line, case, change)
    words = {"reason": "核实", "document_no": " "}
    with pytest.raises(NotAllowed):
        services.propose_softening(
            incident=case, change={"strike": True}, by=line.clerk.user, at=case.reported_at, **words
        )

    assert not Softening.objects.exists()


def test_an_active_veto_survives_a_softening_until_two_people_lift_it(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.active(line, row)

    agree(ask(line, row, {"in_scope": False}), line.upper_head)

    veto.refresh_from_db()
    assert veto.state == VetoState.ACTIVE
    assert selectors.reasons_of(Incident.objects.get(pk=row.pk), 2026) == ()


def test_the_provinces_list_holds_every_kind_of_softening_and_the_neighbours_nothing(line, case):
    ask(line, case, {"happened_at": make.NOON - 400 * DAY})
    row = make.incident(line, gravely_hurt=1)
    hand = {"by": line.clerk.user, "at": row.reported_at + DAY}
    services.propose_grade(incident=row, grade=Grade.BELOW, paper=make.PAPER, **hand)
    vetoed = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.proposed(line, vetoed)
    services.refuse(veto=veto, reason="不予否决", **line.province_head.hand(veto.proposed_at + DAY))

    seen = {row.what for row in softenings_for(line.province_head.user)}

    neighbour = make.line("220000/220100/220103/")
    assert seen == {"发生时间：2025-10-12 12:00", "等级降为轻微", f"不予否决 {veto.number}"}
    assert softenings_for(neighbour.head.user) == []


def test_the_clock_reminds_of_passing_on_and_calls_the_level_above_once(line):
    row = make.incident(line, deaths=1)
    for minutes in (95, 100):
        tick(at=row.reported_at + minutes * MINUTE)
    key = f"incident:{row.pk}:pass-{line.clerk.post.unit_id}"
    assert set(Notice.objects.filter(key=f"{key}-soon").values_list("to", flat=True)) == {
        line.clerk.user.pk,
        line.head.user.pk,
    }
    for minutes in (130, 140):
        tick(at=row.reported_at + minutes * MINUTE)

    told = Notice.objects.filter(key=f"{key}-overdue")
    assert {notice.to_id for notice in told} == {
        one.user.pk for one in (line.clerk, line.head, line.upper_clerk, line.upper_head)
    }
    assert told.count() == 4


def test_after_the_casualty_window_the_first_reviewer_is_asked_to_decide(line, case):
    tick(at=case.happened_at + 30 * DAY)
    key = f"incident:{case.pk}:casualty-window"
    assert not Notice.objects.filter(key=key).exists()

    tick(at=case.happened_at + 31 * DAY)

    assert Notice.objects.filter(key=key).count() == 2


def test_an_award_window_ends_by_the_clock_only_after_rectification_was_verified(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.active(line, row)
    over = make.NOON + 366 * DAY
    tick(at=over)
    veto.refresh_from_db()
    assert veto.state == VetoState.ACTIVE
    services.end(incident=row, text="结束", **line.officer.hand(row.reported_at + DAY))
    services.verify_rectification(incident=row, text="已整改", **line.clerk.hand(row.reported_at + 2 * DAY))

    tick(at=over)
    tick(at=over)

    veto.refresh_from_db()
    assert veto.state == VetoState.EXPIRED
    assert selectors.vetoed_schools(2026) == {line.school.pk}


def test_a_food_incident_told_to_the_health_office_too_late_is_a_late_report(line):
    row = make.incident(line, food_cases=6, kind=Incident.Kind.FOOD)
    told = row.discovered_at + 3 * HOUR

    services.tell_health(incident=row, told_at=told, **line.officer.hand(told))

    act = selectors.report_act(Incident.objects.get(pk=row.pk))
    assert (act.kind, act.limit_at) == (Reporting.LATE, row.discovered_at + 2 * HOUR)
    with pytest.raises(NotAllowed):
        services.tell_health(incident=row, told_at=told, **line.officer.hand(told))


def test_clocks_say_what_is_left_and_by_how_much_they_are_over(line):
    row = make.incident(line, deaths=1)
    clock = timing.pass_on_clocks(row)[0]

    left, over = clock.due_at - 80 * MINUTE, clock.due_at + 26 * HOUR

    assert (clock.words(left), clock.tone(left)) == ("还剩 1 小时 20 分", "info")
    assert (clock.words(over), clock.tone(over)) == ("已超 1 天 2 小时，请立即办理", "bad")
    assert timing.pass_on_clocks(make.incident(line, hurt=1)) == []


def test_everybody_finds_what_waits_for_them_on_the_desk(line):
    row = make.incident(line, by=line.clerk, deaths=3)
    now = row.reported_at + HOUR
    texts = {
        name: [todo.text.split("：")[0] for todo in duties.todos(getattr(line, name).user, now)]
        for name in ("clerk", "upper_clerk", "upper_head", "officer")
    }
    assert texts["clerk"] == [f"{line.clerk.post.unit.name}上报{line.upper_clerk.post.unit.name}"]
    assert (texts["upper_clerk"], texts["officer"]) == ([], [])
    assert texts["upper_head"] == ["认定是否瞒报、谎报"]
    row = make.decide(line, row, Grade.LARGER, Responsibility.EQUAL)
    decided = row.reported_at + 2 * DAY + HOUR
    assert "提出一票否决" in [todo.text.split("：")[0] for todo in duties.todos(line.clerk.user, decided)]
    veto = make.proposed(line, row)

    assert waits(line.province_head, veto.proposed_at) == ["省级初核"]
    assert waits(line.province_leader, veto.proposed_at) == []
    services.second(veto=veto, **line.province_head.hand(veto.proposed_at))
    assert waits(line.province_leader, veto.proposed_at) == ["确认否决"]


def waits(person, now):
    return [
        todo.text.split("：")[0]
        for todo in duties.todos(person.user, now)
        if "否决" in todo.text or "初核" in todo.text
    ]


def test_a_responsibility_missing_for_long_is_on_the_provinces_list(line, case):
    late = case.happened_at + 121 * DAY

    texts = [todo.text.split("：")[0] for todo in duties.todos(line.province_clerk.user, late)]

    assert "久未作出责任认定" in texts

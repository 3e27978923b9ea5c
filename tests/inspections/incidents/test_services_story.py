"""The whole way of an incident: report, passing on, grade, responsibility, veto, lifting; and who may not."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from inspections.incidents import selectors, services
from inspections.incidents.models import Incident, Lifting, ReportAct, Veto
from inspections.incidents.rules.words import (
    DecisionState,
    Grade,
    IncidentState,
    Reporting,
    Responsibility,
    Trigger,
    VetoState,
    YearVeto,
)
from inspections.incidents.services import Paper
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import incidents as make

pytestmark = pytest.mark.django_db
DOCUMENT = "〔2026〕市教后字第 21 号"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def line():
    return make.line()


def standing(row, year=2026):
    return selectors.standings([row.school_id], year).get(row.school_id, selectors.NOTHING)


def test_a_general_incident_goes_from_the_report_to_the_citys_veto(line):
    row = make.incident(line, gravely_hurt=1)
    assert standing(row).state == YearVeto.PROVISIONAL
    services.pass_on(incident=row, **line.clerk.hand(row.reported_at + HOUR))
    services.pass_on(incident=row, **line.upper_clerk.hand(row.reported_at + 2 * HOUR))
    row = make.decide(line, row, Grade.GENERAL, Responsibility.MAJOR)
    veto = make.proposed(line, row)
    assert standing(row).state == YearVeto.PROVISIONAL

    veto = services.confirm(veto=veto, document_no=DOCUMENT, **line.upper_head.hand(veto.proposed_at + DAY))

    row.refresh_from_db()
    held = standing(row)
    assert (held.state, held.triggers) == (YearVeto.ACTIVE, (Trigger.T1,))
    assert (row.passed_to_city_at, row.passed_to_province_at) == (row.reported_at + HOUR, row.reported_at + 2 * HOUR)
    assert (veto.window_from, veto.window_until) == (date(2026, 11, 16), date(2027, 11, 16))
    assert veto.number == f"{row.number}-220102-1"
    assert selectors.vetoed_schools(2026) == {line.school.pk}
    assert standing(row, 2027).state == YearVeto.NONE


def test_a_larger_incident_takes_two_signatures_of_the_province(line):
    row = make.decide(line, make.incident(line, deaths=3), Grade.LARGER, Responsibility.MINOR)
    veto = make.proposed(line, row)
    at = veto.proposed_at + DAY
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=DOCUMENT, **line.upper_head.hand(at))
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=DOCUMENT, **line.province_leader.hand(at))
    services.second(veto=veto, **line.province_head.hand(at))
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=DOCUMENT, **line.province_head.hand(at))

    veto = services.confirm(veto=veto, document_no=DOCUMENT, **line.province_leader.hand(at))

    assert veto.state == VetoState.ACTIVE
    assert veto.triggers == ["T2", "T3"]
    assert veto.window_until == date(2028, 11, 16)


def test_the_leader_gives_a_veto_back_to_the_head_who_signs_it_anew_or_refuses_it(line):
    row = make.decide(line, make.incident(line, deaths=3), Grade.LARGER, Responsibility.MINOR)
    veto = make.proposed(line, row)
    at = veto.proposed_at + DAY
    with pytest.raises(NotAllowed, match="还没有初核"):
        services.send_back(veto=veto, reason="责任认定文书未附", **line.province_leader.hand(at))
    services.second(veto=veto, **line.province_head.hand(at))
    with pytest.raises(NotAllowed, match="理由"):
        services.send_back(veto=veto, reason=" ", **line.province_leader.hand(at))

    veto = services.send_back(veto=veto, reason="责任认定文书未附", **line.province_leader.hand(at + HOUR))

    told = Notice.objects.get(to=line.province_head.user, title__contains="退回")
    assert (veto.state, veto.seconded_by, told.text) == (VetoState.PROPOSED, None, "责任认定文书未附")
    assert AuditRow.objects.filter(verb="veto.send_back", reason="责任认定文书未附").exists()
    with pytest.raises(NotAllowed, match="初核"):
        services.confirm(veto=veto, document_no=DOCUMENT, **line.province_leader.hand(at + 2 * HOUR))
    services.second(veto=veto, **line.province_head.hand(at + 3 * HOUR))
    leader = Notice.objects.filter(to=line.province_leader.user, key__contains="seconded")
    assert leader.count() == 2
    veto = services.confirm(veto=veto, document_no=DOCUMENT, **line.province_leader.hand(at + 4 * HOUR))
    assert veto.state == VetoState.ACTIVE


def test_everybody_above_is_told_of_a_report_at_once(line):
    row = make.incident(line)

    told = set(Notice.objects.filter(key=f"incident:{row.pk}:report").values_list("to", flat=True))

    above = (line.clerk, line.head, line.upper_clerk, line.upper_head, line.province_clerk, line.province_head)
    assert told == {one.user.pk for one in (*above, line.officer, line.vice)}


def test_numbers_have_no_gaps_and_a_report_sent_twice_is_one(line):
    token = "0b0e7a52-0000-4000-8000-000000000001"
    first = make.incident(line, client_id=token)

    again = make.incident(line, client_id=token)
    other = make.incident(line)

    assert again.pk == first.pk
    assert [first.number, other.number] == ["SG-2026-1", "SG-2026-2"]
    assert selectors.number_gaps(2026) == []


def test_a_late_report_is_written_by_the_clock_and_a_day_of_silence_waits_for_a_decision(line):
    in_time, late = make.incident(line, minutes=60, deaths=1), make.incident(line, minutes=61, deaths=1)
    bruise = make.incident(line, minutes=600, hurt=1)

    assert [selectors.report_act(row) for row in (in_time, bruise)] == [None, None]
    act = selectors.report_act(late)
    assert (act.kind, act.decided_by, act.limit_at) == (Reporting.LATE, None, late.discovered_at + HOUR)
    with pytest.raises(NotAllowed):
        decide_act(line, late, Reporting.LATE)


def decide_act(line, row, kind, by=None):
    paper = Paper(DOCUMENT, text="已听取学校陈述")
    by = by or line.upper_head
    return services.decide_report_act(incident=row, kind=kind, paper=paper, **by.hand(row.reported_at + DAY))


def test_a_concealed_incident_vetoes_whatever_the_grade_and_only_the_province_confirms(line):
    row = make.incident(line, by=line.clerk, food_cases=6, kind=Incident.Kind.FOOD, minutes=3000)
    with pytest.raises(NotAllowed):
        decide_act(line, row, Reporting.CONCEALED, line.head)

    decide_act(line, row, Reporting.CONCEALED)

    veto = make.proposed(line, row)
    assert veto.triggers == ["T5"]
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=DOCUMENT, **line.upper_head.hand(veto.proposed_at + DAY))
    assert standing(row).state == YearVeto.PROVISIONAL


def test_what_is_concealed_is_not_counted_late_as_well(line):
    row = make.incident(line, minutes=3000, deaths=1)

    decide_act(line, row, Reporting.CONCEALED)

    assert selectors.late_reports([Incident.objects.get(pk=row.pk)], 2026) == []
    assert ReportAct.objects.filter(incident=row, dropped_at__isnull=True).count() == 1


def test_a_decision_that_nothing_was_concealed_leaves_the_late_report(line):
    row = make.incident(line, minutes=3000, deaths=1)

    act = decide_act(line, row, Reporting.ON_TIME)

    assert act.kind == Reporting.LATE


def test_an_incident_of_new_years_eve_gives_two_vetoes_of_two_years(line):
    night = datetime(2026, 12, 31, 23, 20, tzinfo=SHANGHAI)
    row = make.incident(line, by=line.clerk, happened_at=night, minutes=200_000, gravely_hurt=2)
    decide_act(line, row, Reporting.CONCEALED)
    row = make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL)

    own, limit = make.proposed(line, row, 2026), make.proposed(line, row, 2027)

    assert (own.triggers, limit.triggers) == (["T1"], ["T5"])
    assert (own.window_from, limit.window_from, limit.window_until) == (
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2029, 1, 1),
    )
    assert len({own.number, limit.number}) == 2


def test_the_third_late_report_of_a_year_vetoes_and_two_do_not(line):
    first, second = (
        make.incident(line, minutes=90, deaths=0, food_cases=5, happened_at=make.NOON + n * DAY) for n in range(2)
    )
    assert all(selectors.reasons_of(row, 2026) == () for row in (first, second))

    third = make.incident(line, minutes=90, food_cases=5, happened_at=make.NOON + 2 * DAY)

    assert make.proposed(line, third).triggers == ["T6"]
    assert selectors.reasons_of(first, 2026) == ()


def test_a_decision_needs_another_person_and_the_right_level(line):
    row = make.incident(line, gravely_hurt=1)
    clerk, at = line.clerk.user, row.reported_at + DAY
    grade = services.propose_grade(incident=row, grade=Grade.GENERAL, paper=make.PAPER, by=clerk, at=at)
    with pytest.raises(NotAllowed):
        services.decide_grade(decision=grade, agree=True, **line.clerk.hand(at))
    found = services.record_responsibility(incident=row, degree=Responsibility.MINOR, paper=make.PAPER, by=clerk, at=at)
    with pytest.raises(NotAllowed):
        services.decide_responsibility(finding=found, agree=True, **line.head.hand(at))
    with pytest.raises(NotAllowed):
        services.record_responsibility(incident=row, degree=Responsibility.FULL, paper=Paper(""), by=clerk, at=at)

    services.decide_responsibility(finding=found, agree=True, **line.upper_head.hand(at))

    assert selectors.decided_responsibility(row).degree == Responsibility.MINOR


def test_a_grade_below_the_computed_one_takes_the_level_above_and_a_reason(line):
    row = make.incident(line, gravely_hurt=1)
    clerk, at = line.clerk.user, row.reported_at + DAY
    with pytest.raises(NotAllowed):
        services.propose_grade(incident=row, grade=Grade.BELOW, paper=Paper("", ""), by=clerk, at=at)
    low = services.propose_grade(incident=row, grade=Grade.BELOW, paper=make.PAPER, by=clerk, at=at)
    with pytest.raises(NotAllowed):
        services.decide_grade(decision=low, agree=True, **line.head.hand(at))

    services.decide_grade(decision=low, agree=True, **line.upper_head.hand(at))

    assert selectors.facts_of(Incident.objects.get(pk=row.pk)).grade == Grade.BELOW
    assert Notice.objects.filter(key=f"incident:{row.pk}:grade-{low.pk}", to=line.province_head.user).exists()


def test_graver_figures_outgrow_a_decided_grade(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.MINOR)
    at = row.reported_at + 20 * DAY

    change = {"deaths": 3, "died_on": make.day(at)}
    services.follow_up(incident=row, change=change, text="3 人死亡", **line.officer.hand(at))

    row = Incident.objects.get(pk=row.pk)
    assert selectors.facts_of(row).grade == Grade.LARGER
    assert {reason.trigger for reason in selectors.reasons_of(row, 2026)} == {Trigger.T2, Trigger.T3}


def test_a_death_counts_within_thirty_days_and_not_later(line):
    row = make.incident(line, gravely_hurt=1)
    change = {"deaths": 1, "gravely_hurt": 0}
    late, hand = make.day(row.happened_at + 31 * DAY), line.officer.hand(row.reported_at + 34 * DAY)
    with pytest.raises(NotAllowed):
        services.follow_up(incident=row, change=change | {"died_on": late}, text="死亡", **hand)

    died = make.day(row.happened_at + 30 * DAY)
    row = services.follow_up(
        incident=row, change=change | {"died_on": died}, text="死亡", **line.officer.hand(row.reported_at + 31 * DAY)
    )

    assert (row.deaths, row.gravely_hurt, row.version) == (1, 0, 2)


def test_a_new_death_adds_its_reason_to_an_active_veto(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.MAJOR)
    veto = make.active(line, row)

    change = {"deaths": 1, "died_on": make.day(row.happened_at + 21 * DAY)}
    services.follow_up(incident=row, change=change, text="死亡", **line.officer.hand(row.reported_at + 22 * DAY))

    veto.refresh_from_db()
    assert (veto.state, veto.triggers, veto.window_until) == (VetoState.ACTIVE, ["T1", "T3"], date(2028, 11, 16))


def test_nobody_proposes_a_veto_that_the_facts_do_not_give_or_one_twice(line):
    bruise = make.decide(line, make.incident(line, hurt=1), Grade.BELOW, Responsibility.FULL)
    with pytest.raises(NotAllowed):
        make.proposed(line, bruise)
    grave = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.FULL)
    make.proposed(line, grave)

    with pytest.raises(NotAllowed):
        make.proposed(line, grave)


def test_the_bureau_above_proposes_only_when_the_first_reviewer_let_its_days_pass(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.FULL)
    decided = row.reported_at + 2 * DAY
    with pytest.raises(NotAllowed):
        services.propose(incident=row, year=2026, text="直接提出", **line.upper_clerk.hand(decided + 3 * DAY))

    veto = services.propose(incident=row, year=2026, text="直接提出", **line.upper_clerk.hand(decided + 10 * DAY))

    assert veto.state == VetoState.PROPOSED


def test_a_proposed_veto_falls_away_by_itself_when_the_finding_changes(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.proposed(line, row)

    relieve(line, row)

    veto.refresh_from_db()
    assert (veto.state, veto.ended_by) == (VetoState.DISMISSED, None)
    assert standing(row).state == YearVeto.NONE


def relieve(line, row):
    at, none = row.reported_at + 9 * DAY, Responsibility.NONE
    found = services.record_responsibility(incident=row, degree=none, paper=make.PAPER, by=line.clerk.user, at=at)
    services.decide_responsibility(finding=found, agree=True, **line.upper_head.hand(at))


def test_only_the_province_refuses_a_veto_whose_reason_holds(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.proposed(line, row)
    at = veto.proposed_at + DAY
    with pytest.raises(NotAllowed):
        services.refuse(veto=veto, reason="情节较轻", **line.upper_head.hand(at))

    services.refuse(veto=veto, reason="情节较轻", **line.province_head.hand(at))

    assert standing(row).state == YearVeto.NONE


def test_a_confirmation_needs_a_document_and_somebody_without_a_stake(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.proposed(line, row)
    at = veto.proposed_at + DAY
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=" ", **line.upper_head.hand(at))
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=DOCUMENT, **line.head.hand(at))
    both = replace(line.upper_head, user=line.head.user)
    with pytest.raises(NotAllowed):
        services.confirm(veto=veto, document_no=DOCUMENT, **both.hand(at))

    assert Veto.objects.get(pk=veto.pk).state == VetoState.PROPOSED


def lift(line, veto, ground=Lifting.Ground.FINDING):
    paper = Paper("〔2026〕复核3号", text="新的责任认定代替原认定")
    return services.propose_lift(
        veto=veto, ground=ground, paper=paper, **line.upper_head.hand(veto.confirmed_at + 20 * DAY)
    )


def test_a_veto_is_lifted_by_two_after_a_superseding_finding(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.active(line, row)
    with pytest.raises(NotAllowed):
        lift(line, veto)
    relieve(line, row)
    asked = lift(line, veto)
    assert standing(row).state == YearVeto.ACTIVE
    at = asked.asked_at + DAY
    for wrong in (line.upper_head, line.province_leader, line.head):
        with pytest.raises(NotAllowed):
            services.decide_lift(lifting=asked, agree=True, answer="", **wrong.hand(at))

    services.decide_lift(lifting=asked, agree=True, answer="同意", **line.upper_leader.hand(at))

    veto.refresh_from_db()
    assert standing(row).state == YearVeto.NONE
    assert (veto.state, veto.ended_by, veto.ended_second) == (
        VetoState.LIFTED,
        line.upper_head.user,
        line.upper_leader.user,
    )
    with pytest.raises(NotAllowed):
        lift(line, veto)


def test_a_lifting_that_was_refused_leaves_the_veto_and_may_be_asked_again(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.active(line, row)
    asked = lift(line, veto, Lifting.Ground.APPEAL)
    with pytest.raises(NotAllowed):
        lift(line, veto, Lifting.Ground.APPEAL)

    services.decide_lift(lifting=asked, agree=False, answer="文号不符", **line.upper_leader.hand(asked.asked_at + DAY))

    assert standing(row).state == YearVeto.ACTIVE
    assert lift(line, veto, Lifting.Ground.APPEAL).state == DecisionState.PROPOSED


def test_a_graver_finding_after_the_lifting_counts_anew(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.active(line, row)
    relieve(line, row)
    asked = lift(line, veto)
    services.decide_lift(lifting=asked, agree=True, answer="", **line.upper_leader.hand(asked.asked_at + DAY))

    make.decide(line, row, Grade.GENERAL, Responsibility.MAJOR, at=asked.asked_at + 3 * DAY)

    assert standing(row).state == YearVeto.PROVISIONAL
    assert make.proposed(line, row).number.endswith("-2")


def test_a_city_run_school_is_confirmed_by_the_province_alone():
    line = make.line("220000/220100/")
    row = make.incident(line, gravely_hurt=1)
    services.pass_on(incident=row, **line.clerk.hand(row.reported_at + HOUR))
    row = make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL)
    veto = make.proposed(line, row)

    veto = services.confirm(veto=veto, document_no=DOCUMENT, **line.province_head.hand(veto.proposed_at + DAY))

    assert veto.state == VetoState.ACTIVE
    assert row.passed_to_province_at == row.reported_at + HOUR
    with pytest.raises(NotAllowed):
        services.pass_on(incident=row, **line.province_clerk.hand(row.reported_at + HOUR))


def test_a_report_is_passed_on_once_and_only_by_the_bureaus_of_its_line(line):
    row = make.incident(line, deaths=1)
    with pytest.raises(NotAllowed):
        services.pass_on(incident=row, **line.officer.hand(row.reported_at))
    with pytest.raises(NotAllowed):
        services.pass_on(incident=row, **line.province_clerk.hand(row.reported_at))
    services.pass_on(incident=row, **line.clerk.hand(row.reported_at + HOUR))

    with pytest.raises(NotAllowed):
        services.pass_on(incident=row, **line.clerk.hand(row.reported_at + 2 * HOUR))

    assert Incident.objects.get(pk=row.pk).passed_to_city_at == row.reported_at + HOUR


def test_a_case_closes_with_its_decisions_by_another_person_and_new_facts_open_it_again(line):
    row = make.incident(line, gravely_hurt=1)
    at = row.reported_at + DAY
    services.end(incident=row, text="已处置", **line.officer.hand(at))
    services.finish(incident=row, change={}, text="终报", **line.head.hand(at))
    with pytest.raises(NotAllowed):
        services.close(incident=row, **line.head.hand(at))
    make.decide(line, row, Grade.GENERAL, Responsibility.MINOR)
    with pytest.raises(NotAllowed):
        services.close(incident=row, **line.head.hand(at + 2 * DAY))
    other = make.person(line.head.post.role, line.head.post.unit)
    row = services.close(incident=row, **other.hand(at + 2 * DAY))
    assert row.state == IncidentState.CLOSED

    row = services.follow_up(incident=row, change={"hurt": 2}, text="又有 2 人", **line.officer.hand(at + 3 * DAY))

    assert (row.state, row.closed_at, row.hurt) == (IncidentState.HANDLING, None, 2)


def test_the_times_of_a_report_must_make_sense(line):
    with pytest.raises(NotAllowed):
        make.incident(line, happened_at=make.NOON, discovered_at=make.NOON - HOUR)
    with pytest.raises(NotAllowed):
        make.incident(line, minutes=-5)

    assert not Incident.objects.exists()


def test_every_act_leaves_a_row_of_the_trail(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.MAJOR)
    veto = make.active(line, row)

    verbs = set(AuditRow.objects.filter(on_id=row.pk).values_list("verb", flat=True))
    of_veto = set(AuditRow.objects.filter(on_table="inspections.veto", on_id=veto.pk).values_list("verb", flat=True))

    assert {"incident.report", "grade.propose", "grade.decide", "responsibility.record"} <= verbs
    assert of_veto == {"veto.propose", "veto.confirm"}


def test_the_database_keeps_one_standing_veto_a_year(line):
    row = make.decide(line, make.incident(line, gravely_hurt=1), Grade.GENERAL, Responsibility.EQUAL)
    veto = make.proposed(line, row)
    veto.pk, veto.number = None, "另一个"

    with pytest.raises(IntegrityError), transaction.atomic():
        veto.save(force_insert=True)

    assert Veto.objects.count() == 1

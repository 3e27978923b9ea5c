"""Pages of incidents and vetoes: who opens them, what they show, and what typing into them does."""

import re
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inspections.incidents import pages, services
from inspections.incidents.duties import todos
from inspections.incidents.models import Incident, IncidentVersion, Lifting, Softening, Veto
from inspections.incidents.rules.words import DecisionState, Grade, Responsibility, VetoState
from inspections.incidents.services import vetoing
from inspections.incidents.words import Compared
from logistics_portal.accounts.permissions import Role
from logistics_portal.records.models import AuditRow
from tests.factories import ground, schools
from tests.factories import incidents as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BUREAU_STEPS = ["-pass-on", "-close", "-rectify", "-grade", "-responsibility", "-report-act", "-soften", "-veto"]
IDENTITY = "11010519491231002X"


@pytest.fixture
def line():
    return make.line()


@pytest.fixture
def now():
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def case(line, now):
    return make.incident(line, happened_at=now - timedelta(hours=30), gravely_hurt=1)


@pytest.fixture
def neighbour():
    return make.line("220000/220100/220103/")


def of(person, *, fresh=True):
    return ground.client_of(person.user, fresh=fresh)


def to(name, pk=None):
    return reverse(f"inspections:{name}", args=[pk] if pk is not None else [])


def typed(now, **changed):
    moment = timezone.localtime(now - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M")
    return {
        "client_id": str(uuid4()),
        "kind": "co",
        "deaths": 0,
        "gravely_hurt": 2,
        "hurt": 0,
        "food_cases": 0,
        "loss": 1200,
        "place": "elsewhere",
        "happened_at": moment,
        "discovered_at": moment,
        "summary": "宿舍 2 人一氧化碳中毒送医。",
        **changed,
    }


def vetoed(line, now, days=20):
    row = make.incident(line, happened_at=now - days * DAY, gravely_hurt=1)
    row = make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL)
    return make.active(line, row, row.happened_at.year)


def test_an_officer_reports_in_one_form_and_lands_on_the_incident(line, now):
    browser = of(line.officer)
    page = browser.get(to("incident-new"), follow=True)
    assert page.redirect_chain == [(to("incident-report", line.school.pk), 302)]
    assert "先救人、后报告" in page.content.decode()
    assert 'href="tel:120"' in page.content.decode()

    answer = browser.post(to("incident-report", line.school.pk), typed(now), follow=True)

    row = Incident.objects.get()
    assert answer.redirect_chain == [(to("incident", row.pk), 302)]
    assert (row.gravely_hurt, row.loss_fen, row.domain, row.reported_by_school) == (2, 120_000, "campus", True)
    assert "SG-" in answer.content.decode()


def test_what_happened_outside_every_place_is_reported_too(line):
    schools.place(line.school)

    page = of(line.officer).get(to("incident-report", line.school.pk)).content.decode()

    assert "校内其他地点" in page
    assert not re.search(r'name="place"[^>]*checked', page)


def test_a_report_without_a_place_asks_for_it(line, now):
    schools.place(line.school)

    answer = of(line.officer).post(to("incident-report", line.school.pk), typed(now, place=""))

    assert answer.context["form"].errors["place"]
    assert not Incident.objects.exists()


def test_a_moment_in_another_time_zone_is_no_change(line, now):
    moment = now - timedelta(hours=3)
    facts = {"happened_at": moment.astimezone(UTC).isoformat(), "deaths": 0, "state": "reported"}
    first = IncidentVersion(number=1, kind="first", facts=facts)
    local = timezone.localtime(moment).isoformat()
    second = IncidentVersion(number=2, kind="follow_up", facts=facts | {"happened_at": local, "deaths": 1})
    later = (moment + timedelta(minutes=1)).isoformat()
    third = IncidentVersion(number=3, kind="follow_up", facts=facts | {"happened_at": later, "deaths": 1})

    told = {str(label): [changed for _, changed in cells] for label, cells in Compared([first, second, third]).rows()}

    assert told["发生时间"] == [False, False, True]
    assert told["死亡（人）"] == [False, True, False]


def test_the_version_that_ended_the_emergency_is_called_so():
    kinds = [("follow_up", "handling"), ("follow_up", "ended"), ("final", "final"), ("change", "closed")]

    assert [IncidentVersion(kind=kind, facts={"state": state}).label for kind, state in kinds] == [
        "续报",
        "应急结束",
        "终报",
        "已结案",
    ]


def test_who_proposes_a_grade_sees_what_both_ladders_compute(line, now):
    row = make.incident(line, happened_at=now - DAY, gravely_hurt=1, food_cases=30)

    page = of(line.clerk).get(to("incident-grade", row.pk)).content.decode()

    assert "生产安全事故分级为一般，食品安全事故分级为" in page
    assert "取高者" in page


@pytest.mark.parametrize(
    ("facts", "shown"), [({}, False), ({"kind": "food"}, True), ({"food_cases": 3}, True), ({"kind": "co"}, False)]
)
def test_only_the_ladders_that_fit_the_kind_are_computed(line, now, facts, shown):
    row = make.incident(line, happened_at=now - DAY, gravely_hurt=1, **facts)

    answer = of(line.clerk).get(to("incident", row.pk))
    page = answer.content.decode()
    form = of(line.clerk).get(to("incident-grade", row.pk)).content.decode()

    for words in ("食品安全事故分级", "两套分级，取高者"):
        assert (words in page) is shown, words
    assert ("食源性病例" in [figure.label for figure in answer.context["figures"]]) is shown
    assert ("食品安全事故分级" in form) is shown
    assert "测算：生产安全事故分级" in page
    assert "生产安全事故分级为" in form


def test_a_vetoed_school_is_told_on_its_principals_desk_how_to_appeal(line, now):
    veto = vetoed(line, now)
    principal = ground.user(Role.PRINCIPAL, line.school.unit)
    stranger = ground.user(Role.PRINCIPAL, make.line("220000/220100/220103/").school.unit)

    told = [todo for todo in todos(principal, now) if veto.number in todo.text]

    assert len(told) == 1
    assert "书面提出申诉" in told[0].text
    assert veto.county.next_level.name in told[0].text
    assert told[0].due_at == vetoing.appeal_ends(veto)
    assert not todos(principal, vetoing.appeal_ends(veto))
    assert not todos(stranger, now)
    page = ground.client_of(principal).get(to("veto", veto.pk)).content.decode()
    assert "书面提出申诉" in page
    assert "本系统暂不能在线提交申诉" in page


def test_the_place_tells_the_domain_and_a_second_click_makes_no_second_incident(line, now):
    canteen = schools.place(line.school)
    words = typed(now, place=canteen.pk, kind="food", food_cases=6)

    for _click in range(2):
        of(line.officer).post(to("incident-report", line.school.pk), words)

    assert [row.domain for row in Incident.objects.all()] == ["canteen"]


@pytest.mark.parametrize("text", [f"学生 {IDENTITY} 受伤", "家长电话 13844556677", "电话 138 4455 6677 已告知"])
def test_nobodys_numbers_are_kept(line, now, text):
    answer = of(line.officer).post(to("incident-report", line.school.pk), typed(now, summary=text))

    assert "文字里有身份证号或手机号" in answer.content.decode()
    assert not Incident.objects.exists()


@pytest.mark.parametrize("text", ["损失 110105194912310021 号设备", "发票 9138445566778", "学生 2 人受伤"])
def test_other_numbers_are_kept(line, now, text):
    of(line.officer).post(to("incident-report", line.school.pk), typed(now, summary=text))

    assert Incident.objects.get().summary == text


def test_a_report_with_impossible_times_keeps_what_was_typed(line, now):
    later = timezone.localtime(now + DAY).strftime("%Y-%m-%dT%H:%M")

    answer = of(line.officer).post(to("incident-report", line.school.pk), typed(now, discovered_at=later))

    page = answer.content.decode()
    assert "发现时间不能晚于现在" in page
    assert "一氧化碳中毒送医" in page
    assert AuditRow.objects.filter(outcome="refused").exists()


def test_a_bureau_finds_the_school_by_name_and_what_it_reports_was_found_by_others(line, now):
    browser = of(line.clerk)
    schools.school(line.head.post.unit, name="两所同名小学甲")
    schools.school(line.head.post.unit, name="两所同名小学乙")
    many = browser.post(to("incident-new"), {"school": "两所同名小学"})
    assert "有多所学校" in many.content.decode()
    assert "没有这所学校" in browser.post(to("incident-new"), {"school": "没有的"}).content.decode()

    found = browser.post(to("incident-new"), {"school": line.school.code})
    browser.post(found.url, typed(now))

    assert Incident.objects.get().reported_by_school is False


def test_the_page_shows_clocks_ladders_and_whose_step_is_next(line, case):
    page = of(line.clerk).get(to("incident", case.pk)).content.decode()

    for words in ("测算：生产安全事故分级", "暂缓", "调查中", "还剩", "终报", "责任待认定"):
        assert words in page
    assert "各版本对照" not in page, "one version has nothing to be compared with"
    assert "badge--veto" not in page
    assert to("incident-pass-on", case.pk) in page
    assert to("incident-pass-on", case.pk) not in of(line.officer).get(to("incident", case.pk)).content.decode()


@pytest.mark.parametrize("name", ["", "-follow-up", "-tell-health", "-end", "-finish", *BUREAU_STEPS])
def test_the_neighbour_county_finds_no_such_incident(case, neighbour, name):
    answer = of(neighbour.head).get(to(f"incident{name}", case.pk))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", BUREAU_STEPS)
def test_the_school_takes_no_step_of_the_bureaus(line, case, name):
    answer = of(line.vice).get(to(f"incident{name}", case.pk))

    assert answer.status_code == 403


def test_a_keeper_of_the_system_sees_no_incidents(line, case):
    keeper = make.person(Role.SYSTEM_OPERATOR, line.province_head.post.unit)

    codes = [of(keeper).get(url).status_code for url in (to("incidents"), to("vetoes"), to("incident", case.pk))]

    assert codes == [403, 403, 403]


def test_the_vetos_pages_keep_to_their_levels(line, neighbour, now):
    veto = vetoed(line, now)
    asked = Lifting.objects.create(
        veto=veto,
        ground="appeal",
        document_no="1",
        reason="维持",
        unit=line.upper_head.post.unit,
        asked_by=line.upper_head.user,
        asked_at=now,
    )
    pages = [to("veto", veto.pk)] + [to(f"veto-{name}", veto.pk) for name in ("second", "confirm", "refuse", "lift")]
    pages.append(to("lifting-decide", asked.pk))

    assert {of(neighbour.head).get(url).status_code for url in pages} == {404}
    assert {of(line.vice).get(url).status_code for url in pages[1:]} == {403}
    assert {of(line.head).get(url).status_code for url in pages[1:]} == {403}


def test_decisions_of_others_are_out_of_reach_next_door_and_forbidden_below(line, case, neighbour, now):
    hand = {"by": line.clerk.user, "at": now}
    grade = services.propose_grade(incident=case, grade=Grade.LARGER, paper=make.PAPER, **hand)
    degree = services.record_responsibility(incident=case, degree=Responsibility.NONE, paper=make.PAPER, **hand)
    soft = services.propose_softening(incident=case, change={"gravely_hurt": 0}, reason="核实", document_no="1", **hand)
    pages = [to("grade-decide", grade.pk), to("responsibility-decide", degree.pk), to("softening", soft.pk)]

    assert {of(neighbour.head).get(url).status_code for url in pages} == {404}
    assert {of(line.head).get(url).status_code for url in pages} == {403}
    assert {of(line.upper_head).get(url).status_code for url in pages} == {200}


def test_a_case_goes_its_whole_way_through_the_pages(line, case, now):
    pk, clerk, head, upper = case.pk, of(line.clerk), of(line.head), of(line.upper_head)
    send(clerk, to("incident-pass-on", pk))
    send(of(line.officer), to("incident-follow-up", pk), harm(gravely_hurt=2, text="又有 1 人送医"))
    send(clerk, to("incident-grade", pk), {"grade": "general"})
    send(head, to("grade-decide", case.grades.get().pk), {"agree": "yes"})
    papers = {"degree": "major", "authority": "县调查组", "document_no": "〔2026〕7号"}
    send(clerk, to("incident-responsibility", pk), papers)
    send(head, to("responsibility-decide", case.responsibilities.get().pk), {"agree": "yes"})
    send(clerk, to("incident-veto", pk), {"year": case.happened_at.year, "text": "按认定提出"})
    veto = Veto.objects.get()
    send(upper, to("veto-confirm", veto.pk), {"document_no": "〔2026〕市21号"})
    send(of(line.officer), to("incident-end", pk), {"text": "处置完毕"})
    send(of(line.officer), to("incident-finish", pk), harm(gravely_hurt=2, text="终报全文"))
    send(clerk, to("incident-rectify", pk), {"text": "问题已整改"})
    send(head, to("incident-close", pk))

    case.refresh_from_db()
    veto.refresh_from_db()
    assert (case.state, veto.state) == ("closed", VetoState.ACTIVE)
    assert (case.rectified_by, case.gravely_hurt, case.passed_to_city_at is not None) == (line.clerk.user, 2, True)
    page = of(line.officer).get(to("veto", veto.pk)).content.decode()
    assert "badge--veto" in page
    assert "书面提出申诉" in page
    assert "badge--veto" in of(line.officer).get(to("incident", pk)).content.decode()


def harm(**changed):
    return {"deaths": 0, "gravely_hurt": 1, "hurt": 0, "food_cases": 0, "loss": 0, "text": "", **changed}


def send(browser, url, words=None):
    assert browser.get(url).status_code == 200
    answer = browser.post(url, words or {"csrfmiddlewaretoken": "x"})
    assert answer.status_code == 302, answer.content.decode()


def test_a_refused_step_shows_its_sentence_and_keeps_the_words(line, case):
    answer = of(line.officer).post(to("incident-follow-up", case.pk), harm(gravely_hurt=0, text="其实没有人受伤"))

    page = answer.content.decode()
    assert "降低性变更" in page
    assert "其实没有人受伤" in page
    assert Incident.objects.get(pk=case.pk).version == 1


def test_a_death_asks_for_its_day(line, case):
    answer = of(line.officer).post(to("incident-follow-up", case.pk), harm(deaths=1, text="1 人死亡"))

    assert "请填写死亡日期" in answer.content.decode()


def test_a_no_needs_a_reason(line, case, now):
    grade = services.propose_grade(incident=case, grade=Grade.GENERAL, paper=make.PAPER, by=line.clerk.user, at=now)
    browser, url = of(line.head), to("grade-decide", grade.pk)
    assert "不同意时请写明理由" in browser.post(url, {"agree": "no"}).content.decode()

    browser.post(url, {"agree": "no", "answer": "缺文书"})

    grade.refresh_from_db()
    assert (grade.state, grade.answer) == (DecisionState.REFUSED, "缺文书")


def test_a_grave_veto_is_signed_twice_at_the_province_each_after_a_fresh_sign_in(line, now):
    row = make.incident(line, happened_at=now - 20 * DAY, deaths=3)
    veto = make.proposed(line, make.decide(line, row, Grade.LARGER, Responsibility.EQUAL), row.happened_at.year)
    line.province_head.user.set_password("一个够长的口令 2026")
    line.province_head.user.save()
    stale = of(line.province_head, fresh=False).post(to("veto-second", veto.pk), {"csrfmiddlewaretoken": "x"})
    assert stale.status_code == 302
    assert "reauthenticate" in stale.url

    send(of(line.province_head), to("veto-second", veto.pk))
    send(of(line.province_leader), to("veto-confirm", veto.pk), {"document_no": "〔2026〕省3号"})

    veto.refresh_from_db()
    assert (veto.state, veto.seconded_by) == (VetoState.ACTIVE, line.province_head.user)


def test_who_signs_a_veto_reads_the_facts_and_the_leader_may_give_it_back(line, now):
    row = make.incident(line, happened_at=now - 20 * DAY, deaths=3)
    veto = make.proposed(line, make.decide(line, row, Grade.LARGER, Responsibility.MINOR))
    head, leader = of(line.province_head), of(line.province_leader)
    early = leader.get(to("veto", veto.pk)).content.decode()
    page = head.get(to("veto-second", veto.pk)).content.decode()
    send(head, to("veto-second", veto.pk))

    leaders = leader.get(to("veto-confirm", veto.pk)).content.decode()
    offered = leader.get(to("veto", veto.pk)).content.decode()
    send(leader, to("veto-send-back", veto.pk), {"reason": "责任认定文书未附"})

    veto.refresh_from_db()
    for text in (page, leaders):
        assert "死亡 3 人" in text
        assert line.school.name in text
        assert "T2 " in text
    assert (to("veto-send-back", veto.pk) in early, to("veto-send-back", veto.pk) in offered) == (False, True)
    assert (veto.state, veto.seconded_by) == (VetoState.PROPOSED, None)
    assert head.get(to("veto-send-back", veto.pk)).status_code == 403
    assert "责任认定文书未附" in head.get(to("veto", veto.pk)).content.decode()


def test_the_number_of_a_vetos_decision_has_the_shape_of_one(line, now):
    row = make.incident(line, happened_at=now - 20 * DAY, gravely_hurt=1)
    veto = make.proposed(line, make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL))
    browser, url = of(line.upper_head), to("veto-confirm", veto.pk)

    pages = [browser.post(url, {"document_no": typed}).content.decode() for typed in ("x", "12", "〔2026〕7号")]

    veto.refresh_from_db()
    assert ["文号须有发文代字" in page for page in pages] == [True, True, True]
    assert veto.state == VetoState.PROPOSED
    send(browser, url, {"document_no": "延州教后[2026] 12 号"})
    veto.refresh_from_db()
    assert (veto.state, veto.document_no) == (VetoState.ACTIVE, "延州教后[2026] 12 号")


def test_who_cannot_refuse_a_veto_is_told_who_can_and_asked_only_to_confirm(line, now):
    general = make.incident(line, happened_at=now - 20 * DAY, gravely_hurt=1)
    plain = make.proposed(line, make.decide(line, general, Grade.GENERAL, Responsibility.EQUAL))
    larger = make.incident(line, happened_at=now - 15 * DAY, deaths=3)
    grave = make.proposed(line, make.decide(line, larger, Grade.LARGER, Responsibility.EQUAL))
    upper, head, leader = of(line.upper_head), of(line.province_head), of(line.province_leader)
    send(head, to("veto-second", grave.pk))

    page, form = (upper.get(to(name, plain.pk)).content.decode() for name in ("veto", "veto-confirm"))
    higher, asked = (leader.get(to(name, grave.pk)).content.decode() for name in ("veto", "veto-confirm"))

    assert "确认或不予否决" not in page
    assert "只有省级可以决定不予否决" in form
    assert "确认或不予否决" in higher
    assert "退给初核的负责人" in asked


def test_who_decides_grade_or_responsibility_reads_the_facts_and_what_is_proposed(line, now):
    row = make.incident(line, happened_at=now - 20 * DAY, deaths=3)
    hand = {"by": line.clerk.user, "at": now}
    grade = services.propose_grade(incident=row, grade=Grade.GENERAL, paper=make.PAPER, **hand)
    degree = services.record_responsibility(incident=row, degree=Responsibility.NONE, paper=make.PAPER, **hand)

    pages = [
        of(line.province_head).get(to("grade-decide", grade.pk)).content.decode(),
        of(line.upper_head).get(to("responsibility-decide", degree.pk)).content.decode(),
    ]

    for page in pages:
        assert line.school.name in page
        assert "死亡 3 人" in page
        assert make.PAPER.document_no in page
        assert str(line.clerk.user) in page
    assert make.PAPER.text in pages[0]
    assert ["会减轻事故后果" in page for page in pages] == [True, False]


def test_who_proposes_a_veto_reads_the_facts_that_give_it(line, now):
    row = make.incident(line, happened_at=now - 20 * DAY, gravely_hurt=1)
    row = make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL)

    page = of(line.clerk).get(to("incident-veto", row.pk)).content.decode()

    assert line.school.name in page
    assert "重伤、急性中毒 1 人" in page
    assert f"{row.happened_at.year} 年度的否决情形" in page


def test_the_province_refuses_a_proposed_veto_with_a_reason(line, now):
    row = make.incident(line, happened_at=now - 20 * DAY, gravely_hurt=1)
    veto = make.proposed(line, make.decide(line, row, Grade.GENERAL, Responsibility.EQUAL), row.happened_at.year)
    assert "badge--veto" not in of(line.officer).get(to("veto", veto.pk)).content.decode()

    send(of(line.province_head), to("veto-refuse", veto.pk), {"reason": "事实不清"})

    assert Veto.objects.get().state == VetoState.DISMISSED


def test_a_veto_is_lifted_on_two_pages_by_two_people_of_one_bureau(line, now):
    veto = vetoed(line, now)
    words = {"ground": "appeal", "document_no": "〔2026〕复1号", "text": "申诉成立"}
    send(of(line.upper_head), to("veto-lift", veto.pk), words)
    asked = Lifting.objects.get()
    assert "解除待批准" in of(line.officer).get(to("veto", veto.pk)).content.decode()

    send(of(line.upper_leader), to("lifting-decide", asked.pk), {"agree": "yes", "answer": "同意"})

    assert Veto.objects.get().state == VetoState.LIFTED


def test_concealment_is_decided_on_its_page_by_the_city(line, case):
    words = {"kind": "concealed", "text": "已听取学校意见", "document_no": "市教后〔2026〕1号"}

    send(of(line.upper_head), to("incident-report-act", case.pk), words)

    assert case.report_acts.get(dropped_at__isnull=True).kind == "concealed"


def test_a_softening_is_proposed_and_decided_and_listed_without_filters(line, case):
    words = {"gravely_hurt": 0, "reason": "医院更正诊断", "document_no": "〔2026〕1号"}
    empty = of(line.clerk).post(to("incident-soften", case.pk), {"reason": "没有内容", "document_no": "1"})
    assert "请至少填写一项" in empty.content.decode()
    unknown = of(line.clerk).post(to("incident-soften", case.pk), {**words, "school": "NONE"})
    assert "没有代码为" in unknown.content.decode()
    send(of(line.clerk), to("incident-soften", case.pk), words)

    listed = of(line.province_head).get(to("softenings") + "?state=decided&q=x").content.decode()
    assert "医院更正诊断" in listed
    assert "没有缺号" in listed
    send(of(line.upper_head), to("softening", Softening.objects.get().pk), {"agree": "yes", "answer": "同意"})

    assert Incident.objects.get(pk=case.pk).gravely_hurt == 0
    assert "各版本对照" in of(line.clerk).get(to("incident", case.pk)).content.decode()


def test_the_list_of_softenings_is_the_bureaus(line):
    assert of(line.officer).get(to("softenings")).status_code == 403


def test_the_lists_keep_to_their_reach_and_their_filters(line, neighbour, case, now):
    other = make.incident(neighbour, happened_at=now - DAY, hurt=1, kind=Incident.Kind.FALL)

    mine, theirs = (of(who).get(to("incidents")).content.decode() for who in (line.officer, neighbour.head))
    falls = of(line.province_head).get(to("incidents") + "?kind=fall&open=true").content.decode()

    assert (case.number in mine, f">{other.number}<" in mine, f">{other.number}<" in theirs) == (True, False, True)
    assert (f">{other.number}<" in falls, f">{case.number}<" in falls) == (True, False)


def test_a_list_is_taken_along_as_it_is_shown(line, case):
    answer = of(line.head).get(to("incidents") + "?export=csv")

    text = b"".join(answer).decode("utf-8-sig")
    assert case.number in text
    assert "一般（测算）" in text


def test_the_register_shows_a_veto_and_what_it_is_for(line, now):
    veto = vetoed(line, now)

    page = of(line.head).get(to("vetoes") + f"?year={veto.year}").content.decode()

    assert veto.number in page
    assert "badge--veto" in page


@pytest.mark.parametrize("name", ["incidents", "vetoes"])
def test_a_list_asks_the_same_few_questions_however_long_it_is(
    line, now, name, django_assert_max_num_queries, django_assert_num_queries
):
    browser = of(line.head)
    vetoed(line, now)
    browser.get(to(name))
    with django_assert_max_num_queries(22) as few:
        browser.get(to(name))
    for days in (40, 60):
        vetoed(line, now, days)

    with django_assert_num_queries(len(few)):
        answer = browser.get(to(name))

    assert answer.content.decode().count("badge--veto") == 3


def test_an_incidents_page_asks_few_questions(line, now, django_assert_max_num_queries):
    veto = vetoed(line, now)
    browser = of(line.upper_head)
    browser.get(to("incident", veto.incident_id))

    with django_assert_max_num_queries(25):
        case = browser.get(to("incident", veto.incident_id))
    with django_assert_max_num_queries(25):
        page = browser.get(to("veto", veto.pk))

    assert (case.status_code, page.status_code) == (200, 200)


def test_the_schools_page_tells_of_its_incidents_and_vetoes(line, now):
    veto = vetoed(line, now)

    page = of(line.head).get(reverse("schools:school", args=[line.school.pk])).content.decode()

    assert veto.number in page
    assert "badge--veto" in page


def test_the_story_of_an_incident_tells_its_veto_and_the_document_of_the_responsibility(line, case):
    decided = make.decide(line, case, Grade.GENERAL, Responsibility.EQUAL)
    veto = make.active(line, decided)

    events = pages.incident_context(line.head.user, decided, timezone.now())["events"]
    told = {event.what: list(event.changes) for event in events}

    assert f"文号：{make.PAPER.document_no}" in told["录入责任认定"]
    assert f"认定机关：{make.PAPER.authority}" in told["录入责任认定"]
    assert f"编号：{veto.number}" in told["提出否决"]
    assert "决定文号：〔2026〕市21号" in told["确认否决"]
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)


def test_money_is_told_in_yuan_on_the_page_and_in_the_story(line, now):
    row = make.incident(line, happened_at=now - timedelta(hours=3), loss_fen=12_345_600)

    page = of(line.head).get(to("incident", row.pk)).content.decode()

    assert "直接经济损失（元）：123,456.00" in page
    assert "12345600" not in page
    assert "（分）" not in page


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "否"),
        ({"reportable": True}, "是（登记为应报告事项）"),
        ({"deaths": 1}, "是（伤亡、病例或损失达到上报标准）"),
    ],
)
def test_what_has_to_be_reported_says_by_what(line, now, facts, told):
    row = make.incident(line, happened_at=now - timedelta(hours=3), **facts)

    page = of(line.head).get(to("incident", row.pk)).content.decode()

    assert dict(pages.facts_of(row))["应报告事项"] == told
    assert f"登记为应报告事项：{'是' if row.reportable else '否'}" in page
    assert "另属" not in page

"""Pages of findings: what each person finds there, and what they may not do."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from inspections.findings.forms import seen_of
from inspections.findings.models import Finding
from inspections.findings.rules import State
from inspections.findings.selectors import deadline_words, todos
from inspections.findings.services import Seen, ask_extension, refuse, remedy
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.records.models import AuditRow
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.findings.story import photo, scene

pytestmark = pytest.mark.django_db
AT_SCHOOL = {
    "logistics_officer",
    "food_safety_officer",
    "food_safety_director",
    "dorm_keeper",
    "vice_principal_logistics",
    "principal",
    "party_secretary",
}
OFFICE = {"office_clerk", "office_head"}
WHO = {
    "assign": {"logistics_officer", "food_safety_director", "vice_principal_logistics"},
    "remedy": AT_SCHOOL - {"principal", "party_secretary"},
    "accept": OFFICE,
    "refuse": OFFICE,
    "ask-extension": {"vice_principal_logistics", "principal"},
    "ask-withdrawal": {"vice_principal_logistics"},
    "withdraw": OFFICE,
    "refuse-withdrawal": OFFICE,
    "reopen": OFFICE,
}
FROM = {
    "assign": {"open"},
    "remedy": {"open"},
    "accept": {"remedied"},
    "refuse": {"remedied"},
    "ask-extension": {"open"},
    "ask-withdrawal": {"open", "remedied"},
    "withdraw": {"open", "remedied"},
    "refuse-withdrawal": {"open", "remedied"},
    "reopen": {"closed"},
}


@pytest.fixture
def held():
    return scene()


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def url(name, *args):
    return reverse(f"inspections:{name}", args=args)


def recent(held, state="open", **fields):
    at = timezone.now() - timedelta(hours=3)
    return make.finding(held.place, held.officer, at, state=state, **fields)


def shown(browser, *address, **query):
    return browser.get(url(*address), query).content.decode()


def test_a_county_sees_its_findings_the_worst_first(held):
    recent(held, severity="minor", title="窗台有灰")
    recent(held, severity="critical", title="留样缺失")
    recent(held, state="closed", title="早已销号的")
    browser = ground.client_of(held.clerk)

    page = shown(browser, "findings")

    assert page.index("留样缺失") < page.index("窗台有灰")
    assert "早已销号的" not in page
    assert "早已销号的" in shown(browser, "findings", state="all")


def test_the_list_narrows_by_everything_it_offers(held):
    recent(held, severity="critical", title="留样缺失", item_code="CAN-D-77")
    recent(held, severity="minor", title="窗台有灰", due_at=timezone.now() + timedelta(days=2))
    recent(held, title="早该改的", due_at=timezone.now() - timedelta(hours=1))
    browser = ground.client_of(held.clerk)
    day = timezone.localdate()
    wanted = {
        "留样缺失": [{"severity": "critical"}, {"item": "CAN-D-77"}],
        "窗台有灰": [{"severity": "minor"}, {"q": "窗台"}],
        "早该改的": [{"overdue": "true"}],
    }
    all_of_them = [
        {"unit": ground.county().pk},
        {"subject": "canteen"},
        {"q": "东方红"},
        {"since": day - timedelta(days=1), "until": day},
        {"school": held.place.school.code},
        {"origin": "own_check"},
    ]

    for title, queries in wanted.items():
        for query in queries:
            page = shown(browser, "findings", **query)
            assert [name for name in wanted if name in page] == [title], query
    for query in all_of_them:
        page = shown(browser, "findings", **query)
        assert all(name in page for name in wanted), query


def test_the_list_says_what_it_is_narrowed_to_and_claims_no_order_it_does_not_have(held):
    recent(held, due_at=timezone.now() - timedelta(hours=1))
    browser = ground.client_of(held.clerk)

    page = shown(browser, "findings", overdue="true")
    sorted_page = shown(browser, "findings", sort="deadline")

    assert '<option value="true" selected>超期</option>' in page
    assert "aria-sort" not in page
    assert "aria-sort" in sorted_page


def test_a_remedy_sent_back_says_why_and_its_photos_stay_in_the_story(held, now):
    finding = recent(held)
    hand = held.hand(held.officer, now - timedelta(minutes=40))
    remedy(finding=finding, how="已清理干净", photos=[photo()], hand=hand)
    finding.refresh_from_db()
    back = held.hand(held.clerk, now - timedelta(minutes=30))
    refuse(finding=finding, seen=Seen.of(finding), reason="照片看不清", hand=back)
    browser = ground.client_of(held.officer)
    first = finding.photos.get(phase="after").attachment.name

    form = shown(browser, "finding-remedy", finding.pk)
    remedy(finding=finding, how="又清理一遍", photos=[], hand=held.hand(held.officer, now - timedelta(minutes=20)))
    page = shown(browser, "finding", finding.pk)

    assert "退回：照片看不清" in form
    assert first in page


def test_the_list_leaves_as_a_spreadsheet(held):
    finding = recent(held)

    answer = ground.client_of(held.clerk).get(url("findings"), {"export": "xlsx"})

    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert [cell.value for cell in sheet[2]][:2] == [finding.title, finding.number]


def test_the_neighbour_finds_nothing(held):
    finding = recent(held)
    browser = ground.client_of(ground.user("office_clerk", ground.neighbour()))
    pages = ["finding", *(f"finding-{name}" for name in WHO)]

    answers = {name: browser.post(url(name, finding.pk)).status_code for name in pages if name != "finding"}
    answers["finding"] = browser.get(url("finding", finding.pk)).status_code

    assert set(answers.values()) == {404}
    assert finding.title not in shown(browser, "findings")


@pytest.mark.parametrize("role", sorted({*AT_SCHOOL, *OFFICE, "inspector", "inspectorate_head", "bureau_leader"}))
def test_every_step_is_open_to_its_roles_in_its_states_and_to_nobody_else(held, role):
    unit = held.place.school.unit if role in AT_SCHOOL else ground.county()
    person = ground.user(role, unit)
    browser = ground.client_of(person)

    for name, roles in WHO.items():
        for state in State:
            finding = recent(held, state=state.value, severity="major")
            make_ready(held, name, state, finding)
            answer = browser.post(url(f"finding-{name}", finding.pk), body_of(held, name, finding))
            finding.refresh_from_db()
            if role not in roles:
                assert answer.status_code == 403, (name, state)
            elif state.value in FROM[name]:
                assert answer.status_code == 302, (name, state, answer.content.decode())
            else:
                assert answer.status_code in {200, 409}, (name, state)
                assert finding.state == state


def make_ready(held, name, state, finding):
    if name in {"withdraw", "refuse-withdrawal"} and state != State.CLOSED:
        finding.events.create(step="ask_withdraw", at=finding.found_at, by=held.vice, facts={"round": 0})


def body_of(held, name, finding):
    return {
        "how": "已整改完毕",
        "fixer": held.keeper.pk,
        "reason": "理由写在这里",
        "day": (timezone.localdate() + timedelta(days=4)).isoformat(),
        **seen_of(finding),
    }


@pytest.mark.parametrize("role", sorted({Role.VICE_PRINCIPAL_LOGISTICS, Role.FOOD_SAFETY_DIRECTOR, Role.PRINCIPAL}))
def test_the_school_itself_verifies_only_minor_findings_of_its_own_checks(held, role):
    browser = ground.client_of(ground.user(role, held.place.school.unit))
    minor = recent(held, state="remedied", severity="minor")
    visited = recent(held, state="remedied", severity="minor", origin="spot_check")

    answers = [browser.post(url("finding-accept", it.pk), seen_of(it)).status_code for it in (minor, visited)]

    assert answers == [302, 403]


def test_a_person_made_responsible_may_mend_whatever_their_post(held):
    finding = recent(held, fixer=held.principal)
    browser = ground.client_of(held.principal)

    page = shown(browser, "finding", finding.pk)
    answer = browser.post(url("finding-remedy", finding.pk), {"how": "已整改完毕", "photos": [photo()]})

    assert url("finding-remedy", finding.pk) in page
    assert answer.status_code == 302


def test_a_finding_shows_its_photos_facts_life_and_the_steps_of_the_reader(held):
    finding = recent(held)
    officer = ground.client_of(held.officer)
    officer.post(url("finding-remedy", finding.pk), {"how": "清洗灶台并复查", "photos": [photo()]})

    page = shown(ground.client_of(held.clerk), "finding", finding.pk)
    own = shown(ground.client_of(held.vice), "finding", finding.pk)

    assert "清洗灶台并复查" in page
    assert finding.number in page
    assert url("finding-accept", finding.pk) in page
    assert url("finding-accept", finding.pk) not in own
    assert url("finding-ask-withdrawal", finding.pk) in own


def test_a_verdict_on_a_remedy_that_changed_answers_409(held, now):
    finding = recent(held)
    row = remedy(finding=finding, how="已整改完毕", photos=[], hand=held.hand(held.officer, now))
    stale = seen_of(row)
    refuse(finding=finding, seen=Seen.of(row), reason="没有改好", hand=held.hand(held.head, now))
    remedy(finding=finding, how="第二次整改", photos=[], hand=held.hand(held.officer, now + timedelta(minutes=5)))
    browser = ground.client_of(held.clerk)

    answer = browser.post(url("finding-accept", finding.pk), stale)
    part = browser.post(url("finding-accept", finding.pk), stale, headers={"HX-Request": "true"})

    assert answer.status_code == part.status_code == 409
    assert "已被修改，请重新查看" in answer.content.decode()
    assert "<html" not in part.content.decode()
    assert AuditRow.objects.filter(verb="finding.accept", outcome="refused").count() == 2


def test_returning_a_remedy_needs_a_reason_and_shows_it_to_the_school(held):
    finding = recent(held, state="remedied")
    clerk = ground.client_of(held.clerk)

    without = clerk.post(url("finding-refuse", finding.pk), seen_of(finding))
    answer = clerk.post(url("finding-refuse", finding.pk), {**seen_of(finding), "reason": "灶台背面仍有油污"})

    page = shown(ground.client_of(held.officer), "finding", finding.pk)
    assert (without.status_code, answer.status_code) == (422, 302)
    assert "灶台背面仍有油污" in page
    assert "退回" in page


def test_a_closed_finding_counts_its_returns_instead_of_calling_itself_returned(held):
    closed, again = recent(held, state="closed", returns=2), recent(held, returns=2)
    browser = ground.client_of(held.clerk)

    done, waiting = (shown(browser, "finding", it.pk).split('class="split"')[0] for it in (closed, again))

    assert "曾退回 2 次" in done
    assert "退回" not in done.replace("曾退回 2 次", "")
    assert "曾退回" not in waiting
    assert "退回" in waiting


def test_the_queue_holds_what_waits_for_this_person_and_takes_verdicts_in_place(held):
    waiting = [recent(held, state="remedied", title=f"待复查{number}") for number in range(3)]
    recent(held, title="还没改的")
    browser = ground.client_of(held.clerk)

    page = shown(browser, "finding-queue")
    body = {"prefix": f"a{waiting[0].pk}", **{f"a{waiting[0].pk}-{k}": v for k, v in seen_of(waiting[0]).items()}}
    done = browser.post(url("finding-accept", waiting[0].pk), body, headers={"HX-Request": "true"})
    plain = {"prefix": f"r{waiting[1].pk}", "back": url("finding-queue"), f"r{waiting[1].pk}-reason": "没有改好"}
    plain |= {f"r{waiting[1].pk}-{k}": v for k, v in seen_of(waiting[1]).items()}
    back = browser.post(url("finding-refuse", waiting[1].pk), plain)

    assert all(finding.title in page for finding in waiting)
    assert "还没改的" not in page
    assert "data-done" in done.content.decode()
    assert back["Location"] == url("finding-queue")
    assert waiting[2].title in shown(browser, "finding-queue")
    assert waiting[0].title not in shown(browser, "finding-queue")


def test_the_queue_leads_nowhere_else(held):
    finding = recent(held, state="remedied")
    body = {**seen_of(finding), "back": "//evil.example/x"}

    answer = ground.client_of(held.clerk).post(url("finding-accept", finding.pk), body)

    assert answer["Location"] == url("finding", finding.pk)


def test_more_time_is_asked_and_answered_on_the_page(held, now):
    finding = recent(held)
    day = (timezone.localdate() + timedelta(days=4)).isoformat()
    ground.client_of(held.vice).post(url("finding-ask-extension", finding.pk), {"day": day, "reason": "配件未到货"})
    request = finding.extension_requests.get()
    clerk = ground.client_of(held.clerk)

    page = shown(clerk, "finding", finding.pk)
    answer = clerk.post(url("finding-extend", finding.pk, request.pk), {"granted": "yes"})

    finding.refresh_from_db()
    assert "配件未到货" in page
    assert (answer.status_code, finding.extensions, finding.due_at) == (302, 1, request.until)
    assert clerk.get(url("finding-extend", finding.pk, 10**12)).status_code == 404


def test_the_form_says_the_last_day_that_may_be_asked_for(held):
    finding = recent(held)
    vice, address = ground.client_of(held.vice), url("finding-ask-extension", finding.pk)

    told = re.search(r"最晚可选 (\d{4}-\d\d-\d\d)", vice.get(address).content.decode())[1]
    late = date.fromisoformat(told) + timedelta(days=1)
    refused = vice.post(address, {"day": late.isoformat(), "reason": "配件未到货"})

    assert f'max="{told}"' in vice.get(address).content.decode()
    assert (refused.status_code, finding.extension_requests.count()) == (200, 0)
    assert vice.post(address, {"day": told, "reason": "配件未到货"}).status_code == 302


def test_a_sighting_is_written_down_at_a_place_within_reach_only(held):
    other = ground.school_unit(ground.neighbour())
    officer = ground.client_of(held.officer)
    stranger = ground.client_of(ground.user("logistics_officer", other))
    body = {"place": held.place.pk, "title": "仓库有鼠迹", "severity": "major", "photos": [photo()]}

    saved = officer.post(url("finding-open"), body)
    own_school = {"school": held.place.school_id}
    foreign = stranger.post(f"{url('finding-open')}?school={own_school['school']}", body)
    leader = ground.client_of(ground.user("bureau_leader", ground.county())).get(url("finding-open"))

    assert saved.status_code == 302
    assert held.place.findings.get().photos.count() == 1
    assert foreign.status_code == 404
    assert leader.status_code == 403


def test_a_county_chooses_the_school_first(held):
    clerk = ground.client_of(held.clerk)

    where = shown(clerk, "finding-open", q="东方红")
    form = shown(clerk, "finding-open", school=held.place.school_id)

    assert "东方红小学" in where
    assert held.place.name in form


def test_to_dos_name_what_is_open_what_waits_and_what_was_asked(held, now):
    late = recent(held, title="早该改的", due_at=now - timedelta(hours=1))
    mine = recent(held, title="快到期的")
    recent(held, state="remedied")
    ask_extension(
        finding=mine, until=mine.due_at + timedelta(days=1), reason="配件未到", hand=held.hand(held.vice, now)
    )

    school, county = todos(fresh(held.officer), now), todos(fresh(held.clerk), now)

    assert [todo.url for todo in school][:1] == [url("finding", late.pk)]
    assert school[0].urgency == "bad"
    overdue = url("findings") + "?reviewer=own&overdue=true"
    assert {todo.url for todo in county} == {url("finding-queue"), url("finding", mine.pk), overdue}


def test_the_office_is_told_of_critical_findings_before_they_are_late_and_no_other_office_is(held, now):
    recent(held, severity="critical")

    told = todos(fresh(held.clerk), now)

    critical = url("findings") + "?reviewer=own&state=open&severity=critical"
    assert [(todo.url, todo.urgency) for todo in told] == [(critical, "bad")]
    assert todos(fresh(ground.user("office_clerk", ground.neighbour())), now) == []


def fresh(person):
    return User.objects.get(pk=person.pk)


def test_deadlines_are_told_in_words(held, now):
    soon = recent(held, due_at=now + timedelta(hours=6, minutes=5))
    late = recent(held, due_at=now - timedelta(hours=6, minutes=5), found_at=now - timedelta(days=5))
    later = recent(held, due_at=now - timedelta(days=2, minutes=5), found_at=now - timedelta(days=5))

    words = [deadline_words(it, now) for it in (soon, late, later)]

    assert words == ["还剩 6 小时", "已超期 6 小时", "已超期 2 天"]


def test_the_pages_take_as_many_queries_however_many_findings_there_are(held):
    browser = ground.client_of(held.clerk)
    pages = {"findings": url("findings"), "queue": url("finding-queue")}
    for number in range(3):
        recent(held, state="remedied" if number % 2 else "open")
    pages["finding"] = url("finding", held.place.findings.filter(state="open").first().pk)
    few = {name: cost(browser, page) for name, page in pages.items()}

    for number in range(30):
        recent(held, state="remedied" if number % 2 else "open")
    many = {name: cost(browser, page) for name, page in pages.items()}

    assert few == many
    assert max(many.values()) <= 25, many


def cost(browser, page):
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(page).status_code == 200
    return len(seen)


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "7"])
def test_a_number_that_is_none_gives_no_page(held, number):
    browser = ground.client_of(held.clerk)

    assert browser.get(f"/inspections/findings/{number}/").status_code == 404
    assert browser.get(url("findings"), {"q": f"WT-2026-{number}", "item": "\x00", "since": "x"}).status_code == 200
    assert browser.get(url("finding-open"), {"school": number}).status_code == 404


def test_a_nul_in_the_search_finds_no_school(held):
    assert held.place.school.name not in shown(ground.client_of(held.clerk), "finding-open", q="\0")


def test_an_english_reader_is_told_in_english_what_was_not_met():
    version = make.version("campus_daily")
    item = version.items.order_by("position").first()
    row = Finding(title=f"不符合：{item.text}", item=item, item_code=item.code)
    typed = Finding(title="后门没有关好")

    with override("en"):
        assert item.text_en in row.name
        assert typed.name == "后门没有关好"
        assert version.checklist.label == version.checklist.name_en
    assert row.name == row.title


def test_a_refused_step_is_kept_once():
    held = scene()
    finding = held.finding(state="remedied", remedied_by=held.officer)

    answer = ground.client_of(held.keeper).post(reverse("inspections:finding-accept", args=[finding.pk]))

    assert answer.status_code == 403
    assert AuditRow.objects.filter(outcome="refused").count() == 1

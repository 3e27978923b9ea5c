"""Correcting a check after its slot has closed: asked for, released once, used once, never past the data freeze."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from inspections.checks import acts, plugs, releasing
from inspections.checks.closing import close_slots
from inspections.checks.models import Check, Release
from inspections.checks.services import correct, hand_in
from inspections.findings.models import Finding
from inspections.schedules.rules import Timeliness
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.guards import install
from logistics_portal.records.models import AuditRow, Notice
from tests.factories import ground
from tests.inspections.checks.story import MONDAY, MORNING, Scene, at, scene

pytestmark = pytest.mark.django_db

THURSDAY = MONDAY + timedelta(days=3)
NEXT_MONDAY = MONDAY + timedelta(days=7)
CLOSED = at(THURSDAY, "09:00")
FROZEN = at(date(2027, 1, 16), "00:00")


@dataclass(frozen=True)
class Story:
    """A check handed in on Monday, and the office above."""

    here: Scene
    check: Check
    clerk: User
    head: User

    def ask(self, by: User | None = None, when: datetime = CLOSED) -> Release:
        by = by or self.here.officer
        post = by.post_for(Permission.CHECK_CORRECT, at=self.here.unit)
        return releasing.ask(check=self.check, reason="北门记错了", by=by, post=post, at=when)

    def release(self, row: Release, by: User | None = None, when: datetime = CLOSED) -> Release:
        by = by or self.clerk
        post = by.post_for(Permission.CHECK_RELEASE, at=self.here.unit)
        return releasing.release(release=row, answer="同意", by=by, post=post, at=when)

    def refuse(self, row: Release, answer: str = "照片与所述不符") -> Release:
        post = self.clerk.post_for(Permission.CHECK_RELEASE, at=self.here.unit)
        return releasing.refuse(release=row, answer=answer, by=self.clerk, post=post, at=CLOSED)

    def correct(self, by: User | None = None, when: datetime = CLOSED, **answers):
        paper = self.here.paper(answers=self.here.answers(**answers), reason="北门记错了")
        return correct(paper=paper, hand=self.here.hand(by), at=when)


@pytest.fixture
def story(monkeypatch) -> Story:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)
    monkeypatch.setattr(time, "time", CLOSED.timestamp)
    here = scene("campus_daily")
    paper = here.paper(answers=here.answers(CMP_D_02={"a": "fail"}))
    check = hand_in(paper=paper, hand=here.hand(), at=MORNING).check
    clerk, head = ground.user("office_clerk", here.unit.parent), ground.user("office_head", here.unit.parent)
    return Story(here, check, clerk, head)


def test_a_released_check_is_corrected_once_and_keeps_its_time_and_its_findings(story):
    row = story.release(story.ask())

    new = story.correct().check

    row.refresh_from_db()
    story.check.refresh_from_db()
    assert (row.state, row.used_for) == ("used", new)
    assert (story.check.state, new.state, new.revision) == ("superseded", "received", 2)
    assert (new.timeliness, new.received_at) == (Timeliness.ON_TIME, MORNING)
    assert Finding.objects.get().state == "open"


def test_a_release_is_for_one_correction_only(story):
    story.release(story.ask())
    story.correct()

    with pytest.raises(NotAllowed, match="已关账"):
        story.correct(CMP_D_02={"a": "fail"})


def test_a_release_is_for_the_one_who_asked(story):
    story.release(story.ask(story.here.vice))

    with pytest.raises(NotAllowed, match="已关账"):
        story.correct(story.here.officer)
    assert story.correct(story.here.vice).check.by == story.here.vice


def test_a_release_may_be_used_to_the_end_of_the_second_working_day(story):
    row = story.release(story.ask())

    assert row.until == at(NEXT_MONDAY + timedelta(days=1), "00:00")
    with pytest.raises(NotAllowed, match="已关账"):
        story.correct(when=row.until + timedelta(seconds=1))
    assert story.correct(when=row.until).check.revision == 2


def test_a_release_that_ran_out_lapses_and_may_be_asked_for_again(story):
    row = story.release(story.ask())
    later = row.until + timedelta(minutes=1)

    again = story.ask(when=later)

    row.refresh_from_db()
    assert (row.state, again.state) == ("lapsed", "requested")


def test_the_nightly_job_closes_what_ran_out_unused(story):
    row = story.release(story.ask())

    close_slots(at=row.until + timedelta(minutes=1), since=NEXT_MONDAY)

    row.refresh_from_db()
    assert row.state == "lapsed"


@pytest.mark.parametrize("who", ["officer", "vice", "principal"])
def test_the_author_and_the_heads_of_the_school_may_ask(story, who):
    assert story.ask(getattr(story.here, who)).state == "requested"


def test_a_colleague_may_not_ask(story):
    with pytest.raises(NotAllowed, match="本人"):
        story.ask(ground.user("logistics_officer", story.here.unit))


def test_what_may_still_be_corrected_at_once_is_not_asked_for(story):
    with pytest.raises(NotAllowed, match="直接更正"):
        story.ask(when=at(MONDAY, "10:00"))


def test_a_check_is_asked_for_once_at_a_time(story):
    story.ask()

    with pytest.raises(NotAllowed, match="已有更正申请"):
        story.ask(story.here.vice)


def test_a_refusal_says_why_and_corrects_nothing(story):
    row = story.ask()
    with pytest.raises(NotAllowed, match="原因"):
        story.refuse(row, " ")

    assert story.refuse(row).state == "refused"
    with pytest.raises(NotAllowed, match="已关账"):
        story.correct()


def test_the_head_stands_in_for_the_clerk(story):
    assert story.release(story.ask(), story.head).decided_by == story.head


def test_nobody_answers_their_own_request(story):
    row = story.ask()

    with pytest.raises(NotAllowed, match="自己"):
        releasing.release(release=row, answer="", by=story.here.officer, post=None, at=CLOSED)


@pytest.mark.parametrize("released", [False, True])
def test_the_asker_takes_a_request_back(story, released):
    row = story.ask()
    row = story.release(row) if released else row

    releasing.withdraw(release=row, by=story.here.officer, post=None, at=CLOSED)

    row.refresh_from_db()
    assert row.state == "withdrawn"
    with pytest.raises(NotAllowed, match="已关账"):
        story.correct()


def test_nobody_else_takes_a_request_back(story):
    with pytest.raises(NotAllowed, match="本人"):
        releasing.withdraw(release=story.ask(), by=story.here.vice, post=None, at=CLOSED)


def test_a_voided_check_is_not_released(story):
    row = story.ask()
    Check.objects.update(state="voided", voided_by=story.clerk, voided_at=CLOSED)

    with pytest.raises(NotAllowed, match="作废"):
        story.release(row)


def test_after_the_data_freeze_nothing_is_asked_released_corrected_or_voided(story):
    row, post = story.ask(), story.here.vice.main_post
    before = FROZEN - timedelta(minutes=1)
    asked = {"check": story.check, "reason": "填错场所", "by": story.here.vice, "post": post}
    acts.ask_void(**asked, at=before)

    with pytest.raises(NotAllowed, match="已冻结"):
        story.ask(story.here.vice, FROZEN)
    with pytest.raises(NotAllowed, match="已冻结"):
        story.release(row, when=FROZEN)
    with pytest.raises(NotAllowed, match="已冻结"):
        acts.ask_void(**asked, at=FROZEN)
    with pytest.raises(NotAllowed, match="已冻结"):
        acts.void(check=story.check, reason="同意", by=story.clerk, post=None, at=FROZEN)
    with pytest.raises(NotAllowed, match="已冻结"):
        story.correct(when=FROZEN)


def test_a_release_ends_with_the_data_freeze(story):
    row = story.release(story.ask(), when=FROZEN - timedelta(hours=3))

    assert row.until == FROZEN


def test_each_step_is_told_and_written_down(story):
    row = story.ask()
    assert Notice.objects.filter(to=story.clerk, key=f"check-release:{row.pk}").exists()

    story.release(row)

    assert Notice.objects.filter(to=story.here.officer, key=f"check-release-answered:{row.pk}").exists()
    verbs = AuditRow.objects.filter(on_table="inspections.check", on_id=story.check.pk).order_by("pk")
    assert list(verbs.values_list("verb", "reason")) == [("check.ask_correct", "北门记错了"), ("check.release", "同意")]


def test_what_waits_is_a_thing_to_do_for_the_office_then_for_the_asker(story):
    city = ground.user("office_clerk", story.here.unit.parent.parent)
    row = story.ask()

    [office] = plugs.corrections(story.clerk, CLOSED)
    assert office.url == reverse("inspections:release", args=[row.pk])
    assert office.due_at == at(NEXT_MONDAY + timedelta(days=1), "00:00")
    assert not plugs.corrections(story.here.officer, CLOSED)
    assert not plugs.corrections(city, CLOSED)
    story.release(row)

    [mine] = plugs.corrections(story.here.officer, CLOSED)
    assert "更正" in mine.text
    assert not plugs.corrections(story.clerk, CLOSED)


def test_the_database_wants_another_person_to_decide(story):
    row = story.ask()

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=row.pk).update(
            state="released", decided_by=story.here.officer, decided_at=CLOSED, until=CLOSED + timedelta(days=1)
        )


@pytest.mark.parametrize(
    "change",
    [
        {"state": "released"},
        {"state": "used"},
        {"reason": "换个理由"},
        {"state": "lapsed"},
        {"asked_at": MORNING},
    ],
)
def test_the_database_refuses_to_turn_a_request_into_something_else(story, change):
    row = story.ask()
    install(connection)

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=row.pk).update(**change)


def test_the_database_keeps_every_request(story):
    story.refuse(story.ask())
    install(connection)

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.update(state="requested")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inspections_release")


def test_the_guards_let_a_whole_story_through(story):
    install(connection)

    story.release(story.ask())
    story.correct()

    assert Release.objects.get().state == "used"


def test_the_story_on_pages(story):
    author, clerk = ground.client_of(story.here.officer), ground.client_of(story.clerk)
    correct_url = reverse("inspections:correct", args=[story.check.pk])
    sent_on = author.get(correct_url)
    assert sent_on["Location"] == reverse("inspections:correct-ask", args=[story.check.pk])

    asked = author.post(sent_on["Location"], {"reason": "北门记错了"})
    row = Release.objects.get()
    page = clerk.get(asked["Location"]).content.decode()
    assert "同意更正" in page
    clerk.post(asked["Location"], {"verb": "release", "answer": "同意更正"})
    form = author.get(correct_url).content.decode()

    assert "只能提交一次" in form
    told = author.get(reverse("inspections:check", args=[story.check.pk])).content.decode()
    assert "同意更正" in told
    assert "更正期限：2026-11-23 24:00" in told
    assert reverse("inspections:release", args=[row.pk]) in told
    assert row.reason in told


def test_who_may_not_answer_meets_403_and_the_neighbour_404(story):
    row = story.ask()
    url = reverse("inspections:release", args=[row.pk])
    neighbour = ground.user("office_clerk", ground.neighbour())

    school = ground.client_of(story.here.vice).post(url, {"verb": "release"})
    next_door = ground.client_of(neighbour).post(url, {"verb": "release"})

    assert (school.status_code, next_door.status_code) == (403, 404)
    row.refresh_from_db()
    assert row.state == "requested"


def test_a_refused_answer_keeps_what_was_typed(story):
    row = story.ask()
    clerk = ground.client_of(story.clerk)

    answer = clerk.post(reverse("inspections:release", args=[row.pk]), {"verb": "refuse", "answer": ""})

    assert answer.status_code == 409
    assert "写明原因" in answer.content.decode()


def test_a_frozen_check_offers_no_correction(story, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: FROZEN)
    monkeypatch.setattr(time, "time", FROZEN.timestamp)
    author = ground.client_of(story.here.officer)

    page = author.get(reverse("inspections:check", args=[story.check.pk])).content.decode()
    asked = author.get(reverse("inspections:correct-ask", args=[story.check.pk])).content.decode()

    assert reverse("inspections:correct", args=[story.check.pk]) not in page
    assert "已冻结" in asked


def test_a_release_taken_back_or_used_meanwhile_is_not_used_again(story):
    row = story.release(story.ask())
    read_before = Release.objects.get(pk=row.pk)
    post = story.here.officer.post_for(Permission.CHECK_CORRECT, at=story.here.unit)
    releasing.withdraw(release=row, by=story.here.officer, post=post, at=CLOSED)

    with pytest.raises(NotAllowed, match="已撤回"):
        releasing.use(release=read_before, correction=story.check)

    row.refresh_from_db()
    assert (row.state, row.used_for) == ("withdrawn", None)

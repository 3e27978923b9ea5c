"""Notices by mail: alarms at once, the rest in two digests, each once, tried again when the server was down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail.backends import locmem
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from logistics_portal.accounts.models import User
from logistics_portal.desk.selectors import bundles
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.records import mail, tasks
from logistics_portal.records.hours import Urgency
from logistics_portal.records.models import Delivery, Job, Notice, Parameter
from logistics_portal.records.services import notify
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(clock: str, day: int = 16) -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), SHANGHAI)


@pytest.fixture(autouse=True)
def _mail_is_on(settings: Any) -> None:
    settings.MAIL_NOTICES, settings.PORTAL_ADDRESS = True, "https://portal.example/"


@pytest.fixture
def clerk() -> User:
    return make.user("office_clerk", make.county(), email="clerk@example.cn")


def tell(person: User, title: str, moment: datetime, urgency: Urgency = Urgency.NORMAL, **more: str) -> None:
    notify(to=person, key=f"{title}{moment}", title=title, at=moment, urgency=urgency, **more)


def tick(moment: datetime, do_jobs: Any = None) -> int:
    """Do what the clock does every half minute, and the ordered digest with it."""
    mail.order_digest(at=moment)
    for job in Job.objects.filter(kind=mail.COLLECT, state="queued"):
        mail.collect_digest(moment=datetime.fromisoformat(job.payload["moment"]))
        Job.objects.filter(pk=job.pk).update(state="done")
    mail.collect_urgent(at=moment)
    return mail.send_waiting(at=moment)


def test_ordinary_notices_leave_in_one_digest_a_person(clerk: User, mailoutbox: list[Any]) -> None:
    other = make.user("office_clerk", make.neighbour(), email="other@example.cn")
    tell(clerk, "整改被退回", at("18:00", 15), text="张三的说明")
    tell(clerk, "申请延期，请答复", at("07:30"))
    tell(clerk, "后来的", at("07:31"))
    tell(other, "邻县的事", at("07:00"))

    before, then, again = tick(at("07:29")), tick(at("07:30")), tick(at("07:31"))

    assert (before, then, again) == (0, 2, 0)
    mine = next(it for it in mailoutbox if it.to == ["clerk@example.cn"])
    assert "11-16 07:30" in mine.subject
    assert "2 条" in mine.subject
    for words in ("整改被退回", "申请延期，请答复", "https://portal.example/inbox/"):
        assert words in mine.body
    for words in ("后来的", "邻县的事", "张三"):
        assert words not in mine.body
    assert tick(at("16:30")) == 1
    assert "后来的" in mailoutbox[-1].body


def test_an_alarm_leaves_at_once_day_and_night_and_a_reminder_by_day_only(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "留样缺失", at("23:10"), Urgency.ALARM)
    tell(clerk, "还有 1 项检查没有提交", at("23:10"), Urgency.REMINDER)
    tell(clerk, "整改被退回", at("23:10"))

    night, still_night, morning = tick(at("23:11")), tick(at("05:59", 17)), tick(at("06:00", 17))

    assert (night, still_night, morning) == (1, 0, 1)
    assert [it.subject for it in mailoutbox] == ["【告警】留样缺失", "【提醒】还有 1 项检查没有提交"]
    assert tick(at("07:30", 17)) == 1


def test_a_digest_that_failed_in_the_evening_waits_for_the_morning(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "整改被退回", at("16:00"))
    tick(at("16:30"))
    Delivery.objects.update(state="waiting", sent_at=None, not_before=at("21:59"))
    mailoutbox.clear()

    night, morning = mail.send_waiting(at=at("22:00")), mail.send_waiting(at=at("06:00", 17))

    assert (night, morning) == (0, 1)


def test_who_has_no_address_has_read_it_or_is_gone_gets_no_mail(clerk: User, mailoutbox: list[Any]) -> None:
    without = make.user("office_clerk", make.county())
    gone = make.user("office_head", make.county(), email="gone@example.cn", is_active=False)
    for person in (without, gone, clerk):
        tell(person, "整改被退回", at("07:00"))
        tell(person, "留样缺失", at("07:00"), Urgency.ALARM)
    Notice.objects.filter(to=clerk).update(read_at=at("07:10"))

    tick(at("07:30"))

    assert mailoutbox == []


def test_nothing_old_is_mailed_when_mail_is_switched_on(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "很久以前", at("07:00", 12))
    tell(clerk, "很久以前的告警", at("07:00", 12), Urgency.ALARM)

    tick(at("07:30"))

    assert mailoutbox == []


def test_two_schedulers_and_a_second_run_send_each_digest_once(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "整改被退回", at("07:00"))
    for _scheduler in range(2):
        mail.order_digest(at=at("07:30"))
        mail.collect_digest(moment=at("07:30"))
    sent = [mail.send_waiting(at=at("07:31")) for _worker in range(2)]
    tell(clerk, "迟到的一行", at("07:29"))

    mail.collect_digest(moment=at("07:30"))
    late = mail.send_waiting(at=at("07:32"))

    assert Job.objects.filter(kind=mail.COLLECT).count() == 1
    assert (sent, late, len(mailoutbox)) == ([1, 0], 0, 1)
    assert Notice.objects.get(title="迟到的一行").delivery is None
    tick(at("16:30"))
    assert "迟到的一行" in mailoutbox[-1].body


def test_a_claimed_mail_is_not_sent_by_another_worker_until_its_lease_ends(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "留样缺失", at("12:00"), Urgency.ALARM)
    mail.collect_urgent(at=at("12:00"))
    Delivery.objects.update(state="sending", attempts=1, lease_until=at("12:10"))

    held, free = mail.send_waiting(at=at("12:09")), mail.send_waiting(at=at("12:11"))

    assert (held, free) == (0, 1)
    assert len(mailoutbox) == 1


def test_the_same_mail_always_carries_the_same_id(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "留样缺失", at("12:00"), Urgency.ALARM)
    tick(at("12:00"))
    Delivery.objects.update(state="waiting", sent_at=None)
    mail.send_waiting(at=at("12:01"))

    ids = {it.message()["Message-ID"] for it in mailoutbox}

    assert len(mailoutbox) == 2
    assert len(ids) == 1


class Down(locmem.EmailBackend):
    """A server that nobody reaches."""

    def open(self) -> bool:
        raise ConnectionRefusedError


class Fussy(locmem.EmailBackend):
    """A server that refuses one person."""

    def send_messages(self, messages: Any) -> int:
        if "clerk@example.cn" in messages[0].to:
            raise SMTPRecipientsRefused({"clerk@example.cn": (550, b"no such user")})
        return super().send_messages(messages)


class Dying(locmem.EmailBackend):
    """A server that hangs up."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected


def test_a_server_that_is_down_costs_no_try_and_all_is_sent_later(
    clerk: User, settings: Any, mailoutbox: list[Any]
) -> None:
    tell(clerk, "留样缺失", at("12:00"), Urgency.ALARM)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Down"
    for minute in range(9):
        tick(at("12:00") + minute * MINUTE)
    settings.EMAIL_BACKEND = working

    assert Delivery.objects.get().attempts == 0
    assert tick(at("13:00")) == 1


def test_one_refused_address_stops_nobody_elses_mail_and_is_given_up_at_last(
    clerk: User, settings: Any, mailoutbox: list[Any]
) -> None:
    other = make.user("office_head", make.county(), email="head@example.cn")
    for person in (clerk, other):
        tell(person, "留样缺失", at("12:00"), Urgency.ALARM)
    settings.EMAIL_BACKEND = f"{__name__}.Fussy"

    sent = [tick(at("12:00") + minute * MINUTE) for minute in range(0, 400, 10)]

    refused = Delivery.objects.get(to=clerk)
    assert (sum(sent), len(mailoutbox)) == (1, 1)
    assert (refused.state, refused.attempts, refused.error) == ("given_up", 5, "SMTPRecipientsRefused")


def test_a_server_that_hangs_up_ends_the_run_and_the_mail_is_tried_again(
    clerk: User, settings: Any, mailoutbox: list[Any]
) -> None:
    for number in range(3):
        tell(clerk, f"留样缺失{number}", at("12:00"), Urgency.ALARM)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Dying"
    tick(at("12:00"))
    tried = sorted(Delivery.objects.values_list("attempts", flat=True))
    settings.EMAIL_BACKEND = working

    assert tried == [0, 0, 1]
    assert tick(at("12:02")) == 3


def test_a_line_break_in_a_title_does_not_reach_the_header(clerk: User, mailoutbox: list[Any]) -> None:
    tell(clerk, "留样\r\nBcc: x@example.cn", at("12:00"), Urgency.ALARM)

    assert tick(at("12:00")) == 1
    assert "\n" not in mailoutbox[0].subject
    assert mailoutbox[0].bcc == []


def test_a_long_digest_is_cut(clerk: User, mailoutbox: list[Any]) -> None:
    for number in range(40):
        tell(clerk, f"整改被退回{number}", at("07:00"))

    tick(at("07:30"))

    assert "40 条" in mailoutbox[0].subject
    assert "另有 10 条" in mailoutbox[0].body


def test_where_no_server_is_named_nothing_is_collected(clerk: User, settings: Any, mailoutbox: list[Any]) -> None:
    settings.MAIL_NOTICES = False
    tell(clerk, "留样缺失", at("12:00"), Urgency.ALARM)

    assert tasks.tell_by_mail() == 0
    assert not mail.order_digest(at=at("07:30"))
    assert not Delivery.objects.exists()


def test_the_clock_does_it_all_by_itself(clerk: User, mailoutbox: list[Any], do_jobs: Any) -> None:
    tell(clerk, "留样缺失", datetime.now(tz=SHANGHAI) - MINUTE, Urgency.ALARM)

    assert tasks.tell_by_mail() == 1
    do_jobs()
    assert len(mailoutbox) == 1


def test_collecting_takes_as_many_queries_for_many_people_as_for_few(clerk: User) -> None:
    def cost(number: int, moment: datetime) -> int:
        for _turn in range(number):
            person = make.user("office_head", make.county(), email="x@example.cn")
            tell(person, "整改被退回", moment - HOUR)
        with CaptureQueriesContext(connection) as seen:
            mail.collect_digest(moment=moment)
        return len(seen)

    assert cost(3, at("07:30")) == cost(60, at("16:30"))


def test_the_database_refuses_a_second_mail_and_one_sent_at_no_time(clerk: User) -> None:
    Delivery.objects.create(to=clerk, key="digest:x", urgency="normal", due_at=at("07:30"))

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(to=clerk, key="digest:x", urgency="normal", due_at=at("07:30"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(state="sent")


def _work(_turn: int) -> int:
    try:
        mail.order_digest(at=at("07:30"))
        mail.collect_digest(moment=at("07:30"))
        mail.collect_urgent(at=at("07:30"))
        return mail.send_waiting(at=at("07:30"))
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_every_mail_once(mailoutbox: list[Any]) -> None:
    for number in range(40):
        person = make.user("office_clerk", make.county(), email=f"p{number}@example.cn")
        tell(person, "整改被退回", at("07:00"))
        tell(person, "留样缺失", at("07:00"), Urgency.ALARM)

    with ThreadPoolExecutor(4) as many:
        sent = sum(many.map(_work, range(4)))

    told = [(it.to[0], it.subject) for it in mailoutbox]
    assert len(told) == len(set(told)) == sent == 80
    assert Job.objects.filter(kind=mail.COLLECT).count() == 1
    assert not Notice.objects.filter(delivery__isnull=True).exists()


@pytest.mark.parametrize(("sooner", "clock"), [("07:30", "08:15"), ("08:15", "07:30")])
def test_a_notice_of_the_evening_stands_under_the_digest_of_the_figures_of_the_next_day(
    clerk: User, mailoutbox: list[Any], sooner: str, clock: str
) -> None:
    days = ((sooner, date(2026, 1, 1), date(2026, 11, 16)), (clock, date(2026, 11, 17), None))
    for value, since, until in days:
        Parameter.objects.create(code="DIGEST_MORNING_AT", value=value, name="x", valid_from=since, valid_to=until)
    tell(clerk, "整改被退回", at("18:00"))

    heading = bundles(clerk.notices.order_by("at"), at("09:00", 17))[0].title

    assert heading == f"2026-11-17 {clock} 汇总"
    assert [tick(at(moment, 17)) for moment in ("07:29", clock)] == [0, 1]


def test_the_province_may_move_the_digests_and_the_night(clerk: User, mailoutbox: list[Any]) -> None:
    for code, value in {"DIGEST_MORNING_AT": "08:15", "QUIET_FROM": "20:30"}.items():
        Parameter.objects.create(code=code, value=value, name=code, valid_from=date(2026, 11, 16))
    tell(clerk, "整改被退回", at("06:30"))
    assert [tick(at("07:30")), tick(at("08:14")), tick(at("08:15"))] == [0, 0, 1]

    tell(clerk, "请先看", at("20:31"), Urgency.REMINDER)
    assert [tick(at("20:40")), tick(at("05:59", 17)), tick(at("06:00", 17))] == [0, 0, 1]
    assert bundles(clerk.notices.order_by("at"), at("06:30"))[0].title == "新到（2026-11-16 08:15 汇总）"

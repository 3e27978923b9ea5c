"""Notices by mail: what is collected into which mail, and each mail sent once, tried again when it failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.records import hours, jobs
from logistics_portal.records.figures import hours_at
from logistics_portal.records.hours import Urgency
from logistics_portal.records.models import Delivery, Notice
from logistics_portal.records.selectors import figures_read_once

logger = logging.getLogger(__name__)

COLLECT: Final = "logistics_portal.records.tasks.collect_digest"
AT_ONCE: Final = 500
LEASE: Final = timedelta(minutes=10)  # a worker that says nothing for so long is taken for dead
BUDGET: Final = 45.0  # seconds that one run spends on sending
LINES: Final = 30
SUBJECT_LONG: Final = 80


def is_on() -> bool:
    """Say whether mail leaves this portal at all: EMAIL_URL is set."""
    return bool(settings.MAIL_NOTICES)


def order_digest(*, at: datetime) -> bool:
    """Order the digest whose time has come, once however many schedulers ask; `True` when there is one."""
    moment = hours.digest_to_make(at, hours_at(at)) if is_on() else None
    if moment is None:
        return False
    key = moment.astimezone(SHANGHAI).isoformat()
    jobs.order(kind=COLLECT, key=key, payload={"moment": key}, unit=None, by=None, at=at)
    return True


def collect_digest(*, moment: datetime) -> int:
    """Put the ordinary notices that came up to `moment` into one mail a person; return how many people.

    Each notice is in one mail at most. Running it again adds nothing to a mail that was begun.
    """
    waiting = _unsent(moment).filter(urgency=Urgency.NORMAL)
    people = list(waiting.order_by("to").values_list("to", flat=True).distinct())
    key = f"digest:{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    return sum(_collect(ids, key, moment, waiting) for ids in _chunks(people))


@transaction.atomic
def _collect(people: Sequence[int], key: str, moment: datetime, waiting: QuerySet[Notice]) -> int:
    Delivery.objects.bulk_create(
        [Delivery(to_id=pk, key=key, urgency=Urgency.NORMAL, due_at=moment) for pk in people], ignore_conflicts=True
    )
    fresh = Delivery.objects.select_for_update().filter(to__in=people, key=key, attempts=0)
    ids = {row.to_id: row.pk for row in fresh.filter(state=Delivery.State.WAITING).order_by("pk")}
    mine = Delivery.objects.filter(pk__in=ids.values(), to=OuterRef("to"))
    waiting.filter(to__in=ids).update(delivery=Subquery(mine.values("pk")[:1]))
    return len(ids)


@transaction.atomic
def collect_urgent(*, at: datetime) -> int:
    """Give each alarm, and by day each reminder, a mail of its own, alarms first; return how many."""
    urgent = [Urgency.ALARM] if hours.is_quiet(at, hours_at(at)) else [Urgency.ALARM, Urgency.REMINDER]
    rows = list(_unsent(at).filter(urgency__in=urgent).order_by("urgency", "pk")[:AT_ONCE])
    keys = {f"notice:{row.pk}": row for row in rows}
    Delivery.objects.bulk_create(
        [Delivery(to_id=row.to_id, key=key, urgency=row.urgency, due_at=row.at) for key, row in keys.items()],
        ignore_conflicts=True,
    )
    for key, pk in Delivery.objects.filter(key__in=keys).values_list("key", "pk"):
        keys[key].delivery_id = pk
    Notice.objects.bulk_update(rows, ["delivery"], batch_size=100)
    return len(rows)


@figures_read_once()
def send_waiting(*, at: datetime) -> int:
    """Send the mails whose time has come, alarms first, and return how many left.

    Each is claimed before it is sent, so two workers never send the same. A worker that dies between sending and
    writing it down may send a mail twice; both carry the same Message-ID. A mail server that does not answer costs no
    mail a try.
    """
    _give_up(at)
    ready = list(_ready(at).order_by("urgency", "due_at", "pk").values_list("pk", flat=True)[: 2 * AT_ONCE])
    if not ready:
        return 0
    try:
        connection = get_connection()
        connection.open()
    except (OSError, SMTPException) as error:
        logger.warning("mail server does not answer", extra={"error": type(error).__name__, "waiting": len(ready)})
        return 0
    try:
        return _send_all(ready, connection, at)
    finally:
        connection.close()


def _send_all(ready: Iterable[int], connection: BaseEmailBackend, at: datetime) -> int:
    sent, ends = 0, time.monotonic() + BUDGET
    for pk in ready:
        if time.monotonic() > ends:
            break
        row = _claim(pk, at)
        if row is None:
            continue
        try:
            _message(row, connection).send()
        except (SMTPRecipientsRefused, SMTPDataError, ValueError) as error:
            _failed(row, error, at)
        except (SMTPServerDisconnected, SMTPException, OSError) as error:
            _failed(row, error, at)
            break
        else:
            sent += _held(row).update(state=Delivery.State.SENT, sent_at=at, lease_until=None, error="")
    return sent


def _unsent(at: datetime) -> QuerySet[Notice]:
    """Return the unread notices of people with an address that are in no mail yet."""
    since = at - hours.DEFAULTS.look_back
    rows = Notice.objects.unread().filter(delivery__isnull=True, at__lte=at, at__gt=since, to__is_active=True)
    return rows.exclude(to__email="")


def _ready(at: datetime) -> QuerySet[Delivery]:
    waiting = Q(state=Delivery.State.WAITING) & (Q(not_before__isnull=True) | Q(not_before__lte=at))
    lost = Q(state=Delivery.State.SENDING, lease_until__lt=at)
    rows = Delivery.objects.filter(waiting | lost)
    return rows.filter(urgency=Urgency.ALARM) if hours.is_quiet(at, hours_at(at)) else rows


def _claim(pk: int, at: datetime) -> Delivery | None:
    taken = (
        _ready(at)
        .filter(pk=pk)
        .update(state=Delivery.State.SENDING, lease_until=at + LEASE, attempts=F("attempts") + 1)
    )
    return Delivery.objects.select_related("to").get(pk=pk) if taken else None


def _give_up(at: datetime) -> None:
    """Lay aside what is too old to be news, and what killed its worker too often."""
    lost = Q(state=Delivery.State.SENDING, lease_until__lt=at, attempts__gt=len(hours.DEFAULTS.pauses))
    old = Q(state=Delivery.State.WAITING, due_at__lt=at - hours.DEFAULTS.look_back)
    Delivery.objects.filter(lost | old).update(state=Delivery.State.GIVEN_UP, lease_until=None)


def _held(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk, state=Delivery.State.SENDING, attempts=row.attempts)


def _failed(row: Delivery, error: Exception, at: datetime) -> None:
    again = hours.next_try(row.attempts, at)
    state = Delivery.State.GIVEN_UP if again is None else Delivery.State.WAITING
    _held(row).update(state=state, not_before=again, lease_until=None, error=type(error).__name__[:60])
    logger.warning("mail not sent", extra={"delivery": row.pk, "attempt": row.attempts, "error": type(error).__name__})


def _message(row: Delivery, connection: BaseEmailBackend) -> EmailMessage:
    """Return the mail of a delivery: titles and times, never the words of a notice, which are read after sign-in."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
    with translation.override(settings.LANGUAGE_CODE):
        notices = list(row.notices.order_by("-at", "-pk"))
        subject, body = _subject(row, notices), "\n".join(_lines(notices))
    headers = {"Message-ID": f"<delivery-{row.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[row.to.email], connection=connection, headers=headers)


def _subject(row: Delivery, notices: Sequence[Notice]) -> str:
    if row.urgency != Urgency.NORMAL and notices:
        words = {"urgency": notices[0].get_urgency_display(), "title": _one_line(notices[0].head)}
        return (gettext("【%(urgency)s】%(title)s") % words)[:SUBJECT_LONG]
    facts = {"moment": f"{row.due_at.astimezone(SHANGHAI):%m-%d %H:%M}", "n": len(notices)}
    return gettext("吉林学校后勤 %(moment)s 消息汇总（%(n)s 条）") % facts


def _lines(notices: Sequence[Notice]) -> Iterator[str]:
    for notice in notices[:LINES]:
        yield f"{notice.at.astimezone(SHANGHAI):%m-%d %H:%M}  {_one_line(notice.head)}"
    if len(notices) > LINES:
        yield gettext("另有 %(count)s 条") % {"count": len(notices) - LINES}
    yield ""
    if settings.PORTAL_ADDRESS:
        yield gettext("登录后查看：%(url)s") % {"url": settings.PORTAL_ADDRESS.rstrip("/") + reverse("desk:inbox")}
    else:
        yield gettext("请登录吉林学校后勤，在“消息”中查看。")
    yield gettext("本邮件自动发出，请勿回复。")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _chunks(people: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start : start + AT_ONCE]

"""Verbs of the record-keeping: the audit trail, numbers without gaps, notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Protocol, TypedDict, Unpack, runtime_checkable

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from logistics_portal.kit import context
from logistics_portal.kit.scoping import Scoped
from logistics_portal.records.hours import Urgency
from logistics_portal.records.models import AuditRow, Counter, Notice
from logistics_portal.records.sayings import Kept, Said, source

LARGEST_ID = 2**63 - 1
LONGEST_ADDRESS = 300
METHOD = "method"  # in the row of a refused request: whether a page was opened (GET) or a form sent (POST)


class HeldPost(Protocol):
    """A post, as far as an audit row asks."""

    pk: int
    unit_id: int


@runtime_checkable
class Holder(Protocol):
    """A person who holds posts."""

    @property
    def main_post(self) -> HeldPost | None: ...


class Facts(TypedDict, total=False):
    """What an audit row may tell besides who did what to which record."""

    before: Mapping[str, object]
    after: Mapping[str, object]
    reason: str
    post: models.Model | None
    unit: models.Model | None
    at: datetime


def log(*, by: AbstractBaseUser | None, verb: str, on: models.Model | None, **facts: Unpack[Facts]) -> AuditRow:
    """Write one audit row beside the act it tells of, in the same transaction.

    `post`, address and request number come from the request when not given; the unit comes from the row's own scope.
    """
    return _write(by=by, verb=verb, on=on, outcome=AuditRow.Outcome.DONE, facts=facts)


def refused(*, by: AbstractBaseUser | None, verb: str, on: models.Model | None, **facts: Unpack[Facts]) -> AuditRow:
    """Write down that an act was refused; call it outside the transaction that was rolled back.

    The request's refusal is kept by it, and is not written down once more when it is answered.
    """
    context.current().refusal_kept = True
    return _write(by=by, verb=verb, on=on, outcome=AuditRow.Outcome.REFUSED, facts=facts)


class Asked(TypedDict):
    """What a refused request asked for: the name of its page, the id in it, how it was sent, and its address."""

    verb: str
    pk: object
    method: str
    address: str


def refused_address(*, by: AbstractBaseUser | None, asked: Asked, reason: str, at: datetime) -> AuditRow:
    """Write down that a request was refused: what it aimed at where that is known, else its address and id."""
    act = context.current()
    post, pk, address = main_post_of(by), asked["pk"], plain_text(asked["address"])
    aim = act.aim if asked["method"] == "POST" else None
    label = act.aim_label or str(aim) if aim is not None else address
    return AuditRow.objects.create(
        at=at,
        by_id=by.pk if by is not None else None,
        post_id=act.post_id or (post.pk if post is not None else None),
        unit_id=act.unit_id or (post.unit_id if post is not None else None),
        verb=asked["verb"][:60],
        outcome=AuditRow.Outcome.REFUSED,
        on_id=pk if isinstance(pk, int) and 0 <= pk <= LARGEST_ID else None,
        on_label=plain_text(label)[:200],
        after={METHOD: asked["method"], "address": address[:LONGEST_ADDRESS]},
        reason=plain_text(reason)[:500],
        address=act.address,
        request_id=act.request_id,
    )


def main_post_of(by: AbstractBaseUser | None) -> HeldPost | None:
    """Return the post shown beside a person's name, where they hold one."""
    return by.main_post if isinstance(by, Holder) else None


def _write(
    *, by: AbstractBaseUser | None, verb: str, on: models.Model | None, outcome: AuditRow.Outcome, facts: Facts
) -> AuditRow:
    act = context.current()
    post, unit = facts.get("post"), facts.get("unit")
    held = None if post is not None or act.post_id else main_post_of(by)
    return AuditRow.objects.create(
        at=facts.get("at") or timezone.now(),
        by_id=by.pk if by is not None else None,
        post_id=post.pk if post is not None else act.post_id or (held.pk if held else None),
        verb=verb[:60],
        outcome=outcome,
        on_table=on._meta.label_lower if on is not None else "",  # noqa: SLF001 - Django's documented name of a table
        on_id=on.pk if on is not None and isinstance(on.pk, int) else None,
        on_label=plain_text(str(on))[:200] if on is not None else "",
        unit_id=unit.pk if unit is not None else unit_of(on) or act.unit_id,
        before=plain(facts.get("before") or {}),
        after=plain(facts.get("after") or {}),
        reason=plain_text(facts.get("reason", ""))[:500],
        address=act.address,
        request_id=act.request_id,
    )


def unit_of(row: models.Model | None) -> int | None:
    """Return the id of the unit a scoped row belongs to, following its own `unit_key`."""
    if not isinstance(row, Scoped):
        return None
    value: object = row
    for step in type(row).unit_key.split("__"):
        value = getattr(value, step, None)
    return value if isinstance(value, int) else None


def plain_text(text: str) -> str:
    """Return `text` without the characters that neither database nor log can keep."""
    return "".join(char for char in text if char.isprintable() or char == "\n")


def plain(value: object) -> object:
    """Return `value` as JSON can keep it: dates and fractions as text, rows as their ids."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, bool | int | float) or value is None:
        return value
    return value.isoformat() if isinstance(value, date) else plain_text(str(value))


@transaction.atomic
def take_number(name: str) -> int:
    """Return the next number under `name`; its row stays locked until the caller's transaction ends, so none is lost.

    Call it inside the transaction that uses the number.
    """
    counters = Counter.objects.filter(name=name)
    if not counters.update(last=F("last") + 1):
        Counter.objects.get_or_create(name=name)
        counters.update(last=F("last") + 1)
    return counters.values_list("last", flat=True).get()


class Telling(TypedDict, total=False):
    """What a notice may hold besides its title."""

    text: str | Said
    url: str
    urgency: Urgency
    at: datetime


class Worded(TypedDict):
    """The columns that hold what a notice says."""

    title: str
    text: str
    said: dict[str, Kept]


def worded(title: str | Said, text: str | Said = "") -> Worded:
    """Return what a notice says as its row holds it."""
    parts = {"title": title, "text": text}
    said = {name: part.kept for name, part in parts.items() if isinstance(part, Said)}
    return {"title": source(title)[:120], "text": source(text)[:500], "said": said}


def notify(
    *, to: AbstractBaseUser | Iterable[AbstractBaseUser], key: str, title: str | Said, **telling: Unpack[Telling]
) -> int:
    """Put a line into the inboxes of `to` and return how many people were asked to be told.

    The same `key` never tells the same person twice, so a job may run again. What is `said(…)` each reader gets in the
    own language; what is a plain text stays as it is.
    """
    people = [to] if isinstance(to, AbstractBaseUser) else list(to)
    rows = [
        Notice(
            to_id=person.pk,
            key=key[:120],
            **worded(title, telling.get("text", "")),
            url=telling.get("url", "")[:200],
            urgency=telling.get("urgency", Notice.Urgency.NORMAL),
            at=telling.get("at") or timezone.now(),
        )
        for person in people
    ]
    Notice.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def open_notice(*, notice: Notice, at: datetime) -> Notice:
    """Mark a notice as read by the person it is for."""
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice

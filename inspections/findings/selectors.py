"""What pages and to-dos tell of findings: deadlines in words, timelines, what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from inspections.checklists.models import Version
from inspections.findings import rules
from inspections.findings.models import ExtensionRequest, Finding, FindingEvent, FindingPhoto, Toleration
from inspections.findings.people import FIXERS, OFFICE, REVIEWING, at_school_of, verifiable_by
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission, Role
from logistics_portal.kit.components import Event
from logistics_portal.kit.dates import local_date, until_text
from logistics_portal.kit.registry import Todo
from logistics_portal.records.models import Attachment

NO_TIME, ONE_HOUR, ONE_DAY = timedelta(0), timedelta(hours=1), timedelta(days=1)
SOON = timedelta(hours=24)
LEADERS = frozenset({Role.VICE_PRINCIPAL_LOGISTICS, Role.FOOD_SAFETY_DIRECTOR, Role.PRINCIPAL})
TODOS = 20
OF_ASKED = "finding__school__unit"
OF_FINDING = ("finding__place", "finding__school", "finding__item")
SEVERITY_TONES = {"critical": "bad", "major": "warn", "minor": "idle"}
STATE_TONES = {"open": "warn", "remedied": "info", "closed": "good"}
ON_WITHDRAWAL = ("ask_withdraw", "no_withdraw", "refuse", "reopen")
STEP_TONES = {
    "run_out": "bad",
    "accept": "good",
    "refuse": "warn",
    "escalate": "bad",
    "reopen": "warn",
    "recur": "warn",
    "correct": "warn",
    "open": "warn",
}


def address(pk: int) -> str:
    """Return where a finding is shown."""
    return reverse("inspections:finding", args=[pk])


def photo_address(attachment: Attachment) -> str:
    """Return where a photo is shown; nothing once its bytes were taken down."""
    return "" if attachment.removed_at else reverse("records:attachment", args=[attachment.name])


GRAVEST_FIRST = Case(
    When(severity=rules.Severity.CRITICAL, then=Value(1)),
    When(severity=rules.Severity.MAJOR, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


def with_weight(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """Return findings with a weight to sort by: what is open and grave comes first."""
    weight = Case(
        When(state=rules.State.CLOSED, then=Value(9)),
        When(state=rules.State.REMEDIED, then=Value(5)),
        default=GRAVEST_FIRST,
        output_field=IntegerField(),
    )
    return rows.annotate(weight=weight)


def is_overdue(finding: Finding, at: datetime) -> bool:
    """Say whether the school is late with a finding."""
    if finding.state != rules.State.OPEN or at <= finding.due_at:
        return False
    return finding.tolerated_until is None or finding.tolerated_until < local_date(at)


def deadline_words(finding: Finding, at: datetime) -> str:
    """Return how much time is left or how late the school is, by the clock, the same on lists and pages."""
    if finding.state != rules.State.OPEN:
        withdrawn = finding.outcome == rules.Outcome.WITHDRAWN
        return str(finding.get_outcome_display()) if withdrawn else in_time_words(finding)
    if finding.tolerated_until is not None and tolerated_at(finding, at):
        return gettext("限期保留至 %(day)s") % {"day": finding.tolerated_until.isoformat()}
    if at > finding.due_at:
        return gettext("已超期 %(span)s") % {"span": _span(at - finding.due_at + finding.late_before)}
    return gettext("还剩 %(span)s") % {"span": _span(finding.due_at - at)}


def _span(span: timedelta) -> str:
    if span >= ONE_DAY:
        return ngettext("%(n)s 天", "%(n)s 天", span.days) % {"n": span.days}
    if span >= ONE_HOUR:
        hours = span // ONE_HOUR
        return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    minutes = span // timedelta(minutes=1)
    return ngettext("%(n)s 分钟", "%(n)s 分钟", minutes) % {"n": minutes}


def in_time_words(finding: Finding) -> str:
    """Return whether a remedy was handed in by the deadline."""
    if finding.remedied_at is None:
        return str(finding.get_outcome_display())
    if not is_late(finding):
        return gettext("按期提交")
    late = max(finding.remedied_at - finding.due_at, NO_TIME) + finding.late_before
    return gettext("超期 %(span)s提交") % {"span": _span(late)}


def is_late(finding: Finding) -> bool:
    """Say whether a remedy was handed in after the deadline, or late already when a toleration was asked for."""
    if finding.outcome == rules.Outcome.WITHDRAWN or finding.remedied_at is None:
        return False
    return finding.remedied_at > finding.due_at or bool(finding.late_before)


def late_before_words(finding: Finding) -> str:
    """Return how late the school was when it asked for a toleration it was granted; nothing where it was in time."""
    return _span(finding.late_before) if finding.late_before else ""


def deadline_tone(finding: Finding, at: datetime) -> str:
    """Return the tone of a deadline: late, soon or far."""
    if finding.state != rules.State.OPEN:
        return "warn" if is_late(finding) else STATE_TONES[finding.state]
    if is_overdue(finding, at):
        return "bad"
    return "warn" if finding.due_at - at < SOON else "idle"


def tolerated_at(finding: Finding, at: datetime) -> bool:
    """Say whether a finding may stay as it is at that moment."""
    open_ = finding.state == rules.State.OPEN
    return open_ and finding.tolerated_until is not None and finding.tolerated_until >= local_date(at)


@dataclass(frozen=True)
class Pair:
    """The photo as found beside the latest one as put right."""

    before: str
    after: str
    before_note: str
    after_note: str


def photo_pairs(findings: list[Finding]) -> dict[int, list[Pair]]:
    """Return the photos of some findings side by side, the latest round of remedies; one query."""
    photos = FindingPhoto.objects.filter(finding__in=findings).select_related("attachment").order_by("round", "pk")
    held: dict[tuple[int, str], list[FindingPhoto]] = {}
    for photo in photos:
        held.setdefault((photo.finding_id, photo.phase), []).append(photo)
    return {it.pk: _pairs(held.get((it.pk, "before"), []), held.get((it.pk, "after"), [])) for it in findings}


def _pairs(before: list[FindingPhoto], after: list[FindingPhoto]) -> list[Pair]:
    last = max((photo.round for photo in after), default=0)
    after = [photo for photo in after if photo.round == last]
    pairs = []
    for place in range(max(len(before), len(after))):
        old = before[place].attachment if place < len(before) else None
        new = after[place].attachment if place < len(after) else None
        pairs.append(Pair(_shown(old), _shown(new), _note(old), _note(new)))
    return pairs


def _shown(photo: Attachment | None) -> str:
    return photo_address(photo) if photo else ""


def _note(photo: Attachment | None) -> str:
    return f"{local_date(photo.added_at).isoformat()}" if photo else ""


def timeline(finding: Finding) -> list[Event]:
    """Return the life of a finding, newest first."""
    events = finding.events.select_related("by", "post__unit").order_by("-at", "-pk")
    photos = finding.photos.filter(phase=FindingPhoto.Phase.AFTER).select_related("attachment").order_by("pk")
    after: dict[int, list[str]] = {}
    for photo in photos:
        after.setdefault(photo.round, []).append(photo_address(photo.attachment))
    return [_line(event, after) for event in events]


def _line(event: FindingEvent, after: Mapping[int, list[str]]) -> Event:
    told = event.step in {"told", "remind", "escalate"}
    text = gettext("已通知：%(people)s") % {"people": event.text} if told and event.text else event.text
    return Event(
        at=event.at,
        what=event.word,
        who=event.by.full_name if event.by else "",
        post=f"{event.post.unit.name} {event.post.title}" if event.post else "",
        tone=STEP_TONES.get(event.step, "info"),
        photos=[it for it in after.get(event.facts.get("round", 0), ()) if it] if event.step == "remedy" else (),
        changes=[line for line in (_moved(event), text) if line],
    )


def _moved(event: FindingEvent) -> str:
    """Return from when to when a granted extension moved the deadline; events of old may not know the first."""
    after, before = (parse_datetime(event.facts.get(key, "")) for key in ("until", "due_before"))
    if event.step != rules.Step.EXTEND or after is None:
        return ""
    if before is None:
        return gettext("整改期限延至 %(after)s") % {"after": until_text(after)}
    named = {"before": until_text(before), "after": until_text(after)}
    return gettext("整改期限由 %(before)s 延至 %(after)s") % named


def withdrawal_asked(finding: Finding) -> FindingEvent | None:
    """Return the request to take a finding back, unless it was answered by a later return or reopening."""
    words = finding.events.filter(step__in=["ask_withdraw", "no_withdraw"], facts__round=finding.returns)
    last = words.select_related("by").order_by("-at", "-pk").first()
    return last if last is not None and last.step == "ask_withdraw" else None


def last_return(finding: Finding) -> FindingEvent | None:
    """Return the last time a remedy was sent back, with the reason."""
    if not finding.returns:
        return None
    return finding.events.filter(step=rules.Step.REFUSE).select_related("by").order_by("-at", "-pk").first()


def waiting_request(finding: Finding) -> ExtensionRequest | None:
    """Return the request for more time that waits for an answer."""
    return finding.extension_requests.filter(granted__isnull=True).select_related("asked_by").first()


def waiting_toleration(finding: Finding) -> Toleration | None:
    """Return the request for a toleration that waits for the office or its head."""
    return finding.tolerations.waiting().select_related("asked_by", "prepared_by").first()


def last_toleration(finding: Finding) -> Toleration | None:
    """Return the latest toleration that was granted, revoked since or not."""
    granted = finding.tolerations.ever_granted().select_related("asked_by", "prepared_by", "decided_by", "revoked_by")
    return granted.order_by("-decided_at", "-pk").first()


def photo_wanted(finding: Finding) -> bool:
    """Say whether the item of a finding asks for a photo."""
    if finding.item_id is None:
        return False
    spec = Version.objects.filter(items=finding.item_id).values_list("spec", flat=True).first() or {}
    return any(it["code"] == finding.item_code and it.get("fail", {}).get("photo") for it in spec.get("items", ()))


def queue_for(user: User) -> QuerySet[Finding]:
    """Return the remedies that wait for this person's verification: the gravest first, then the nearest deadline."""
    rows = Finding.objects.visible_to(user).waiting().filter(verifiable_by(user))
    return rows.order_by(GRAVEST_FIRST, "due_at", "remedied_at", "pk")


def todos(user: User, now: datetime) -> list[Todo]:
    """Return what a person should do about findings: mend what is open, verify what was mended, answer requests."""
    told: list[Todo] = []
    if user.roles & {*FIXERS, Role.PRINCIPAL}:
        told += [_open_todo(finding, now) for finding in _open_at_school(user)]
    return [*told, *_office_todos(user, now), *_verify_todo(user), *_request_todo(user)]


def _open_at_school(user: User) -> QuerySet[Finding]:
    schools = [post.unit_id for post in user.live_posts if post.role in {*FIXERS, Role.PRINCIPAL}]
    rows = Finding.objects.visible_to(user).open().filter(school__unit__in=schools)
    return rows.select_related("place", "item").order_by("due_at", "pk")[:TODOS]


def _open_todo(finding: Finding, now: datetime) -> Todo:
    words = {"title": finding.name, "left": deadline_words(finding, now)}
    return Todo(
        text=gettext("整改 · %(title)s（%(left)s）") % words,
        url=address(finding.pk),
        due_at=finding.due_at,
        urgency=tone if (tone := deadline_tone(finding, now)) in {"bad", "warn"} else "info",
        place=finding.place.name,
    )


def _office_todos(user: User, now: datetime) -> list[Todo]:
    """Return what an office must press for and what it is to verify, counted in one question."""
    if not user.roles & OFFICE:
        return []
    rows = Finding.objects.visible_to(user).filter(at_school_of(user, REVIEWING))
    numbers = rows.unsettled().aggregate(
        late=Count("pk", filter=Q(pk__in=rows.overdue(at=now).values("pk"))),
        critical=Count("pk", filter=Q(state=rules.State.OPEN, severity=rules.Severity.CRITICAL)),
        waiting=Count("pk", filter=Q(pk__in=queue_for(user).order_by().values("pk"))),
    )
    page = f"{reverse('inspections:findings')}?reviewer=own"
    critical = ngettext("%(n)s 项严重问题未整改", "%(n)s 项严重问题未整改", numbers["critical"])
    overdue = ngettext("%(n)s 项整改超期", "%(n)s 项整改超期", numbers["late"])
    told = [
        (numbers["critical"], critical % {"n": numbers["critical"]}, f"{page}&state=open&severity=critical"),
        (numbers["late"], overdue % {"n": numbers["late"]}, f"{page}&overdue=true"),
    ]
    pressing = [Todo(text=text, url=url, urgency="bad") for number, text, url in told if number]
    return pressing if user.roles & LEADERS else [*pressing, *_waiting_todo(numbers["waiting"])]


def _verify_todo(user: User) -> list[Todo]:
    """Return what the heads of a school are to verify themselves; who sits in an office alone has it counted there."""
    if not user.roles & LEADERS:
        return []
    return _waiting_todo(queue_for(user).order_by()[:1000].count())


def _waiting_todo(number: int) -> list[Todo]:
    text = ngettext("%(n)s 项整改待复查", "%(n)s 项整改待复查", number) % {"n": number}
    return [Todo(text=text, url=reverse("inspections:finding-queue"), urgency="warn")] if number else []


def _request_todo(user: User) -> list[Todo]:
    """Return what an office is asked for: more time, a withdrawal, a toleration; one question for all three."""
    if not user.roles & OFFICE:
        return []
    rows = list(_asked_of(user)[: 3 * TODOS])
    return [
        *_asked(gettext("答复延期申请：%(title)s"), [row for row in rows if row.asks_time]),
        *_asked(gettext("决定误报撤销：%(title)s"), [row for row in rows if row.asks_withdrawal]),
        *_asked(gettext("限期保留待办：%(title)s"), [row for row in rows if row.asks_toleration]),
    ]


def _asked_of(user: User) -> QuerySet[Any, Any]:
    here = {"finding": OuterRef("pk")}
    answered = at_school_of(user, Permission.FINDING_EXTEND, OF_ASKED)
    clerks, heads = (
        at_school_of(user, right, OF_ASKED)
        for right in (Permission.FINDING_TOLERATE_PREPARE, Permission.FINDING_TOLERATE)
    )
    prepared = Q(state=Toleration.State.FORWARDED) & heads & ~Q(prepared_by=user)
    kept = Toleration.objects.filter(Q(state=Toleration.State.ASKED) & clerks | prepared, **here)
    said = FindingEvent.objects.filter(step__in=ON_WITHDRAWAL, **here).order_by("-at", "-pk").values("step")
    mistaken = Q(last="ask_withdraw") & at_school_of(user, Permission.FINDING_WITHDRAW)
    rows = Finding.objects.unsettled().annotate(
        asks_time=Exists(ExtensionRequest.objects.filter(answered, granted__isnull=True, **here)),
        last=Subquery(said[:1]),
        asks_withdrawal=Case(When(mistaken, then=True), default=False),
        asks_toleration=Case(When(Q(state=rules.State.OPEN) & Exists(kept), then=True), default=False),
    )
    rows = rows.filter(Q(asks_time=True) | Q(asks_withdrawal=True) | Q(asks_toleration=True))
    return rows.select_related("place", "school", "item").order_by("due_at", "pk")


def _asked(words: str, findings: Iterable[Finding]) -> list[Todo]:
    return [
        Todo(
            text=words % {"title": it.name},
            url=address(it.pk),
            urgency="warn",
            place=f"{it.school.name} · {it.place.name}",
        )
        for it in findings
    ]

"""What every step of a finding shares: the lock, the line of the timeline, the notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files import File
from django.utils.translation import gettext, gettext_noop

from inspections.findings import rules
from inspections.findings.figures import figures_on
from inspections.findings.models import Finding, FindingEvent, FindingPhoto
from inspections.findings.people import UP_TO_F, Callers
from inspections.findings.selectors import address
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.selectors import answerers
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import Clash
from logistics_portal.records import services as records
from logistics_portal.records.models import Notice
from logistics_portal.records.photos import keep_photo
from logistics_portal.records.sayings import said
from schools.terms import selectors as terms

Photos = Sequence["File[bytes]"]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, under which post, and when."""

    by: User
    post: Post | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """How a remedy stood when the verifier looked at it; a verdict on anything else is refused (F71)."""

    returns: int
    remedied_at: datetime | None

    @classmethod
    def of(cls, finding: Finding) -> Seen:
        """Return how a finding stands now."""
        return cls(finding.returns, finding.remedied_at)


def locked(finding: Finding) -> Finding:
    """Return the row as it stands now, locked until the transaction ends."""
    rows = Finding.objects.select_for_update(of=("self",)).select_related(UP_TO_F, "place")
    return rows.get(pk=finding.pk)


def require_as_seen(finding: Finding, seen: Seen) -> None:
    """Refuse a verdict on a remedy that is no longer what was looked at."""
    if seen != Seen.of(finding):
        raise Clash(gettext("已被修改，请重新查看。"))


def write_down(finding: Finding, step: str, text: str, hand: Hand, **facts: Any) -> FindingEvent:
    """Write one line of the timeline and one audit row."""
    row = FindingEvent.objects.create(
        finding=finding,
        step=step,
        at=hand.at,
        by=hand.by,
        post=hand.post,
        text=text,
        facts=records.plain({"round": finding.returns, **facts}),
    )
    after = {"state": finding.state, "due_at": finding.due_at, **facts}
    records.log(by=hand.by, verb=f"finding.{step}", on=finding, after=after, reason=text, post=hand.post, at=hand.at)
    return row


def add_photos(finding: Finding, photos: Photos, phase: str, hand: Hand) -> int:
    """Keep photos of a finding as found or as put right, and return how many."""
    kept = [
        keep_photo(upload=photo, unit=finding.school.unit, place=finding.place, by=hand.by, at=hand.at)
        for photo in photos
    ]
    FindingPhoto.objects.bulk_create(
        FindingPhoto(finding=finding, attachment=row, phase=phase, round=finding.returns) for row in kept
    )
    return len(kept)


def tell(finding: Finding, people: Iterable[User | None], title: str, hand: Hand, text: str = "") -> None:
    """Put a line into the inboxes of some people, but not of whoever acts; each reads the title in the own language."""
    to = {person.pk: person for person in people if person is not None and person.pk != hand.by.pk}
    if not to:
        return
    words = {"school": finding.school.name, "place": finding.place.name, "what": said(title)}
    records.notify(
        to=to.values(),
        key=f"finding:{finding.pk}:{hand.at.isoformat()}",
        title=said(gettext_noop("%(school)s%(place)s：%(what)s"), words),
        text=text or finding.title,
        url=address(finding.pk),
        urgency=Notice.Urgency.ALARM if finding.severity == rules.Severity.CRITICAL else Notice.Urgency.NORMAL,
        at=hand.at,
    )


def people_at_school(finding: Finding, roles: Iterable[str], at: datetime) -> list[User]:
    """Return who holds one of these posts at the finding's school."""
    roles = list(roles)
    unit = finding.school.unit_id
    return Callers([unit], roles, local_date(at)).at(unit, roles, finding.place_id)


def people_of_office(finding: Finding, permission: Permission, at: datetime) -> list[User]:
    """Return who is called for an answer about a finding: at F's office, or the one above that acts for it."""
    return answerers(permission, finding.school.unit, local_date(at))


def deadline_by_severity(finding: Finding, at: datetime) -> datetime:
    """Return a new deadline counted from now by the finding's severity."""
    severity = rules.Severity(finding.severity)
    today = local_date(at)
    calendar = terms.calendar_for([finding.school_id], today, today)[finding.school_id]
    return rules.first_due(severity, at, calendar.deadline_at, figures=figures_on(today))


def figures_of(finding: Finding) -> rules.Figures:
    """Return the figures in force on the day a finding was recorded."""
    return figures_on(local_date(finding.found_at))


def timing_of(finding: Finding) -> rules.Timing:
    """Return what a finding's row says of its time."""
    return rules.Timing(
        severity=rules.Severity(finding.severity),
        recorded_at=finding.found_at,
        first_due_at=finding.first_due_at,
        due_at=finding.due_at,
        extensions=finding.extensions,
        tolerated_until=finding.tolerated_until,
        late_before=finding.late_before,
    )

"""Opening a finding by hand, giving it to somebody, putting it right."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from inspections.findings import rules
from inspections.findings.models import Finding, FindingPhoto
from inspections.findings.people import fixers_at
from inspections.findings.selectors import photo_wanted
from inspections.findings.services.keeping import Hand, Photos, add_photos, locked, tell, write_down
from inspections.findings.services.opening import Defect, Occasion, open_findings
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import SCHOOL_ROLES
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from schools.register.models import Place


@dataclass(frozen=True)
class Sighting:
    """Something wrong that a person saw outside a check."""

    title: str
    severity: str
    detail: str = ""
    fixer: User | None = None
    complaint: bool = False
    photos: Photos = field(default_factory=list)


@transaction.atomic
def open_by_hand(*, place: Place, sighting: Sighting, hand: Hand) -> Finding:
    """Open a finding that no check found; one seen by a bureau is a spot check or a complaint."""
    _require_fixer(place, sighting.fixer, hand)
    inside = hand.post is not None and hand.post.role in SCHOOL_ROLES
    bureau = rules.Origin.COMPLAINT if sighting.complaint else rules.Origin.SPOT_CHECK
    occasion = Occasion(
        place=place,
        county=place.school.unit.first_reviewer,
        checklist=None,
        found_date=local_date(hand.at),
        at=hand.at,
        by=hand.by,
        post=hand.post,
        origin=rules.Origin.OWN_CHECK if inside else bureau,
    )
    defect = Defect(
        item_code="",
        title=sighting.title,
        severity=sighting.severity,
        detail=sighting.detail,
        fixer_id=sighting.fixer.pk if sighting.fixer else None,
    )
    finding = open_findings(occasion=occasion, defects=[defect])[""]
    add_photos(finding, sighting.photos, FindingPhoto.Phase.BEFORE, hand)
    facts = {"severity": finding.severity, "due_at": finding.due_at}
    records.log(by=hand.by, verb="finding.open", on=finding, after=facts, post=hand.post, at=hand.at)
    return finding


@transaction.atomic
def assign(*, finding: Finding, fixer: User, hand: Hand) -> Finding:
    """Make somebody of the school responsible for putting a finding right."""
    row = locked(finding)
    rules.after(rules.Step.REMEDY, row.state)
    _require_fixer(row.place, fixer, hand)
    row.fixer = fixer
    row.save(update_fields=["fixer"])
    write_down(row, "assign", fixer.full_name, hand, fixer=fixer.pk)
    tell(row, [fixer], gettext_noop("请整改"), hand)
    return row


@transaction.atomic
def remedy(*, finding: Finding, how: str, photos: Photos, hand: Hand) -> Finding:
    """Record how a finding was put right and hand it over for verification; the moment of handing in counts."""
    row = locked(finding)
    row.state = rules.after(rules.Step.REMEDY, row.state)
    if not how.strip():
        raise NotAllowed(gettext("请写明采取了什么整改措施。"))
    if not photos and photo_wanted(row):
        raise NotAllowed(gettext("这一项须附整改后的照片，请拍照后再提交。"))
    row.remedy, row.remedied_by, row.remedied_at = how, hand.by, hand.at
    row.save(update_fields=["state", "remedy", "remedied_by", "remedied_at"])
    number = add_photos(row, photos, FindingPhoto.Phase.AFTER, hand)
    write_down(row, rules.Step.REMEDY, how, hand, photos=number)
    return row


def _require_fixer(place: Place, fixer: User | None, hand: Hand) -> None:
    if fixer is None:
        return
    if fixer.pk not in {person.pk for person in fixers_at(place, on=local_date(hand.at))}:
        raise NotAllowed(gettext("责任人应是本校在岗人员，请另选一人。"))

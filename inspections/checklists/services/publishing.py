"""Publishing, retiring and discarding versions: another person's word, and days ahead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from inspections.checklists.models import Version
from inspections.checklists.rules.overlay import OverlayRefused, overlay
from inspections.checklists.rules.spec import content_hash
from inspections.checklists.selectors import additions_of, base_for, figures
from inspections.checklists.services.loading import write_items
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.dates import ONE_DAY, local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records

DAYS_AHEAD = 3  # schools see a new version so long before it holds
State = Version.State
STEPS = {
    ("publish", State.DRAFT): State.PUBLISHED,
    ("discard", State.DRAFT): State.DISCARDED,
    ("retire", State.PUBLISHED): State.RETIRED,
}


def after(step: str, state: str) -> Version.State:
    """Return the state that a step leads to, or refuse the step."""
    try:
        return STEPS[step, State(state)]
    except KeyError:
        words = {"state": State(state).label}
        raise NotAllowed(gettext("这个版本目前为“%(state)s”，不能这样办理，请刷新页面。") % words) from None


def first_start(at: datetime) -> date:
    """Return the earliest day on which a version published now may begin."""
    return local_date(at) + timedelta(days=DAYS_AHEAD)


@transaction.atomic
def publish(*, version: Version, starts: date, by: User, post: Post | None, at: datetime) -> Version:
    """Freeze a draft and make it the version in force from a day on; the one before it ends on the day before.

    Versions of units below rest on what ends; they end with it, and their additions wait as drafts.
    """
    row = _locked(version)
    row.state = after("publish", row.state)
    if row.drafted_by_id is None or by.pk == row.drafted_by_id:
        raise NotAllowed(gettext("起草人不能发布自己起草的版本，请由他人发布。"))
    if starts < first_start(at):
        words = {"days": DAYS_AHEAD, "day": first_start(at).isoformat()}
        raise NotAllowed(gettext("新版本须提前%(days)s天发布，最早自%(day)s起生效。") % words)
    _require_fresh_base(row, starts)
    _end_before(row, starts)
    row.valid_from, row.published_by, row.published_at = starts, by, at
    row.save(update_fields=["state", "valid_from", "published_by", "published_at"])
    write_items(version=row)
    _carry_over(row, starts, at)
    facts = {"state": row.state, "valid_from": starts}
    records.log(by=by, verb="checklist.publish", on=row, after=facts, post=post, unit=row.unit, at=at)
    return row


@transaction.atomic
def retire(*, version: Version, last: date, reason: str, by: User, post: Post | None, at: datetime) -> Version:
    """End a published version with a day, today at the earliest; it stays readable."""
    row = _locked(version)
    row.state = after("retire", row.state)
    if last < local_date(at) or (row.valid_from is not None and last < row.valid_from):
        raise NotAllowed(gettext("停用日期不能早于今天，也不能早于生效日期。"))
    row.valid_to = last
    row.save(update_fields=["state", "valid_to"])
    facts = {"state": row.state, "valid_to": last}
    records.log(by=by, verb="checklist.retire", on=row, after=facts, reason=reason, post=post, unit=row.unit, at=at)
    return row


@transaction.atomic
def discard(*, version: Version, by: User, post: Post | None, at: datetime) -> Version:
    """Put a draft aside; it never held."""
    row = _locked(version)
    row.state = after("discard", row.state)
    row.save(update_fields=["state"])
    records.log(by=by, verb="checklist.discard", on=row, after={"state": row.state}, post=post, unit=row.unit, at=at)
    return row


def _locked(version: Version) -> Version:
    rows = Version.objects.select_for_update(of=("self",)).select_related("checklist", "unit__parent")
    return rows.get(pk=version.pk)


def _require_fresh_base(row: Version, starts: date) -> None:
    """Refuse additions to a form that will not hold any more."""
    if row.base_id is None:
        return
    base = base_for(row.checklist, row.unit, starts)
    if base is None or base.pk != row.base_id:
        raise NotAllowed(gettext("上级的检查表已有新版本，请在新版本上重新增加内容。"))


def _end_before(row: Version, starts: date) -> None:
    """End the version of the same unit that stands, on the day before."""
    for before in Version.objects.select_for_update().filter(
        checklist=row.checklist, unit=row.unit, state=State.PUBLISHED
    ):
        if before.valid_from is None or before.valid_from >= starts:
            words = {"day": before.valid_from}
            raise NotAllowed(gettext("已有一个自%(day)s起生效的版本，新版本须在其后生效。") % words)
        _end(before, starts - ONE_DAY)


def _end(row: Version, last: date) -> None:
    row.state, row.valid_to = after("retire", row.state), last
    row.save(update_fields=["state", "valid_to"])


def _carry_over(row: Version, starts: date, at: datetime) -> None:
    """End what units below had added to the version before, and lay their additions over the new one as drafts."""
    below = Version.objects.select_for_update(of=("self",)).filter(
        checklist=row.checklist, state=State.PUBLISHED, unit__path__startswith=row.unit.path, base__isnull=False
    )
    for local in below.exclude(unit=row.unit).select_related("unit", "base", "checklist").order_by("unit__path", "pk"):
        if local.valid_from is not None and local.valid_from < starts:
            _end(local, starts - ONE_DAY)
        _draft_again(local, row, starts, at)


def _draft_again(local: Version, base: Version, starts: date, at: datetime) -> None:
    try:
        spec = overlay(base.spec, additions_of(local, local.unit.name), parameters=figures(starts))
    except OverlayRefused:
        return
    own = Version.objects.filter(checklist=local.checklist, unit=local.unit)
    own.filter(state=State.DRAFT).update(state=State.DISCARDED)
    Version.objects.create(
        checklist=local.checklist,
        unit=local.unit,
        number=(own.aggregate(last=Max("number"))["last"] or 0) + 1,
        base=base,
        spec=spec,
        spec_hash=content_hash(spec),
        note=gettext("上级发布新版本，原有增加内容自动移到新版本上，待发布"),
        drafted_by=local.drafted_by,
        drafted_at=at,
    )

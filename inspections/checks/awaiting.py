"""Photos that follow their check: promised with it, sent one by one, and when all are in the check is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext

from inspections.checks.correctors import require_corrector
from inspections.checks.freezing import is_frozen
from inspections.checks.models import AwaitedPhoto, Check, CheckPhoto, CheckQuerySet, Failure
from inspections.checks.rules.plans import Compiled
from inspections.checks.rules.promised import Promise
from inspections.checks.selectors import compiled_of
from inspections.findings.models import FindingPhoto
from inspections.schedules.rules import Schedule, Slot, completed, hours_on
from inspections.schedules.selectors import clocks_on
from inspections.schedules.versions import specs_of
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.dates import ONE_DAY, midnight
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Attachment
from logistics_portal.records.photos import keep_painted, paint
from logistics_portal.records.services import log
from schools.register.models import School

BEGUN = (Check.State.RECEIVING, Check.State.INCOMPLETE)


class Damaged(NotAllowed):
    """A photo whose bytes changed on the way; sending it again may do."""

    kind = "damaged"


def promise(check: Check, promised: Mapping[str, Sequence[Promise]]) -> None:
    """Write down which photos are to come with a check."""
    AwaitedPhoto.objects.bulk_create(
        AwaitedPhoto(check_row=check, item_code=code, sha256=it.sha256, from_album=it.from_album)
        for code, some in promised.items()
        for it in some
    )


def lacking(check: Check) -> list[AwaitedPhoto]:
    """Return the photos that a slot still waits for, whichever of its revisions promised them, in order."""
    rows = AwaitedPhoto.objects.filter(check_row__in=_slot(check), photo__isnull=True, given_up_at__isnull=True)
    return list(rows.order_by("pk"))


def promised_on(school: School, day: date) -> int:
    """Return how many photos promised with the checks of a school's day are still to come."""
    rows = AwaitedPhoto.objects.filter(photo__isnull=True, check_row__school=school)  # one given up may still come
    return rows.filter(
        check_row__handed_in_at__gte=midnight(day), check_row__handed_in_at__lt=midnight(day + ONE_DAY)
    ).count()


def is_answered(check: Check, form: Compiled) -> bool:
    """Say whether a check lacks no answer and no stage, only photos."""
    stages = form.spec.template.stages
    return not stages or check.stage == stages[-1].code


def take(*, check: Check, sha256: str, upload: File[Any], by: User, at: datetime) -> Check:
    """Keep a photo that a check promised, and receive the check when it was the last; the same photo again is fine.

    Returns the revision that stands for the slot. Raises `NotAllowed` for a photo that was not promised, whose bytes
    are not those promised, or that is no picture.
    """
    wanted = AwaitedPhoto.objects.filter(check_row=check, sha256=sha256)
    arrived = list(wanted.values_list("photo", flat=True))
    if not arrived:
        raise NotAllowed(gettext("这张照片不在这次检查的清单里，没有保存。"))
    if None in arrived:
        _require_same(upload, sha256)
        painted = paint(upload, at=at)
        with transaction.atomic():
            if rows := list(wanted.select_for_update().filter(photo__isnull=True)):
                place = check.place
                kept = keep_painted(painted=painted, unit=place.school.unit, place=place, by=by, at=at)
                _arrive(check, rows, kept, at)
            receive_if_whole(check, at=at)
    return standing(check)


def give_up(*, check: Check, sha256: str, why: str, at: datetime) -> Check:
    """Stop waiting for a photo that is lost on the phone, with the reason; the check stands without it.

    Returns the revision that stands for the slot. A photo that has arrived, or was given up before, stays as it is.
    """
    with transaction.atomic():
        rows = AwaitedPhoto.objects.select_for_update().filter(check_row=check, sha256=sha256)
        if not rows:
            raise NotAllowed(gettext("这张照片不在这次检查的清单里。"))
        rows.filter(photo__isnull=True, given_up_at__isnull=True).update(given_up_at=at, given_up_why=why)
        receive_if_whole(check, at=at)
    return standing(check)


def give_up_all(*, check: Check, why: str, by: User, post: Post, at: datetime) -> Check:
    """Stop waiting for whatever a slot still lacks, when the phone is gone or its owner has left (T05).

    Only who handed in, the vice principal and the principal may. Returns the revision that stands for the slot.
    """
    authors = set(_slot(check).values_list("by", flat=True))
    require_corrector(authors, by, post)
    with transaction.atomic():
        missing = [it.pk for it in lacking(check)]
        if not missing:
            raise NotAllowed(gettext("这次检查的照片都已到齐，或已不再等待。"))
        AwaitedPhoto.objects.filter(pk__in=missing).update(given_up_at=at, given_up_why=why)
        log(by=by, verb="check.photos_lost", on=check, post=post, reason=why, at=at)
        receive_if_whole(check, at=at)
    return standing(check)


def standing(check: Check) -> Check:
    """Return the latest revision of a check's slot."""
    rows = _slot(check).select_related("place__school__unit", "version", "by").defer("version__spec")
    return rows.order_by("-revision", "-pk")[0]


def receive_if_whole(check: Check, *, at: datetime) -> bool:
    """Receive the standing revision of a slot once neither an answer nor a photo lacks; say whether that was now.

    It counts from the moment of the last piece; when its time was over by then, the slot stays missed, and once the
    year's data are frozen a photo is kept and changes nothing. Every revision is held first, so that of a correction
    and a last photo that come together one sees the other.
    """
    list(_slot(check).select_for_update().values_list("pk", flat=True))
    last = standing(check)
    form = compiled_of(specs_of({last.version_id: last.version.spec_hash})[last.version_id])
    if last.state not in BEGUN or not is_answered(last, form) or lacking(last) or is_frozen(last.date, at):
        return False
    timing = completed(hours_of(last, form), at)
    Check.objects.filter(pk=last.pk).update(
        state=Check.State.RECEIVED, received_at=at, timeliness=timing.timeliness, mark=last.mark or timing.mark
    )
    return True


def hours_of(check: Check, form: Compiled) -> Slot:
    """Return the hours of a check's slot; a calendar changed since does not make a late piece timely."""
    return hours_on(Schedule.read(form.spec.template.schedule.to_json()), check.date, clocks_on(check.date), check.seq)


def _slot(check: Check) -> CheckQuerySet:
    return Check.objects.filter(place=check.place_id, checklist=check.checklist_id, date=check.date, seq=check.seq)


def _require_same(upload: File[Any], sha256: str) -> None:
    upload.seek(0)
    found = hashlib.sha256()
    for chunk in upload.chunks():
        found.update(chunk)
    upload.seek(0)
    if found.hexdigest() != sha256:
        raise Damaged(gettext("照片在传输中损坏，请重新上传。"))


def _arrive(check: Check, rows: Sequence[AwaitedPhoto], picture: Attachment, at: datetime) -> None:
    """Tie a picture to every item it was promised for, and to the finding that the item opened."""
    failed = dict(Failure.objects.filter(check_row=check).values_list("item_code", "finding_id"))
    for row in rows:
        row.photo = CheckPhoto.objects.create(check_row=check, item_code=row.item_code, attachment=picture)
        row.arrived_at = at
        row.save(update_fields=["photo", "arrived_at"])
        if row.item_code in failed:
            FindingPhoto.objects.create(
                finding_id=failed[row.item_code], attachment=picture, phase=FindingPhoto.Phase.BEFORE
            )

"""What a check leaves behind: findings of what failed, photos, and calls that cannot wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.core.files import File
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from inspections.checklists.models import Checklist, Item
from inspections.checklists.rules.shape import Json
from inspections.checks import awaiting
from inspections.checks.answers import joined
from inspections.checks.faults import Refused
from inspections.checks.figures import figures_on
from inspections.checks.models import Check, CheckPhoto, Failure
from inspections.checks.pages import stop_words
from inspections.checks.people import called, fixers
from inspections.checks.rules import verdicts
from inspections.checks.rules.plans import Compiled
from inspections.checks.rules.promised import Promise, shared_out
from inspections.checks.tickets import Ticket
from inspections.findings.models import FindingPhoto
from inspections.findings.services import Defect, Occasion, note_corrections, open_findings
from logistics_portal.accounts.models import Post, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.prepared import insert, prepared
from logistics_portal.kit.uploads import clean_name
from logistics_portal.records.models import Attachment, Notice
from logistics_portal.records.photos import keep_photo
from logistics_portal.records.sayings import said
from logistics_portal.records.selectors import photos_on
from logistics_portal.records.services import notify
from schools.register.models import Place

NOT_MET = "不符合：%s"  # an item says how it should be; kept in the language of the check-list
ALARMS, FLAGS, UNRUN, PHOTOS_LEFT = "alarms", "flags", "unrun", "photos_left"
T = TypeVar("T")


class Paper(Protocol):
    """What this module needs to know of what was handed in."""

    @property
    def ticket(self) -> Ticket: ...
    @property
    def place(self) -> Place: ...
    @property
    def photos(self) -> Mapping[str, Sequence[File[Any]]]: ...
    @property
    def promised(self) -> Mapping[str, Sequence[Promise]]: ...
    @property
    def fixers(self) -> Mapping[str, int]: ...
    @property
    def client_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A judged paper: what is stored, which items failed now, whom to call, and whether it is whole."""

    form: Compiled
    answers: str
    values: Json
    failures: tuple[verdicts.Failure, ...]
    alarms: tuple[verdicts.Alarm, ...]
    complete: bool


def outcome_of(verdict: verdicts.Verdict, form: Compiled) -> Outcome:
    """Return what a verdict comes to, with what it noted aside kept among the values."""
    aside: Json = {
        ALARMS: {it.rule: str(it.worse) for it in verdict.alarms},
        FLAGS: sorted({it.rule for it in verdict.flags}),
        UNRUN: sorted({it.code for it in verdict.notes if it.kind != "ignored"}),
    }
    values = verdict.values | {key: one for key, one in aside.items() if one}
    return Outcome(form, verdict.answers, values, verdict.failures, verdict.alarms, verdict.complete)


def settle(
    *, check: Check, found: dict[str, int], alarmed: Json, hand: tuple[User, Post], paper: Paper, outcome: Outcome
) -> None:
    """Open or count on the finding of every failed item, keep the photos, call who must know; one query each.

    `found` are the findings that stand already, `alarmed` the alarms called for the revision before.
    """
    new = [it for it in outcome.failures if it.code not in found]
    if new:
        opened = open_findings(
            occasion=_occasion(check, hand, paper), defects=_defects(check, new, paper, outcome.form)
        )
        found = found | {code: finding.pk for code, finding in opened.items()}
    if found:
        rows = (Failure(check_row=check, item_code=code, finding_id=finding) for code, finding in found.items())
        insert(Failure, rows)
    if any(paper.photos.values()):
        _keep_photos(check, found, hand[0], paper)
    awaiting.promise(check, paper.promised)
    _call(check, paper.place, _worse(outcome.alarms, alarmed))


def standing_failures(last: Check | None, outcome: Outcome, stage: str) -> dict[str, int]:
    """Return the findings that the failing items had already in the revision before, by item.

    With `stage` only that stage is new, so what failed in the others stands; without, only what fails again does.
    """
    if last is None:
        return {}
    failed = {it.code for it in outcome.failures}
    earlier = Failure.objects.filter(check_row=last).values_list("item_code", "finding_id")
    return {code: pk for code, pk in earlier if code in failed or _other_stage(outcome.form, code, stage)}


def tell_findings(last: Check, check: Check, hand: tuple[User, Post], outcome: Outcome) -> None:
    """Write into the story of every finding of the revision before what the correction now says of its item.

    The finding stays as it was opened; a statement that did not change leaves no line.
    """
    now = {it.code: it for it in outcome.failures}
    lines: dict[int, str] = {}
    for code, finding in Failure.objects.filter(check_row=last).values_list("item_code", "finding_id"):
        if code not in now:
            lines[finding] = gettext("这一项已更正为不再异常。理由：%(why)s") % {"why": check.reason}
        elif _said(last, code) != _said(check, code):
            words = {"detail": _detail(now[code], check.date) or gettext("没有说明"), "why": check.reason}
            lines[finding] = gettext("改为：%(detail)s。理由：%(why)s") % words
    note_corrections(lines=lines, by=hand[0], post=hand[1], at=check.handed_in_at)


def _said(check: Check, code: str) -> list[object]:
    values = check.values
    return [values.get(code), values.get("notes", {}).get(code), values.get("stop", {}).get(code)]


def photo_room(place: Place, at: datetime) -> int:
    """Return how many photos a school may still hand in today (rights and states §5); those promised count already."""
    today = local_date(at)
    coming = awaiting.promised_on(place.school, today)
    return max(0, figures_on(today).photos_a_school_day - photos_on(place.school.unit, today) - coming)


def within_the_day(
    place: Place, wanted: Mapping[str, Sequence[T]], first: Collection[str], at: datetime
) -> dict[str, list[T]]:
    """Return the photos that a school's day still has room for, those of the items in `first` before the others."""
    return shared_out(wanted, first, photo_room(place, at)) if any(wanted.values()) else {}


def told_of(values: Json, sent: Mapping[str, Sequence[T]], kept: Mapping[str, Sequence[T]]) -> Json:
    """Return the values of a check with only the photos that were kept, and how many had no room."""
    left = sum(map(len, sent.values())) - sum(map(len, kept.values()))
    if not left:
        return values
    numbers = dict(values.get("photos", {}))
    for code, files in sent.items():
        numbers[code] = numbers.get(code, len(files)) - len(files) + len(kept.get(code, ()))
    return values | {"photos": {code: n for code, n in numbers.items() if n}, PHOTOS_LEFT: left}


def photo_counts(check: Check) -> dict[str, int]:
    """Return how many photos each item of a slot already has or waits for, whichever revision brought them."""
    slot = Check.objects.filter(place=check.place_id, checklist=check.checklist_id, date=check.date, seq=check.seq)
    kept = CheckPhoto.objects.filter(check_row__in=slot).values_list("item_code", flat=True)
    return dict(Counter(kept) + Counter(it.item_code for it in awaiting.lacking(check)))


def _other_stage(form: Compiled, code: str, stage: str) -> bool:
    plan = form.by_code.get(code)
    return bool(stage) and plan is not None and plan.stage != stage


def _occasion(check: Check, hand: tuple[User, Post], paper: Paper) -> Occasion:
    by, post = hand
    return Occasion(
        place=check.place,
        county=check.county,
        checklist=Checklist(pk=check.checklist_id),
        found_date=check.date,
        at=check.handed_in_at,
        by=by,
        post=post,
        school_days=paper.ticket.school_days,
    )


def _defects(check: Check, failures: Sequence[verdicts.Failure], paper: Paper, form: Compiled) -> list[Defect]:
    codes = [it.code for it in failures]
    named = {code: paper.fixers[code] for code in codes if code in paper.fixers}
    may = {it.pk for it in fixers(paper.place.school.unit, on=check.date)} if named else set()
    items = dict(_items(check.version_id, codes))
    return [
        Defect(
            item_code=it.code,
            title=NOT_MET % form.by_code[it.code].item.zh,
            severity=it.severity,
            due=str(it.due) if it.due else "",
            detail=_detail(it, check.date),
            item_id=items.get(it.code),
            fixer_id=named[it.code] if named.get(it.code) in may else None,  # one who has left since mends nothing
            stopped_service=it.stop_service["stopped"] if it.stop_service else None,
        )
        for it in failures
    ]


@prepared
def _items(version: int, codes: Sequence[str]) -> QuerySet[Item, tuple[str, int]]:
    return Item.objects.filter(version=version, code__in=codes).values_list("code", "pk")


def _detail(failure: verdicts.Failure, day: date) -> str:
    parts = [failure.note] if failure.note else []
    if failure.entries:
        parts.append(gettext("涉及：%(entries)s") % {"entries": "、".join(failure.entries)})
    if failure.stop_service and failure.stop_service["stopped"]:
        parts.append(stop_words(failure.stop_service, day))
    return joined(parts)


def _keep_photos(check: Check, found: Mapping[str, int], by: User, paper: Paper) -> None:
    kept: list[tuple[str, Attachment]] = []
    refused: list[verdicts.Refusal] = []
    unit, place, at = paper.place.school.unit, paper.place, check.handed_in_at
    for code, photo in ((code, photo) for code, files in paper.photos.items() for photo in files):
        try:
            kept.append((code, keep_photo(upload=photo, unit=unit, place=place, by=by, at=at)))
        except NotAllowed as refusal:
            words = {"name": clean_name(photo.name or ""), "why": refusal}
            refused.append(verdicts.Refusal(code, gettext("照片“%(name)s”：%(why)s") % words))
    if refused:
        raise Refused(refused, paper.ticket.spec)
    CheckPhoto.objects.bulk_create(
        [CheckPhoto(check_row=check, item_code=code, attachment=row) for code, row in kept], ignore_conflicts=True
    )
    FindingPhoto.objects.bulk_create(
        [
            FindingPhoto(finding_id=found[code], attachment=row, phase=FindingPhoto.Phase.BEFORE)
            for code, row in kept
            if code in found
        ],
        ignore_conflicts=True,
    )


def _worse(alarms: Sequence[verdicts.Alarm], before: Json) -> list[verdicts.Alarm]:
    """Return the alarms that have not been called yet, or whose figure got worse since."""
    return [it for it in alarms if it.rule not in before or it.worse > Decimal(before[it.rule])]


def _call(check: Check, place: Place, alarms: Sequence[verdicts.Alarm]) -> None:
    """Tell the people a rule names at once; what is told names no pupil."""
    for alarm in alarms:
        people = called(place.school.unit, alarm.roles, on=local_date(check.handed_in_at))
        words = {"school": place.school.name, "place": place.name, "number": alarm.worse}
        notify(
            to=people,
            key=f"check-alarm:{check.pk}:{alarm.rule}",
            title=said(gettext_noop("%(school)s%(place)s：点名人数对不上，请立即核实"), words),
            text=said(gettext_noop("相差%(number)s人。请打开检查记录核对；一时找不到人的，按失联处置并上报。"), words),
            url=address(check.pk),
            urgency=Notice.Urgency.ALARM,
            at=check.handed_in_at,
        )


def address(check_id: int) -> str:
    """Return where a check is shown."""
    return reverse("inspections:check", args=[check_id])

"""What was handed in: a check with all its revisions, its photos and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from inspections.checks import pages
from inspections.checks.answers import OPEN, joined, restore
from inspections.checks.models import AwaitedPhoto, Check, CheckPhoto, Failure, Release
from inspections.checks.rules.plans import Compiled, Plan
from inspections.checks.selectors import compiled_of, local
from inspections.findings.models import Finding
from inspections.schedules.versions import specs_of
from logistics_portal.kit.components import Event
from logistics_portal.records import trails
from logistics_portal.records.selectors import trail_among

MOMENT = "%Y-%m-%d %H:%M"
SKEW_TOLD = 5  # minutes; less is not worth a line
PARTS = {"check": Release}  # what an act on a check tells besides is a column of the request for its correction


@dataclass(frozen=True, slots=True)
class Cell:
    """What one revision said of one item."""

    text: str
    tone: str
    note: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo of an item; `from_album` says that it was not taken on the spot."""

    name: str
    from_album: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item over all revisions, oldest first."""

    code: str
    text: str
    critical: bool
    cells: Sequence[Cell]
    photos: Sequence[Picture] = ()
    finding: Finding | None = None


@dataclass(slots=True)
class SectionRows:
    """A section of the form with its items."""

    name: str
    rows: list[ItemRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A check laid out: every revision side by side."""

    revisions: Sequence[Check]
    sections: Sequence[SectionRows]
    reasons: Sequence[tuple[str, str]]
    failures: Sequence[Failure]
    countersign: str


@dataclass(frozen=True, slots=True)
class Change:
    """An item that a correction changed: what stood before, what stands after."""

    code: str
    text: str
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Correction:
    """A revision that corrects the one before it, and what it changed."""

    check: Check
    changes: Sequence[Change]


def lay_out(check: Check) -> Sheet:
    """Return a check with all revisions of its slot, photos and findings; five queries."""
    rows = revisions(check)
    spec = specs_of({check.version_id: check.version.spec_hash})[check.version_id]
    form = compiled_of(spec)
    pictures = photos(rows)
    failed = failures(*rows)
    findings = {it.item_code: it.finding for it in failed}
    sections = {it.code: SectionRows(local(it.zh, it.en)) for it in spec.template.sections}
    told = [restore(form, it.answers, it.values) for it in rows]
    for index, plan in enumerate(form.plans):
        cells = _cells(plan, index, rows, told)
        if any(it.text for it in cells):
            item = ItemRow(
                plan.code,
                local(plan.item.zh, plan.item.en),
                plan.critical,
                cells,
                pictures.get(plan.code, ()),
                findings.get(plan.code),
            )
            sections[plan.item.section].rows.append(item)
    kept = [it for it in sections.values() if it.rows]
    return Sheet(rows, kept, _reasons(form, check.values), failed, spec.template.countersign)


def revisions(check: Check) -> list[Check]:
    """Return every revision of a check's slot, oldest first."""
    rows = Check.objects.filter(place=check.place_id, checklist=check.checklist_id, date=check.date, seq=check.seq)
    return list(rows.select_related("by", "post", "countersigned_by", "voided_by").order_by("revision", "pk"))


def corrected_by(check: Check) -> Check | None:
    """Return the revision that a check corrects, if it corrects one; the next stage of a form corrects nothing."""
    if check.revision == 1:
        return None
    slot = Check.objects.filter(place=check.place_id, checklist=check.checklist_id, date=check.date, seq=check.seq)
    return slot.filter(revision=check.revision - 1, stage=check.stage).first()


def corrections(sheet: Sheet) -> list[Correction]:
    """Return the revisions that correct the one before, newest first; the next stage of a form is no correction."""
    items = [row for section in sheet.sections for row in section.rows]
    found = []
    for place, (old, new) in enumerate(pairwise(sheet.revisions)):
        if old.stage == new.stage:
            pairs = ((it, it.cells[place], it.cells[place + 1]) for it in items)
            changes = [Change(it.code, it.text, before, after) for it, before, after in pairs if after.changed]
            found.append(Correction(new, changes))
    return found[::-1]


def failures(*checks: Check) -> list[Failure]:
    """Return what failed in some checks, with the findings and who mends them."""
    rows = Failure.objects.filter(check_row__in=checks).select_related("finding__fixer", "finding__item")
    return list(rows.order_by("finding__severity", "item_code"))


def photos(rows: Sequence[Check]) -> dict[str, list[Picture]]:
    """Return the photos of all revisions by item."""
    found: dict[str, list[Picture]] = defaultdict(list)
    pictures = CheckPhoto.objects.filter(check_row__in=[it.pk for it in rows])
    told = pictures.values_list("item_code", "attachment__name", "promise__from_album")
    for code, name, from_album in told.order_by("pk"):
        found[code].append(Picture(name, bool(from_album)))
    return found


def to_come(sheet: Sheet) -> tuple[int, list[tuple[str, str]]]:
    """Return how many photos of a slot are still to come, and those given up: of which item, and why."""
    names = {row.code: row.text for section in sheet.sections for row in section.rows}
    rows = AwaitedPhoto.objects.filter(check_row__in=[it.pk for it in sheet.revisions], photo__isnull=True)
    promised = list(rows.order_by("pk"))
    lost = [(names.get(it.item_code, it.item_code), it.given_up_why) for it in promised if it.given_up_at is not None]
    return len(promised) - len(lost), lost


def _cells(
    plan: Plan, index: int, rows: Sequence[Check], told: Sequence[Mapping[str, Mapping[str, object]]]
) -> list[Cell]:
    cells: list[Cell] = []
    for row, entries in zip(rows, told, strict=True):
        cell = _cell(plan, row.answers[index : index + 1], entries.get(plan.code, {}), row)
        moved = bool(cells) and bool(cells[-1].text) and (cells[-1].text, cells[-1].note) != (cell.text, cell.note)
        cells.append(Cell(cell.text, cell.tone, cell.note, moved))
    return cells


def _cell(plan: Plan, char: str, entry: Mapping[str, object], row: Check) -> Cell:
    values: Mapping[str, Mapping[str, Any]] = row.values
    if char in {OPEN, ""}:
        return Cell("", "idle")
    if char == "-":
        return Cell(gettext("不适用"), "idle", pages.na_words(values.get("na", {}).get(plan.code, "")))
    words = pages.said_of(plan, entry)
    failed = char == "0" or (char in plan.letters.values() and _choice(plan, char) not in plan.passing)
    told = [
        values.get("notes", {}).get(plan.code, ""),
        pages.stop_words(values.get("stop", {}).get(plan.code), row.date),
    ]
    changed = values.get("changed", {}).get(plan.code)
    if isinstance(changed, dict):
        fact = {"fact": changed["fact"], "reason": changed["reason"]}
        told.append(gettext("系统数据 %(fact)s，已改：%(reason)s") % fact)
    return Cell(words, "bad" if failed else "good", joined(it for it in told if it))


def _choice(plan: Plan, char: str) -> str:
    return next((code for code, letter in plan.letters.items() if letter == char), "")


def _reasons(form: Compiled, values: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    names = {it.code: local(it.rule.zh, it.rule.en) for it in form.rules}
    return [(names.get(code, code), reason) for code, reason in values.get("reasons", {}).items()]


def facts(check: Check, sheet: Sheet) -> list[tuple[str, object]]:
    """Return what stands beside a check: who, when, how it counts, who signed."""
    received = timezone.localtime(check.handed_in_at).strftime(MOMENT)
    phone = timezone.localtime(check.at).strftime(MOMENT) if check.at else ""
    who = gettext("%(who)s（%(what)s）") % {"who": check.by, "what": check.post.title} if check.post else str(check.by)
    rows: list[tuple[str, object]] = [
        (gettext("回执号"), check.receipt_no),
        (gettext("填报人"), gettext("%(who)s 代填") % {"who": who} if check.stands_in else who),
        (gettext("服务器收到"), received),
        (gettext("收到全部照片"), _whole(check)),
        (gettext("设备时间"), phone),
        (gettext("设备时钟"), _skew(check.skew)),
        (gettext("及时性"), check.get_timeliness_display()),
        (gettext("标记"), check.get_mark_display() if check.mark else ""),
        (gettext("理由"), check.reason),
        (gettext("异常 / 不适用"), f"{check.n_fail} / {check.n_na}"),
    ]
    if sheet.countersign or check.countersigned_by:
        signed = str(check.countersigned_by) if check.countersigned_by else gettext("待签")
        rows.append((gettext("复核签字"), signed))
    return [row for row in rows if row[1] not in {"", None}]


def _whole(check: Check) -> str:
    """Return when the last photo came, where that was after the answers."""
    if check.received_at is None or check.received_at <= check.handed_in_at:
        return ""
    return timezone.localtime(check.received_at).strftime(MOMENT)


def _skew(seconds: int | None) -> str:
    """Return by how much the phone's clock was off, where that can mislead a reader."""
    minutes = round(abs(seconds or 0) / 60)
    if minutes < SKEW_TOLD:
        return ""
    words = gettext("比服务器快 %(n)s 分钟") if (seconds or 0) > 0 else gettext("比服务器慢 %(n)s 分钟")
    return words % {"n": minutes}


def events(check: Check, rows: Sequence[Check]) -> list[Event]:
    """Return the story of a slot, newest first: each revision, and what was done with the check."""
    told = [
        Event(
            at=row.handed_in_at,
            what=gettext("提交检查") if row.revision == 1 else gettext("提交第 %(n)s 次") % {"n": row.revision},
            who=str(row.by),
            post=row.post.title if row.post else "",
            tone="good",
            changes=(row.receipt_no,),
            reason=row.reason,
        )
        for row in rows
    ]
    done = trails.told(trail_among(check, [row.pk for row in rows]), PARTS)
    return sorted([*told, *done], key=lambda it: it.at, reverse=True)


def asked(rows: Sequence[Check]) -> list[Release]:
    """Return what was asked of a slot's revisions after it had closed, newest first."""
    found = Release.objects.filter(check_row__in=[it.pk for it in rows])
    return list(found.select_related("asked_by", "decided_by").order_by("-asked_at", "-pk"))

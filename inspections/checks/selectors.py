"""What a form is shown and judged with, and how slots stand: open, done, late, missed or exempt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import get_language, gettext

from inspections.checklists.rules.context import Context
from inspections.checklists.rules.spec import Spec
from inspections.checks.models import Check
from inspections.checks.rules.plans import Compiled
from inspections.schedules import facts
from inspections.schedules import selectors as schedules
from inspections.schedules.models import Missed
from inspections.schedules.rules import Slot, Standing, overlaps_exemption, standing
from inspections.schedules.selectors import DutyKey, SlotId
from inspections.schedules.versions import Wording, wordings
from logistics_portal.kit import context
from schools.register.models import Place
from schools.terms.rules.calendar import Calendar

TONES = {
    Standing.PLANNED: "idle",
    Standing.OPEN: "info",
    Standing.RECEIVING: "info",
    Standing.OVERDUE: "warn",
    Standing.DONE: "good",
    Standing.LATE: "warn",
    Standing.MISSED: "bad",
    Standing.VOIDED: "bad",
    Standing.EXEMPT: "idle",
}
LOOK_BACK = timedelta(days=45)  # a monthly slot is open that long, its late days included
_compiled: dict[int, Compiled] = {}


def local(zh: str, en: str) -> str:
    """Return the wording in the reader's language."""
    return zh if (get_language() or "zh").startswith("zh") else en


def compiled_of(spec: Spec) -> Compiled:
    """Return a version prepared for judging, made once per process."""
    found = _compiled.get(id(spec))
    if found is None or found.spec is not spec:
        found = _compiled[id(spec)] = Compiled(spec)
    return found


def context_of(place: Place, spec: Spec, on: date) -> Context:
    """Return what is known on a slot's date: parameters, and the facts the form asks for; unknown is left out."""
    return Context(on, facts.figures(on), facts.ask(spec.fact_keys, [place], on)[place.pk])


@dataclass(frozen=True, slots=True)
class Row:
    """One slot as pages show it: of which place and check-list, how it stands, and the check that was handed in."""

    place: Place
    wording: Wording
    slot: Slot
    standing: Standing
    check: Check | None = None
    missed: Missed | None = None

    @property
    def stage(self) -> str:
        """Return the stage that comes next on a form with stages."""
        stages = [it.code for it in self.wording.spec.template.stages]
        done = stages.index(self.check.stage) + 1 if self.check and self.check.stage in stages else 0
        return stages[done] if done < len(stages) else ""

    @property
    def name(self) -> str:
        """Return the name of the form, and of the stage that comes next."""
        template = self.wording.spec.template
        stage = next((local(it.zh, it.en) for it in template.stages if it.code == self.stage), "")
        name = local(template.zh, template.en)
        if self.lacks_photos:
            return gettext("%(name)s（照片未传齐）") % {"name": name}
        return gettext("%(name)s · %(stage)s") % {"name": name, "stage": stage} if stage else name

    @property
    def tone(self) -> str:
        """Return the tone of the badge."""
        return TONES[self.standing]

    @property
    def url(self) -> str:
        """Return where the form is filled in, or what was handed in is shown."""
        if self.check is not None and not self.can_be_filled:
            return reverse("inspections:check", args=[self.check.pk])
        code, slot = self.wording.code, self.slot
        return reverse("inspections:fill", args=[self.place.pk, code, slot.date.isoformat(), slot.seq])

    @property
    def lacks_photos(self) -> bool:
        """Say whether it was handed in and only waits for its photos."""
        return self.standing == Standing.RECEIVING and not self.stage

    @property
    def can_be_filled(self) -> bool:
        """Say whether the form can be opened now; one that only waits for its photos cannot."""
        if self.standing == Standing.RECEIVING:
            return bool(self.stage)
        return self.standing in {Standing.OPEN, Standing.OVERDUE}


def rows_between(
    places: Iterable[Place],
    first: date,
    last: date,
    now: datetime,
    *,
    checklists: Sequence[int] | None = None,
    calendars: Mapping[int, Calendar] | None = None,
) -> list[Row]:
    """Return how every slot of some places stands that is dated from `first` to `last`, by due time.

    `checklists` keeps to some check-lists; `calendars` are the schools', where they are at hand already.
    """
    by_id = {place.pk: place for place in places}
    slots = schedules.due(by_id.values(), first, last, checklists=checklists, calendars=calendars)
    exempt = schedules.exemptions(by_id, first, last)
    missed = schedules.missed_slots(by_id, first, last)
    checks = standing_checks(by_id, first, last)
    held = wordings(first, last, checklists=checklists)
    found = []
    for key, these in slots.items():
        place = by_id[key.place_id]
        for slot in these:
            at = SlotId(key.place_id, key.checklist_id, slot.date, slot.seq)
            check, gap = checks.get(at), missed.get(at)
            free = overlaps_exemption(slot, exempt.get(key, ()))
            stands = standing(slot, now, check=told(check), exempt=free, missed=bool(gap and not gap.superseded))
            wording = held.on(place.kind, place.school.unit.path, key.checklist_id, slot.date)
            found.append(Row(place, wording, slot, stands, check, gap))
    return sorted(found, key=lambda it: (it.slot.due_at, it.wording.code, it.place.name, it.place.pk, it.slot.seq))


def told(check: Check | None) -> tuple[str, str] | None:
    """Return the state and the timeliness of a check, as `standing` asks for them."""
    return (check.state, check.timeliness) if check else None


def standing_checks(place_ids: Collection[int], first: date, last: date) -> dict[SlotId, Check]:
    """Return the check that holds for each slot, or the voided one where none does; answers are not read."""
    rows = Check.objects.filter(place__in=place_ids, date__gte=first, date__lte=last)
    rows = rows.exclude(state__in=[Check.State.SUPERSEDED]).defer("answers", "values").select_related("by")
    found: dict[SlotId, Check] = {}
    for row in rows.order_by("revision", "pk"):
        found[SlotId(row.place_id, row.checklist_id, row.date, row.seq)] = row
    return found


def recent_rows(
    places: Iterable[Place], now: datetime, today: date, *, calendars: Mapping[int, Calendar] | None = None
) -> list[Row]:
    """Return the slots of the last 45 days by due time; parts of one page that ask for the same places share them."""
    places, kept = list(places), context.current().kept
    asked = f"slots {today} {sorted(place.pk for place in places)}"
    held = kept.get(asked)
    rows: list[Row] = held if isinstance(held, list) else []
    if held is None:
        kept[asked] = rows = rows_between(places, today - LOOK_BACK, today, now, calendars=calendars)
    return rows


def rows_to_do(
    places: Iterable[Place], now: datetime, today: date, *, calendars: Mapping[int, Calendar] | None = None
) -> list[Row]:
    """Return today's slots, and earlier ones that can still be filled in, nearest due first."""
    rows = recent_rows(places, now, today, calendars=calendars)
    return [row for row in rows if row.slot.date == today or row.can_be_filled or row.lacks_photos]


def key_of(row: Row) -> DutyKey:
    """Return the place and check-list of a row."""
    return DutyKey(row.place.pk, row.wording.checklist_id)

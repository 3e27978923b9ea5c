"""Which wording of a check-list holds for a place on a day: that of the nearest unit (R8, R106)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Q

from inspections.checklists.models import Version, in_language
from inspections.checklists.rules.spec import Spec, load_spec
from inspections.schedules.rules import Schedule
from logistics_portal.kit.dates import ONE_DAY

KEPT = 256
_specs: dict[str, Spec] = {}


@dataclass(frozen=True, slots=True)
class Wording:
    """A version as schedules need it; what it says is read once per process, for it never changes."""

    version_id: int
    checklist_id: int
    code: str
    name: str
    subject: str
    path: str
    number: int
    valid_from: date
    valid_to: date
    spec_hash: str
    spec: Spec
    schedule: Schedule

    @property
    def label(self) -> str:
        """Return the name of the check-list in the reader's language."""
        return in_language(self.name, self.spec.template.en)

    @property
    def when(self) -> tuple[str, ...]:
        """Return the conditions under which a place has this check-list."""
        return self.spec.template.when

    @property
    def seq(self) -> str:
        """Return the list fact that numbers the slots of a day, if there is one."""
        return self.spec.template.schedule.seq

    @property
    def fact_keys(self) -> tuple[str, ...]:
        """Return the facts on which it hangs whether, and how often, a slot is due."""
        tested = [self.spec.conditions[name].fact for name in self.when]
        return tuple(dict.fromkeys(key for key in (*tested, self.seq) if key))

    @property
    def seasonal(self) -> bool:
        """Return whether a condition asks the date and so needs the parameters."""
        return any(self.spec.conditions[name].between for name in self.when)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days during which one wording holds."""

    first: date
    last: date
    wording: Wording


class Wordings:
    """All wordings that hold on some days, and which of them is a place's own."""

    def __init__(self, rows: Iterable[Wording]) -> None:
        self.rows = sorted(rows, key=lambda it: (it.code, it.path, it.number))
        self._chains: dict[tuple[str, str], dict[int, list[Wording]]] = {}

    @cached_property
    def checklists(self) -> list[int]:
        """Return the check-lists that have a wording at all."""
        return list(dict.fromkeys(it.checklist_id for it in self.rows))

    def of(self, subject: str, path: str) -> dict[int, list[Wording]]:
        """Return the wordings that reach a place of this kind in a school at this path, by check-list."""
        above = path.rsplit("/", 2)[0]
        found = self._chains.get((subject, above))
        if found is None:
            found = self._chains[subject, above] = {}
            for it in self.rows:
                if it.subject == subject and path.startswith(it.path):
                    found.setdefault(it.checklist_id, []).append(it)
        return found

    def on(self, subject: str, path: str, checklist: int, day: date) -> Wording:
        """Return the wording that rules a place on a day on which a slot of it is due."""
        return next(it.wording for it in stretches(self.of(subject, path)[checklist], day, day))


def wordings(first: date, last: date, *, checklists: Sequence[int] | None = None) -> Wordings:
    """Return the wordings that hold on some day from `first` to `last`; two queries, or one once they are known."""
    held = Version.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=first),
        valid_from__lte=last,
        state__in=[Version.State.PUBLISHED, Version.State.RETIRED],
    )
    if checklists is not None:
        held = held.filter(checklist__in=checklists)
    rows = held.values_list(
        "pk",
        "checklist_id",
        "checklist__code",
        "checklist__name",
        "checklist__subject",
        "unit__path",
        "number",
        "valid_from",
        "valid_to",
        "spec_hash",
    )
    found = list(rows)
    specs = specs_of({row[0]: row[9] for row in found})
    return Wordings(
        Wording(*row[:7], row[7] or date.min, row[8] or date.max, row[9], spec, _schedule(spec))
        for row in found
        for spec in [specs[row[0]]]
    )


def specs_of(hashes: dict[int, str]) -> dict[int, Spec]:
    """Return what versions say, by id; only those this process has not read yet are fetched."""
    unknown = [pk for pk, key in hashes.items() if key not in _specs]
    if unknown:
        if len(_specs) > KEPT:
            _specs.clear()
            unknown = list(hashes)
        for pk, spec in Version.objects.filter(pk__in=unknown).values_list("pk", "spec"):
            _specs[hashes[pk]] = load_spec(spec)
    return {pk: _specs[key] for pk, key in hashes.items()}


def stretches(rows: Sequence[Wording], first: date, last: date) -> Iterator[Stretch]:
    """Yield who rules when: of the wordings of one check-list the nearest unit's, then the latest (R8)."""
    edges = {first}
    for it in rows:
        edges.add(it.valid_from)
        if it.valid_to < last:
            edges.add(it.valid_to + ONE_DAY)
    starts = sorted(day for day in edges if first <= day <= last)
    for start, end in zip(starts, [day - timedelta(days=1) for day in starts[1:]] + [last], strict=True):
        in_force = [it for it in rows if it.valid_from <= start and end <= it.valid_to]
        if in_force:
            yield Stretch(start, end, max(in_force, key=lambda it: (len(it.path), it.number)))


def _schedule(spec: Spec) -> Schedule:
    return Schedule.read(spec.template.schedule.to_json())

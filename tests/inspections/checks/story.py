"""A school with a canteen, a dormitory and people, and papers that pass, for the tests of checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from inspections.checklists.models import Version
from inspections.checklists.rules.spec import load_spec
from inspections.checks.people import doer
from inspections.checks.rules.asking import questions
from inspections.checks.selectors import compiled_of, context_of
from inspections.checks.services import Hand, Paper
from inspections.checks.tickets import Ticket, ticket_for
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Role
from logistics_portal.records.models import Attachment
from schools.register.models import Place
from tests.factories import ground, schools
from tests.factories import inspections as make

MONDAY = date(2026, 11, 16)
MORNING = make.at(MONDAY, "09:00")
TYPED = {"core": "75.0"}


@dataclass(frozen=True)
class Scene:
    """A place, its people and the version that holds."""

    place: Place
    version: Version
    officer: User
    vice: User
    principal: User

    @property
    def unit(self):
        return self.place.school.unit

    def ticket(self, on: date = MONDAY, seq: int = 1) -> Ticket:
        return ticket_for(self.place, self.version.checklist_id, on, seq)

    def hand(self, by: User | None = None) -> Hand:
        by = by or self.officer
        found = doer(by, self.place, load_spec(self.version.spec).template)
        assert found is not None
        return Hand(by, *found)

    def answers(self, on: date = MONDAY, stage: str | None = None, **changed: Any) -> dict[str, Any]:
        spec = self.ticket(on).spec
        given: dict[str, Any] = {}
        for it in questions(compiled_of(spec), context_of(self.place, spec, on), stage):
            if it.asked and not it.settled:
                given[it.code] = {"a": good(it)}
                if it.prefill is not None and given[it.code]["a"] != it.prefill:
                    given[it.code]["changed_reason"] = "核实后更正"
        for key, entry in changed.items():
            given[key.replace("_", "-")] = entry
        return given

    def paper(self, on: date = MONDAY, stage: str = "", **fields: Any) -> Paper:
        values = {
            "client_id": uuid4(),
            "ticket": self.ticket(on),
            "place": self.place,
            "answers": fields.pop("answers", None) or self.answers(on, stage or None),
            "stage": stage,
            **fields,
        }
        return Paper(**values)


def good(question: Any) -> Any:
    """Return an answer that passes."""
    if question.repeats:
        return {entry.code: _figure(question) for entry in question.entries}
    if question.kind == "bool":
        return "pass"
    if question.kind == "choice":
        return question.choices[0].code
    if question.kind == "text":
        return "记录完整" * 10
    return _figure(question)


def _figure(question: Any) -> str:
    if question.prefill is not None:
        return question.prefill
    if question.low is not None:
        return question.low
    return question.high or "0"


def scene(code: str = "canteen_daily", **school: Any) -> Scene:
    """Return a school where this check-list is due every working day of the autumn of 2026."""
    schools.calendar()
    make.parameters()
    version = make.version(code)
    at = schools.school(**school)
    kind = version.checklist.subject
    place = schools.canteen(at).place if kind == "canteen" else schools.place(at, kind)
    if kind == "dormitory":
        schools.building(place=place)
    place = Place.objects.select_related("school__unit__parent__parent__parent").get(pk=place.pk)
    unit = place.school.unit
    people = [ground.user(role, unit) for role in _roles(kind)]
    return Scene(place, version, *people)


def _roles(kind: str) -> list[Role]:
    first = {"canteen": Role.FOOD_SAFETY_OFFICER, "dormitory": Role.DORM_KEEPER}.get(kind, Role.LOGISTICS_OFFICER)
    return [first, Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL]


def again(paper: Paper, **changed: Any) -> Paper:
    """Return a paper with some of it changed and its number kept."""
    return replace(paper, **changed)


def at(day: date, clock: str) -> datetime:
    """Return an instant of a day in Shanghai."""
    return make.at(day, clock)


def taken(here: Scene, number: int, when=MORNING) -> None:
    """Let the school have handed in some photos already."""
    Attachment.objects.bulk_create(
        Attachment(
            kind=Attachment.Kind.PHOTO,
            media_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            source_sha256="0" * 64,
            unit=here.unit,
            added_at=when,
        )
        for _ in range(number)
    )

"""Makers of the inspections' rows: check-list versions as shipped, slots, checks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import uuid4

from canteens.premises.models import Supply
from inspections.checklists.models import Checklist, Item, Section, Version
from inspections.checklists.rules.loading import shipped
from inspections.checklists.rules.spec import compile_template, content_hash
from inspections.checks.models import Check
from inspections.findings.models import Finding, Toleration
from inspections.findings.rules import Severity, State
from inspections.schedules.models import Exemption, Missed
from inspections.schedules.rules import Timeliness
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.dates import SHANGHAI, day_end
from logistics_portal.kit.registry import Fact, facts
from logistics_portal.records.models import Parameter
from schools.register.models import Place
from tests.factories import ground

LONG_AGO = date(2009, 11, 6)
_numbers = count(1)


@lru_cache
def spec_of(code: str) -> dict[str, Any]:
    """Return the compiled spec of a shipped check-list."""
    return dict(compile_template(shipped(), code))


def at(day: date, clock: str = "09:00") -> datetime:
    """Return an instant of a day in Shanghai."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def version(code: str = "canteen_daily", unit: Unit | None = None, **fields: Any) -> Version:
    """Return a published version of a shipped check-list, with its sections and items."""
    spec = fields.pop("spec", None) or spec_of(code)
    checklist = Checklist.objects.get_or_create(
        code=code, defaults={"subject": spec["subject"], "name": spec["zh"], "name_en": spec["en"]}
    )[0]
    unit = unit or ground.province()
    moment = at(LONG_AGO)
    values = {
        "number": 1 + Version.objects.filter(checklist=checklist, unit=unit).count(),
        "state": Version.State.PUBLISHED,
        "spec": spec,
        "spec_hash": content_hash(spec),
        "valid_from": LONG_AGO,
        "drafted_at": moment,
        "published_at": moment,
        **fields,
    }
    row = Version.objects.create(checklist=checklist, unit=unit, **values)
    sections = Section.objects.bulk_create(
        Section(version=row, code=it["code"], name=it["zh"], name_en=it["en"], position=place)
        for place, it in enumerate(spec["sections"])
    )
    by_code = {it.code: it for it in sections}
    Item.objects.bulk_create(
        Item(
            version=row,
            section=by_code[it["section"]],
            code=it["code"],
            position=place,
            text=it["zh"],
            text_en=it["en"],
            severity=it["severity"],
            category=it["category"],
        )
        for place, it in enumerate(spec["items"])
    )
    return row


def parameters(**changed: Any) -> None:
    """Plant the shipped parameters in force, some of them changed."""
    values = {name: one.value for name, one in shipped().parameters.items()} | changed
    Parameter.objects.bulk_create(
        Parameter(code=name, value=str(value), name=name, valid_from=LONG_AGO) for name, value in values.items()
    )


def check(place: Place, by: User, on: date, of: Version | None = None, **fields: Any) -> Check:
    """Return a check handed in on time with nothing wrong."""
    of = of or version()
    moment = fields.pop("received_at", at(on))
    values: dict[str, Any] = {
        "client_id": uuid4(),
        "content_hash": "0" * 64,
        "school": place.school,
        "county": place.school.unit.first_reviewer,
        "checklist": of.checklist,
        "version": of,
        "state": Check.State.RECEIVED,
        "answers": "1" * len(of.spec["items"]),
        "handed_in_at": moment,
        "received_at": moment,
        "timeliness": Timeliness.ON_TIME,
        **fields,
    }
    return Check.objects.create(place=place, by=by, date=on, **values)


def missed(place: Place, on: date, of: Version | None = None, **fields: Any) -> Missed:
    """Return a slot that closed without a check."""
    of = of or version()
    values: dict[str, Any] = {
        "school": place.school,
        "county": place.school.unit.first_reviewer,
        "checklist": of.checklist,
        "due_at": at(on + timedelta(days=1), "00:00"),
        "written_at": at(on + timedelta(days=3), "00:30"),
        **fields,
    }
    return Missed.objects.create(place=place, date=on, **values)


def exemption(place: Place, on: date, by: User, of: Version | None = None, **fields: Any) -> Exemption:
    """Return an exemption asked for; give `state` and `decided_by` for one that was approved."""
    of = of or version()
    values: dict[str, Any] = {
        "checklist": of.checklist,
        "first_date": on,
        "last_date": on,
        "reason": Exemption.Reason.NO_MEALS,
        "text": "当日秋游，不供餐",
        "requested_at": at(on),
        **fields,
    }
    if values.get("decided_by"):
        values.setdefault("decided_at", at(on))
    return Exemption.objects.create(place=place, requested_by=by, **values)


def plug_supply(monkeypatch: Any) -> None:
    """Let the canteens say how they are supplied, and nothing else be known."""

    def ask(ids: Any, on: date) -> dict[int, Any]:
        rows = Supply.objects.filter(canteen__place__in=ids, from_date__lte=on).exclude(until_date__lt=on)
        return dict(rows.order_by("from_date").values_list("canteen__place_id", "mode"))

    entry = Fact("canteens.supply_mode", "place", ask)
    monkeypatch.setattr(facts, "get", {"canteens.supply_mode": entry}.get)


def finding(place: Place, by: User, on: datetime, *, state: str = "open", **fields: Any) -> Finding:
    """Return a finding of a place's own check, recorded at `on`; a state other than open comes with its people."""
    due = on + timedelta(days=3)
    values: dict[str, Any] = {
        "school": place.school,
        "county": place.school.unit.first_reviewer,
        "item_code": f"CAN-D-{next(_numbers) % 100:02d}",
        "title": "灶台油污未清",
        "severity": Severity.MAJOR,
        "found_date": on.date(),
        "found_at": on,
        "found_by": by,
        "first_due_at": due,
        "due_at": due,
    }
    if state != State.OPEN:
        values |= {"remedy": "已清洗并复查", "remedied_by": by, "remedied_at": on + timedelta(hours=2)}
    if state == State.CLOSED:
        verifier = ground.user("office_clerk", place.school.unit.first_reviewer)
        closed = on + timedelta(hours=4)
        values |= {"outcome": "verified", "closed_at": closed, "verified_by": verifier, "verified_at": closed}
    until = fields.pop("tolerated_until", None)
    made = Finding.objects.create(place=place, state=state, **{**values, **fields})
    return tolerated(made, until, on) if until else made


def tolerated(row: Finding, until: date, on: datetime, **fields: object) -> Finding:
    """Return a finding that its first reviewer's office lets stay until a day, decided by two people there."""
    office = row.county
    values = {
        "state": Toleration.State.GRANTED,
        "asked_by": ground.user("principal", row.school.unit),
        "asked_at": on,
        "reason": "食堂用房面积不足，改造列入明年计划",
        "until_date": until,
        "cause": Toleration.Cause.AREA,
        "document": "南教后勤〔2026〕12号",
        "note": "错峰使用，加强通风",
        "prepared_by": ground.user("office_clerk", office),
        "prepared_at": on,
        "decided_by": ground.user("office_head", office),
        "decided_at": on,
        "from_date": on.date(),
        "old_due_at": row.due_at,
    }
    Toleration.objects.create(finding=row, **{**values, **fields})
    row.tolerated_until, row.due_at = until, max(row.due_at, day_end(until))
    row.save(update_fields=["tolerated_until", "due_at"])
    return row

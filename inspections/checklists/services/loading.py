"""Loading the province's check-lists from a definition: idempotent, dated, never changing what was published."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from inspections.checklists.models import Checklist, Item, Section, SheetVersion, Version
from inspections.checklists.rules.definition import Definition
from inspections.checklists.rules.spec import compile_template, content_hash
from logistics_portal.accounts.models import Unit
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import sheets

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Start:
    """For whom a definition holds, from which day, and when it was loaded.

    With `anew` what stands already and has changed holds from that day instead, or later: the past stays as it was.
    """

    unit: Unit
    day: date
    at: datetime
    anew: date | None = None

    def after(self, last: date | None) -> date:
        """Return from which day the next version of something holds whose last one holds since `last`."""
        if last is None or self.anew is None:
            return self.day
        return max(self.anew, last + ONE_DAY)


@transaction.atomic
def load(*, definition: Definition, start: Start) -> Counter[str]:
    """Publish what the definition says that is not in force already, and count what was added.

    A template whose content stands already is left alone; a changed one becomes the next version from `start.day`,
    and the one before it is retired on the day before.
    """
    added: Counter[str] = Counter()
    for position, template in enumerate(definition.templates):
        spec = compile_template(definition, template.code)
        checklist = Checklist.objects.get_or_create(
            code=template.code,
            defaults={"subject": template.subject, "name": template.zh, "name_en": template.en, "position": position},
        )[0]
        added["versions"] += publish_spec(checklist=checklist, spec=spec, start=start)
    for sheet in definition.supervision:
        added["sheets"] += _load_sheet(dict(sheet.to_json()), start)
    added["parameters"] += sheets.load(figures=_figures(definition), day=start.day)
    return added


def publish_spec(*, checklist: Checklist, spec: dict[str, Any], start: Start) -> int:
    """Make a compiled spec the version in force from a day on; 1 if it was added, 0 if it stands already."""
    own = Version.objects.filter(checklist=checklist, unit=start.unit)
    stood = own.filter(state__in=[Version.State.PUBLISHED, Version.State.RETIRED])
    last = stood.order_by("-number").first()
    if last is not None and (last.spec_hash == content_hash(spec) or (start.anew and _is_peoples(own, last, spec))):
        return 0
    day = start.after(last.valid_from if last else None)
    if last is not None and last.state == Version.State.PUBLISHED:
        _retire(last, day)
    version = Version.objects.create(
        checklist=checklist,
        unit=start.unit,
        number=(own.aggregate(highest=Max("number"))["highest"] or 0) + 1,
        state=Version.State.PUBLISHED,
        spec=spec,
        spec_hash=content_hash(spec),
        valid_from=day,
        drafted_at=start.at,
        published_at=start.at,
    )
    write_items(version=version)
    return 1


def _is_peoples(own: QuerySet[Version], last: Version, spec: dict[str, Any]) -> bool:
    """Say whether people went on from what was loaded: published their own wording, or took the list out of use."""
    went_on = last.published_by_id is not None or last.state == Version.State.RETIRED
    return went_on or own.filter(spec_hash=content_hash(spec)).exists()


def write_items(*, version: Version) -> None:
    """Write the sections and items of a version from its spec, in order."""
    spec = version.spec
    sections = Section.objects.bulk_create(
        Section(version=version, code=part["code"], name=part["zh"], name_en=part["en"], position=position)
        for position, part in enumerate(spec["sections"])
    )
    by_code = {section.code: section for section in sections}
    Item.objects.bulk_create(
        Item(
            version=version,
            section=by_code[item["section"]],
            code=item["code"],
            position=position,
            text=item["zh"],
            text_en=item["en"],
            severity=item["severity"],
            category=item["category"],
        )
        for position, item in enumerate(spec["items"])
    )


def _retire(version: Version, day: date) -> None:
    if version.valid_from is None or day <= version.valid_from:
        raise NotAllowed(f"{version.checklist.name} 的现行版本自 {version.valid_from} 起生效，新版本的生效日期须更晚。")
    version.state, version.valid_to = Version.State.RETIRED, day - ONE_DAY
    version.save(update_fields=["state", "valid_to"])


def _load_sheet(spec: dict[str, Any], start: Start) -> int:
    last = SheetVersion.objects.filter(code=spec["code"]).order_by("-number").first()
    if last is not None and last.spec_hash == content_hash(spec):
        return 0
    day = start.after(last.valid_from if last else None)
    if last is not None:
        last.valid_to = day - ONE_DAY
        last.save(update_fields=["valid_to"])
    SheetVersion.objects.create(
        code=spec["code"],
        number=last.number + 1 if last else 1,
        name=spec["zh"],
        name_en=spec["en"],
        spec=spec,
        spec_hash=content_hash(spec),
        valid_from=day,
    )
    return 1


def _figures(definition: Definition) -> list[sheets.Figure]:
    bounds = sheets.bounds()
    return [
        sheets.Figure(
            code=code,
            value=str(parameter.value),
            unit=parameter.unit,
            name=parameter.zh,
            name_en=parameter.en,
            basis="、".join(parameter.basis),
            sure=parameter.sure,
            position=position,
            **(asdict(bounds[code]) if code in bounds else {}),
        )
        for position, (code, parameter) in enumerate(definition.parameters.items(), 1)
    ]

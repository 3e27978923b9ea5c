"""Drafts: a new wording of the province, read from a file, or what a county or city adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from inspections.checklists.models import Checklist, Item, Version
from inspections.checklists.rules.definition import Definition
from inspections.checklists.rules.overlay import overlay
from inspections.checklists.rules.spec import compile_template, content_hash
from inspections.checklists.selectors import additions_of, base_for, figures
from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records


@dataclass(frozen=True, slots=True)
class Author:
    """Who drafts for which unit, under which post, and when."""

    by: User
    post: Post | None
    unit: Unit
    at: datetime


@transaction.atomic
def draft_version(
    *, checklist: Checklist, spec: Mapping[str, Any], author: Author, note: str = "", base: Version | None = None
) -> Version:
    """Write a draft of a check-list for a unit, over the draft that stands if there is one.

    Refused where it says nothing new: the same content stands already.
    """
    versions = Version.objects.select_for_update().filter(checklist=checklist, unit=author.unit)
    key = content_hash(dict(spec))
    stands = versions.filter(state=Version.State.PUBLISHED).order_by("-number").first()
    if stands is not None and stands.spec_hash == key:
        raise NotAllowed(gettext("内容与现行版本相同，不用另拟新版本。"))
    values: dict[str, Any] = {"spec": dict(spec), "spec_hash": key, "note": note, "base": base}
    values |= {"drafted_by": author.by, "drafted_at": author.at}
    draft = versions.filter(state=Version.State.DRAFT).order_by("-number").first()
    if draft is None:
        number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = Version.objects.create(checklist=checklist, unit=author.unit, number=number, **values)
    else:
        for name, value in values.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(values))
    facts = {"number": draft.number, "items": len(draft.spec["items"])}
    records.log(by=author.by, verb="checklist.draft", on=draft, after=facts, post=author.post, unit=author.unit)
    return draft


@transaction.atomic
def draft_from_definition(*, definition: Definition, author: Author, note: str = "") -> list[Version]:
    """Draft every template of a definition whose content is new, and return the drafts."""
    drafts = []
    for position, template in enumerate(definition.templates):
        spec = compile_template(definition, template.code)
        checklist = Checklist.objects.get_or_create(
            code=template.code,
            defaults={"subject": template.subject, "name": template.zh, "name_en": template.en, "position": position},
        )[0]
        stands = checklist.versions.filter(unit=author.unit, state=Version.State.PUBLISHED).order_by("-number").first()
        if stands is None or stands.spec_hash != content_hash(spec):
            drafts.append(draft_version(checklist=checklist, spec=spec, author=author, note=note))
    if not drafts:
        raise NotAllowed(gettext("文件中的检查表都与现行版本相同，没有新内容。"))
    return drafts


@transaction.atomic
def add_locally(*, checklist: Checklist, additions: Mapping[str, Any], author: Author, note: str = "") -> Version:
    """Draft what a county or city asks beyond the form above it: more items, tighter limits, never less (R8).

    What the unit added before stays; raises `OverlayRefused` with a sentence for each addition that cannot be made.
    """
    on = local_date(author.at)
    base = base_for(checklist, author.unit, on)
    if base is None:
        raise NotAllowed(gettext("上级还没有发布这份检查表，不能增加内容。"))
    own = Version.objects.filter(checklist=checklist, unit=author.unit)
    before = (
        own.filter(state=Version.State.DRAFT).order_by("-number").first()
        or own.filter(state=Version.State.PUBLISHED).order_by("-number").first()
    )
    spec = base.spec
    if before is not None and before.base is not None:
        spec = overlay(spec, additions_of(before, author.unit.name), parameters=figures(on))
    spec = overlay(
        spec,
        {**additions, "added_by": author.unit.name},
        taken=taken_codes(checklist, except_draft=before),
        parameters=figures(on),
    )
    return draft_version(checklist=checklist, spec=spec, author=author, note=note, base=base)


def taken_codes(checklist: Checklist, *, except_draft: Version | None) -> set[str]:
    """Return every code that a version anywhere ever had: codes are never used again."""
    used = set(Item.objects.filter(version__checklist=checklist).values_list("code", flat=True))
    drafts = Version.objects.filter(checklist=checklist, state=Version.State.DRAFT)
    drafts = drafts.exclude(pk=except_draft.pk) if except_draft else drafts
    for spec in drafts.values_list("spec", flat=True):
        used.update(item["code"] for item in spec["items"])
    return used

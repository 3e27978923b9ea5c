"""Who is told of an incident at once: the school's heads, and the offices of F, C and the province."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_noop

from inspections.incidents import levels
from inspections.incidents.models import Incident, Veto
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date
from logistics_portal.records import services as records
from logistics_portal.records.models import Notice
from logistics_portal.records.sayings import Said, said

HEADS = (Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL, Role.PARTY_SECRETARY, Role.LOGISTICS_OFFICER)


def tell_line(*, incident: Incident, event: str, title: Said, text: str | Said, at: datetime) -> None:
    """Tell the offices of every bureau above the school at once."""
    people = levels.people_at(levels.line_of(incident), levels.OFFICE, local_date(at))
    records.notify(
        to=people,
        key=f"incident:{incident.pk}:{event}",
        title=title,
        text=text,
        url=page_of(incident),
        urgency=Notice.Urgency.ALARM,
        at=at,
    )


def tell_unit(
    *, incident: Incident, units: Iterable[Unit], roles: Iterable[Role], event: str, title: Said, at: datetime
) -> None:
    """Tell the people on some posts of some units; the same event tells nobody twice."""
    people = levels.people_at(units, roles, local_date(at))
    key = f"incident:{incident.pk}:{event}"
    records.notify(to=people, key=key, title=title, url=page_of(incident), urgency=Notice.Urgency.ALARM, at=at)


def tell_school(*, veto: Veto, event: str, title: Said, text: str | Said, at: datetime) -> None:
    """Tell the heads of the school what became of a veto."""
    people = levels.people_at([veto.school.unit], HEADS, local_date(at))
    key = f"veto:{veto.pk}:{event}"
    url = reverse("inspections:veto", args=[veto.pk])
    records.notify(to=people, key=key, title=title, text=text, url=url, urgency=Notice.Urgency.ALARM, at=at)


def tell_sent_back(*, veto: Veto, reason: str, at: datetime) -> None:
    """Tell the heads of the bureau that confirms that a veto came back from the leader, and why."""
    people = levels.people_at([levels.level_of(veto)], [Role.OFFICE_HEAD], local_date(at))
    records.notify(
        to=people,
        key=f"veto:{veto.pk}:sent-back:{at:%s}",
        title=said(gettext_noop("一票否决被退回，请重新办理：%(name)s"), {"name": name_of(veto.incident)}),
        text=reason,
        url=reverse("inspections:veto", args=[veto.pk]),
        urgency=Notice.Urgency.ALARM,
        at=at,
    )


def page_of(incident: Incident) -> str:
    """Return the address of an incident's page."""
    return reverse("inspections:incident", args=[incident.pk])


def name_of(incident: Incident) -> Said:
    """Return an incident in few words: number, school and kind."""
    return said(
        gettext_noop("%(number)s %(school)s（%(kind)s）"),
        {
            "number": incident.number,
            "school": incident.school.name,
            "kind": Incident.Kind(incident.kind).label,
        },
    )

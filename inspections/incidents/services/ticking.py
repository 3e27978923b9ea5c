"""What the clock does with incidents: it reminds, calls the next level, and ends award windows; never twice."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors, timing
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules import clocks
from inspections.incidents.rules.words import VetoState
from inspections.incidents.services import lifting, telling
from inspections.incidents.timing import Clock
from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date
from logistics_portal.records.sayings import said
from logistics_portal.records.selectors import figures_read_once


@figures_read_once()
def tick(*, at: datetime) -> int:
    """Remind of what is due and tell the level above of what is overdue; return how many cases were looked at."""
    cases = list(open_cases())
    for incident in cases:
        for clock in timing.clocks_of(incident):
            _watch(incident, clock, at)
        _watch_days(incident, at)
    for veto in Veto.objects.filter(state=VetoState.ACTIVE, window_until__lte=local_date(at)).order_by("pk"):
        lifting.expire(veto=veto, on=local_date(at), at=at)
    return len(cases)


def open_cases() -> QuerySet[Incident]:
    """Return the incidents that are not settled, with what their clocks need."""
    rows = Incident.objects.unsettled().select_related("school__unit", levels.UP)
    return rows.prefetch_related(*selectors.with_decisions()).order_by("pk")


def _watch(incident: Incident, clock: Clock, at: datetime) -> None:
    if clock.done_at is not None or clock.unit is None or clock.key == "report":
        return
    name = telling.name_of(incident)
    roles = telling.HEADS if clock.unit.pk == incident.school.unit_id else levels.OFFICE
    if at > clock.due_at:
        units: list[Unit] = [clock.unit, _above(incident, clock.unit)]
        title = said(gettext_noop("已超时：%(what)s，%(name)s"), {"what": said(clock.label), "name": name})
        both = [*roles, *levels.OFFICE]
        telling.tell_unit(incident=incident, units=units, roles=both, event=f"{clock.key}-overdue", title=title, at=at)
    elif clock.is_near(at):
        title = said(gettext_noop("即将超时：%(what)s，%(name)s"), {"what": said(clock.label), "name": name})
        units = [clock.unit]
        telling.tell_unit(incident=incident, units=units, roles=roles, event=f"{clock.key}-soon", title=title, at=at)


def _watch_days(incident: Incident, at: datetime) -> None:
    name = telling.name_of(incident)
    if clocks.local_date(at) > selectors.casualty_window_ends(incident):
        title = said(gettext_noop("伤亡统计期已满，请核对伤亡并认定等级：%(name)s"), {"name": name})
        units = [incident.county]
        telling.tell_unit(
            incident=incident, units=units, roles=levels.OFFICE, event="casualty-window", title=title, at=at
        )
    if timing.concealment_open(incident):
        title = said(gettext_noop("请认定是否瞒报、谎报：%(name)s"), {"name": name})
        units = [incident.county.next_level]
        telling.tell_unit(
            incident=incident, units=units, roles=[Role.OFFICE_HEAD], event="concealment", title=title, at=at
        )
    if timing.finding_missing(incident, at):
        title = said(gettext_noop("事故久未作出责任认定：%(name)s"), {"name": name})
        units = [levels.province_of(incident.county)]
        telling.tell_unit(
            incident=incident, units=units, roles=levels.OFFICE, event="finding-missing", title=title, at=at
        )


def _above(incident: Incident, unit: Unit) -> Unit:
    return incident.county if unit.pk == incident.school.unit_id else unit.next_level

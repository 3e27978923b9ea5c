"""Vetoes kept in step with what is decided: their reasons, their window, and those that fall away by themselves."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules import vetoes
from inspections.incidents.rules.life import veto_after
from inspections.incidents.rules.words import VetoState
from inspections.incidents.services import telling
from logistics_portal.accounts.models import User
from logistics_portal.records import services as records
from logistics_portal.records.sayings import said


def refresh_vetoes(*, incident: Incident, by: User | None, at: datetime) -> None:
    """Bring the open vetoes of an incident's school in step with the facts and decisions of now (rights §3).

    A proposed one whose triggers fell away is dismissed by itself; an active one takes on its new reasons, and where
    none is left the confirming bureau is told: only two people may lift it.
    """
    rows = Veto.objects.select_for_update(of=("self",)).select_related("incident__school", f"incident__{levels.UP}")
    open_ones = rows.filter(school=incident.school_id, state__in=[VetoState.PROPOSED, VetoState.ACTIVE])
    for veto in open_ones.order_by("pk"):
        reasons = selectors.reasons_of(veto.incident, veto.year)
        if reasons:
            _supersede(veto, reasons, by, at)
        elif veto.state == VetoState.PROPOSED:
            _fall_away(veto, by, at)
        else:
            _ask_to_lift(veto, at)


def _supersede(veto: Veto, reasons: tuple[vetoes.Reason, ...], by: User | None, at: datetime) -> None:
    codes = [reason.trigger.value for reason in reasons]
    first, last = min(reason.day for reason in reasons), vetoes.longest(reasons)
    if (codes, first, last) == (veto.triggers, veto.window_from, veto.window_until):
        return
    if veto.state == VetoState.ACTIVE:
        veto.state = veto_after("supersede", veto.state)
    before = {"triggers": veto.triggers, "window_until": veto.window_until}
    veto.triggers, veto.window_from, veto.window_until = codes, first, last
    veto.save(update_fields=["state", "triggers", "window_from", "window_until"])
    records.log(
        by=by,
        verb="veto.supersede",
        on=veto,
        before=before,
        after={"triggers": codes, "window_until": last},
        at=at,
    )


def _fall_away(veto: Veto, by: User | None, at: datetime) -> None:
    veto.state = veto_after("dismiss", veto.state)
    veto.ended_at, veto.end_cause = at, _("按新的事实和认定，已不构成一票否决。")
    veto.save(update_fields=["state", "ended_at", "end_cause"])
    records.log(by=by, verb="veto.dismiss", on=veto, reason=veto.end_cause, at=at)


def _ask_to_lift(veto: Veto, at: datetime) -> None:
    telling.tell_unit(
        incident=veto.incident,
        units=[levels.level_of(veto)],
        roles=levels.OFFICE,
        event=f"unfounded-{veto.pk}-{veto.incident.version}",
        title=said(gettext_noop("否决 %(number)s 的事由已不成立，请按新的认定办理解除"), {"number": veto.number}),
        at=at,
    )

"""The vetoes and incidents behind a board's figures: all that is pressing, or exactly those one figure counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.dashboards.cases import PROPOSED_VETO, STANDING_VETO, UNSETTLED_INCIDENT, happened_lately
from inspections.dashboards.selectors import Tree, address
from inspections.incidents import selectors as incidents
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules.words import IncidentState, VetoState, YearVeto
from logistics_portal.accounts.models import Unit, User
from logistics_portal.kit.components import Tab
from logistics_portal.kit.dates import local_date
from schools.register.models import School

VETOED, PROPOSED, OPEN, LATELY = "vetoed", "proposed", "open", "lately"
SHOWS = {
    "": _("全部"),
    VETOED: _("已否决"),
    PROPOSED: _("拟否决"),
    OPEN: _("未结案事故"),
    LATELY: _("近 30 天发生"),
}


@dataclass(frozen=True)
class Case:
    """One school under a veto or an inquiry, with its incident."""

    school: School
    state: str
    words: str
    day: date
    text: str
    url: str


@dataclass(frozen=True)
class Held:
    """The vetoes of the year and the incidents below a bureau, as one reader sees them."""

    vetoes: QuerySet[Veto]
    incidents: QuerySet[Incident]
    at: datetime

    def counts(self) -> dict[str, int]:
        """Return how many each figure counts, by what is shown; two queries."""
        vetoes = self.vetoes.aggregate(
            **{VETOED: Count("pk", filter=STANDING_VETO), PROPOSED: Count("pk", filter=PROPOSED_VETO)}
        )
        cases = self.incidents.aggregate(
            **{OPEN: Count("pk", filter=UNSETTLED_INCIDENT), LATELY: Count("pk", filter=happened_lately(self.at))}
        )
        return vetoes | cases

    def rows(self, show: str) -> list[Case]:
        """Return what a figure counts: the vetoes in force, the proposed, the incidents open or of late; or all."""
        vetoes, cases = self._vetoes(show), self._incidents(show)
        rows = list(vetoes.select_related("school", "incident"))
        named = {it.incident_id for it in rows}
        found = [it for it in cases.select_related("school").order_by("-happened_at", "pk") if it.pk not in named]
        held = incidents.standings(sorted({it.school_id for it in found}), local_date(self.at).year)
        order = sorted(rows, key=lambda it: (it.state != VetoState.ACTIVE, -it.pk))
        return [*map(_vetoed, order), *(_open_case(it, held) for it in found)]

    def _vetoes(self, show: str) -> QuerySet[Veto]:
        wanted = {VETOED: STANDING_VETO, PROPOSED: PROPOSED_VETO, "": STANDING_VETO | PROPOSED_VETO}.get(show)
        return self.vetoes.filter(wanted) if wanted is not None else self.vetoes.none()

    def _incidents(self, show: str) -> QuerySet[Incident]:
        wanted = {OPEN: UNSETTLED_INCIDENT, LATELY: happened_lately(self.at), "": UNSETTLED_INCIDENT}.get(show)
        return self.incidents.filter(wanted) if wanted is not None else self.incidents.none()


def held(viewer: User, tree: Tree, *, at: datetime, subject: str = "") -> Held:
    """Return the vetoes of the year and the incidents below a bureau that a person may see."""
    path, year = tree.root.path, local_date(at).year
    vetoes = Veto.objects.visible_to(viewer).filter(year=year, school__unit__path__startswith=path)
    cases = Incident.objects.visible_to(viewer).counting().filter(school__unit__path__startswith=path)
    if subject:
        vetoes, cases = vetoes.filter(incident__domain=subject), cases.filter(domain=subject)
    return Held(vetoes, cases, at)


def tabs(held: Held, unit: Unit, subject: str) -> list[Tab]:
    """Return the lists of vetoes and incidents, each with how many it holds."""
    counts = {"": None, **held.counts()}
    return [
        Tab(show, str(word), address("inspections:board-vetoes", unit.code, subject=subject, show=show), counts[show])
        for show, word in SHOWS.items()
    ]


def _vetoed(veto: Veto) -> Case:
    text, url = _what(veto.incident), address("inspections:veto", veto.pk)
    return Case(veto.school, veto.state, str(VetoState(veto.state).label), _day(veto.incident), text, url)


def _open_case(incident: Incident, held: dict[int, incidents.Standing]) -> Case:
    stands = held.get(incident.school_id, incidents.NOTHING)
    withheld = stands.state == YearVeto.PROVISIONAL and incident.state != IncidentState.CLOSED
    words = str(VetoState.PROVISIONAL.label) if withheld else str(incident.get_state_display())
    state = str(VetoState.PROVISIONAL) if withheld else "open"
    url = address("inspections:incident", incident.pk)
    return Case(incident.school, state, words, _day(incident), _what(incident), url)


def _day(incident: Incident) -> date:
    return local_date(incident.happened_at)


def _what(incident: Incident) -> str:
    words = {"kind": incident.get_kind_display(), "state": incident.get_state_display()}
    return gettext("%(kind)s · %(state)s") % words

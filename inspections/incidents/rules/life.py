"""The lives of an incident, its decisions, a veto and an appeal: which step may follow which state."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from inspections.incidents.rules.words import AppealState, DecisionState, IncidentState, VetoState
from logistics_portal.kit.errors import NotAllowed

State = TypeVar("State", bound=TextChoices)


def _many(step: str, sources: Iterable[State | None], target: State) -> dict[tuple[str, State | None], State]:
    return {(step, source): target for source in sources}


INCIDENT_STEPS: Mapping[tuple[str, IncidentState | None], IncidentState] = {
    ("report", None): IncidentState.REPORTED,
    **_many("follow_up", (IncidentState.REPORTED, IncidentState.HANDLING), IncidentState.HANDLING),
    **_many("end", (IncidentState.REPORTED, IncidentState.HANDLING), IncidentState.ENDED),
    ("finish", IncidentState.ENDED): IncidentState.FINAL,
    ("close", IncidentState.FINAL): IncidentState.CLOSED,
    **_many(
        "strike",
        (IncidentState.REPORTED, IncidentState.HANDLING, IncidentState.ENDED, IncidentState.FINAL),
        IncidentState.STRUCK,
    ),
    **_many(
        "resume",
        (IncidentState.ENDED, IncidentState.FINAL, IncidentState.CLOSED, IncidentState.STRUCK),
        IncidentState.HANDLING,
    ),
}

DECISION_STEPS: Mapping[tuple[str, DecisionState | None], DecisionState] = {
    ("propose", None): DecisionState.PROPOSED,
    ("decide", DecisionState.PROPOSED): DecisionState.DECIDED,
    ("refuse", DecisionState.PROPOSED): DecisionState.REFUSED,
    ("supersede", DecisionState.DECIDED): DecisionState.SUPERSEDED,
}

VETO_STEPS: Mapping[tuple[str, VetoState | None], VetoState] = {
    **_many("propose", (None, VetoState.PROVISIONAL), VetoState.PROPOSED),
    ("confirm", VetoState.PROPOSED): VetoState.ACTIVE,
    **_many("dismiss", (VetoState.PROVISIONAL, VetoState.PROPOSED), VetoState.DISMISSED),
    ("supersede", VetoState.ACTIVE): VetoState.ACTIVE,
    **_many("lift", (VetoState.ACTIVE, VetoState.EXPIRED), VetoState.LIFTED),
    ("expire", VetoState.ACTIVE): VetoState.EXPIRED,
}

APPEAL_STEPS: Mapping[tuple[str, AppealState | None], AppealState] = {
    ("file", None): AppealState.FILED,
    ("accept", AppealState.FILED): AppealState.ACCEPTED,
    ("refuse", AppealState.FILED): AppealState.INADMISSIBLE,
    ("uphold", AppealState.ACCEPTED): AppealState.UPHELD,
    ("change", AppealState.ACCEPTED): AppealState.CHANGED,
    ("lift", AppealState.ACCEPTED): AppealState.LIFTED,
    **_many("withdraw", (AppealState.FILED, AppealState.ACCEPTED), AppealState.WITHDRAWN),
}


def incident_after(step: str, state: str | None) -> IncidentState:
    """Return the state an incident reaches by `step`, or refuse the step (rights §3)."""
    held = None if state is None else IncidentState(state)
    return _after(INCIDENT_STEPS, step, held, _("事故处于“%(state)s”，不能执行此操作。"))


def decision_after(step: str, state: str | None) -> DecisionState:
    """Return the state a grade decision or responsibility finding reaches by `step`, or refuse it (rights §3)."""
    held = None if state is None else DecisionState(state)
    return _after(DECISION_STEPS, step, held, _("该认定处于“%(state)s”，不能执行此操作。"))


def veto_after(step: str, state: str | None) -> VetoState:
    """Return the state a veto reaches by `step`, or refuse the step (rights §3)."""
    held = None if state is None else VetoState(state)
    return _after(VETO_STEPS, step, held, _("该否决处于“%(state)s”，不能执行此操作。"))


def appeal_after(step: str, state: str | None) -> AppealState:
    """Return the state an appeal reaches by `step`, or refuse the step (rights §3)."""
    held = None if state is None else AppealState(state)
    return _after(APPEAL_STEPS, step, held, _("申诉处于“%(state)s”，不能执行此操作。"))


def _after(steps: Mapping[tuple[str, State | None], State], step: str, state: State | None, sentence: str) -> State:
    if (step, state) not in steps:
        raise NotAllowed(sentence % {"state": _("尚未提出") if state is None else state.label})
    return steps[step, state]

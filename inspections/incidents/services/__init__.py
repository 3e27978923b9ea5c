"""The steps of an incident, of what is decided about it, and of the veto."""

from inspections.incidents.services.deciding import (
    decide_grade,
    decide_report_act,
    decide_responsibility,
    record_responsibility,
)
from inspections.incidents.services.reporting import (
    Casualty,
    First,
    close,
    decide_softening,
    end,
    finish,
    follow_up,
    pass_on,
    propose_softening,
    report,
)
from inspections.incidents.services.vetoing import confirm, lift, propose, refuse, second

__all__ = [
    "Casualty",
    "First",
    "close",
    "confirm",
    "decide_grade",
    "decide_report_act",
    "decide_responsibility",
    "decide_softening",
    "end",
    "finish",
    "follow_up",
    "lift",
    "pass_on",
    "propose",
    "propose_softening",
    "record_responsibility",
    "refuse",
    "report",
    "second",
]

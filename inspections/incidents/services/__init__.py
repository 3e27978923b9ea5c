"""The steps of an incident, of what is decided about it, and of the veto."""

from inspections.incidents.services.deciding import (
    Paper,
    decide_grade,
    decide_report_act,
    decide_responsibility,
    propose_grade,
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
    "Paper",
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
    "propose_grade",
    "propose_softening",
    "record_responsibility",
    "refuse",
    "report",
    "second",
]

"""The steps of an incident, of what is decided about it, and of the veto."""

from inspections.incidents.services.deciding import (
    Paper,
    decide_grade,
    decide_report_act,
    decide_responsibility,
    propose_grade,
    record_responsibility,
)
from inspections.incidents.services.lifting import decide_lift, expire, propose_lift
from inspections.incidents.services.reporting import (
    Casualty,
    First,
    close,
    end,
    finish,
    follow_up,
    pass_on,
    report,
    tell_health,
    verify_rectification,
)
from inspections.incidents.services.softening import decide_softening, propose_softening
from inspections.incidents.services.vetoing import confirm, propose, refuse, second, send_back

__all__ = [
    "Casualty",
    "First",
    "Paper",
    "close",
    "confirm",
    "decide_grade",
    "decide_lift",
    "decide_report_act",
    "decide_responsibility",
    "decide_softening",
    "end",
    "expire",
    "finish",
    "follow_up",
    "pass_on",
    "propose",
    "propose_grade",
    "propose_lift",
    "propose_softening",
    "record_responsibility",
    "refuse",
    "report",
    "second",
    "send_back",
    "tell_health",
    "verify_rectification",
]

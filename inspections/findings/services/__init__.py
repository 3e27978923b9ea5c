"""The steps that change a finding."""

from inspections.findings.services.climbing import climb_ladders, tell_fresh
from inspections.findings.services.closing import ask_withdrawal, refuse_withdrawal, reopen, withdraw
from inspections.findings.services.extending import (
    answer_extension,
    ask_extension,
    expire_requests,
    last_day_to_ask_for,
)
from inspections.findings.services.keeping import Hand, Seen
from inspections.findings.services.mending import Sighting, assign, open_by_hand, remedy
from inspections.findings.services.opening import Defect, Occasion, note_corrections, open_findings
from inspections.findings.services.tolerating import (
    Grounds,
    ask_toleration,
    decide_toleration,
    forward_toleration,
    lapse_tolerations,
    longest_toleration,
    return_toleration,
    revoke_toleration,
    tell_run_out,
)
from inspections.findings.services.verifying import accept, refuse

__all__ = [
    "Defect",
    "Grounds",
    "Hand",
    "Occasion",
    "Seen",
    "Sighting",
    "accept",
    "answer_extension",
    "ask_extension",
    "ask_toleration",
    "ask_withdrawal",
    "assign",
    "climb_ladders",
    "decide_toleration",
    "expire_requests",
    "forward_toleration",
    "lapse_tolerations",
    "last_day_to_ask_for",
    "longest_toleration",
    "note_corrections",
    "open_by_hand",
    "open_findings",
    "refuse",
    "refuse_withdrawal",
    "remedy",
    "reopen",
    "return_toleration",
    "revoke_toleration",
    "tell_fresh",
    "tell_run_out",
    "withdraw",
]

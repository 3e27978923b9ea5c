"""The steps that change a finding."""

from inspections.findings.services.climbing import climb_ladders, tell_fresh
from inspections.findings.services.closing import ask_withdrawal, reopen, withdraw
from inspections.findings.services.extending import answer_extension, ask_extension, expire_requests
from inspections.findings.services.keeping import Hand, Seen
from inspections.findings.services.mending import Sighting, assign, open_by_hand, remedy
from inspections.findings.services.opening import Defect, Occasion, open_findings
from inspections.findings.services.verifying import accept, refuse

__all__ = [
    "Defect",
    "Hand",
    "Occasion",
    "Seen",
    "Sighting",
    "accept",
    "answer_extension",
    "ask_extension",
    "ask_withdrawal",
    "assign",
    "climb_ladders",
    "expire_requests",
    "open_by_hand",
    "open_findings",
    "refuse",
    "remedy",
    "reopen",
    "tell_fresh",
    "withdraw",
]

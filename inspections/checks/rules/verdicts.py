"""What judging a check gives back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from inspections.checklists.rules.clock import Due
from inspections.checklists.rules.shape import Json

from .sayings import Saying


class Refusal(NamedTuple):
    """Why a submission cannot be taken, at an item or a rule; an empty code means the whole.

    `saying` names the sentence; without one, only the server can tell.
    """

    code: str
    sentence: str
    saying: Saying | None = None


class Note(NamedTuple):
    """Something that was not judged, and what was lacking: a fact, an item or a parameter."""

    code: str
    kind: str
    subject: str

    @property
    def sentence(self) -> str:
        """The note as the receipt shows it."""
        return str(Saying(self.kind, {"subject": self.subject, "code": self.code}))


class Alarm(NamedTuple):
    """Roles to be called at once; `worse` grows with how bad it is, so that only a worse figure calls again."""

    rule: str
    roles: tuple[str, ...]
    worse: Decimal


class Flag(NamedTuple):
    """A mark for the spot-check list."""

    flag: str
    rule: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that failed and what its finding needs; `entries` are the appliances or deliveries that failed."""

    code: str
    severity: str
    due: Due | None
    escalate_to: str
    stage: str = ""
    entries: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    stop_service: Json | None = None
    note: str = ""
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged check: what is stored, what follows, and what keeps it from being taken."""

    answers: str
    values: Json
    failures: tuple[Failure, ...]
    alarms: tuple[Alarm, ...]
    flags: tuple[Flag, ...]
    needs_reason: tuple[str, ...]
    notes: tuple[Note, ...]
    errors: tuple[Refusal, ...]
    missing: tuple[str, ...]
    complete: bool
    stages: dict[str, bool]
    n_fail: int
    n_na: int

    @property
    def ok(self) -> bool:
        """Whether the submission can be taken as it is."""
        return not self.errors

"""What a school's year is computed from: typed inputs, whether read from a file or counted from rows."""

from dataclasses import dataclass
from fractions import Fraction

from inspections.evaluations.rules.figures import ZERO
from inspections.incidents.rules.vetoes import IncidentFacts
from inspections.incidents.rules.words import YearVeto

IncidentInputs = IncidentFacts


@dataclass(frozen=True, slots=True)
class IssueCount:
    """Issues of one severity that fell due in the year."""

    on_time: int = 0
    half: int = 0
    failed: int = 0

    @property
    def due(self) -> int:
        """How many fell due."""
        return self.on_time + self.half + self.failed


@dataclass(frozen=True, slots=True)
class Sheet:
    """One scored visit: the inspecting level and its score."""

    level: str
    score: Fraction


@dataclass(frozen=True, slots=True)
class PartInputs:
    """The year of a canteen, dormitory or campus part; issues by severity."""

    required: int = 0
    exempt: int = 0
    timely: int = 0
    late: int = 0
    mismatch: int = 0
    critical: IssueCount = IssueCount()
    major: IssueCount = IssueCount()
    minor: IssueCount = IssueCount()
    visits: tuple[Sheet, ...] = ()

    def issues(self, severity: str) -> IssueCount:
        """Return the issues of a severity."""
        return {"critical": self.critical, "major": self.major, "minor": self.minor}[severity]


@dataclass(frozen=True, slots=True)
class FundsInputs:
    """The year's canteen money; rates None where nothing was due."""

    closings: Fraction | None = None
    disclosures: Fraction | None = None
    surplus_rate: Fraction | None = None
    zero_reports: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SurveyGroup:
    """The pooled surveys of one group: mean score, answers, people asked."""

    score: Fraction
    answers: int
    population: int


@dataclass(frozen=True, slots=True)
class SurveyInputs:
    """The pooled surveys of the year; None where a group was not to be asked."""

    students: SurveyGroup | None = None
    parents: SurveyGroup | None = None
    staff: SurveyGroup | None = None


@dataclass(frozen=True, slots=True)
class ManagementInputs:
    """The year of the management part; rates 0…1, None where not applicable; funds as facts or as a figure."""

    ratio: Fraction | None = None
    certs: Fraction | None = None
    training: Fraction | None = None
    regs: Fraction | None = None
    plans: Fraction | None = None
    drills: Fraction | None = None
    disclosure: Fraction | None = None
    democracy: Fraction | None = None
    funds: Fraction | FundsInputs | None = None
    new_debt: bool = False
    survey: SurveyInputs = SurveyInputs()
    visits: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class BonusFacts:
    """What was confirmed for the bonus."""

    practices: int = 0
    labour: bool = False
    basket: bool = False


@dataclass(frozen=True, slots=True)
class SchoolInputs:
    """Everything a school's result is computed from; a part that is None does not apply.

    `decided` is the state of the year's vetoes where they have been decided (proposed, confirmed, lifted);
    without it the state follows from the incidents.
    """

    canteen: PartInputs | None = None
    dormitory: PartInputs | None = None
    campus: PartInputs | None = None
    management: ManagementInputs | None = None
    bonus: Fraction | BonusFacts = ZERO
    school_days: int = 200
    late_reports: int = 0
    open_critical: bool = False
    incidents: tuple[IncidentInputs, ...] = ()
    decided: YearVeto | None = None

    @property
    def places(self) -> tuple[tuple[str, PartInputs], ...]:
        """The parts with places that apply, in the order canteen, dormitory, campus."""
        held = (("canteen", self.canteen), ("dormitory", self.dormitory), ("campus", self.campus))
        return tuple((key, part) for key, part in held if part is not None)

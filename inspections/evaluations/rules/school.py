"""A school's year: score, grade, caps and veto, and the mending of issues it rests on (evaluation §2, §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from inspections.evaluations.rules.figures import judged, mean, percent, plain
from inspections.evaluations.rules.indicators import management_part, place_part, rectified
from inspections.evaluations.rules.inputs import BonusFacts, IssueCount, PartInputs, SchoolInputs
from inspections.evaluations.rules.lines import Line, adjusted
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.words import CapKind, Grade
from inspections.incidents.rules.vetoes import triggers, veto_state
from inspections.incidents.rules.words import Trigger, YearVeto


@dataclass(frozen=True, slots=True)
class Cap:
    """One reason that keeps a result at 良好; `part` and `line` where it has them."""

    kind: CapKind
    part: str | None = None
    line: Fraction | None = None

    @property
    def code(self) -> str:
        """The cap as the case file names it."""
        line = "" if self.line is None else plain(self.line)
        return {
            CapKind.PART: f"{self.part}<{line}",
            CapKind.NOT_VISITED: f"{self.part} not visited",
            CapKind.COMPLETION: f"{self.part} completion<{line}",
            CapKind.OPEN_CRITICAL: "open critical issue",
            CapKind.SCHOOL_DAYS: f"<{line} school days",
        }[self.kind]

    @classmethod
    def read(cls, code: str) -> "Cap":
        """Return the cap that a result keeps under this code."""
        if code == cls(CapKind.OPEN_CRITICAL).code:
            return cls(CapKind.OPEN_CRITICAL)
        what, less, line = code.partition("<")
        part, _space, completion = what.partition(" ")
        if not less:
            return cls(CapKind.NOT_VISITED, part)
        if not part:
            return cls(CapKind.SCHOOL_DAYS, line=Fraction(line.removesuffix(" school days")))
        return cls(CapKind.COMPLETION if completion else CapKind.PART, part, Fraction(line))


@dataclass(frozen=True, slots=True)
class SchoolOutcome:
    """A school's result of a year, with the tree that explains every point of it."""

    explanation: Line
    grade: Grade
    grade_before_veto: Grade
    veto: YearVeto
    triggers: tuple[Trigger, ...]
    caps: tuple[Cap, ...]
    zero_issues: tuple[str, ...]
    critical_rectification: Fraction | None
    supervision: Fraction | None

    @property
    def score(self) -> Fraction | None:
        """The exact score before any veto, or None where no part applies."""
        return self.explanation.exact

    @property
    def printed(self) -> str | None:
        """The score as printed."""
        return self.explanation.printed

    @property
    def parts(self) -> dict[str, Line]:
        """The lines of the parts that were given, by key."""
        return {line.key: line for line in self.explanation.joined}

    @property
    def indicators(self) -> dict[str, dict[str, Line]]:
        """The lines of each part's indicators, by part and key."""
        return {key: {line.key: line for line in part.joined} for key, part in self.parts.items()}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One issue that fell due: hours allowed, granted on top, and taken; None while it is still open."""

    severity: str
    allowed: Fraction
    extension: Fraction
    taken: Fraction | None


@dataclass(frozen=True, slots=True)
class Rectified:
    """Issues counted by severity, and the rate 0…100 they come to."""

    issues: dict[str, IssueCount]
    rate: Fraction | None


def outcome(inputs: SchoolInputs, scheme: Scheme) -> SchoolOutcome:
    """Return a school's result of the year with its explanation (evaluation §2, §3.4, §7)."""
    explanation = _score(inputs, scheme)
    parts = explanation.joined
    pulled = triggers(inputs.incidents, inputs.late_reports, scheme.incidents)
    veto = veto_state(pulled) if inputs.decided is None else inputs.decided
    caps = _caps(parts, inputs, scheme)
    before = _grade_before_veto(explanation.exact, inputs.school_days, caps, scheme)
    return SchoolOutcome(
        explanation=explanation,
        grade=under_veto(before, veto),
        grade_before_veto=before,
        veto=veto,
        triggers=pulled,
        caps=caps,
        zero_issues=_zero_issues(inputs),
        critical_rectification=_critical_rectification(inputs, scheme),
        supervision=mean([(scheme.parts[line.key], _exact(line, "supervision")) for line in parts]),
    )


def grade_of(score: Fraction | None, scheme: Scheme) -> Grade:
    """Return the grade of a score by its printed figure, 不定等次 without one (evaluation §2)."""
    if score is None:
        return Grade.NOT_GRADED
    shown = judged(score)
    if shown >= scheme.lines["excellent"]:
        return Grade.EXCELLENT
    if shown >= scheme.lines["good"]:
        return Grade.GOOD
    return Grade.PASS if shown >= scheme.lines["qualified"] else Grade.FAIL


def under_veto(grade: Grade, veto: YearVeto) -> Grade:
    """Return the grade once the veto has spoken: active 不合格, provisional 暂缓 (evaluation §1)."""
    return {YearVeto.ACTIVE: Grade.FAIL, YearVeto.PROVISIONAL: Grade.WITHHELD}.get(veto, grade)


def rectification(remedies: Iterable[Remedy], scheme: Scheme) -> Rectified:
    """Return how many issues were mended on time, by half or not, and their rate (evaluation §2).

    An extension moves the due time; half points still end at twice the first allowed time.
    """
    tallied = {name: [0, 0, 0] for name in scheme.severities}
    for remedy in remedies:
        tallied[remedy.severity][_timing(remedy, scheme)] += 1
    issues = {name: IssueCount(*counts) for name, counts in tallied.items() if any(counts)}
    pooled = PartInputs(
        critical=issues.get("critical", IssueCount()),
        major=issues.get("major", IssueCount()),
        minor=issues.get("minor", IssueCount()),
    )
    return Rectified(issues=issues, rate=rectified(pooled, scheme).exact)


def _score(inputs: SchoolInputs, scheme: Scheme) -> Line:
    parts = [place_part(key, part, scheme) for key, part in inputs.places]
    if inputs.management is not None:
        parts.append(management_part(inputs.management, scheme))
    return adjusted("score", "score", parts, (_bonus(inputs.bonus, scheme), _late(inputs.late_reports, scheme)))


def _bonus(bonus: Fraction | BonusFacts, scheme: Scheme) -> Line:
    if isinstance(bonus, BonusFacts):
        inputs: tuple[tuple[str, int | bool | Fraction], ...] = (
            ("practices", bonus.practices),
            ("labour", bonus.labour),
            ("basket", bonus.basket),
        )
        claimed = (
            min(bonus.practices, scheme.practices_most) * scheme.practice_points
            + bonus.labour * scheme.labour_points
            + bonus.basket * scheme.basket_points
        )
    else:
        inputs, claimed = (("bonus", bonus),), bonus
    points = min(claimed, scheme.bonus_most)
    return Line(key="bonus", rule="bonus", inputs=(*inputs, ("most", scheme.bonus_most)), exact=points, points=points)


def _late(late_reports: int, scheme: Scheme) -> Line:
    points = -min(late_reports * scheme.late_report_points, scheme.late_report_most)
    inputs = (
        ("late_reports", late_reports),
        ("points_each", scheme.late_report_points),
        ("most", scheme.late_report_most),
    )
    return Line(key="late_reports", rule="late_reports", inputs=inputs, exact=points, points=points)


def _caps(parts: tuple[Line, ...], inputs: SchoolInputs, scheme: Scheme) -> tuple[Cap, ...]:
    caps = [cap for part in parts if part.exact is not None for cap in _part_caps(part, scheme)]
    if inputs.open_critical:
        caps.append(Cap(CapKind.OPEN_CRITICAL))
    if inputs.school_days < scheme.cap_school_days:
        caps.append(Cap(CapKind.SCHOOL_DAYS, line=Fraction(scheme.cap_school_days)))
    return tuple(caps)


def _part_caps(part: Line, scheme: Scheme) -> Iterable[Cap]:
    if part.exact is not None and judged(part.exact) < scheme.cap_part:
        yield Cap(CapKind.PART, part.key, scheme.cap_part)
    if _exact(part, "supervision") is None:
        yield Cap(CapKind.NOT_VISITED, part.key)
    completion = _exact(part, "completion")
    if completion is not None and judged(completion) < scheme.cap_completion:
        yield Cap(CapKind.COMPLETION, part.key, scheme.cap_completion)


def _grade_before_veto(score: Fraction | None, school_days: int, caps: tuple[Cap, ...], scheme: Scheme) -> Grade:
    if school_days < scheme.graded_school_days:
        return Grade.NOT_GRADED
    grade = grade_of(score, scheme)
    return Grade.GOOD if grade == Grade.EXCELLENT and caps else grade


def _zero_issues(inputs: SchoolInputs) -> tuple[str, ...]:
    return tuple(key for key, part in inputs.places if part.critical.due + part.major.due + part.minor.due == 0)


def _critical_rectification(inputs: SchoolInputs, scheme: Scheme) -> Fraction | None:
    pooled = [part.critical for _, part in inputs.places]
    mended = sum((count.on_time + scheme.half_share * count.half for count in pooled), Fraction(0))
    return percent(mended, sum(count.due for count in pooled))


def _exact(line: Line, key: str) -> Fraction | None:
    below = line.find(key)
    return None if below is None else below.exact


def _timing(remedy: Remedy, scheme: Scheme) -> int:
    if remedy.taken is None:
        return 2
    if remedy.taken <= remedy.allowed + remedy.extension:
        return 0
    return 1 if remedy.taken <= scheme.half_within * remedy.allowed else 2

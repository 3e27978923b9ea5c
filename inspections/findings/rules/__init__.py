"""The life of a finding: its steps, its deadlines, who is told when, and how its mending counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import ONE_DAY, day_end, last_day_before, local_date
from logistics_portal.kit.errors import NotAllowed

DaysEnd = Callable[[date, int], datetime]
"""24:00 of the n-th day after a day: school days of the school's calendar, or working days of the State Council's."""

NO_TIME = timedelta(0)
_ALLOWANCE = re.compile(r"(\d{1,4})([mhd])", re.ASCII)


class State(TextChoices):
    """Where a finding stands."""

    OPEN = "open", _("待整改")
    REMEDIED = "remedied", _("待复查")
    CLOSED = "closed", _("已销号")


class Outcome(TextChoices):
    """How a closed finding ended."""

    VERIFIED = "verified", _("复查通过")
    WITHDRAWN = "withdrawn", _("误报撤销")


class Severity(TextChoices):
    """How much a finding weighs."""

    CRITICAL = "critical", _("严重")
    MAJOR = "major", _("较重")
    MINOR = "minor", _("一般")


class Origin(TextChoices):
    """On what occasion a finding was made; it decides who verifies."""

    OWN_CHECK = "own_check", _("学校自查")
    VISIT = "visit", _("督导")
    SPOT_CHECK = "spot_check", _("抽查")
    COMPLAINT = "complaint", _("投诉举报")


OF_BUREAU = frozenset({Origin.SPOT_CHECK, Origin.COMPLAINT})  # taken back without the school asking


class Step(TextChoices):
    """What may be done with a finding."""

    REMEDY = "remedy", _("提交整改")
    ACCEPT = "accept", _("复查通过")
    REFUSE = "refuse", _("退回整改")
    EXTEND = "extend", _("延期")
    TOLERATE = "tolerate", _("限期保留")
    ESCALATE = "escalate", _("升级督办")
    WITHDRAW = "withdraw", _("误报撤销")
    REOPEN = "reopen", _("重新打开")


class Rectified(TextChoices):
    """How the mending of a finding counts in the year's appraisal."""

    ON_TIME = "on_time", _("按期整改")
    HALF = "half", _("逾期但在两倍期限内")
    FAILED = "failed", _("逾期未改")


STEPS: dict[tuple[Step, State], State] = {
    (Step.REMEDY, State.OPEN): State.REMEDIED,
    (Step.ACCEPT, State.REMEDIED): State.CLOSED,
    (Step.REFUSE, State.REMEDIED): State.OPEN,
    (Step.EXTEND, State.OPEN): State.OPEN,
    (Step.TOLERATE, State.OPEN): State.OPEN,
    (Step.ESCALATE, State.OPEN): State.OPEN,
    (Step.WITHDRAW, State.OPEN): State.CLOSED,
    (Step.WITHDRAW, State.REMEDIED): State.CLOSED,
    (Step.REOPEN, State.CLOSED): State.OPEN,
}
OUTCOMES: dict[Step, Outcome] = {Step.ACCEPT: Outcome.VERIFIED, Step.WITHDRAW: Outcome.WITHDRAWN}
RETURNING = frozenset({Step.REFUSE, Step.REOPEN})


def after(step: str, state: str) -> State:
    """Return the state that `step` leads to, or refuse the step (R107)."""
    try:
        return STEPS[Step(step), State(state)]
    except KeyError:
        words = {"state": State(state).label, "step": Step(step).label}
        raise NotAllowed(gettext("问题目前为“%(state)s”，不能%(step)s，请刷新页面后再办理。") % words) from None


def steps_from(state: str) -> list[Step]:
    """Return the steps that may be taken from a state."""
    return [step for step in Step if (step, State(state)) in STEPS]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long a finding may stay open: minutes or hours by the clock, or school days."""

    clock: timedelta = timedelta(0)
    school_days: int = 0

    @classmethod
    def read(cls, text: str) -> Allowance:
        """Return the allowance that a check-list writes as `30m`, `4h` or `3d`; raises `ValueError` otherwise."""
        match = _ALLOWANCE.fullmatch(text)
        if not match or not int(match[1]):
            raise ValueError(text)
        amount = int(match[1])
        if match[2] == "d":
            return cls(school_days=amount)
        return cls(clock=timedelta(hours=amount) if match[2] == "h" else timedelta(minutes=amount))


@dataclass(frozen=True, slots=True)
class RungRule:
    """When one rung of the ladder comes, counted from opening or from the deadline, and who is told."""

    key: str
    told: tuple[str, ...]
    from_due: bool = True
    wait: Allowance = field(default_factory=Allowance)


_CRITICAL_FIRST = (
    "fixer",
    "logistics_officer@school",
    "food_safety_director@school",
    "vice_principal_logistics@school",
    "principal@school",
    "office_clerk@F",
)
DEFAULT_LADDERS: Mapping[Severity, tuple[RungRule, ...]] = {
    Severity.CRITICAL: (
        RungRule("opened", _CRITICAL_FIRST, from_due=False),
        RungRule("overdue", _CRITICAL_FIRST),
        RungRule("unremedied", ("office_head@F",), from_due=False, wait=Allowance(timedelta(hours=4))),
        RungRule("overdue_city", ("office_head@C",), wait=Allowance(timedelta(hours=24))),
        RungRule("overdue_province", ("office_head@P",), wait=Allowance(timedelta(hours=72))),
    ),
    Severity.MAJOR: (
        RungRule("opened", ("fixer", "logistics_officer@school"), from_due=False),
        RungRule("overdue", ("vice_principal_logistics@school", "principal@school", "office_clerk@F")),
        RungRule("overdue_head", ("office_head@F",), wait=Allowance(school_days=3)),
        RungRule("overdue_city", ("office_head@C",), wait=Allowance(school_days=10)),
    ),
    Severity.MINOR: (
        RungRule("opened", ("fixer",), from_due=False),
        RungRule("overdue", ("vice_principal_logistics@school", "principal@school")),
        RungRule("overdue_list", ("list@F",), wait=Allowance(school_days=10)),
    ),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of findings, as in force when one was recorded (rights-and-states §5).

    Who is told is written `role@level`: school, F first reviewer, C the one above, P province; `fixer` is the
    person it was given to, `list@F` a line on the first reviewer's list instead of a call.
    """

    allowances: Mapping[Severity, Allowance] = field(
        default_factory=lambda: {
            Severity.CRITICAL: Allowance(timedelta(hours=4)),
            Severity.MAJOR: Allowance(school_days=3),
            Severity.MINOR: Allowance(school_days=10),
        }
    )
    critical_longest: timedelta = timedelta(hours=24)
    extensions: int = 1
    ladders: Mapping[Severity, tuple[RungRule, ...]] = field(default_factory=lambda: DEFAULT_LADDERS)
    half_until: int = 2
    verify_days: int = 5
    verify_more_days: int = 5
    answer_days: int = 2
    reopen_within: timedelta = timedelta(days=30)
    tolerate_longest: int = 366


DEFAULTS = Figures()


@dataclass(frozen=True, slots=True)
class Timing:
    """What a finding's row says of its time: `due_at` is the deadline in force, `first_due_at` the first one.

    `late_before` is how late the school was already when it asked for the tolerations it was granted.
    """

    severity: Severity
    recorded_at: datetime
    first_due_at: datetime
    due_at: datetime
    extensions: int = 0
    tolerated_until: date | None = None
    late_before: timedelta = NO_TIME

    @property
    def allowed(self) -> timedelta:
        """Return the first allowed time: from recording to the first deadline."""
        return self.first_due_at - self.recorded_at

    @property
    def holds_until(self) -> datetime:
        """Return when the finding becomes overdue, a toleration included."""
        return max(self.due_at, day_end(self.tolerated_until)) if self.tolerated_until else self.due_at


def first_due(
    severity: Severity,
    recorded_at: datetime,
    school_days: DaysEnd,
    own: Allowance | None = None,
    figures: Figures = DEFAULTS,
) -> datetime:
    """Return the first deadline: the item's own allowance, else that of the severity (checklists §1).

    A critical finding runs by the clock alone, never longer than `critical_longest`.
    """
    allowance = own or figures.allowances[severity]
    if severity == Severity.CRITICAL:
        clock = figures.critical_longest if allowance.school_days else allowance.clock
        return recorded_at + min(clock, figures.critical_longest)
    return waited(recorded_at, allowance, school_days, local_date(recorded_at))


def overdue(timing: Timing, state: str, at: datetime) -> bool:
    """Return whether the school is late: still open after the deadline in force, a toleration counted."""
    return state == State.OPEN and at > timing.holds_until


def remind_at(timing: Timing, school_day_before: Callable[[date], date]) -> datetime:
    """Return when the fixer is reminded: a school day before the deadline, at half time where hours count."""
    half = timing.recorded_at + (timing.due_at - timing.recorded_at) / 2
    eve = day_end(school_day_before(last_day_before(timing.due_at)))
    return half if timing.severity == Severity.CRITICAL or eve <= timing.recorded_at else eve


def latest_extension(timing: Timing) -> datetime:
    """Return the latest deadline an extension may set: the first allowed time once more."""
    return timing.first_due_at + timing.allowed


def last_extension_day(timing: Timing) -> date:
    """Return the last day that is over by the latest deadline an extension may set."""
    return local_date(latest_extension(timing)) - ONE_DAY


def require_extension(timing: Timing, until: datetime, asked_at: datetime, figures: Figures = DEFAULTS) -> None:
    """Refuse an extension that the rules do not allow, naming what stands in the way."""
    if timing.severity == Severity.CRITICAL:
        raise NotAllowed(gettext("严重问题不能延期，请先停用并立即整改。"))
    if timing.extensions >= figures.extensions:
        raise NotAllowed(gettext("这个问题已经延期过，不能再次延期。"))
    if asked_at >= timing.due_at:
        raise NotAllowed(gettext("整改期限已过，不能再申请延期。"))
    if until <= timing.due_at:
        raise NotAllowed(gettext("新期限应晚于原期限。"))
    if until > latest_extension(timing):
        words = {"day": last_extension_day(timing)}
        raise NotAllowed(gettext("延期不能超过首次期限的时长，最晚可选 %(day)s。") % words)


def extension_allowed(timing: Timing, until: datetime, asked_at: datetime, figures: Figures = DEFAULTS) -> bool:
    """Return whether an extension may be granted: once, asked in time, never critical, as long as at first at most."""
    try:
        require_extension(timing, until, asked_at, figures)
    except NotAllowed:
        return False
    return True


def last_toleration_day(on: date, since: date | None = None, figures: Figures = DEFAULTS) -> date:
    """Return until when a fault may be tolerated that was first tolerated `since`, or is asked for `on` a day."""
    return (since or on) + timedelta(days=figures.tolerate_longest)


def require_toleration(
    timing: Timing,
    until: date,
    on: date,
    *,
    structural: bool,
    since: date | None = None,
    figures: Figures = DEFAULTS,
) -> None:
    """Refuse a toleration unless the cause is structural, not critical, and it ends within a school year.

    `since` is the first day the finding was ever tolerated: a second toleration does not begin another year.
    """
    if timing.severity == Severity.CRITICAL or not structural:
        raise NotAllowed(gettext("只有注明“结构性”的非严重问题可以限期保留。"))
    last = last_toleration_day(on, since, figures)
    if not on < until <= last:
        words = {"days": figures.tolerate_longest, "day": last}
        raise NotAllowed(gettext("限期保留最长 %(days)s 天，最晚可选 %(day)s。") % words)


def tolerated(timing: Timing, asked_at: datetime, until: date) -> Timing:
    """Return how a finding's time stands once it is tolerated: late from the agreed day's end, and as late as before.

    What was late already when the school asked stays late (R107); neither the office's own time to answer nor the days
    up to the agreed one count.
    """
    late = timing.late_before + max(asked_at - timing.holds_until, NO_TIME)
    return replace(timing, due_at=max(timing.due_at, day_end(until)), tolerated_until=until, late_before=late)


def no_longer_tolerated(timing: Timing, old_due_at: datetime, at: datetime) -> Timing:
    """Return how a finding's time stands once its toleration is revoked: late from now on, and as late as before it.

    `old_due_at` is the deadline that the toleration had put off; one that is still to come holds again.
    """
    return replace(timing, due_at=max(old_due_at, at), tolerated_until=local_date(at) - ONE_DAY)


def lateness(timing: Timing, at: datetime) -> timedelta:
    """Return how long a finding has been late at a moment, tolerated days left out."""
    return timing.late_before + max(at - timing.holds_until, NO_TIME)


def require_reopening(closed_at: datetime, at: datetime, figures: Figures = DEFAULTS) -> None:
    """Refuse to reopen a finding that was closed too long ago; a recheck by inspectors does not ask here."""
    if at > closed_at + figures.reopen_within:
        words = {"days": figures.reopen_within.days}
        raise NotAllowed(gettext("销号已超过%(days)s天，不能重新打开，请登记新问题。") % words)


def require_other_person(verifier: int | None, worked_on_it: Iterable[int | None]) -> None:
    """Refuse a verifier who mended the finding or handed the remedy in."""
    if verifier is None or verifier in set(worked_on_it):
        raise NotAllowed(gettext("整改人、提交人不能复查自己的整改，请由他人复查。"))


def verifiers(severity: Severity, origin: Origin) -> tuple[str, ...]:
    """Return who verifies, as `role@level`; `visit` is the level that made the visit or the spot check."""
    if origin == Origin.VISIT:
        return ("inspector@visit",)
    if origin == Origin.SPOT_CHECK:
        return ("office_clerk@visit", "office_clerk@F")
    if origin == Origin.OWN_CHECK and severity == Severity.MINOR:
        return ("vice_principal_logistics@school", "food_safety_director@school", "principal@school")
    return ("office_clerk@F",)


def verification_due(remedied_at: datetime, working_days: DaysEnd, figures: Figures = DEFAULTS) -> datetime:
    """Return until when a remedy is to be verified; these days never cost the school."""
    return working_days(local_date(remedied_at), figures.verify_days)


def verification_escalates(remedied_at: datetime, working_days: DaysEnd, figures: Figures = DEFAULTS) -> datetime:
    """Return when the head of the first reviewer's office is told of a remedy nobody verified."""
    return working_days(local_date(remedied_at), figures.verify_days + figures.verify_more_days)


def extension_answer_due(asked_at: datetime, working_days: DaysEnd, figures: Figures = DEFAULTS) -> datetime:
    """Return until when an extension may be granted; silence after that is a refusal."""
    return working_days(local_date(asked_at), figures.answer_days)


def rectified(timing: Timing, fixed_at: datetime | None, figures: Figures = DEFAULTS) -> Rectified:
    """Return how a finding counts (evaluation §2): `fixed_at` is the hand-in of the remedy later accepted.

    An extension or a toleration moves the deadline, but half points still end at twice the first allowed time; what
    was late before a toleration was asked for is not in time any more.
    """
    if fixed_at is None:
        return Rectified.FAILED
    if not lateness(timing, fixed_at):
        return Rectified.ON_TIME
    half = timing.recorded_at + figures.half_until * timing.allowed
    return Rectified.HALF if fixed_at <= half else Rectified.FAILED


def waited(start: datetime, wait: Allowance, school_days: DaysEnd, day: date) -> datetime:
    """Return when an allowance that begins at `start`, on `day`, is over: by the clock or after school days."""
    return school_days(day, wait.school_days) if wait.school_days else start + wait.clock

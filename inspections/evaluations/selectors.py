"""Results as they read today: the grade after the veto, and the explanation of every point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from inspections.evaluations import behind, pages
from inspections.evaluations.behind import SCHOOL, Figure
from inspections.evaluations.models import Evaluation, Run
from inspections.evaluations.pages import Branch
from inspections.evaluations.rules.figures import plain
from inspections.evaluations.rules.inputs import SchoolInputs
from inspections.evaluations.rules.lines import Line
from inspections.evaluations.rules.parsers import school_inputs
from inspections.evaluations.rules.reading import Reader
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.school import Cap, SchoolOutcome, grade_of, outcome
from inspections.evaluations.rules.words import LABELS, CapKind, Grade
from inspections.incidents import selectors as incidents
from inspections.incidents.models import Veto
from inspections.incidents.rules.words import YearVeto
from logistics_portal.kit.dates import local_date
from schools.terms.selectors import calendar_for

YEAR_DIGITS = 4


@dataclass(frozen=True)
class CapTold:
    """What keeps the grade down, in words; `href` leads to the rows that say so, where there are any."""

    words: str
    href: str = ""


@dataclass(frozen=True)
class Told:
    """One result with what a page needs to explain it."""

    evaluation: Evaluation
    standing: incidents.Standing
    grade: Grade
    inputs: SchoolInputs
    tree: Line
    story: Branch
    caps: list[CapTold]
    highest: Grade
    scheme: Scheme


def latest_run(year: int | None = None) -> Run | None:
    """Return the newest finished run, of one year or of any."""
    done = Run.objects.filter(state=Run.State.DONE).select_related("scheme")
    if year is not None:
        done = done.filter(year=year)
    return done.order_by("-year", "-number").first()


def run_asked_for(text: str, number: str = "") -> Run | None:
    """Return the finished run an address names by year and number: else the newest of the year, else of any year."""
    named = text.isascii() and text.isdigit() and len(text) == YEAR_DIGITS
    if named and number.isascii() and number.isdigit() and len(number) <= YEAR_DIGITS:
        done = Run.objects.filter(state=Run.State.DONE, year=int(text), number=int(number))
        return done.select_related("scheme").first()
    return latest_run(int(text)) if named else latest_run()


def years() -> list[int]:
    """Return the years that have a finished run, newest first."""
    done = Run.objects.filter(state=Run.State.DONE)
    return sorted(set(done.values_list("year", flat=True)), reverse=True)


def standings_of(year: int) -> dict[int, incidents.Standing]:
    """Return what stands against each school that has a veto or an incident near the year."""
    touched = set(Veto.objects.filter(year=year).values_list("school", flat=True))
    touched |= set(incidents.touching(year).values_list("school", flat=True))
    return incidents.standings(sorted(touched), year)


def with_grade(rows: QuerySet[Evaluation], year: int) -> QuerySet[Evaluation, Any]:
    """Return the results with `grade` as it reads now: vetoed ones fail, withheld ones wait (evaluation §1)."""
    held = standings_of(year)
    vetoed = [school for school, standing in held.items() if standing.state == YearVeto.ACTIVE]
    waiting = [school for school, standing in held.items() if standing.state == YearVeto.PROVISIONAL]
    return rows.annotate(
        grade=Case(
            When(school__in=vetoed, then=Value(Grade.FAIL.value)),
            When(school__in=waiting, then=Value(Grade.WITHHELD.value)),
            default=F("own_grade"),
            output_field=CharField(),
        ),
        veto=Case(
            When(school__in=vetoed, then=Value(YearVeto.ACTIVE.value)),
            When(school__in=waiting, then=Value(YearVeto.PROVISIONAL.value)),
            default=Value(YearVeto.NONE.value),
            output_field=CharField(),
        ),
    )


@dataclass(frozen=True)
class Finished:
    """A run with how many schools stand at each grade now."""

    run: Run
    grades: list[tuple[Grade, int]]

    @property
    def lists(self) -> list[tuple[Grade, int, str]]:
        """Return the grades with where their schools are listed."""
        return [(grade, number, self.url(grade.value)) for grade, number in self.grades]

    @property
    def number(self) -> int:
        """Return how many schools there are in all."""
        return sum(number for _grade, number in self.grades)

    def url(self, grade: str = "") -> str:
        """Return the results of this very run, of one grade or of all."""
        asked = {"year": str(self.run.year), "run": str(self.run.number)}
        return f"{reverse('inspections:evaluations')}?{urlencode(asked | ({'grade': grade} if grade else {}))}"


def run_with_grades(pk: int) -> Finished:
    """Return a run and its grades as they stand now; raises `Run.DoesNotExist` for no such run."""
    run = Run.objects.select_related("scheme", "ordered_by").get(pk=pk)
    rows: Any = with_grade(Evaluation.objects.filter(run=run), run.year)
    counted = dict(rows.values_list("grade").annotate(n=Count("pk")).order_by())
    return Finished(run, [(grade, counted[grade.value]) for grade in Grade if grade.value in counted])


def told(evaluation: Evaluation) -> Told:
    """Return a result with its explanation, computed again from its frozen inputs and scheme."""
    scheme = Scheme.from_json(evaluation.run.scheme.figures)
    inputs = school_inputs(Reader(evaluation.school.code, "", evaluation.inputs))
    result: SchoolOutcome = outcome(inputs, scheme)
    year = evaluation.run.year
    standing = incidents.standings([evaluation.school_id], year).get(evaluation.school_id, incidents.NOTHING)
    grade = {
        YearVeto.ACTIVE: Grade.FAIL,
        YearVeto.PROVISIONAL: Grade.WITHHELD,
        YearVeto.NONE: Grade(evaluation.own_grade),
    }[standing.state]
    return Told(
        evaluation=evaluation,
        standing=standing,
        grade=grade,
        inputs=inputs,
        tree=result.explanation,
        story=pages.grown(evaluation, result.explanation, behind.figures(inputs)),
        caps=[_cap(evaluation, cap) for cap in result.caps],
        highest=grade_of(result.score, scheme),
        scheme=scheme,
    )


def school_days_so_far(evaluation: Evaluation) -> int:
    """Return the school days of the year up to the moment of the run, by the calendar as it stands now."""
    first, last = date(evaluation.run.year, 1, 1), date(evaluation.run.year, 12, 31)
    until = min(local_date(evaluation.run.as_of), last)
    school = evaluation.school_id
    return calendar_for([school], first, last)[school].totals(first, until).operating if until >= first else 0


def _cap(evaluation: Evaluation, cap: Cap) -> CapTold:
    if cap.kind == CapKind.OPEN_CRITICAL:
        return CapTold(_open_critical(evaluation.run), behind.address(evaluation, Figure(SCHOOL, "open_critical")))
    part, why = gettext(LABELS[cap.part]) if cap.part else "", _why_capped(evaluation, cap)
    return CapTold(gettext("%(part)s：%(why)s") % {"part": part, "why": why} if part else why)


def _why_capped(evaluation: Evaluation, cap: Cap) -> str:
    if cap.kind == CapKind.OPEN_CRITICAL:
        return _open_critical(evaluation.run)
    known = {"line": "" if cap.line is None else plain(cap.line), "days": evaluation.school_days}
    return {
        CapKind.PART: gettext("得分低于 %(line)s 分"),
        CapKind.NOT_VISITED: gettext("本年度还没有督导评分"),
        CapKind.COMPLETION: gettext("检查完成率低于 %(line)s%%"),
        CapKind.SCHOOL_DAYS: gettext("全年在校日 %(days)s 天，不足 %(line)s 天"),
    }[cap.kind] % known


def why_not_excellent(evaluation: Evaluation, grade: Grade, veto: YearVeto, scheme: Scheme) -> str:
    """Return what stands between a result and 优秀 as it reads now; nothing where it is 优秀.

    A veto in force is named alone; otherwise every reason is named.
    """
    if grade == Grade.EXCELLENT:
        return ""
    if veto == YearVeto.ACTIVE:
        return gettext("有一票否决，本年度不合格")
    waits = [gettext("有事故待认定或待否决，结果暂缓")] if veto == YearVeto.PROVISIONAL else []
    ungraded = _not_graded(evaluation, scheme)
    reasons = [ungraded] if ungraded else [*_below_the_line(evaluation, scheme), *_capped(evaluation)]
    return gettext("；").join([*waits, *reasons])


def _not_graded(evaluation: Evaluation, scheme: Scheme) -> str:
    if evaluation.school_days < scheme.graded_school_days:
        named = {"days": evaluation.school_days, "line": scheme.graded_school_days}
        return gettext("全年在校日 %(days)s 天，不足 %(line)s 天，不定等次") % named
    return "" if evaluation.score else gettext("没有适用的指标，不定等次")


def _below_the_line(evaluation: Evaluation, scheme: Scheme) -> list[str]:
    line = scheme.lines["excellent"]
    named = {"score": evaluation.score, "line": plain(line)}
    return [gettext("得分 %(score)s，优秀线 %(line)s 分") % named] if Fraction(evaluation.score) < line else []


def _capped(evaluation: Evaluation) -> list[str]:
    """Return what keeps a result at 良好 whatever its points, parts with the same reason named together."""
    parts: dict[str, list[str]] = {}
    for cap in map(Cap.read, evaluation.caps):
        parts.setdefault(_why_capped(evaluation, cap), []).extend([gettext(LABELS[cap.part])] if cap.part else [])
    return [
        gettext("%(part)s：%(why)s") % {"part": gettext("、").join(named), "why": why} if named else why
        for why, named in parts.items()
    ]


def _open_critical(run: Run) -> str:
    """Return the words for a critical finding past its deadline: as of now, until the year is over."""
    at = timezone.localtime(run.as_of)
    if at.year > run.year:
        return gettext("年底仍有严重问题超期未整改")
    return gettext("截至 %(day)s 有严重问题超期未整改") % {"day": at.date().isoformat()}

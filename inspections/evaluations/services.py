"""Running a year's evaluation: inputs are gathered, frozen and hashed; the veto is asked when results are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from inspections.evaluations.gathering import Year, gather
from inspections.evaluations.models import Evaluation, Run, SchemeVersion
from inspections.evaluations.rules.figures import printed_or_none
from inspections.evaluations.rules.inputs import SchoolInputs
from inspections.evaluations.rules.scheme import Scheme
from inspections.evaluations.rules.school import SchoolOutcome, outcome
from inspections.evaluations.rules.writing import school_case
from logistics_portal.accounts.models import User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import jobs
from logistics_portal.records import services as records
from schools.register.models import School

TASK = "inspections.evaluations.tasks.run_year"
AT_ONCE = 500
Progress = Callable[[int, int], None]


@transaction.atomic
def order_run(*, year: int, by: User | None, at: datetime) -> Run:
    """Order a run of a year for every school; it is computed in the background."""
    if not 2009 <= year <= at.year:  # noqa: PLR2004 - the founding document's year
        raise NotAllowed(_("年度应在2009年到今年之间。"))
    if Run.objects.filter(year=year, state=Run.State.RUNNING).exists():
        raise NotAllowed(_("%(year)s年度评价正在计算，请等它完成。") % {"year": year})
    last = Run.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.create(
        year=year, number=last + 1, scheme=scheme_of(year, at=at), as_of=at, ordered_by=by, ordered_at=at
    )
    unit = by.main_post.unit if by is not None and by.main_post else None
    jobs.order(kind=TASK, key=str(run.pk), payload={"run_id": run.pk}, unit=unit, by=by, at=at)
    records.log(by=by, verb="evaluation.run", on=run, after={"year": year, "number": run.number}, unit=unit, at=at)
    return run


def scheme_of(year: int, *, at: datetime) -> SchemeVersion:
    """Return the scheme a year is scored by; the first run of a year freezes the default figures."""
    found = SchemeVersion.objects.filter(year=year).order_by("-number").first()
    if found is not None:
        return found
    figures = Scheme().to_json()
    return SchemeVersion.objects.create(year=year, figures=figures, figures_hash=fingerprint(figures), created_at=at)


def compute(*, run: Run, progress: Progress) -> Run:
    """Compute a run anew: every school's inputs as they stand at the run's moment, then points and grade.

    Running it twice writes the same results once. The rows appear together, when the run is done.
    """
    scheme = Scheme.from_json(run.scheme.figures)
    year = Year(run.year, run.as_of)
    schools = list(_schools(year))
    rows: list[Evaluation] = []
    for start in range(0, len(schools), AT_ONCE):
        part = schools[start : start + AT_ONCE]
        inputs = gather(part, year, scheme.incidents)
        rows += [_row(run, school, inputs[school.pk], scheme) for school in part]
        progress(len(rows), len(schools))
    return _publish(run, rows)


def fingerprint(content: object) -> str:
    """Return the hash of plain data, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def _publish(run: Run, rows: Sequence[Evaluation]) -> Run:
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.state == Run.State.DONE:
        return run
    Evaluation.objects.bulk_create(rows, batch_size=500)
    run.schools = len(rows)
    run.input_hash = fingerprint([row.input_hash for row in rows])
    run.result_hash = fingerprint([[row.school.code, row.score, row.own_grade, row.caps] for row in rows])
    run.state, run.finished_at = Run.State.DONE, run.as_of
    run.save(update_fields=["schools", "input_hash", "result_hash", "state", "finished_at"])
    return run


def _schools(year: Year) -> QuerySet[School]:
    living = School.objects.exclude(closed_date__lt=year.first).filter(opened_date__lte=year.last)
    return living.select_related("unit__parent__parent").order_by("code")


def _row(run: Run, school: School, inputs: SchoolInputs, scheme: Scheme) -> Evaluation:
    result = outcome(inputs, scheme)
    written = school_case(inputs)
    return Evaluation(
        run=run,
        school=school,
        county=school.unit.first_reviewer,
        score=result.printed or "",
        score_sort=int(result.printed.replace(".", "")) if result.printed else None,
        own_grade=result.grade_before_veto,
        caps=[cap.code for cap in result.caps],
        parts={key: line.printed for key, line in result.parts.items()},
        indicators=_indicators(result),
        inputs=written,
        input_hash=fingerprint([school.code, run.scheme.figures_hash, written]),
        critical_rectification=printed_or_none(result.critical_rectification) or "",
        supervision=printed_or_none(result.supervision) or "",
        school_days=inputs.school_days,
        zero_issues=list(result.zero_issues),
    )


def _indicators(result: SchoolOutcome) -> dict[str, dict[str, str | None]]:
    return {part: {key: line.printed for key, line in lines.items()} for part, lines in result.indicators.items()}

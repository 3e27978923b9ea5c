"""The incidents of the demo province: one vetoed, one under investigation, one small."""

from __future__ import annotations

from datetime import timedelta

from inspections.incidents.models import Incident
from inspections.incidents.rules.words import Grade, Responsibility
from inspections.incidents.services import (
    Casualty,
    First,
    confirm,
    decide_grade,
    decide_responsibility,
    propose,
    propose_grade,
    record_responsibility,
    report,
)
from inspections.incidents.services.deciding import Paper
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import Plot
from schools.register.models import School


def plant(plot: Plot) -> None:
    """Report three incidents a while ago and carry two of them on."""
    boarding = [school for school in plot.grown["schools"] if school.is_boarding and school != plot.grown["shown"]]
    others = [school for school in plot.grown["schools"] if school not in boarding and school != plot.grown["shown"]]
    if len(boarding) > 1 and others:
        _vetoed(plot, boarding[0])
        _pending(plot, boarding[1])
        _small(plot, others[0])


def _report(plot: Plot, first: First, *, minutes: int) -> Incident:
    officer = plot.staff[first.school.unit_id][Role.VICE_PRINCIPAL_LOGISTICS]
    at = first.discovered_at + timedelta(minutes=minutes)
    return report(first=first, by=officer, post=plot.posts[officer.pk], at=at)


def _first(plot: Plot, school: School, day: int, kind: str, domain: str, **more: object) -> First:
    happened = plot.at(plot.first + timedelta(days=min(day, plot.days - 1)), 11, 40)
    happened = min(happened, plot.now - timedelta(hours=4))
    school = School.objects.select_related("unit__parent__parent").get(pk=school.pk)
    return First(
        school=school,
        kind=kind,
        domain=domain,
        happened_at=happened,
        discovered_at=happened + timedelta(minutes=10),
        **more,  # type: ignore[arg-type]
    )


def _vetoed(plot: Plot, school: School) -> None:
    first = _first(
        plot,
        school,
        4,
        Incident.Kind.CO,
        Incident.Domain.DORMITORY,
        summary="宿舍采暖管道倒烟，2 名住宿生一氧化碳中毒送医，经救治脱离危险。",
        casualty=Casualty(gravely_hurt=2),
    )
    incident = _report(plot, first, minutes=35)
    bureau = plot.staff[incident.county_id]
    upper = plot.staff[incident.county.next_level.pk]
    at = incident.reported_at + timedelta(hours=30)
    paper = Paper("〔2026〕县调字第 7 号", "县人民政府事故调查组")
    clerk, head = bureau[Role.OFFICE_CLERK], bureau[Role.OFFICE_HEAD]
    grade = propose_grade(incident=incident, grade=Grade.GENERAL, paper=paper, by=clerk, at=at)
    decide_grade(decision=grade, agree=True, by=head, post=plot.posts[head.pk], at=at)
    found = record_responsibility(incident=incident, degree=Responsibility.MAJOR, paper=paper, by=clerk, at=at)
    decide_responsibility(finding=found, agree=True, by=head, post=plot.posts[head.pk], at=at)
    veto = propose(
        incident=incident, year=incident.happened_at.year, text="一般事故，学校负主要责任。", by=clerk, at=at
    )
    upper_head = upper[Role.OFFICE_HEAD]
    confirm(
        veto=veto,
        document_no="〔2026〕市教后字第 21 号",
        by=upper_head,
        post=plot.posts[upper_head.pk],
        at=at + timedelta(hours=20),
    )


def _pending(plot: Plot, school: School) -> None:
    first = _first(
        plot,
        school,
        14,
        Incident.Kind.FOOD,
        Incident.Domain.CANTEEN,
        summary="晚餐后部分学生呕吐、腹泻，12 人就诊，均已好转，样品送检。",
        casualty=Casualty(food_cases=12),
    )
    _report(plot, first, minutes=45)


def _small(plot: Plot, school: School) -> None:
    first = _first(
        plot,
        school,
        9,
        Incident.Kind.FALL,
        Incident.Domain.CAMPUS,
        summary="课间 1 名学生在湿滑台阶跌倒，手腕擦伤，校医处理后返回课堂。",
        casualty=Casualty(hurt=1),
    )
    _report(plot, first, minutes=150)

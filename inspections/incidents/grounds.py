"""The facts of an incident that a veto rests on, for whoever signs one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.incidents import selectors
from inspections.incidents.models import GradeDecision, Incident, ResponsibilityFinding, Veto
from inspections.incidents.rules import vetoes
from inspections.incidents.rules.words import Reporting, Trigger
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.money import yuan

Row = tuple[str, Any]


def grounds_of(incident: Incident, years: list[int]) -> list[Row]:
    """Return which incident of which school it is, what was decided about it, and what that comes to in each year."""
    return [
        (_("学校"), incident.school.name),
        (_("事故"), f"{incident.number} · {incident.get_kind_display()} · {_at(incident.happened_at)}"),
        (_("伤亡和损失"), harm_in_words(incident)),
        (_("等级"), _decided(selectors.decided_grade(incident), _("尚未认定，按现有数字测算"), _grade(incident))),
        (_("责任"), _decided(selectors.decided_responsibility(incident), _("尚未认定"))),
        (_("报告情况"), _report(incident)),
        *[row for year in years for row in _reasons(incident, year)],
    ]


def grounds_of_veto(veto: Veto) -> list[Row]:
    """Return the facts behind a veto as they stand now, and the proposal."""
    by = _("（%(text)s）") % {"text": veto.proposed_by}
    return [*grounds_of(veto.incident, [veto.year]), (_("提出理由"), f"{veto.proposal}{by}")]


def proposal_of(row: GradeDecision | ResponsibilityFinding) -> list[Row]:
    """Return what is proposed of an incident, on which paper and by whom, for whoever decides it."""
    by = f"{row.proposed_by} {_at(row.proposed_at)}"
    paper = f"{row.authority} {row.document_no}".strip()
    if isinstance(row, ResponsibilityFinding):
        found = [(_("录入的责任认定"), f"{row.get_degree_display()} · {paper}"), (_("录入人"), by)]
    else:
        found = [
            (_("拟定等级"), f"{row.get_grade_display()} · {paper}".strip(" ·")),
            (_("拟定理由"), row.reason),
            (_("拟定人"), by),
        ]
    softer = [(_("注意"), _("这项认定会减轻事故后果，属降低性变更，省级可见。"))] if row.softens else []
    return [*((label, words) for label, words in found if words), *softer]


def harm_in_words(incident: Incident) -> str:
    """Return who was hurt and what was lost, in a line."""
    named = {
        "deaths": incident.deaths,
        "gravely": incident.gravely_hurt,
        "hurt": incident.hurt,
        "food": incident.food_cases,
        "loss": yuan(incident.loss_fen),
    }
    return (
        _(
            "死亡 %(deaths)s 人，重伤、急性中毒 %(gravely)s 人，轻伤 %(hurt)s 人，食源性病例 %(food)s 例，"
            "直接经济损失 %(loss)s 元"
        )
        % named
    )


def _decided(row: GradeDecision | ResponsibilityFinding | None, otherwise: str, computed: str = "") -> str:
    if row is None:
        return f"{otherwise} {computed}".strip()
    word = row.get_grade_display() if isinstance(row, GradeDecision) else row.get_degree_display()
    return f"{word} · {row.authority} {row.document_no}".strip()


def _grade(incident: Incident) -> str:
    return str(selectors.facts_of(incident).grade.label)


def _report(incident: Incident) -> str:
    named = {"found": _at(incident.discovered_at), "reported": _at(incident.reported_at)}
    times = _("%(found)s 发现，%(reported)s 报告") % named
    act = selectors.report_act(incident)
    if act is None:
        return times
    word = act.get_kind_display()
    if act.kind in {Reporting.CONCEALED, Reporting.FALSE}:
        word = f"{word} · {act.document_no}".strip(" ·")
    return f"{word} · {times}"


def _reasons(incident: Incident, year: int) -> list[Row]:
    label = _("%(year)s 年度的否决情形") % {"year": year}
    return [(label, _reason(incident, year, reason)) for reason in selectors.reasons_of(incident, year)]


def _reason(incident: Incident, year: int, reason: vetoes.Reason) -> str:
    named = {"code": reason.trigger.value, "label": reason.trigger.label, "day": reason.day, "months": reason.months}
    words = _("%(code)s %(label)s（自 %(day)s 起 %(months)s 个月）") % named
    if reason.trigger != Trigger.T6:
        return words
    others = selectors.touching(year).filter(school_id=incident.school_id)
    late = selectors.late_reports(others.prefetch_related(*selectors.with_decisions()), year)
    return f"{words} · {' '.join(one.number for one in late)}"


def _at(moment: datetime) -> str:
    return f"{local_date(moment)} {timezone.localtime(moment):%H:%M}"

"""What the pages of an incident and of a veto show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.incidents import doors, grounds, levels, selectors, timing
from inspections.incidents.doors import Door
from inspections.incidents.models import GradeDecision, Incident, Lifting, ReportAct, ResponsibilityFinding, Veto
from inspections.incidents.rules import grades
from inspections.incidents.rules.words import Decider, DecisionState, Trigger, VetoState, higher
from inspections.incidents.services import vetoing
from inspections.incidents.tables import DECISIONS, GRADES, STATES, VETOES
from inspections.incidents.timing import Clock
from inspections.incidents.words import Compared, change_lines
from logistics_portal.accounts.models import User
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.components import Crumb, Figure
from logistics_portal.kit.money import yuan
from logistics_portal.records import trails

RELATED = ("school__unit__parent__parent__parent", levels.UP, "place", "reported_by", "rectified_by")
PARTS = {"grade": GradeDecision, "responsibility": ResponsibilityFinding, "report_act": ReportAct}
VETO_RELATED = (
    "school__unit__parent__parent__parent",
    "incident__school__unit__parent__parent__parent",
    f"incident__{levels.UP}",
    levels.UP,
    "proposed_by",
    "seconded_by",
    "confirmed_by",
    "ended_by",
    "ended_second",
)


@dataclass(frozen=True)
class Told:
    """A clock with the words of this moment."""

    label: str
    due_at: datetime
    done_at: datetime | None
    tone: str
    words: str


def told(clocks: list[Clock], now: datetime) -> list[Told]:
    """Return clocks as a page tells them now."""
    return [Told(it.label, it.due_at, it.done_at, it.tone(now), it.words(now)) for it in clocks]


def incident_context(user: User, incident: Incident, now: datetime) -> dict[str, Any]:
    """Return everything the page of one incident shows."""
    ways = doors.doors_of(user, incident)
    word = selectors.veto_word(incident)
    return {
        "incident": incident,
        "crumbs": [Crumb(_("安全事故"), "../")],
        "facts": _("%(school)s · 初审单位 %(county)s")
        % {"school": incident.school.name, "county": incident.county.name},
        "tone": STATES[incident.state],
        "veto": (VETOES[word.value], word.label) if word is not None else None,
        "figures": figures_of(incident),
        "rows": facts_of(incident),
        "mine": [way for way in ways if way.is_open],
        "theirs": [way for way in ways if not way.is_open and way.urgent],
        "clocks": told(timing.clocks_of(incident), now),
        "ladders": ladder_rows(incident),
        "ladders_note": _("两套分级，取高者") if food_ladder_fits(incident) else "",
        "responsibility": responsibility_rows(incident),
        "act": act_words(incident),
        "vetoes": [(veto, VETOES[veto.state]) for veto in incident.vetoes.all()],
        "years": doors.years_to_veto(incident),
        "softenings": [(row, change_lines(row.change), DECISIONS[row.state]) for row in incident.softenings.all()],
        "versions": list(incident.versions.select_related("by", "approved_by").order_by("number")),
        "events": trails.events(on=incident, also=incident.vetoes.all(), parts=PARTS, codes={"triggers": Trigger}),
    } | _notes(incident, now)


def _notes(incident: Incident, now: datetime) -> dict[str, Any]:
    compared = Compared(list(incident.versions.order_by("number")))
    return {
        "compared": compared.rows(),
        "concealment": timing.concealment_open(incident),
        "finding_missing": timing.finding_missing(incident, now),
        "window_ends": selectors.casualty_window_ends(incident),
    }


def figures_of(incident: Incident) -> list[Figure]:
    """Return the figures of harm; cases of food-borne illness where they matter."""
    food = [Figure(_("食源性病例"), incident.food_cases, unit=_("例"))] if food_ladder_fits(incident) else []
    return [
        Figure(_("死亡"), incident.deaths, unit=_("人"), tone="bad" if incident.deaths else ""),
        Figure(_("重伤、急性中毒"), incident.gravely_hurt, unit=_("人"), tone="bad" if incident.gravely_hurt else ""),
        Figure(_("轻伤"), incident.hurt, unit=_("人")),
        *food,
        Figure(_("直接经济损失"), yuan(incident.loss_fen), unit=_("元")),
    ]


def facts_of(incident: Incident) -> list[tuple[str, Any]]:
    """Return the plain facts beside the figures."""
    by = _("学校自报") if incident.reported_by_school else _("他人发现、报告")
    return [
        (_("类型"), incident.get_kind_display()),
        (_("地点"), incident.place or incident.get_domain_display()),
        (_("发生时间"), _at(incident.happened_at)),
        (_("学校发现时间"), _at(incident.discovered_at)),
        (_("报告时间"), _at(incident.reported_at)),
        (_("报告人"), _("%(who)s（%(what)s）") % {"who": incident.reported_by, "what": by}),
        (_("应报告事项"), reportable_words(incident)),
        (_("后勤范围"), _("属后勤范围") if incident.in_scope else _("不属后勤范围，不作否决")),
        (_("整改核验"), _at(incident.rectified_at) or _("未核验")),
    ]


def reportable_words(incident: Incident) -> str:
    """Return whether an incident has to be reported upwards, and by what: as it was entered, or by its figures."""
    if not timing.must_be_passed_on(incident):
        return _("否")
    return _("是（登记为应报告事项）") if incident.reportable else _("是（伤亡、病例或损失达到上报标准）")


def food_ladder_fits(incident: Incident) -> bool:
    """Say whether an incident is graded as one of food as well: it is one, or has cases of food-borne illness (K41)."""
    return incident.kind == Incident.Kind.FOOD or incident.food_cases > 0


def ladders_in_words(incident: Incident) -> str:
    """Return what the ladders that fit compute from the figures held now, for whoever proposes a grade."""
    held = selectors.casualties_of(incident)
    first, second = grades.ladder_a(held, selectors.FIGURES), grades.ladder_b(held, selectors.FIGURES)
    named = {"first": first.label, "second": second.label, "grade": higher(first, second).label}
    if not food_ladder_fits(incident):
        return _("按现有数字测算：生产安全事故分级为%(first)s。") % named
    return _("按现有数字测算：生产安全事故分级为%(first)s，食品安全事故分级为%(second)s，取高者：%(grade)s。") % named


def ladder_rows(incident: Incident) -> list[tuple[str, str, str, str]]:
    """Return the ladders that fit, computed, and the grades proposed or decided: label, grade, tone, note."""
    held = selectors.casualties_of(incident)
    first, second = grades.ladder_a(held, selectors.FIGURES), grades.ladder_b(held, selectors.FIGURES)
    rows = [(_("测算：生产安全事故分级"), str(first.label), GRADES[first], "")]
    if food_ladder_fits(incident):
        rows.append((_("测算：食品安全事故分级"), str(second.label), GRADES[second], ""))
    for row in incident.grades.all():
        note = f"{row.authority} {row.document_no} {row.decided_by or ''}".strip()
        label = _("认定（%(state)s）") % {"state": row.get_state_display()}
        rows.append((label, row.get_grade_display(), GRADES[row.grade], note))
    decided = selectors.decided_grade(incident)
    if decided is not None and selectors.outgrown(incident, decided):
        rows.append((_("伤亡已超过认定时的数字，须重新认定"), str(selectors.facts_of(incident).grade.label), "bad", ""))
    return rows


def responsibility_rows(incident: Incident) -> list[tuple[str, str, str]]:
    """Return the responsibility entered and decided: state, degree, document."""
    return [
        (row.get_state_display(), row.get_degree_display(), f"{row.authority} {row.document_no}")
        for row in incident.responsibilities.all()
    ]


def act_words(incident: Incident) -> tuple[str, str, str] | None:
    """Return how the incident was reported: tone, word, and by what it is held."""
    act = selectors.report_act(incident)
    if act is None:
        return None
    tone = {"late": "warn", "on_time": "good"}.get(act.kind, "bad")
    by = _("系统按时钟认定") if act.decided_by_id is None else f"{act.document_no} {act.text}"
    return tone, act.get_kind_display(), by


def veto_context(user: User, veto: Veto, now: datetime) -> dict[str, Any]:
    """Return everything the page of one veto shows."""
    unit, open_lift = veto.school.unit, _open_lifting(veto)
    ways = veto_doors(user, veto, open_lift)
    return {
        "veto": veto,
        "tone": VETOES[veto.state],
        "crumbs": [Crumb(_("一票否决登记簿"), "../")],
        "reasons": [(code, Trigger(code).label) for code in veto.triggers],
        "grounds": grounds.grounds_of(veto.incident, [veto.year]),
        "effects": effects_of(veto),
        "rows": veto_facts(veto),
        "mine": [way for way in ways if way.is_open],
        "theirs": [way for way in ways if not way.is_open],
        "lifting": open_lift,
        "liftings": [(row, DECISIONS[row.state]) for row in veto.liftings.all()],
        "due": told([Clock("confirm", _confirmation(veto), vetoing.confirmation_due(veto), veto.confirmed_at)], now)
        if veto.state == VetoState.PROPOSED
        else [],
        "unit": unit,
        "events": trails.events(on=veto, codes={"triggers": Trigger}),
    }


def _confirmation(veto: Veto) -> str:
    """Return what the confirmer has to do in time: refusing is named only where the same level may refuse."""
    return _("确认或不予否决") if vetoing.refuser_of(veto) == levels.confirmer_of(veto) else _("确认")


def if_not_agreed(veto: Veto) -> tuple[str, str]:
    """Return what somebody who is asked to confirm a veto, and does not agree, can do (rights §2 and §3)."""
    if veto.seconded_by_id is not None:
        words = _("不要确认；返回后选“不同意，退回”，写明理由，退给初核的负责人。")
    elif vetoing.refuser_of(veto) == levels.confirmer_of(veto):
        words = _("不要确认；返回后选“决定不予否决”，写明理由。")
    else:
        words = _("不要确认，向省级后勤部门负责人说明理由：事由仍成立时，只有省级可以决定不予否决。")
    return _("不同意时"), words


def _open_lifting(veto: Veto) -> Lifting | None:
    return next((row for row in veto.liftings.all() if row.state == DecisionState.PROPOSED), None)


def veto_doors(user: User, veto: Veto, lifting: Lifting | None) -> list[Door]:
    """Return the steps of a veto possible now: confirm, refuse, lift, decide on lifting."""
    found: list[tuple[str, str, Permission, Any]] = []
    level = levels.level_of(veto)
    if veto.state == VetoState.PROPOSED:
        found.append((*confirm_step(veto), level))
        if veto.seconded_by_id is not None:
            found.append((_("不同意，退回"), "veto-send-back", Permission.VETO_CONFIRM_LEADER, level))
        refuser = vetoing.refuser_of(veto)
        found.append(
            (_("决定不予否决"), "veto-refuse", refuse_permission(refuser), levels.unit_for(refuser, veto.county))
        )
    elif veto.state in {VetoState.ACTIVE, VetoState.EXPIRED}:
        if lifting is None:
            found.append((_("提出解除否决"), "veto-lift", Permission.VETO_LIFT, level))
        else:
            found.append((_("决定是否解除"), "lifting-decide", Permission.VETO_LIFT_LEADER, lifting.unit))
    return [
        Door(
            label,
            doors.address(name, lifting.pk if name == "lifting-decide" and lifting else veto.pk),
            doors.who((permission,), unit),
            user.can(permission, at=veto.school.unit),
            urgent=name != "veto-lift",
        )
        for label, name, permission, unit in found
    ]


def confirm_step(veto: Veto) -> tuple[str, str, Permission]:
    """Return the next signature of a proposed veto: its label, its page and the right it takes."""
    if levels.confirmer_of(veto) != Decider.PROVINCE:
        return _("确认否决"), "veto-confirm", Permission.VETO_CONFIRM_GENERAL
    if veto.seconded_by_id is None:
        return _("省级初核"), "veto-second", Permission.VETO_CONFIRM_PROVINCE
    return _("确认否决"), "veto-confirm", Permission.VETO_CONFIRM_LEADER


def confirm_permission(veto: Veto) -> Permission:
    """Return the right it takes to confirm: the province's leader for a grave veto, else the head one above F."""
    grave = levels.confirmer_of(veto) == Decider.PROVINCE
    return Permission.VETO_CONFIRM_LEADER if grave else Permission.VETO_CONFIRM_GENERAL


def refuse_permission(refuser: Decider) -> Permission:
    """Return the right it takes to refuse a proposed veto."""
    return Permission.VETO_CONFIRM_PROVINCE if refuser == Decider.PROVINCE else Permission.VETO_CONFIRM_GENERAL


def veto_facts(veto: Veto) -> list[tuple[str, Any]]:
    """Return who did what about a veto, and on what paper."""
    rows: list[tuple[str, Any]] = [
        (_("编号含义"), number_in_words(veto)),
        (_("否决年度"), veto.year),
        (_("依据"), veto.basis),
        (_("提出人"), f"{veto.proposed_by} {_at(veto.proposed_at)}"),
        (_("提出理由"), veto.proposal),
    ]
    if veto.seconded_by is not None:
        rows.append((_("省级初核"), f"{veto.seconded_by} {_at(veto.seconded_at)}"))
    if veto.confirmed_by is not None:
        rows.append((_("确认人"), f"{veto.confirmed_by} {_at(veto.confirmed_at)}"))
        rows.append((_("决定文号"), veto.document_no))
        rows.append((_("申诉"), str(vetoing.how_to_appeal(veto))))
    if veto.ended_at is not None:
        people = _("、").join(str(person) for person in (veto.ended_by, veto.ended_second) if person is not None)
        rows.append((_("解除（驳回）"), f"{people} {_at(veto.ended_at)} {veto.end_cause}"))
    return rows


def number_in_words(veto: Veto) -> str:
    """Return what the number of a veto is made of: the incident's, the first reviewer's code, and a count (§5)."""
    parts = veto.number.removeprefix(f"{veto.incident.number}-").rpartition("-")
    named = {"incident": veto.incident.number, "code": parts[0], "county": veto.county.name, "n": parts[2]}
    return _("事故 %(incident)s；初审单位代码 %(code)s（%(county)s）；该事故第 %(n)s 项否决") % named


def effects_of(veto: Veto) -> list[tuple[str, str]]:
    """Return what a veto means, for whom and until when (evaluation §3.4); nothing holds before it is confirmed."""
    year, first, last = veto.year, veto.window_from.isoformat(), veto.window_until.isoformat()
    named = {"year": year, "first": first, "last": last, "county": veto.county.name}
    return [
        (_("学校年度评价"), _("%(year)s 年度等次为不合格，不参加排名；仍显示否决前得分。") % named),
        (
            _("学校评先创建"),
            _("%(first)s 至 %(last)s 前不得申报、表彰，并须整改核验通过；同领域称号撤销，其他称号暂停待复查。") % named,
        ),
        (_("责任人"), _("%(first)s 当日的总负责人和分管副校长，当年个人考核建议为不合格，由人事部门决定。") % named),
        (_("初审单位"), _("%(county)s %(year)s 年度每校扣 5 分（最多 20 分），该校最高按 59.99 分计入。") % named),
    ]


def _at(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment is not None else ""

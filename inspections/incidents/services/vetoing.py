"""The one-vote veto: proposed below, confirmed above by others, lifted only for a cause (evaluation §3.3)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inspections.incidents import levels, selectors
from inspections.incidents.levels import confirmer_of
from inspections.incidents.models import Incident, Veto
from inspections.incidents.rules import clocks, vetoes
from inspections.incidents.rules.life import veto_after
from inspections.incidents.rules.words import Decider, VetoState
from inspections.incidents.services import telling
from inspections.incidents.services.keeping import locked
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import last_day_before, local_date, until_text
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records
from logistics_portal.records.sayings import Said, said
from schools.terms.selectors import national_calendar


@transaction.atomic
def propose(*, incident: Incident, year: int, text: str, by: User, at: datetime, post: Post | None = None) -> Veto:
    """Propose the veto that the incident's decided facts give for `year`; refuse where they give none.

    F proposes within its days after the finding; only then may C or the province propose in its place.
    """
    incident = locked(incident)
    reasons = selectors.reasons_of(incident, year)
    if not reasons or not incident.in_scope or incident.state == "struck":
        raise NotAllowed(_("按已认定的等级和责任，这起事故在该年度不构成一票否决。"))
    standing = incident.vetoes.filter(year=year, state__in=["proposed", "active", "expired"])
    if standing.exists():
        raise NotAllowed(_("这起事故在该年度已有否决，不能重复提出。"))
    _refuse_haste(incident, post, at)
    row = Veto.objects.create(
        number=f"{incident.number}-{incident.county.code}-{incident.vetoes.count() + 1}",
        school_id=incident.school_id,
        county=incident.county,
        incident=incident,
        year=year,
        state=veto_after("propose", None),
        triggers=[reason.trigger.value for reason in reasons],
        basis=_("吉教校产字〔2009〕1号第五部分"),
        window_from=min(reason.day for reason in reasons),
        window_until=vetoes.longest(reasons),
        proposed_by=by,
        proposed_at=at,
        proposal=text,
    )
    records.log(
        by=by,
        verb="veto.propose",
        on=row,
        after={"number": row.number, "triggers": row.triggers, "year": year},
        reason=text,
        at=at,
    )
    _tell_confirmer(row, "proposed", Role.OFFICE_HEAD, at)
    return row


def proposal_due(incident: Incident) -> datetime | None:
    """Return until when F proposes the veto: working days after the last decision; nothing before there is one."""
    decided = selectors.last_decision(incident)
    if decided is None:
        return None
    day = local_date(decided)
    return clocks.proposal_due(day, national_calendar(), selectors.figures_on(day))


def _refuse_haste(incident: Incident, post: Post | None, at: datetime) -> None:
    if post is None or post.unit_id == incident.county_id:
        return
    due = proposal_due(incident)
    if due is not None and at <= due:
        unit, until = incident.county.name, until_text(due)
        raise NotAllowed(
            _("先由%(unit)s在 %(until)s 前提出，逾期后上级可以直接提出。") % {"unit": unit, "until": until}
        )


@transaction.atomic
def second(*, veto: Veto, by: User, post: Post, at: datetime) -> Veto:
    """First of the two provincial signatures that a grave veto needs; the leader's `confirm` follows."""
    row = _locked(veto)
    _require_open(row)
    _require_another(row, by, local_date(at))
    if confirmer_of(row) != Decider.PROVINCE:
        raise NotAllowed(_("这项否决由上一级单位直接确认，不需要省级初核。"))
    if row.seconded_by_id is not None:
        raise NotAllowed(_("这项否决已经初核，请由分管领导确认。"))
    levels.require_decider(row.county, Decider.PROVINCE, post)
    _refuse_unfounded(row)
    row.seconded_by, row.seconded_at = by, at
    row.save(update_fields=["seconded_by", "seconded_at"])
    records.log(by=by, verb="veto.second", on=row, post=post, at=at)
    _tell_confirmer(row, f"seconded-{at:%s}", Role.BUREAU_LEADER, at)
    return row


@transaction.atomic
def send_back(*, veto: Veto, reason: str, by: User, post: Post, at: datetime) -> Veto:
    """Take the first provincial signature off a veto and give it back to the heads, with the reason (rights §2).

    It stays proposed; the head signs anew, or refuses it.
    """
    row = _locked(veto)
    _require_open(row)
    _require_another(row, by, local_date(at))
    if not reason.strip():
        raise NotAllowed(_("退回必须写明理由。"))
    if row.seconded_by_id is None:
        raise NotAllowed(_("这项否决还没有初核，不能退回。"))
    levels.require_decider(row.county, Decider.PROVINCE, post)
    before = {"seconded_by": row.seconded_by_id}
    row.seconded_by, row.seconded_at = None, None
    row.save(update_fields=["seconded_by", "seconded_at"])
    records.log(by=by, verb="veto.send_back", on=row, before=before, reason=reason, post=post, at=at)
    telling.tell_sent_back(veto=row, reason=reason, at=at)
    return row


@transaction.atomic
def confirm(*, veto: Veto, document_no: str, by: User, post: Post, at: datetime) -> Veto:
    """Confirm a proposed veto at the right level, by somebody else, with the number of the decision."""
    row = _locked(veto)
    _require_open(row)
    _require_another(row, by, local_date(at))
    if not document_no.strip():
        raise NotAllowed(_("确认否决必须写明决定文号。"))
    decider = confirmer_of(row)
    levels.require_decider(row.county, decider, post)
    if decider == Decider.PROVINCE and row.seconded_by_id is None:
        raise NotAllowed(_("较大及以上事故、瞒报谎报的否决，须先由省级后勤部门负责人初核，再由分管领导确认。"))
    _refuse_unfounded(row)
    row.state = veto_after("confirm", row.state)
    row.confirmed_by, row.confirmed_at, row.document_no = by, at, document_no.strip()
    row.save(update_fields=["state", "confirmed_by", "confirmed_at", "document_no"])
    after = {"state": row.state, "document_no": row.document_no}
    records.log(by=by, verb="veto.confirm", on=row, after=after, post=post, at=at)
    telling.tell_school(
        veto=row,
        event="active",
        title=said(gettext_noop("一票否决决定：%(number)s（%(year)s 年度）"), {"number": row.number, "year": row.year}),
        text=said(gettext_noop("决定文号 %(no)s。%(appeal)s"), {"no": row.document_no, "appeal": how_to_appeal(row)}),
        at=at,
    )
    return row


@transaction.atomic
def refuse(*, veto: Veto, reason: str, by: User, post: Post, at: datetime) -> Veto:
    """Refuse a proposed veto; while its triggers still hold only the province can (rights §3)."""
    row = _locked(veto)
    _require_open(row)
    _require_another(row, by, local_date(at))
    levels.require_no_gain(row.county, by, local_date(at))
    if not reason.strip():
        raise NotAllowed(_("不予否决必须写明理由。"))
    levels.require_decider(row.county, refuser_of(row), post)
    row.state = veto_after("dismiss", row.state)
    row.ended_by, row.ended_at, row.end_cause = by, at, reason
    row.save(update_fields=["state", "ended_by", "ended_at", "end_cause"])
    records.log(by=by, verb="veto.refuse", on=row, reason=reason, post=post, at=at)
    title = said(gettext_noop("不予否决：%(number)s"), {"number": row.number})
    telling.tell_line(incident=row.incident, event=f"dismissed-{row.pk}", title=title, text=reason[:200], at=at)
    return row


def refuser_of(veto: Veto) -> Decider:
    """Return which level may refuse a proposed veto: the province while a trigger holds."""
    return Decider.PROVINCE if selectors.reasons_of(veto.incident, veto.year) else confirmer_of(veto)


def appeal_ends(veto: Veto) -> datetime:
    """Return until when the school may appeal against a confirmed veto (evaluation §3.3)."""
    notified = local_date(veto.confirmed_at or veto.proposed_at)
    return clocks.appeal_ends(notified, national_calendar(), selectors.figures_on(notified))


def how_to_appeal(veto: Veto) -> Said:
    """Return to whom and until when the school may appeal: on paper, as the portal takes no appeals yet."""
    bureau = levels.unit_for(confirmer_of(veto), veto.county).name
    named = {"until": last_day_before(appeal_ends(veto)).isoformat(), "bureau": bureau}
    wording = gettext_noop(
        "如有异议，请在 %(until)s 以前（含当日）向%(bureau)s书面提出申诉；本系统暂不能在线提交申诉。"
    )
    return said(wording, named)


def confirmation_due(veto: Veto) -> datetime:
    """Return until when a proposed veto is confirmed or refused (rights §5)."""
    day = local_date(veto.proposed_at)
    return clocks.confirmation_due(day, national_calendar(), selectors.figures_on(day))


def _tell_confirmer(veto: Veto, event: str, role: Role, at: datetime) -> None:
    telling.tell_unit(
        incident=veto.incident,
        units=[levels.level_of(veto)],
        roles=[role],
        event=f"veto-{veto.pk}-{event}",
        title=said(gettext_noop("一票否决待确认：%(name)s"), {"name": telling.name_of(veto.incident)}),
        at=at,
    )


def _locked(veto: Veto) -> Veto:
    related = ("incident__school", f"incident__{levels.UP}", levels.UP, "school__unit")
    return Veto.objects.select_for_update(of=("self",)).select_related(*related).get(pk=veto.pk)


def _require_open(veto: Veto) -> None:
    if veto.state != VetoState.PROPOSED:
        raise NotAllowed(_("这项否决处于“%(state)s”，不能再确认或驳回。") % {"state": veto.get_state_display()})


def _require_another(veto: Veto, by: User, on: date) -> None:
    if by.pk in {veto.proposed_by_id, veto.seconded_by_id}:
        raise NotAllowed(_("提出人、初核人不能再确认同一项否决，请由他人办理。"))
    levels.require_no_gain(veto.county, by, on)


def _refuse_unfounded(veto: Veto) -> None:
    if not selectors.reasons_of(veto.incident, veto.year):
        raise NotAllowed(_("按现在的事实和认定，这项否决的事由已不成立，不能确认。"))

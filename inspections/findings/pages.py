"""What the page of one finding shows a person: facts, photos, the life so far, the steps that are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Version, in_language
from inspections.findings import rules, selectors
from inspections.findings.forms import AcceptForm, RefuseForm, seen_of
from inspections.findings.models import ExtensionRequest, Finding, FindingEvent, Toleration
from inspections.findings.people import Act, post_for
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import SHANGHAI, until_text
from schools.register.models import Place, School
from schools.register.selectors import PLACE_PAGES


@dataclass(frozen=True)
class Page:
    """The page of a step: its title, what it does, its button, what is said when it is done."""

    title: Promise
    consequence: Promise
    button: Promise
    done: Promise
    danger: bool = False


PAGES = {
    Act.ASSIGN: Page(_("指定责任人"), _("责任人会收到消息，可以提交整改。"), _("指定"), _("已指定责任人。")),
    Act.REMEDY: Page(
        _("提交整改"), _("提交后由他人复查；按期与否以提交时间为准。"), _("提交复查"), _("整改已提交，等待复查。")
    ),
    Act.ACCEPT: Page(_("复查通过"), _("通过后问题销号。"), _("通过"), _("已复查通过，问题销号。")),
    Act.REFUSE: Page(_("退回整改"), _("退回后仍按原期限整改。"), _("退回"), _("已退回学校。")),
    Act.ASK_EXTENSION: Page(
        _("申请延期"),
        _("期限前申请，由初审单位答复；只能延期一次，过了答复期限未答复即为不同意。"),
        _("提交申请"),
        _("延期申请已提交。"),
    ),
    Act.EXTEND: Page(_("答复延期申请"), _("同意后整改期限改为申请的日期。"), _("答复"), _("已答复。")),
    Act.ASK_WITHDRAWAL: Page(
        _("申请误报撤销"), _("由初审单位决定；撤销后记录仍然可查，单独统计。"), _("提交申请"), _("申请已提交。")
    ),
    Act.WITHDRAW: Page(
        _("误报撤销"), _("撤销后问题销号，不计入整改率，记录仍然可查。"), _("撤销"), _("已撤销。"), danger=True
    ),
    Act.REOPEN: Page(
        _("重新打开"),
        _("问题回到待整改，按级别重新计算期限，并计一次退回。"),
        _("重新打开"),
        _("已重新打开。"),
        danger=True,
    ),
    Act.REFUSE_WITHDRAWAL: Page(
        _("不同意误报撤销"), _("问题照旧整改，期限不变。"), _("不同意撤销"), _("已答复，问题照旧整改。")
    ),
    Act.ASK_TOLERATION: Page(
        _("申请限期保留"),
        _(
            "只限房屋、管网、用地等结构性原因，严重问题不能保留；由初审单位经办初审、负责人审定，两人办理，并向社会说明。"
            "申请前已超期的，仍按超期计；需要续期的，请在到期前申请。"
        ),
        _("提交申请"),
        _("限期保留申请已提交。"),
    ),
    Act.PREPARE_TOLERATION: Page(
        _("初审限期保留"),
        _("须写明结构性原因和依据文号；公示说明向社会公开。由负责人另行审定。"),
        _("提交"),
        _("已办理。"),
    ),
    Act.DECIDE_TOLERATION: Page(
        _("审定限期保留"),
        _("同意后，到期前不算超期、不催办、不计入整改率；到期次日起照常计算。申请前已超期的，仍按超期计。"),
        _("审定"),
        _("已审定。"),
    ),
    Act.REVOKE_TOLERATION: Page(
        _("撤销限期保留"),
        _("撤销后立即恢复原整改期限；原期限在申请以后过了的，从现在起算超期，申请前已超期的照旧计入。"),
        _("撤销限期保留"),
        _("已撤销限期保留。"),
        danger=True,
    ),
}
ADDRESSES = {
    Act.ASK_EXTENSION: "ask-extension",
    Act.ASK_WITHDRAWAL: "ask-withdrawal",
    Act.REFUSE_WITHDRAWAL: "refuse-withdrawal",
    Act.ASK_TOLERATION: "ask-toleration",
    Act.PREPARE_TOLERATION: "prepare-toleration",
    Act.DECIDE_TOLERATION: "decide-toleration",
    Act.REVOKE_TOLERATION: "revoke-toleration",
}
MOMENTS = {
    Act.ASSIGN: rules.Step.REMEDY,
    Act.REMEDY: rules.Step.REMEDY,
    Act.ACCEPT: rules.Step.ACCEPT,
    Act.REFUSE: rules.Step.REFUSE,
    Act.ASK_EXTENSION: rules.Step.EXTEND,
    Act.EXTEND: rules.Step.EXTEND,
    Act.ASK_WITHDRAWAL: rules.Step.WITHDRAW,
    Act.WITHDRAW: rules.Step.WITHDRAW,
    Act.REFUSE_WITHDRAWAL: rules.Step.WITHDRAW,
    Act.REOPEN: rules.Step.REOPEN,
    Act.ASK_TOLERATION: rules.Step.TOLERATE,
    Act.PREPARE_TOLERATION: rules.Step.TOLERATE,
    Act.DECIDE_TOLERATION: rules.Step.TOLERATE,
    Act.REVOKE_TOLERATION: rules.Step.TOLERATE,
}


@dataclass(frozen=True)
class Door:
    """A step that a person may take now: its words, its address, and whether it undoes something."""

    label: str
    url: str
    danger: bool = False


@dataclass(frozen=True)
class Asked:
    """What was asked about a finding and waits for a word: more time, a withdrawal, a toleration."""

    extension: ExtensionRequest | None = None
    withdrawal: FindingEvent | None = None
    toleration: Toleration | None = None

    @classmethod
    def about(cls, finding: Finding) -> Asked:
        """Return what waits; of a closed finding nothing does."""
        if finding.state == rules.State.CLOSED:
            return cls()
        withdrawal, toleration = selectors.withdrawal_asked(finding), None
        if finding.state == rules.State.OPEN:
            toleration = selectors.waiting_toleration(finding)
        return cls(selectors.waiting_request(finding), withdrawal, toleration)


def doors(user: User, finding: Finding, asked: Asked, at: datetime) -> list[Door]:
    """Return the steps a person may take with a finding now, the verdict apart."""
    acts = [act for act in Act if act not in {Act.ACCEPT, Act.REFUSE} and is_open(act, finding, asked, at)]
    acts = [act for act in acts if user.pk not in _acted_before(act, asked)]
    theirs = [act for act in acts if post_for(user, act, finding) is not None]
    return [Door(str(PAGES[act].title), _address(act, finding, asked), PAGES[act].danger) for act in theirs]


def _acted_before(act: Act, asked: Asked) -> set[int | None]:
    """Return who may not take a step because of what they did in the same matter."""
    if act == Act.DECIDE_TOLERATION and asked.toleration is not None:
        return {asked.toleration.asked_by_id, asked.toleration.prepared_by_id}
    return set()


def _address(act: Act, finding: Finding, asked: Asked) -> str:
    if act == Act.EXTEND and asked.extension is not None:
        return reverse("inspections:finding-extend", args=[finding.pk, asked.extension.pk])
    name = f"inspections:finding-{ADDRESSES.get(act, act.value)}"
    if act in {Act.PREPARE_TOLERATION, Act.DECIDE_TOLERATION} and asked.toleration is not None:
        return reverse(name, args=[finding.pk, asked.toleration.pk])
    return reverse(name, args=[finding.pk])


def is_open(act: Act, finding: Finding, asked: Asked, at: datetime) -> bool:
    """Say whether a finding's state, and what was asked about it, leave room for an act."""
    if MOMENTS[act] not in rules.steps_from(finding.state):
        return False
    tolerated = selectors.tolerated_at(finding, at)
    mild = finding.severity != rules.Severity.CRITICAL
    waits = asked.toleration.state if asked.toleration is not None else ""
    room = {
        Act.ASK_EXTENSION: mild
        and not finding.extensions
        and asked.extension is None
        and not tolerated
        and at < finding.due_at,
        Act.EXTEND: asked.extension is not None,
        Act.ASK_WITHDRAWAL: asked.withdrawal is None,
        Act.WITHDRAW: asked.withdrawal is not None or finding.origin in rules.OF_BUREAU,
        Act.REFUSE_WITHDRAWAL: asked.withdrawal is not None,
        Act.ASK_TOLERATION: mild and not waits and (at < finding.due_at or finding.tolerated_until is not None),
        Act.PREPARE_TOLERATION: waits == Toleration.State.ASKED,
        Act.DECIDE_TOLERATION: waits == Toleration.State.FORWARDED,
        Act.REVOKE_TOLERATION: tolerated,
    }
    return room.get(act, True)


def verdict_forms(user: User, finding: Finding) -> dict[str, Any]:
    """Return the forms to accept and to return a remedy, where this person may judge it."""
    worked = {finding.remedied_by_id, finding.fixer_id}
    waits = finding.state == rules.State.REMEDIED
    if not waits or user.pk in worked or post_for(user, Act.ACCEPT, finding) is None:
        return {}
    return {"accept": AcceptForm(initial=seen_of(finding)), "refuse": RefuseForm(initial=seen_of(finding))}


def page_of(user: User, finding: Finding, at: datetime) -> dict[str, Any]:
    """Return everything the page of a finding shows."""
    asked = Asked.about(finding)
    return {
        "finding": finding,
        "tone": selectors.deadline_tone(finding, at),
        "state_tone": selectors.STATE_TONES[finding.state],
        "deadline": selectors.deadline_words(finding, at),
        "severity_tone": selectors.SEVERITY_TONES[finding.severity],
        "pairs": selectors.photo_pairs([finding])[finding.pk],
        "facts": facts_of(user, finding),
        "events": selectors.timeline(finding),
        "asked": asked,
        "toleration": selectors.last_toleration(finding) if finding.tolerated_until else None,
        "tolerated": selectors.tolerated_at(finding, at),
        "doors": doors(user, finding, asked, at),
        "verdict": verdict_forms(user, finding),
        "stamp": at,
        "done_draft": "" if finding.state == rules.State.OPEN else draft_key(user, finding),
    }


def draft_key(user: User, finding: Finding) -> str:
    """Return under what name a browser keeps a remedy that was typed and not yet taken."""
    return f"remedy/{user.pk}/{finding.pk}/"


def facts_of(user: User, finding: Finding) -> list[tuple[Promise, str, str]]:
    """Return what is known of a finding as label, value and where the value leads, as far as this person may go."""
    school, reviewer = school_address(user, finding), finding.school.unit.first_reviewer
    rows: list[tuple[Promise, str, str]] = [
        (_("编号"), finding.number, ""),
        (_("学校"), finding.school.name, school),
        (_("场所"), finding.place.name, place_address(finding) if school else ""),
        (_("初审单位"), reviewer.name, ""),
        (_("发现时的初审单位"), finding.county.name if finding.county_id != reviewer.pk else "", ""),
        (_("来源"), str(finding.get_origin_display()), ""),
        (_("检查表"), finding.checklist.label if finding.checklist else "", version_address(user, finding)),
        (_("检查项"), _item(finding), ""),
        (_("发现人"), finding.found_by.full_name, ""),
        (_("登记时间"), _moment(finding.found_at), ""),
        (_("整改期限"), until_text(finding.due_at), ""),
        (_("限期保留至"), finding.tolerated_until.isoformat() if finding.tolerated_until else "", ""),
        (_("保留前已超期"), selectors.late_before_words(finding), ""),
        (_("责任人"), finding.fixer.full_name if finding.fixer else "", ""),
        (_("提交整改"), _moment(finding.remedied_at), ""),
        (_("再次发现"), gettext("%(n)s 次") % {"n": finding.recurrences} if finding.recurrences else "", ""),
        (_("退回"), gettext("%(n)s 次") % {"n": finding.returns} if finding.returns else "", ""),
        (_("已停用（停供）"), gettext("是") if finding.stopped_service else "", ""),
    ]
    return [row for row in rows if row[1]]


def _item(finding: Finding) -> str:
    """Return the item in words, its code small beside it; the code alone where the item is no longer known."""
    if finding.item is None:
        return finding.item_code
    words = in_language(finding.item.text, finding.item.text_en)
    return format_html('{} <span class="muted small">{}</span>', words, finding.item_code)


def school_address(user: User, finding: Finding) -> str:
    """Return where a finding's school is shown, to those who may see it."""
    seen = School.objects.visible_to(user).filter(pk=finding.school_id).exists()
    return reverse("schools:school", args=[finding.school_id]) if seen else ""


def place_address(finding: Finding) -> str:
    """Return where a finding's place is shown; nothing where its wing is not built."""
    try:
        return reverse(PLACE_PAGES[Place.Kind(finding.place.kind)][0], args=[finding.place_id])
    except NoReverseMatch:
        return ""


def version_address(user: User, finding: Finding) -> str:
    """Return where the check-list a finding's item stood in is shown, to those who may read it."""
    if finding.item is None or not Version.objects.visible_to(user).filter(pk=finding.item.version_id).exists():
        return ""
    return reverse("inspections:checklist-version", args=[finding.item.version_id])


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""

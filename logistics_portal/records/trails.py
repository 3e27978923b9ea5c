"""The trail of a record as people read it: what was done or refused, by whom on which post, and what changed."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Field, ForeignKey, Model, TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.components import Event
from logistics_portal.kit.dates import until_text
from logistics_portal.kit.money import yuan
from logistics_portal.records import selectors
from logistics_portal.records.models import AuditRow
from logistics_portal.records.services import METHOD
from logistics_portal.records.words import IN_FEN, called, word

CHANGES_SHOWN = 8
DEADLINES = frozenset({"due_at", "due_before", "first_due_at", "until"})
Parts = Mapping[str, type[Model]]
Codes = Mapping[str, type[TextChoices]]
Names = dict[tuple[type[Model] | str, int | str], str]
ACTS: dict[str, Promise] = {
    "account.create": _("新建账号"),
    "account.link": _("发送一次性链接"),
    "account.set_password": _("设置密码"),
    "account.idle": _("长期未用，自动停用"),
    "post.ask": _("申请岗位"),
    "post.grant": _("授予岗位"),
    "post.revoke": _("撤销岗位"),
    "signin.release": _("解除登录锁定"),
    "signin.spray": _("同一地址试了许多登录名"),
    "check.photos_lost": _("不再等待照片"),
    "code.make": _("生成二维码"),
    "code.revoke": _("作废二维码"),
    "unit.apply": _("到期生效"),
    "move.apply": _("到期生效"),
    "unit.close": _("撤销机构"),
    "unit.create": _("设立机构"),
    "check.ask_correct": _("申请更正"),
    "check.ask_void": _("申请作废"),
    "check.refuse_correct": _("不同意更正"),
    "check.release": _("同意更正"),
    "check.withdraw_correct": _("撤回更正申请"),
    "parameter.propose": _("提出参数变更"),
    "parameter.confirm": _("确认参数变更"),
    "parameter.refuse": _("驳回参数变更"),
    "parameter.withdraw": _("撤回参数变更"),
    "grade.decide": _("审定等级"),
    "grade.propose": _("拟定等级"),
    "responsibility.decide": _("审定责任"),
    "responsibility.record": _("录入责任认定"),
    "report_act.decide": _("认定是否瞒报、谎报"),
    "veto.confirm": _("确认否决"),
    "veto.send_back": _("退回否决初核"),
    "veto.propose": _("提出否决"),
    "incident.change": _("更正事实"),
    "incident.close": _("结案"),
    "incident.end": _("应急结束"),
    "incident.finish": _("提交终报"),
    "incident.follow_up": _("续报"),
    "incident.resume": _("重新处置"),
    "incident.strike": _("从事故中剔除"),
    "import.agree": _("核对同意名单"),
    "import.decline": _("退回名单"),
    "import.reopen": _("退回预检"),
    "recode": _("变更代码"),
    "recur": _("再次出现"),
    "remind": _("催办"),
    "set_enrolment": _("登记在校生数"),
    "tolerate": _("限期保留"),
    "switch_on": _("启用"),
    "accept": _("确认闭环"),
    "add": _("登记"),
    "add_extra": _("增加调休日"),
    "agree": _("批准，到期生效"),
    "apply": _("申请"),
    "approve": _("批准"),
    "ask": _("提出申请"),
    "ask_extend": _("申请延期"),
    "ask_lift": _("申请解除"),
    "ask_tolerate": _("申请限期保留"),
    "ask_withdraw": _("申请误报撤销"),
    "assign": _("指派"),
    "cancel": _("取消"),
    "check": _("核对"),
    "close": _("停用"),
    "confirm": _("确认"),
    "correct": _("更正检查"),
    "countersign": _("会签"),
    "create": _("新建"),
    "decide": _("作出决定"),
    "delegate": _("委托"),
    "discard": _("丢弃草稿"),
    "dismiss": _("驳回"),
    "draft": _("起草"),
    "edit": _("修改"),
    "end_tolerate": _("撤销限期保留"),
    "escalate": _("升级督办"),
    "expire": _("到期终止"),
    "extend": _("延长期限"),
    "fwd_tolerate": _("限期保留报负责人审定"),
    "grant": _("授予"),
    "hand_in": _("提交检查"),
    "import": _("导入"),
    "issue": _("印发"),
    "keep_file": _("保存资料"),
    "lay_out": _("登记房间"),
    "let_files_go": _("清除到期文件"),
    "lift": _("解除"),
    "link": _("关联"),
    "load": _("载入"),
    "lock": _("停用账号"),
    "merge": _("合并"),
    "move": _("调整隶属"),
    "no_extension": _("不同意延期"),
    "no_tolerate": _("不同意限期保留"),
    "no_withdraw": _("不同意误报撤销"),
    "open": _("提出问题"),
    "pass_on": _("上报"),
    "propose": _("提议"),
    "publish": _("发布"),
    "read": _("查阅"),
    "record": _("登记"),
    "rectify": _("更正"),
    "refuse": _("退回"),
    "refuse_lift": _("不同意解除"),
    "reissue": _("重新印发"),
    "remedy": _("提交复查"),
    "remove_extra": _("取消调休日"),
    "remove_term": _("删除学期"),
    "rename": _("更名"),
    "reopen": _("重新启用"),
    "report": _("报告"),
    "request": _("申请"),
    "rerun": _("重新运行"),
    "ret_tolerate": _("退回限期保留申请"),
    "retire": _("停用版本"),
    "revoke": _("撤销"),
    "run": _("运行"),
    "run_out": _("限期保留到期"),
    "say_none": _("声明没有"),
    "second": _("会签"),
    "set": _("设定"),
    "set_beds": _("设定床位"),
    "set_mapping": _("设定对应"),
    "set_password": _("发送设置密码链接"),
    "set_supply": _("变更供餐方式"),
    "set_term": _("设定学期"),
    "set_trait": _("变更属性"),
    "submit": _("提交"),
    "supersede": _("替代"),
    "take_back": _("撤回批准"),
    "tell_health": _("通报卫生健康、市场监管部门"),
    "unlock": _("恢复账号"),
    "upload": _("上传"),
    "verify": _("复查"),
    "view": _("导出清单"),
    "void": _("作废"),
    "withdraw": _("撤回"),
}


FORMS: dict[str, Promise] = {  # forms whose page is not named by the act
    "fill": _("提交检查"),
    "correct-ask": _("申请更正"),
    "void-ask": _("申请作废"),
    "closure-declare": _("宣布停课"),
    "finding-ask-extension": _("申请延期"),
    "finding-ask-toleration": _("申请限期保留"),
    "finding-ask-withdrawal": _("申请误报撤销"),
    "finding-refuse-withdrawal": _("不同意误报撤销"),
    "finding-revoke-toleration": _("撤销限期保留"),
    "finding-prepare-toleration": _("限期保留报负责人审定"),
    "incident-grade": _("拟定等级"),
    "incident-new": _("事故初报"),
    "incident-report-act": _("认定是否瞒报、谎报"),
    "incident-responsibility": _("录入责任认定"),
    "incident-soften": _("提出降低性变更"),
    "incident-veto": _("提出否决"),
    "lifting-decide": _("决定是否解除否决"),
    "person-new": _("新建账号"),
    "request-new": _("申请岗位"),
    "softening": _("决定降低性变更"),
}


def events(
    *, on: Model, also: Iterable[Model] = (), parts: Parts | None = None, codes: Codes | None = None
) -> list[Event]:
    """Return what was done to a record and what was refused, newest first.

    `also` are records that belong to it, with a trail of their own: the veto of an incident.
    `parts` names the tables whose columns the acts on a part of the record tell of: `grade` for `grade.decide`.
    `codes` names the words for the values of a key that keeps a list of codes.
    """
    return told(selectors.trail_together([on, *also]), parts, codes)


def told(rows: Iterable[AuditRow], parts: Parts | None = None, codes: Codes | None = None) -> list[Event]:
    """Return audit rows as lines of a timeline; rows they point at are asked for once a table."""
    lines = [(row, _table(row, parts or {})) for row in rows]
    names = _names(lines) | _coded(codes or {})
    return [_event(row, table, names) for row, table in lines]


def act_of(row: AuditRow) -> str:
    """Return what a row tells of in the reader's words; of a refused form, what it was to do."""
    sent = ":" in row.verb and row.after.get(METHOD) == "POST"
    return _form_name(row.verb.rpartition(":")[2]) if sent else act_name(row.verb)


def _form_name(page: str) -> str:
    """Return what the form of a page does: of `closure-approve` 批准."""
    subject, _dash, act = page.replace("-", "_").partition("_")
    named = FORMS.get(page) or ACTS.get(f"{subject}.{act}") or ACTS.get(act or subject)
    return str(named or gettext("提交表单"))


def act_name(verb: str) -> str:
    """Return an act in the reader's words: `finding.remedy` is 提交复查; an unknown one stays as it is."""
    if ":" in verb:  # the name of an address that was refused
        return gettext("打开页面")
    named = ACTS.get(verb) or ACTS.get(verb.rpartition(".")[2])
    return str(named or verb)


def table_name(row: AuditRow) -> str:
    """Return what kind of record a row tells of, where its table still exists."""
    table = _table(row, {})
    return str(table._meta.verbose_name) if table else ""  # noqa: SLF001 - the documented way to a table's name


def _table(row: AuditRow, parts: Parts) -> type[Model] | None:
    """Return the table whose columns an act tells of, where it still exists."""
    part = parts.get(row.verb.partition(".")[0])
    try:
        return part or apps.get_model(row.on_table)
    except (LookupError, ValueError):
        return None


def _names(lines: Iterable[tuple[AuditRow, type[Model] | None]]) -> Names:
    """Return what the rows are called that the changes point at: one question for each table pointed at."""
    asked: dict[type[Model], set[int]] = defaultdict(set)
    for row, table in lines:
        for facts in (row.before, row.after):
            for key, value in facts.items():
                target = _target(_field(table, key))
                if target is not None and isinstance(value, int):
                    asked[target].add(value)
    return {
        (target, pk): str(getattr(found, "title", "") or found)
        for target, keys in asked.items()
        for pk, found in target._base_manager.in_bulk(keys).items()  # noqa: SLF001 - finds rows that are hidden as well
    }


def _coded(codes: Codes) -> Names:
    return {(key, str(value)): str(label) for key, words in codes.items() for value, label in words.choices}


def _event(row: AuditRow, table: type[Model] | None, names: Names) -> Event:
    refused = row.outcome == AuditRow.Outcome.REFUSED
    name, lines = act_of(row), _changes(row, table, names)
    return Event(
        at=row.at,
        what=gettext("%(act)s（被拒绝）") % {"act": name} if refused else name,
        who=str(row.by) if row.by else "",
        post=row.post.title if row.post else "",
        tone="bad" if refused else "info",
        changes=lines[:CHANGES_SHOWN],
        more=lines[CHANGES_SHOWN:],
        reason=row.reason,
    )


def _changes(row: AuditRow, table: type[Model] | None, names: Names) -> list[str]:
    """Return the changes in the order of the table's columns: PostgreSQL does not keep the order of a JSON's keys."""
    changed = [key for key in row.after if row.before.get(key) != row.after[key]]
    keys = sorted(changed, key=lambda key: (getattr(_field(table, key), "creation_counter", sys.maxsize), key))
    return [_change(row, _field(table, key), key, names) for key in keys]


def _change(row: AuditRow, field: object | None, key: str, names: Names) -> str:
    facts = {
        "field": _called(field, key),
        "before": _said(field, key, row.before.get(key), names),
        "after": _said(field, key, row.after[key], names),
    }
    if key not in row.before:
        return gettext("%(field)s：%(after)s") % facts
    return gettext("%(field)s：%(before)s → %(after)s") % facts


def _field(table: type[Model] | None, key: str) -> object | None:
    """Return the column a change tells of, where the record's table still has it."""
    try:
        column: object = table._meta.get_field(key) if table else None  # noqa: SLF001 - the documented way to a column
    except FieldDoesNotExist:
        return None
    return column


def _target(field: object | None) -> type[Model] | None:
    """Return the table a column points at."""
    return field.related_model if isinstance(field, ForeignKey) else None


def _called(field: object | None, key: str) -> str:
    return called(field) if isinstance(field, Field) and not key.endswith(IN_FEN) else word(key)


def _said(field: object | None, key: str, value: object, names: Names) -> str:
    """Return a value in words; money is kept in fen and told in yuan."""
    return yuan(value) if key.endswith(IN_FEN) and isinstance(value, int) else _value(field, value, names)


def _value(field: object | None, value: object, names: Names) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, dict):
        return gettext("；").join(f"{word(str(key))} {part}" for key, part in value.items())
    if isinstance(value, list):
        key = getattr(field, "name", "")
        return gettext("、").join(names.get((key, str(part)), str(part)) for part in value)
    return _single(field, value, names)


def _single(field: object | None, value: object, names: Names) -> str:
    target = _target(field)
    if target is not None and isinstance(value, int):
        return names.get((target, value), str(value))
    if isinstance(field, DateTimeField) and isinstance(value, str):
        return _moment(value, deadline=field.name in DEADLINES)
    choices = dict(getattr(field, "flatchoices", None) or ())
    return str(choices.get(value, value))


def _moment(text: str, *, deadline: bool) -> str:
    at = parse_datetime(text)
    if deadline and at and at.tzinfo:
        return until_text(at)
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at and at.tzinfo else text

"""The trail of a record as people read it: what was done or refused, by whom on which post, and what changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.components import Event
from logistics_portal.records import selectors
from logistics_portal.records.models import AuditRow

CHANGES_SHOWN = 8
ACTS: dict[str, Promise] = {
    "accept": _("确认闭环"),
    "add": _("登记"),
    "add_extra": _("增加调休日"),
    "ask": _("提出申请"),
    "cancel": _("取消"),
    "close": _("停用"),
    "confirm": _("确认"),
    "create": _("新建"),
    "decide": _("作出决定"),
    "delegate": _("委托"),
    "discard": _("丢弃草稿"),
    "draft": _("起草"),
    "edit": _("修改"),
    "extend": _("延长期限"),
    "grant": _("授予"),
    "import": _("导入"),
    "issue": _("印发"),
    "keep_file": _("保存资料"),
    "lay_out": _("登记房间"),
    "lift": _("解除"),
    "load": _("载入"),
    "lock": _("停用账号"),
    "merge": _("合并"),
    "move": _("调整隶属"),
    "open": _("提出问题"),
    "pass_on": _("上报"),
    "propose": _("提议"),
    "publish": _("发布"),
    "record": _("登记"),
    "refuse": _("退回"),
    "remedy": _("提交复查"),
    "remove_extra": _("取消调休日"),
    "remove_term": _("删除学期"),
    "rename": _("更名"),
    "reopen": _("重新启用"),
    "report": _("报告"),
    "rerun": _("重新运行"),
    "revoke": _("撤销"),
    "say_none": _("声明没有"),
    "second": _("会签"),
    "set": _("设定"),
    "set_beds": _("设定床位"),
    "set_supply": _("变更供餐方式"),
    "set_term": _("设定学期"),
    "set_trait": _("变更属性"),
    "submit": _("提交"),
    "unlock": _("恢复账号"),
    "withdraw": _("撤回"),
}


def events(*, on: Model) -> list[Event]:
    """Return what was done to a record and what was refused, newest first."""
    return told(selectors.trail(on))


def told(rows: Iterable[AuditRow]) -> list[Event]:
    """Return audit rows as lines of a timeline."""
    return [_event(row) for row in rows]


def act_name(verb: str) -> str:
    """Return an act in the reader's words: `finding.remedy` is 提交复查; an unknown one stays as it is written."""
    return str(ACTS.get(verb.rpartition(".")[2], verb))


def _event(row: AuditRow) -> Event:
    refused = row.outcome == AuditRow.Outcome.REFUSED
    name = act_name(row.verb)
    return Event(
        at=row.at,
        what=gettext("%(act)s（被拒绝）") % {"act": name} if refused else name,
        who=str(row.by) if row.by else "",
        post=row.post.title if row.post else "",
        tone="bad" if refused else "info",
        changes=_changes(row),
        reason=row.reason,
    )


def _changes(row: AuditRow) -> list[str]:
    keys = [key for key in row.after if row.before.get(key) != row.after[key]]
    lines = [
        gettext("%(field)s：%(before)s → %(after)s")
        % {"field": key, "before": row.before.get(key, "—"), "after": row.after[key]}
        for key in keys[:CHANGES_SHOWN]
    ]
    more = len(keys) - CHANGES_SHOWN
    return [*lines, gettext("另有 %(count)s 项") % {"count": more}] if more > 0 else lines

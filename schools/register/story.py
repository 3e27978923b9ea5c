"""The timeline of a record, told from its audit rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.components import Event
from logistics_portal.records.models import AuditRow

VERBS = {
    "school.add": _("添加学校"),
    "school.import": _("批量导入"),
    "school.edit": _("修改信息"),
    "school.set_trait": _("变更属性"),
    "school.close": _("撤并"),
    "school.merge": _("并入他校"),
    "school.move": _("变更主管单位"),
    "place.add": _("添加场所"),
    "place.edit": _("修改场所"),
    "place.close": _("停用场所"),
    "place.reopen": _("恢复场所"),
    "canteen.keep_file": _("登记食堂档案"),
    "canteen.set_supply": _("变更供餐方式"),
    "building.keep_file": _("登记宿舍楼档案"),
    "building.lay_out": _("批量登记房间"),
    "building.set_beds": _("修改床位"),
    "facility.add": _("登记设施"),
    "facility.edit": _("修改设施"),
    "facility.say_none": _("登记无此设施"),
    "calendar.draft": _("起草校历"),
    "calendar.set_term": _("设置学期"),
    "calendar.remove_term": _("删除学期"),
    "calendar.add_extra": _("增加特别安排"),
    "calendar.remove_extra": _("删除特别安排"),
    "calendar.publish": _("发布校历"),
    "calendar.discard": _("作废草稿"),
    "closure.ask": _("申请停课"),
    "closure.approve": _("批准停课"),
    "closure.refuse": _("驳回停课"),
    "closure.withdraw": _("撤回申请"),
    "closure.revoke": _("撤销停课"),
}


def events_of(rows: Iterable[AuditRow]) -> list[Event]:
    """Return audit rows as lines of a timeline."""
    return [
        Event(
            at=row.at,
            what=_words(row),
            who=row.by.full_name if row.by else "",
            post=f"{row.post.unit.name} {row.post.title}" if row.post else "",
            tone="bad" if row.outcome == AuditRow.Outcome.REFUSED else "idle",
            changes=_changes(row),
            reason=row.reason,
        )
        for row in rows
    ]


def _words(row: AuditRow) -> str:
    words = str(VERBS.get(row.verb, row.verb))
    refused = row.outcome == AuditRow.Outcome.REFUSED
    return gettext("%(what)s（被拒绝）") % {"what": words} if refused else words


def _changes(row: AuditRow) -> list[str]:
    shown = [name for name in row.after if name in row.before]
    return [f"{name}: {row.before[name]} → {row.after[name]}" for name in shown][:8]

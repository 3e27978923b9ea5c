"""Lists of people, units and acts, and what they can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, PositiveSmallIntegerField, Q, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter
from django_tables2 import A

from logistics_portal.accounts.figures import unused_since
from logistics_portal.accounts.models import Post, PostRequest, Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.selectors import unused_people
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, PortalFilter, PortalTable
from logistics_portal.records.models import AuditRow
from logistics_portal.records.services import METHOD
from logistics_portal.records.trails import act_of, table_name

RUNNING, ENDED, IDLE = "running", "ended", "idle"
STATES = [(RUNNING, _("在任")), (ENDED, _("已结束")), (IDLE, _("长期未用"))]


RANK = Case(
    *(When(role=role.value, then=place) for place, role in enumerate(Role)),
    default=len(Role),
    output_field=PositiveSmallIntegerField(),
)


class PeopleTable(PortalTable):
    """People with their posts; somebody with two posts stands here twice.

    They stand by unit, post and sign-in name, the same on every database: neither sorts Chinese names as people do.
    Rows bring `rank`, the place of their role.
    """

    caption = _("人员与岗位")
    empty_title = _("还没有人员")
    empty_text = _("在机构页面新建人员，或用表格批量导入学校人员。")
    phone = ("user", "unit", "role", "state")

    user = Column(
        verbose_name=_("姓名"),
        accessor="user__full_name",
        orderable=False,
        linkify=("accounts:person", {"pk": A("user_id")}),
    )
    username = Column(verbose_name=_("登录名"), accessor="user__username")
    unit = Column(verbose_name=_("单位"), accessor="unit__name", order_by=("unit__code", "rank", "user__username"))
    role = Column(verbose_name=_("岗位"), order_by=("rank", "unit__code", "user__username"))
    reach_kind = Column(verbose_name=_("范围"))
    from_date = DayColumn(verbose_name=_("起"))
    until_date = DayColumn(verbose_name=_("止"))
    state = Column(verbose_name=_("状态"), accessor="pk", orderable=False)

    class Meta(PortalTable.Meta):
        order_by = "unit"

    def render_state(self, record: Post) -> str:
        """Return whether the post is held today."""
        if not record.user.is_active:
            return badge_html("bad", gettext("账号停用"))
        return badge_html("good", gettext("在任")) if _runs(record) else badge_html("idle", gettext("已结束"))

    def value_state(self, record: Post) -> str:
        """Return the same word for the spreadsheet."""
        return gettext("在任") if record.user.is_active and _runs(record) else gettext("已结束")


def _runs(post: Post) -> bool:
    today = timezone.localdate()
    ended = post.until_date is not None and post.until_date < today
    return post.revoked_at is None and not ended and post.from_date <= today


class PeopleFilter(PortalFilter):
    """What a list of people can be narrowed by."""

    q = CharFilter(label=_("姓名、登录名、手机"), method="by_text", max_length=60)
    at = CharFilter(label=_("单位名称或代码"), method="by_unit", max_length=60)
    role = ChoiceFilter(label=_("岗位"), choices=Role.choices())
    state = ChoiceFilter(label=_("状态"), choices=STATES, method="by_state")
    first = ("q", "at", "role", "state")

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep whom the text names."""
        text = text.strip()
        return rows.filter(
            Q(user__full_name__icontains=text) | Q(user__username__icontains=text) | Q(user__phone__startswith=text)
        )

    def by_unit(self, rows: Any, _name: str, text: str) -> Any:
        """Keep the posts at units that the text names."""
        return rows.filter(Q(unit__name__icontains=text.strip()) | Q(unit__code__startswith=text.strip()))

    def by_state(self, rows: Any, _name: str, state: str) -> Any:
        """Keep the posts held today, the others, or those of people who have not been seen for long."""
        if state == IDLE:
            return rows.filter(user__in=unused_people(unused_since(timezone.now())[0]))
        running = Post.objects.in_force(on=timezone.localdate())
        return rows.filter(pk__in=running) if state == RUNNING else rows.exclude(pk__in=running)


REQUEST_TONES = {"asked": "warn", "granted": "good", "refused": "bad", "withdrawn": "idle"}


class RequestTable(PortalTable):
    """The posts asked for."""

    caption = _("岗位申请")
    empty_title = _("没有岗位申请")
    empty_text = _("学校由校长、分管副校长提出，或由主管单位经办提出；安全管理员办理。")
    phone = ("full_name", "role", "unit", "state")

    full_name = Column(verbose_name=_("姓名"), orderable=False, linkify=("accounts:request", {"pk": A("pk")}))
    role = Column(verbose_name=_("岗位"))
    unit = Column(verbose_name=_("单位"), accessor="unit__name")
    asked_by = Column(verbose_name=_("提出人"), accessor="asked_by__full_name", orderable=False)
    asked_at = DayColumn(verbose_name=_("提出时间"))
    state = BadgeColumn(REQUEST_TONES, verbose_name=_("状态"))

    class Meta(PortalTable.Meta):
        order_by = "-asked_at"


class RequestFilter(PortalFilter):
    """What the posts asked for can be narrowed by."""

    q = CharFilter(label=_("姓名、登录名"), method="by_text", max_length=60)
    at = CharFilter(label=_("单位名称或代码"), method="by_unit", max_length=60)
    state = ChoiceFilter(label=_("状态"), choices=PostRequest.State.choices)
    first = ("q", "at", "state")

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep whom the text names."""
        return rows.filter(Q(full_name__icontains=text.strip()) | Q(username__icontains=text.strip()))

    def by_unit(self, rows: Any, _name: str, text: str) -> Any:
        """Keep the posts at units that the text names."""
        return rows.filter(Q(unit__name__icontains=text.strip()) | Q(unit__code__startswith=text.strip()))


class UnitTable(PortalTable):
    """The bureaus a person may see."""

    caption = _("各级机构")
    phone = ("name", "kind", "parent")

    name = Column(verbose_name=_("名称"), linkify=("accounts:unit", {"pk": A("pk")}))
    code = Column(verbose_name=_("代码"))
    kind = Column(verbose_name=_("类别"))
    parent = Column(verbose_name=_("上级"), accessor="parent__name")
    division = Column(verbose_name=_("行政区划代码"))
    state = Column(verbose_name=_("状态"), accessor="switched_on", orderable=False)

    class Meta(PortalTable.Meta):
        order_by = "path"

    def render_state(self, record: Unit) -> str:
        """Return whether the unit works today."""
        if record.until_date is not None:
            return badge_html("idle", gettext("已撤销"))
        return badge_html("good", gettext("在用")) if record.switched_on else badge_html("warn", gettext("未启用"))

    def value_state(self, record: Unit) -> str:
        """Return the same word for the spreadsheet."""
        if record.until_date is not None:
            return gettext("已撤销")
        return gettext("在用") if record.switched_on else gettext("未启用")


class UnitFilter(PortalFilter):
    """What a list of units can be narrowed by."""

    q = CharFilter(label=_("名称或代码"), method="by_text", max_length=60)
    kind = ChoiceFilter(label=_("类别"), choices=[choice for choice in Unit.Kind.choices if choice[0] != "school"])
    first = ("q", "kind")

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        """Keep what the text names."""
        return rows.filter(Q(name__icontains=text.strip()) | Q(code__startswith=text.strip()))


STATUSES = {"403": _("没有这项权限"), "404": _("没有这个页面，或不在管辖范围内")}


class AuditTable(PortalTable):
    """Who did what, or was refused."""

    caption = _("操作记录")
    phone = ("at", "by", "verb", "outcome")

    at = DayColumn(verbose_name=_("时间"))
    by = Column(verbose_name=_("人员"), accessor="by__full_name", default=_("系统"))
    role = Column(verbose_name=_("岗位"), accessor="post__title", orderable=False)
    verb = Column(verbose_name=_("动作"))
    on_label = Column(verbose_name=_("对象"))
    unit = Column(verbose_name=_("单位"), accessor="unit__name")
    outcome = BadgeColumn({"done": "good", "refused": "bad"}, verbose_name=_("结果"))
    reason = Column(verbose_name=_("理由"), orderable=False, empty_values=())
    address = Column(verbose_name=_("来自"), orderable=False)

    class Meta(PortalTable.Meta):
        order_by = "-at"

    def render_verb(self, record: AuditRow) -> str:
        """Return the act in words."""
        return act_of(record)

    value_verb = render_verb

    def render_on_label(self, record: AuditRow) -> str:
        """Return what was acted on, what kind of thing it is first; a mere address is told beside the reason."""
        return (
            "" if record.on_label.startswith("/") else " · ".join(filter(None, [table_name(record), record.on_label]))
        )

    value_on_label = render_on_label

    def render_reason(self, record: AuditRow) -> str:
        """Return the reason in words, and at which address a request was refused."""
        at = record.after.get("address", "") if METHOD in record.after else ""
        told = str(STATUSES.get(record.reason, record.reason))
        return gettext("%(reason)s（%(address)s）") % {"reason": told, "address": at} if at else told

    value_reason = render_reason


class AuditFilter(PortalFilter):
    """What the audit trail can be narrowed by."""

    who = CharFilter(label=_("姓名或登录名"), method="by_person", max_length=60)
    outcome = ChoiceFilter(label=_("结果"), choices=AuditRow.Outcome.choices)
    since = DateFilter(label=_("自"), field_name="at", lookup_expr="date__gte")
    until = DateFilter(label=_("至"), field_name="at", lookup_expr="date__lte")
    verb = CharFilter(label=_("动作代码"), lookup_expr="startswith", max_length=60)
    at_unit = CharFilter(label=_("单位名称或代码"), method="by_unit", max_length=60)
    first = ("who", "outcome", "since", "until")

    def by_person(self, rows: Any, _name: str, text: str) -> Any:
        """Keep the acts of whom the text names."""
        return rows.filter(Q(by__full_name__icontains=text.strip()) | Q(by__username=text.strip()))

    def by_unit(self, rows: Any, _name: str, text: str) -> Any:
        """Keep the acts at units that the text names."""
        return rows.filter(Q(unit__name__icontains=text.strip()) | Q(unit__code=text.strip()))

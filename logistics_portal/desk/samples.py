"""Made-up figures with which the kit page shows every component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.components import Chart, Crumb, Event, Figure, Series, Step, Tab
from logistics_portal.kit.forms import DayField, LongText, PhotosField, PortalForm, ReasonForm, WholeNumber
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, NumberColumn, PortalTable, table_page

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TONES = {"已闭环": "good", "整改中": "info", "退回 1 次": "warn", "超期未整改": "bad", "免检": "idle"}


class SampleForm(PortalForm):
    """One field of each kind."""

    name = forms.CharField(label=_("学校名称"), max_length=60, help_text=_("按办学许可证或法人证书填写。"))
    kind = forms.ChoiceField(
        label=_("学段"), choices=[("", _("请选择")), ("primary", _("小学")), ("middle", _("初中"))]
    )
    pupils = WholeNumber(label=_("在校学生"), unit="人")
    opened = DayField(label=_("启用日期"), required=False)
    supply = forms.ChoiceField(
        label=_("供餐方式"), widget=forms.RadioSelect, choices=[("own", _("自营")), ("contract", _("委托经营"))]
    )
    photos = PhotosField(label=_("现场照片"), required=False, most=3)
    note = LongText(label=_("说明"), required=False)
    boarding = forms.BooleanField(label=_("寄宿制学校"), required=False)


@dataclass(frozen=True)
class SampleRow:
    """One line of the sample list."""

    pk: int
    place: str
    matter: str
    due: date
    loss: int
    state: str


class SampleTable(PortalTable):
    """The sample list."""

    caption = _("先处理这些")
    phone = ("place", "matter", "due", "state")

    place = Column(verbose_name=_("学校 / 场所"), linkify=lambda record: f"#row-{record.pk}")
    matter = Column(verbose_name=_("事项"))
    due = DayColumn(verbose_name=_("期限"))
    loss = NumberColumn(verbose_name=_("失分（分）"))
    state = BadgeColumn(TONES, verbose_name=_("状态"))


LONGEST = "前郭尔罗斯蒙古族自治县查干花镇中心小学 · 学生食堂"
MATTERS = [
    (LONGEST, "烹饪中心温度 62 ℃，低于 70 ℃", 12, "超期未整改"),
    ("大石头镇中学 · 女生宿舍", "二层东侧安全出口上锁", 8, "整改中"),
    ("江南中学 · 学生食堂", "供货单位许可证已过期", 5, "退回 1 次"),
    ("翰章乡九年一贯制学校 · 校园", "锅炉年检标志过期 12 天", 1200, "已闭环"),
    ("秋梨沟镇中心校 · 男生宿舍", "本周放假，无人住宿", 0, "免检"),
]


def rows() -> list[SampleRow]:
    """Return two pages of lines."""
    return [
        SampleRow(number, place, matter, date(2026, 11, 23) + timedelta(days=number % 9), loss, state)
        for number, (place, matter, loss, state) in enumerate(MATTERS * 2)
    ]


def figures() -> list[Figure]:
    """Return six key figures."""
    return [
        Figure("应检 / 已检", "214 / 187", "87.4% · 比上周一 +2.1", url="#"),
        Figure("昨日漏检", 9, "其中寄宿制 3 所", "bad", "#"),
        Figure("超期未整改", 5, "重大 2 · 一般 3", "bad", "#"),
        Figure("待我复查", 14, "最早 2 个教学日前", "info", "#"),
        Figure("30 日内到期证照", 11, "健康证 8 · 许可 3", "warn", "#"),
        Figure("事故报告", 0, "本学期 2 · 否决 1"),
    ]


def charts() -> list[Chart]:
    """Return a line, bars and a heat calendar."""
    days = [f"11-{day:02d}" for day in range(10, 20)]
    return [
        Chart(
            "rate",
            "line",
            "官地镇、黄泥河镇两校连续 3 天完成率低于 90%",
            days,
            [
                Series("全市", [94, 95, 96, 94, 96.800, 95, 97, 96, 98, 97.200]),
                Series("官地镇", [92, 90, 92, 91, 91.500, 88, 86, 83, 81, 80.400]),
                Series("黄泥河", [94, 92, 90, 91, 89, 90, 87, 86, 85, 84.400]),
            ],
            unit="%",
            note="近 10 个教学日 · 86 所",
            low=70,
        ),
        Chart(
            "worst",
            "bar",
            "库房分类离地离墙失分最多",
            ["库房分类离地离墙", "从业人员着装洗手", "留样重量不足", "宿舍违规电器", "灭火器压力不足"],
            [Series("异常项次", [31, 24, 12, 9, 6])],
            unit="次",
            note="本周 n = 1,042",
        ),
        Chart(
            "heat",
            "heat",
            "周一漏检多于其他日子",
            ["周一", "周二", "周三", "周四", "周五"],
            [
                Series("第 10 周", [9, 3, 2, 4, 1]),
                Series("第 11 周", [7, 1, 0, 2, 3]),
                Series("第 12 周", [8, 2, 1, 0, None]),
            ],
            unit="个漏检",
        ),
    ]


def events() -> list[Event]:
    """Return a short life of a finding."""
    hour = timedelta(hours=1)
    return [
        Event(NOON, "确认闭环", "金明哲", "后勤部门经办", "good"),
        Event(NOON - 3 * hour, "提交复查", "李春华", "食品安全员", "info", ["整改措施：已更换温度计并复测 76 ℃"]),
        Event(
            NOON - 20 * hour, "退回整改", "金明哲", "后勤部门经办", "warn", ["状态：待复查 → 整改中"], "照片看不清温度"
        ),
        Event(NOON - 26 * hour, "检查发现问题", "", "", "bad"),
    ]


def page(request: HttpRequest) -> HttpResponseBase:
    """Return the page that shows every component."""
    broken = SampleForm({"name": "", "pupils": "-3", "opened": "3月5日"})
    context: dict[str, Any] = {
        "figures": figures(),
        "charts": charts(),
        "events": events(),
        "form": SampleForm(),
        "broken": broken,
        "reason": ReasonForm(prefix="reason"),
        "crumbs": [Crumb("工作台", "/"), Crumb("组件")],
        "tabs": [Tab("now", "情况", "?tab=now"), Tab("trail", "记录", "?tab=trail", 4)],
        "steps": [Step("填表", "done"), Step("初审", "now"), Step("复核"), Step("公布")],
        "facts": [("学校代码", "2222401001"), ("主管单位", "敦化市教育局"), ("负责人", "")],
        "job": {
            "pk": 1,
            "state": "running",
            "percent": 40,
            "done_steps": 24,
            "all_steps": 60,
            "message": "生成县级月报",
            "get_state_display": "运行",
        },
        "as_of": NOON,
    }
    return table_page(request, SampleTable, rows(), template="desk/kit.html", context=context)

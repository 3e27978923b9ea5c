"""What a person may type about schools and places, and its messages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.forms import DayField, LongText, PortalForm, WholeNumber
from schools.register.models import School
from schools.register.rules.changes import GUARDED
from schools.register.rules.columns import COLUMNS
from schools.register.rules.opening import Opening

CODE = RegexValidator(r"^[0-9A-Za-z]{4,20}$", _("学校代码由 4 至 20 位数字或字母组成。"))
DIVISION = RegexValidator(r"^[0-9]{6,12}$", _("行政区划代码由 6 至 12 位数字组成。"))
PHONE = RegexValidator(r"^[0-9+()（） \-]{5,30}$", _("电话只能有数字、括号和横线。"))
EARLIEST = date(1850, 1, 1)


class SchoolFacts(PortalForm):
    """The plain facts of a school."""

    name = forms.CharField(label=_("学校名称"), max_length=80)
    initials = forms.CharField(
        label=_("拼音首字母"), max_length=80, required=False, help_text=_("供搜索用；不填由名称生成，多音字可改。")
    )
    division = forms.CharField(
        label=_("所在行政区划"), max_length=12, required=False, validators=[DIVISION], help_text=_("不填同主管单位")
    )
    pupils = WholeNumber(label=_("在校生数"), unit="人", max_value=50_000, required=False)
    boarders = WholeNumber(label=_("寄宿生数"), unit="人", max_value=50_000, required=False)
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=30, required=False, validators=[PHONE])

    def clean(self) -> dict[str, Any]:
        """Return the typed facts; boarders are pupils."""
        typed = super().clean() or {}
        typed["pupils"], typed["boarders"] = typed.get("pupils") or 0, typed.get("boarders") or 0
        if typed["boarders"] > typed["pupils"]:
            self.add_error("boarders", gettext("寄宿生数不能多于在校生数。"))
        return typed


class GuardedFacts(PortalForm):
    """The facts that need a second person once a school is registered."""

    kind = forms.ChoiceField(label=_("学校类型"), choices=School.Kind.choices)
    ownership = forms.ChoiceField(label=_("办学性质"), choices=School.Ownership.choices)
    is_boarding = forms.BooleanField(label=_("寄宿制"), required=False)
    serves_meals = forms.BooleanField(label=_("供餐"), required=False)
    is_rural_compulsory = forms.BooleanField(label=_("农村义务教育"), required=False)
    keeps_weekends = forms.BooleanField(label=_("周末留宿"), required=False)


class AddForm(GuardedFacts, SchoolFacts):
    """A new school."""

    supervising = forms.ModelChoiceField(label=_("主管单位"), queryset=Unit.objects.none())
    code = forms.CharField(label=_("学校代码"), validators=[CODE], help_text=_("学校（机构）标识码"))
    opened_date = DayField(label=_("建校日期"))
    field_order = ("supervising", "code", "name", "kind", "ownership", "opened_date")

    def __init__(self, *args: Any, units: list[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["supervising"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path", "pk")
        if len(units) == 1:
            field.initial = units[0].pk

    def clean_opened_date(self) -> date:
        """Return the day, no earlier than schools have existed."""
        day: date = self.cleaned_data["opened_date"]
        if day < EARLIEST:
            raise forms.ValidationError(_("建校日期太早，请核对。"))
        return day


class ProposeForm(GuardedFacts):
    """A change of the guarded facts from a day on; only what differs is asked for."""

    takes_effect = DayField(label=_("生效日期"))
    document = forms.CharField(label=_("依据"), max_length=200, required=False)

    def wanted(self, school: School) -> dict[str, Any]:
        """Return the facts that differ from what is kept."""
        return {name: self.cleaned_data[name] for name in GUARDED if self.cleaned_data[name] != getattr(school, name)}


class EnrolmentForm(PortalForm):
    """The pupils and boarders of a school on 1 October."""

    pupils = WholeNumber(label=_("在校生数"), unit="人", max_value=50_000)
    boarders = WholeNumber(label=_("寄宿生数"), unit="人", max_value=50_000)
    document = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("例如 学籍系统名册"))

    def clean(self) -> dict[str, Any]:
        """Return the typed figures; boarders are pupils."""
        typed = super().clean() or {}
        if typed.get("boarders", 0) > typed.get("pupils", 0) and not self.errors:
            self.add_error("boarders", gettext("寄宿生数不能多于在校生数。"))
        return typed


class CloseForm(PortalForm):
    """The end of a school."""

    takes_effect = DayField(label=_("最后一天"))
    document = forms.CharField(label=_("文件依据"), max_length=200)


class MergeForm(CloseForm):
    """The end of a school that another one takes over."""

    successor = forms.CharField(label=_("接收学校代码"), max_length=20, help_text=_("在学校列表里可以查到代码。"))
    field_order = ("successor",)


class MoveForm(PortalForm):
    """Another bureau for a school."""

    target = forms.CharField(label=_("新主管单位代码"), max_length=20, help_text=_("例如 220103，或 L220070。"))
    takes_effect = DayField(label=_("生效日期"))
    document = forms.CharField(label=_("文件依据"), max_length=200)


class AnswerForm(PortalForm):
    """The answer to a request."""

    answer = LongText(label=_("审批意见"), rows=3, max_length=200, required=False, help_text=_("驳回须写明理由。"))

    def __init__(self, *args: Any, reasoned: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reasoned = reasoned

    def clean(self) -> dict[str, Any]:
        """Return the answer; a refusal says why."""
        typed = super().clean() or {}
        if self.reasoned and not typed.get("answer") and "answer" not in self.errors:
            self.add_error("answer", gettext("请写明理由。"))
        return typed


class PlaceForm(PortalForm):
    """What may change on a place."""

    name = forms.CharField(label=_("名称"), max_length=60)
    checked_from = DayField(label=_("纳入检查日期"), help_text=_("从这一天起生成检查任务，不能改到已关账的日期。"))


class PlaceDayForm(PortalForm):
    """The day a place goes out of use or comes back."""

    takes_effect = DayField(label=_("日期"))
    document = forms.CharField(label=_("理由"), max_length=200)


class OpeningForm(PortalForm):
    """A new place: what it is called, since when it is in use and checked. The wings add their own fields."""

    name = forms.CharField(label=_("名称"), max_length=60)
    from_date = DayField(label=_("启用日期"))
    checked_from = DayField(
        label=_("纳入检查日期"), required=False, help_text=_("不填从今天起；从这一天起生成检查任务。")
    )

    def opening(self) -> Opening:
        """Return what opens the place."""
        typed = self.cleaned_data
        return {"name": typed["name"], "from_date": typed["from_date"], "checked_from": typed["checked_from"]}

    def file(self) -> dict[str, Any]:
        """Return what the wing keeps in its file."""
        return {name: value for name, value in self.cleaned_data.items() if name not in OpeningForm.base_fields}


class ImportForm(PortalForm):
    """A sheet of schools."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_("xlsx、xls 或 csv，最大 10 MB。先预检，没有错误才会写入。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


class MappingForm(PortalForm):
    """Which heading of a sheet stands for which column."""

    def __init__(self, *args: Any, headings: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", gettext("（没有这一列）")), *((heading, heading) for heading in headings)]
        for column in COLUMNS:
            self.fields[column.key] = forms.ChoiceField(
                label=column.label, choices=choices, required=column.required, help_text=column.hint
            )

    def clean(self) -> dict[str, Any]:
        """Return the choice; a heading stands for one column only."""
        typed = super().clean() or {}
        chosen = [heading for heading in typed.values() if heading]
        for heading in {it for it in chosen if chosen.count(it) > 1}:
            self.add_error(None, gettext("“%(heading)s”被选了两次。") % {"heading": heading})
        return typed

    def chosen(self) -> dict[str, str]:
        """Return the heading of each column that has one."""
        return {key: heading for key, heading in self.cleaned_data.items() if heading}

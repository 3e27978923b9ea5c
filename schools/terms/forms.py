"""What a person may type about calendars, holidays and closures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit
from logistics_portal.kit.forms import DayField, LongText, PortalForm, WholeNumber
from schools.terms.models import Extra

YES_NO = [("", _("按常规")), ("true", _("供餐")), ("false", _("不供餐"))]


class _Span(PortalForm):
    """Some days, the last not before the first."""

    def clean(self) -> dict[str, Any]:
        """Return the typed days in order."""
        typed = super().clean() or {}
        if typed.get("first_date") and typed.get("last_date") and typed["last_date"] < typed["first_date"]:
            self.add_error("last_date", gettext("结束日期不能早于开始日期。"))
        return typed


class DraftForm(PortalForm):
    """A new draft of a calendar."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    school_year = WholeNumber(label=_("学年"), min_value=2009, max_value=2100, help_text=_("2026 表示 2026–2027 学年"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, units: list[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path", "pk")
        field.initial = units[0].pk if units else None


class TermForm(_Span):
    """A term of a draft."""

    name = forms.CharField(label=_("学期"), max_length=20)
    first_date = DayField(label=_("开学"))
    last_date = DayField(label=_("放假前最后一天"))


class ExtraForm(_Span):
    """Days that differ from the plain week."""

    kind = forms.ChoiceField(label=_("类别"), choices=Extra.Kind.choices)
    first_date = DayField(label=_("起"))
    last_date = DayField(label=_("止"))
    serves_meals = forms.TypedChoiceField(
        label=_("供餐"), choices=YES_NO, required=False, coerce=lambda text: text == "true", empty_value=None
    )
    reason = forms.CharField(label=_("说明"), max_length=80)


class ClosureForm(_Span):
    """Days on which a school does not run."""

    first_date = DayField(label=_("起"))
    last_date = DayField(label=_("止"))
    reason = forms.CharField(label=_("原因"), max_length=200)
    keeps_boarders = forms.BooleanField(
        label=_("寄宿生留校"), required=False, help_text=_("选中则照常供餐、住宿，只是不上课")
    )


class RevokeForm(PortalForm):
    """Why the days of an approved closure are taken back."""

    reason = LongText(
        label=_("撤销理由"), rows=3, max_length=200, help_text=_("会通知申请人，并记入操作记录，不能修改。")
    )


class DeclareForm(ClosureForm):
    """Days on which every school below a unit does not run."""

    unit = forms.ModelChoiceField(label=_("停课范围"), queryset=Unit.objects.none())
    field_order = ("unit",)

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = units


class HolidayForm(PortalForm):
    """A year's holidays as a sheet."""

    file = forms.FileField(label=_("表格文件"), help_text=_("三列：日期、放假或上班、节日名称"))
    source = forms.CharField(label=_("来源"), max_length=200, help_text=_("例如 国办发明电〔2026〕7号"))

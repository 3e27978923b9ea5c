"""What a person may type about canteens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from canteens.premises.models import Supply
from logistics_portal.kit.forms import DayField, PortalForm, WholeNumber
from schools.register.forms import OpeningForm

YES_NO = [("", _("未登记")), ("true", _("是")), ("false", _("否"))]


class FileForm(PortalForm):
    """The file of a canteen."""

    seats = WholeNumber(label=_("座位数"), unit="个", max_value=20_000, required=False)
    diners = WholeNumber(label=_("每餐就餐人数"), unit="人", max_value=50_000, required=False)
    serves_breakfast = forms.BooleanField(label=_("供应早餐"), required=False)
    serves_lunch = forms.BooleanField(label=_("供应午餐"), required=False, initial=True)
    serves_supper = forms.BooleanField(label=_("供应晚餐"), required=False)
    licence_no = forms.CharField(label=_("食品经营许可证号"), max_length=30, required=False)
    licence_until = DayField(label=_("许可证有效期至"), required=False)
    own_production = forms.TypedChoiceField(
        label=_("有自产猪菜"), choices=YES_NO, required=False, coerce=lambda text: text == "true", empty_value=None
    )

    def clean(self) -> dict[str, Any]:
        """Return the typed file; an empty number is nought, and at least one meal is served."""
        typed = super().clean() or {}
        typed["seats"], typed["diners"] = typed.get("seats") or 0, typed.get("diners") or 0
        if not any(typed.get(meal) for meal in ("serves_breakfast", "serves_lunch", "serves_supper")):
            self.add_error("serves_lunch", gettext("请至少选一餐。"))
        return typed


class SupplyForm(PortalForm):
    """Who cooks from a day on."""

    mode = forms.ChoiceField(label=_("供餐方式"), choices=Supply.Mode.choices)
    operator_name = forms.CharField(label=_("经营（供餐）单位"), max_length=80, required=False, help_text=_("自营不填"))
    from_date = DayField(label=_("起始日期"))


class AddForm(FileForm, OpeningForm):
    """A new canteen with its file and its first mode of supply."""

    mode = forms.ChoiceField(label=_("供餐方式"), choices=Supply.Mode.choices)
    operator_name = forms.CharField(label=_("经营（供餐）单位"), max_length=80, required=False, help_text=_("自营不填"))
    field_order = ("name", "from_date", "checked_from", "mode", "operator_name")

"""What a person may type about a figure."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from logistics_portal.desk.figures.selectors import bounds_of, unit_of
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import DayField, LongText, PortalForm
from logistics_portal.records.models import Parameter
from logistics_portal.records.rules import LONGEST, Kind


class WishForm(PortalForm):
    """A new value, its first day and the reason."""

    value = forms.CharField(label=_("新值"), max_length=LONGEST)
    first = DayField(label=_("生效日期"), help_text=_("最早从明天起；以前的日期和已冻结的年度不受影响。"))
    reason = LongText(label=_("理由"), min_length=4, max_length=500, rows=3, help_text=_("会记入操作记录，不能修改。"))

    def __init__(self, *args: Any, figure: Parameter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.figure = figure
        field = self.fields["value"]
        field.help_text = bounds_of(figure)
        mode = "numeric" if figure.kind == Kind.WHOLE and not figure.lowest.startswith("-") else "text"
        unit = unit_of(figure)
        field.widget.attrs.update({"inputmode": mode, "autocomplete": "off"} | ({"data-unit": unit} if unit else {}))

    def clean_value(self) -> str:
        """Return the value as it is kept, or say what it may be."""
        try:
            return self.figure.bounds.written(str(self.cleaned_data["value"]))
        except NotAllowed as refusal:
            raise ValidationError(str(refusal)) from refusal


class AnswerForm(PortalForm):
    """What the second person says; to turn a change down it must say why."""

    answer = LongText(label=_("意见"), max_length=500, rows=2, required=False, help_text=_("驳回时必须填写。"))

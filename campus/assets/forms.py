"""What a person may type about the facilities of a campus."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campus.assets.models import Facility
from logistics_portal.kit.forms import DayField, PortalForm


class EditForm(PortalForm):
    """What is kept of a facility."""

    name = forms.CharField(label=_("名称"), max_length=60)
    certificate_no = forms.CharField(label=_("检验（许可）证号"), max_length=40, required=False)
    certificate_until = DayField(label=_("有效期至"), required=False)
    from_date = DayField(label=_("启用日期"))
    until_date = DayField(label=_("停用日期"), required=False)

    def clean(self) -> dict[str, Any]:
        """Return the typed facility; it ends after it starts."""
        typed = super().clean() or {}
        if typed.get("until_date") and typed.get("from_date") and typed["until_date"] < typed["from_date"]:
            self.add_error("until_date", gettext("停用日期不能早于启用日期。"))
        return typed


class AddForm(EditForm):
    """A facility of a campus."""

    kind = forms.ChoiceField(label=_("类别"), choices=Facility.Kind.choices)
    field_order = ("kind",)

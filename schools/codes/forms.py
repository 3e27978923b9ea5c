"""What is typed about codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.forms import LongText, PortalForm
from schools.register.models import Place, PlaceQuerySet


class CodeForm(PortalForm):
    """One more code: at which place, and on what it will hang there."""

    place = forms.ModelChoiceField(label=_("场所"), queryset=Place.objects.none(), empty_label=None)
    label = forms.CharField(
        label=_("张贴处"),
        max_length=40,
        required=False,
        help_text=_("贴在设备上时写设备名，如“1号留样冰箱”；贴在场所门口可不写。"),
    )

    def __init__(self, *args: Any, places: PlaceQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = places


class RevokeForm(PortalForm):
    """Why a code shall open nothing any more."""

    reason = LongText(label=_("作废原因"), min_length=2, max_length=200, rows=2)

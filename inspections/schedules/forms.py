"""What a person types when asking for, or answering, an exemption."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.checklists.models import Checklist
from inspections.schedules.models import Exemption
from logistics_portal.kit.forms import DayField, LongText, PhotosField, PortalForm
from schools.register.models import Place, PlaceQuerySet


class OfKind(forms.Select):
    """A choice of places or check-lists, each with its kind of place, so that a script can narrow one by the other."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return an option with the kind of place it is of, or is for."""
        option = super().create_option(*args, **kwargs)
        row = getattr(option["value"], "instance", None)
        if row is not None:
            option["attrs"]["data-kind"] = row.kind if isinstance(row, Place) else row.subject
        return option


class ExemptionForm(PortalForm):
    """Which checks of which place shall be free, and why."""

    place = forms.ModelChoiceField(
        label=_("场所"), queryset=Place.objects.none(), widget=OfKind(attrs={"data-narrows": "checklist"})
    )
    checklist = forms.ModelChoiceField(label=_("检查表"), queryset=Checklist.objects.none(), widget=OfKind)
    first_date = DayField(label=_("从"))
    last_date = DayField(label=_("到"))
    reason = forms.ChoiceField(label=_("原因"), choices=Exemption.Reason.choices)
    text = LongText(label=_("说明"), min_length=4, max_length=300, rows=3)
    evidence = PhotosField(label=_("佐证照片"), most=1, required=False)

    def __init__(self, *args: Any, places: PlaceQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        lists = Checklist.objects.filter(subject__in=places.values("kind")).order_by("subject", "position", "pk")
        self.fields["checklist"].queryset = lists  # type: ignore[attr-defined]
        self.fields["checklist"].label_from_instance = _with_kind  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a check-list that is not of this kind of place."""
        found = super().clean() or {}
        place, checklist = found.get("place"), found.get("checklist")
        if place and checklist and place.kind != checklist.subject:
            self.add_error("checklist", _("这张检查表不适用于这个场所。"))
        return found


class AnswerForm(PortalForm):
    """What the one who answers says."""

    answer = LongText(label=_("审批意见"), max_length=200, rows=2, required=False)
    verb = forms.ChoiceField(choices=[("approve", _("批准")), ("refuse", _("驳回"))], widget=forms.HiddenInput)


def _with_kind(checklist: Checklist) -> str:
    """Return a check-list's name behind the kind of place it is for."""
    return f"{Place.Kind(checklist.subject).label} · {checklist.label}"

"""What a dashboard can be narrowed by, kept in its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.forms import DayField, PortalForm
from schools.register.models import Place

BY_UNIT, BY_COUNTY = "", "county"
GAPS, FAILURES = "gaps", "failures"


@dataclass(frozen=True)
class Ask:
    """What the address asks for: a day, a kind of place, counties instead of cities."""

    day: date | None = None
    subject: str = ""
    by: str = BY_UNIT

    def query(self, **more: object) -> str:
        """Return the address's query that asks the same again, with more in it."""
        asked = {"day": self.day.isoformat() if self.day else "", "subject": self.subject, "by": self.by, **more}
        kept = {key: value for key, value in asked.items() if value not in ("", None)}
        return f"?{urlencode(kept)}" if kept else ""


class BoardForm(PortalForm):
    """The filter row of a dashboard."""

    day = DayField(label=_("日期"), required=False)
    subject = forms.ChoiceField(label=_("场所"), required=False, choices=[("", _("全部")), *Place.Kind.choices])
    by = forms.ChoiceField(
        label=_("比较"), required=False, choices=[(BY_UNIT, _("下级单位")), (BY_COUNTY, _("各县（市、区）"))]
    )


def read(query: QueryDict, today: date) -> tuple[BoardForm, Ask]:
    """Return the filter row and what it asks for; what makes no sense is told and left out."""
    form = BoardForm(query)
    form.is_valid()
    told = form.cleaned_data
    day = told.get("day")
    return form, Ask(day if day and day <= today else None, told.get("subject", ""), told.get("by", ""))

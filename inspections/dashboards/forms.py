"""What a dashboard and the lists behind it can be narrowed by, kept in their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.forms import DayField, PortalForm
from schools.register.models import Place

BY_UNIT, BY_COUNTY = "", "county"
DONE, ON_TIME, LATE, GAPS, WAITING, FAILING = "done", "on_time", "late", "gaps", "waiting", "failures"
SHOWS = {
    "": _("应检"),
    DONE: _("已检"),
    ON_TIME: _("按时"),
    LATE: _("补录"),
    GAPS: _("没有交"),
    WAITING: _("待检"),
    FAILING: _("有异常"),
}
LONGEST = timedelta(days=44)  # a month's figures and a fortnight more; longer spans are for reports
DAYS_NAMED = 15


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


@dataclass(frozen=True)
class SlotAsk:
    """The days, the kind of place, the check-list, the school and the standing that an address asks for."""

    first: date
    last: date
    days: tuple[date, ...] = ()
    subject: str = ""
    checklist: str = ""
    school: str = ""
    show: str = ""
    closed: bool = False


class SlotForm(PortalForm):
    """The filter row of a list of slots; what an address carries beyond it is kept."""

    since = DayField(label=_("从"), required=False)
    until = DayField(label=_("到"), required=False)
    subject = forms.ChoiceField(label=_("场所"), required=False, choices=[("", _("全部")), *Place.Kind.choices])
    show = forms.ChoiceField(required=False, choices=list(SHOWS.items()), widget=forms.HiddenInput)
    school = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    checklist = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    closed = forms.BooleanField(required=False, widget=forms.HiddenInput)


def read_slots(query: QueryDict, today: date, usual: tuple[date, date]) -> tuple[SlotForm, SlotAsk]:
    """Return the filter row and what it asks for; what makes no sense is told and left out, too many days are cut."""
    form = SlotForm(query)
    form.is_valid()
    told = form.cleaned_data
    last = min(told.get("until") or (today if told.get("since") else usual[1]), today)
    first = told.get("since") or (usual[0] if not told.get("until") else last)
    first = max(min(first, last), last - LONGEST)
    ask = SlotAsk(
        first=first,
        last=last,
        days=tuple(day for day in _days(query.getlist("on")) if first <= day <= last),
        subject=told.get("subject", ""),
        checklist=told.get("checklist", ""),
        school=told.get("school", ""),
        show=told.get("show", ""),
        closed=bool(told.get("closed")),
    )
    return form, ask


def _days(texts: Iterable[str]) -> list[date]:
    """Return the days that are days; at most as many as a chart shows."""
    field, found = DayField(), []
    for text in list(texts)[:DAYS_NAMED]:
        try:
            found.append(field.clean(text))
        except ValidationError:
            continue
    return found

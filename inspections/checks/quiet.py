"""What the calendar takes off a day: which checks are not due at a place, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schools.register.models import Place
from schools.terms.rules.calendar import Calendar, Day
from schools.terms.rules.nights import NAMED

NEEDS: Mapping[str, str] = {
    Place.Kind.CANTEEN: "serving",
    Place.Kind.DORMITORY: "lodged",
    Place.Kind.CAMPUS: "operating",
}
FREE: Mapping[str, Promise] = {
    Place.Kind.CANTEEN: _("不供餐"),
    Place.Kind.DORMITORY: _("无寄宿"),
    Place.Kind.CAMPUS: _("不上课"),
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """That nothing is due at a place on a day, or nothing in its night: in short, and with the reason."""

    brief: str
    words: str


def quiet(place: Place, calendar: Calendar, day: date) -> Quiet | None:
    """Return what of a place is not due on a day for the calendar's sake, and why; nothing where all of it is."""
    on = calendar.day(day)
    kind = Place.Kind(place.kind)
    night = calendar.no_night(day) if kind == Place.Kind.DORMITORY else None
    if not on.is_of(NEEDS[kind]):
        free = str(FREE[kind])
        return Quiet(free, night.words if night and on.operating else f"{free}{_reason(on)}")
    return Quiet(night.brief, night.words) if night else None


def told(places: Iterable[Place], calendars: Mapping[int, Calendar], day: date) -> list[str]:
    """Return what is not due on a day at some places, each kind of place of a school told once."""
    alike = {(place.school_id, place.kind): place for place in places if place.is_checked(day)}
    found = [(place, quiet(place, calendars[place.school_id], day)) for place in alike.values()]
    return [f"{Place.Kind(place.kind).label} · {it.words}" for place, it in found if it]


def _reason(day: Day) -> str:
    if day.operating:
        return gettext("（学校档案或校历如此登记）")
    return gettext("（%(note)s）") % {
        "note": f"{day.why.label}：{day.note}" if day.why in NAMED and day.note else day.why.label
    }

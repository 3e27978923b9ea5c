"""A small province whose figures can be counted by hand, for the tests of dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspections.checklists.models import Version
from inspections.findings.models import Finding
from inspections.tallies.models import CountyDay, ItemDay
from inspections.tallies.today import note_fold
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import ONE_DAY, school_year
from schools.register.models import Place, School
from tests.factories import ground, schools
from tests.factories import inspections as make


@dataclass(frozen=True)
class Land:
    """A province with a city of two counties, and a committee without counties."""

    province: Unit
    city: Unit
    county: Unit
    other: Unit
    committee: Unit
    version: Version
    campus: Place
    author: User

    @property
    def school(self) -> School:
        return self.campus.school

    def reader(self, unit: Unit, role: Role = Role.OFFICE_CLERK) -> User:
        return ground.user(role, unit)

    def tally(self, unit: Unit, day: date, required: int, timely: int, late: int = 0, exempt: int = 0) -> CountyDay:
        figures = {"required": required, "timely": timely, "late": late, "exempt": exempt}
        return CountyDay.objects.create(county=unit, date=day, checklist=self.version.checklist, **figures)

    def finding(self, at: datetime, due: datetime, place: Place | None = None, **fields: object) -> Finding:
        place = place or self.campus
        values: dict[str, object] = {
            "school": place.school,
            "county": place.school.unit.first_reviewer,
            "checklist": self.version.checklist,
            "title": "安全出口上锁",
            "severity": "major",
            "found_date": at.date(),
            "found_at": at,
            "found_by": self.author,
            "first_due_at": due,
            "due_at": due,
        }
        return Finding.objects.create(place=place, **(values | fields))


def land(term_around: date | None = None) -> Land:
    """Return the province, with one school in one of its counties; a term runs around a day, or in autumn 2026."""
    if term_around is None:
        schools.calendar()
    else:
        term = (term_around - 30 * ONE_DAY, term_around + 30 * ONE_DAY)
        schools.calendar(year=school_year(term_around), terms=(term,))
    city, county = schools.bureau("220000/220100/"), schools.bureau("220000/220100/220102/")
    other, committee = schools.bureau("220000/220100/220103/"), schools.bureau("220000/L220070/")
    province = city.parent
    assert province is not None
    version = make.version("campus_daily", unit=province)
    campus = schools.campus(schools.school(county.path, name="第一小学", is_boarding=True))
    author = ground.user(Role.LOGISTICS_OFFICER, campus.school.unit)
    return Land(province, city, county, other, committee, version, campus, author)


def widen(here: Land, counties: int, today: date, *, start: int = 0) -> None:
    """Add counties with forty days of figures, failing items and findings each."""
    for number in range(start, start + counties):
        unit = schools.bureau(f"220000/2202{number:02d}/2203{number:02d}/")
        place = schools.campus(schools.school(unit.path))
        moment = make.at(today - 5 * ONE_DAY)
        here.finding(moment, moment + ONE_DAY, place, severity="critical")
        for back in range(40):
            here.tally(unit, today - back * ONE_DAY, required=4, timely=3)
            ItemDay.objects.create(county=unit, date=today - back * ONE_DAY, item_code=f"X-{number}", failures=1)


def folded(at: datetime) -> None:
    """Say when the figures were folded."""
    note_fold(at=at - timedelta(minutes=7))

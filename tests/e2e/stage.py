"""What the browser story stands on: a small province, a clock that is set by hand, and an album of its pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import ConsoleMessage, Page

from inspections.checklists.models import Version
from inspections.tallies import services as tallies
from inspections.tallies import today
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import ONE_DAY
from schools.register.models import Place, School
from tests.conftest import ROOT
from tests.e2e.conftest import DESKTOP, OpenPage
from tests.factories import ground, schools
from tests.factories import inspections as make

ALBUM = ROOT / "var" / "e2e"
PATIENCE = 30_000  # milliseconds; a busy machine is no reason to fail
PASSWORD = "Xue-Xiao-Hou-Qin-2026"
TERM = date(2026, 9, 1)
MONDAY = date(2026, 11, 16)
SETTLED = """() => document.readyState === "complete"
    && !document.querySelector(".htmx-request, [hx-trigger='load']")"""
LOADED = "() => [...document.images].every(one => one.complete)"
HOLIDAYS = {f"2026-10-0{day}": {"kind": "holiday", "name": "国庆节"} for day in range(1, 8)}


class Clock:
    """The time it is: stands still until it is set."""

    def __init__(self) -> None:
        self.now = make.at(MONDAY, "08:40")

    def set(self, day: date, clock: str) -> datetime:
        """Set the time to a moment of a day in Shanghai."""
        self.now = make.at(day, clock)
        return self.now

    def stamp(self) -> float:
        """Return the time as a number, as `time.time` does."""
        return self.now.timestamp()

    def rule(self, monkeypatch) -> None:
        """Let the portal go by this clock."""
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(time, "time", self.stamp)


@dataclass(frozen=True)
class World:
    """A school of a county with its people, and those of county, city and province."""

    province: Unit
    county: Unit
    canteen: Place
    neighbour: Place
    version: Version
    officer: User
    vice: User
    clerk: User
    head: User
    upper_head: User
    province_clerk: User
    province_admin: User

    @property
    def school(self) -> School:
        return self.canteen.school

    def live(self, first: date, last: date) -> None:
        """Let both canteens be checked every school day of a span; the neighbour forgets now and then."""
        for number, day in enumerate(_school_days(first, last)):
            make.check(self.canteen, self.officer, day, self.version)
            if number % 9 == 4:
                make.missed(self.neighbour, day, self.version)
            else:
                make.check(self.neighbour, self.officer, day, self.version)


def _school_days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if day.weekday() < 5 and day.isoformat() not in HOLIDAYS:
            yield day
        day += ONE_DAY


def world() -> World:
    """Return 敦化市 with two schools, checked every day since the term began."""
    province = ground.province()
    city = ground.city("222400", "延边朝鲜族自治州")
    county = ground.unit("222403", parent=city, kind=Unit.Kind.COUNTY, name="敦化市")
    schools.calendar(province)
    schools.national_year(2026, HOLIDAYS)
    make.parameters()
    version = make.version("canteen_daily")
    ours, other = _canteen(county, "敦化市官地镇九年一贯制学校"), _canteen(county, "敦化市江源镇中心小学")
    at = ours.school.unit

    def person(role: Role, unit: Unit, name: str) -> User:
        return ground.user(role, unit, full_name=name, username=str(role), password=PASSWORD)

    made = World(
        province,
        county,
        ours,
        other,
        version,
        officer=person(Role.FOOD_SAFETY_OFFICER, at, "赵敏"),
        vice=person(Role.VICE_PRINCIPAL_LOGISTICS, at, "王建国"),
        clerk=person(Role.OFFICE_CLERK, county, "金明哲"),
        head=person(Role.OFFICE_HEAD, county, "李淑华"),
        upper_head=ground.user(Role.OFFICE_HEAD, city, full_name="朴正浩", username="city_head", password=PASSWORD),
        province_clerk=ground.user(Role.OFFICE_CLERK, province, full_name="孙立", username="province_clerk"),
        province_admin=person(Role.SCHEME_ADMIN, province, "周文"),
    )
    made.live(TERM, MONDAY - ONE_DAY)
    fold(make.at(MONDAY, "05:00"))
    return made


def fold(at: datetime) -> None:
    """Fold the figures of dashboards as the night's work does."""
    tallies.fold_recent(at=at)
    today.fold_today(at=at)


def _canteen(county: Unit, name: str) -> Place:
    school = schools.school(county, name=name, kind=School.Kind.NINE_YEAR, is_rural_compulsory=True)
    made = schools.canteen(place=schools.place(school, name="学生食堂", checked_from=TERM))
    return Place.objects.select_related("school__unit__parent__parent__parent").get(pk=made.place_id)


@dataclass
class Stage:
    """Opens pages for people at a time of day, watches their consoles and keeps pictures of them."""

    open_page: OpenPage
    clock: Clock
    phone: bool
    photos: Path
    errors: list[str] = field(default_factory=list)
    pictures: int = 0

    def __post_init__(self) -> None:
        self.album = ALBUM / ("390" if self.phone else str(DESKTOP["width"]))
        self.album.mkdir(parents=True, exist_ok=True)
        for old in self.album.glob("*.png"):
            old.unlink()

    def enter(self, person: User | None, day: date, clock: str) -> Page:
        """Return a new page of a person, or of a stranger, at a moment."""
        self.clock.set(day, clock)
        page = self.open_page(person, phone=self.phone)
        page.set_default_timeout(PATIENCE)
        page.clock.set_fixed_time(self.clock.now)
        page.on("console", self._hear)
        return page

    def later(self, **span: int) -> None:
        """Let some time pass."""
        self.clock.now += timedelta(**span)

    def keep(self, page: Page, name: str) -> None:
        """Keep a picture of a page and see that it is not wider than its screen."""
        self.pictures += 1
        page.wait_for_function(SETTLED)
        width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        screen = page.viewport_size or DESKTOP
        wide = width > screen["width"]
        page.set_viewport_size({"width": screen["width"], "height": max(height, screen["height"])})
        page.wait_for_function(LOADED)
        page.screenshot(path=self.album / f"{self.pictures:02d}-{name}.png", full_page=True, animations="disabled")
        page.set_viewport_size(screen)
        if wide:
            self.errors.append(f"wider than the screen: {name}")

    def photo(self, name: str, colour: str) -> Path:
        """Return a photo as a phone's camera takes it."""
        path = self.photos / f"{name}.jpg"
        picture = Image.new("RGB", (1600, 1200), colour)
        pen = ImageDraw.Draw(picture)
        for step in range(0, 1600, 200):
            pen.line((step, 0, 1600 - step, 1200), fill="white", width=6)
        picture.save(path, quality=80)
        return path

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text} {message.location.get('url', '')}")

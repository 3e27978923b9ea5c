"""A school with a canteen and the people around a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from inspections.findings.models import Finding
from inspections.findings.services import Hand
from logistics_portal.accounts.models import User
from schools.register.models import Place
from tests.factories import ground, schools
from tests.factories import inspections as make

MONDAY = datetime(2026, 11, 16, 9, tzinfo=make.SHANGHAI)


@dataclass(frozen=True)
class Scene:
    """A canteen, the people of its school, and those of its county and city."""

    place: Place
    officer: User
    keeper: User
    vice: User
    principal: User
    clerk: User
    head: User

    def hand(self, by: User, at: datetime = MONDAY) -> Hand:
        """Return a person acting under their first post."""
        return Hand(by, by.live_posts[0], at)

    def finding(self, **fields: object) -> Finding:
        """Return a major finding recorded on Monday morning."""
        return make.finding(self.place, self.officer, MONDAY, **fields)


def scene() -> Scene:
    """Return a scene in 南关区, with the province's calendar."""
    schools.calendar(ground.province())
    schools.national_year(2026)
    school = schools.school(ground.county(), name="东方红小学")
    place = schools.place(school)
    at, county = school.unit, ground.county()
    return Scene(
        place,
        officer=ground.user("logistics_officer", at),
        keeper=ground.user("food_safety_officer", at),
        vice=ground.user("vice_principal_logistics", at),
        principal=ground.user("principal", at),
        clerk=ground.user("office_clerk", county),
        head=ground.user("office_head", county),
    )


def photo(name: str = "after.jpg") -> SimpleUploadedFile:
    """Return a small picture as a phone sends it."""
    target = BytesIO()
    Image.new("RGB", (40, 30), "white").save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), content_type="image/jpeg")

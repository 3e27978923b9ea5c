"""Sixty photos a school and day: what is more is not kept, the check itself is."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from inspections.checks.models import Check, CheckPhoto
from inspections.checks.rules.figures import FIGURES
from inspections.findings.models import Finding, FindingPhoto
from logistics_portal.records.models import Attachment
from tests.factories import ground
from tests.inspections.checks.story import MORNING, Scene, scene, taken
from tests.inspections.checks.test_pages import address, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_morning(monkeypatch):
    """Let it be nine on Monday."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)


def picture(colour: str) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), "image/jpeg")


def with_photos(here: Scene) -> dict[str, object]:
    """Return a form with one photo of an item in order and two of one that failed."""
    return typed(
        here,
        **{
            "photo.CMP-D-01": picture("green"),
            "a.CMP-D-06": "fail",
            "note.CMP-D-06": "东门堆物",
            "photo.CMP-D-06": [picture("red"), picture("blue")],
        },
    )


def test_a_check_over_the_limit_is_kept_whole_and_says_what_was_left_out():
    here = scene("campus_daily")
    taken(here, FIGURES.photos_a_school_day - 2)

    page = ground.client_of(here.officer).post(address(here), with_photos(here), follow=True).content.decode()

    check = Check.objects.get()
    assert (check.state, check.n_fail, check.values["photos_left"]) == ("received", 1, 1)
    assert set(CheckPhoto.objects.values_list("item_code", flat=True)) == {"CMP-D-06"}
    assert check.values["photos"] == {"CMP-D-06": 2}
    assert "1 张没有保存" in page
    assert "60" in page


def test_the_finding_comes_even_when_no_photo_has_room():
    here = scene("campus_daily")
    taken(here, FIGURES.photos_a_school_day)

    ground.client_of(here.officer).post(address(here), with_photos(here))

    assert Check.objects.get().values["photos_left"] == 3
    assert Finding.objects.get().detail == "东门堆物"
    assert not FindingPhoto.objects.exists()


@pytest.mark.parametrize("days", [-1, 1])
def test_another_day_or_another_school_takes_no_room(days):
    here, other = scene("campus_daily"), ground.neighbour()
    taken(here, FIGURES.photos_a_school_day, MORNING + timedelta(days=days))
    Attachment.objects.filter(pk__lte=Attachment.objects.order_by("pk")[5].pk).update(unit=other, added_at=MORNING)

    ground.client_of(here.officer).post(address(here), with_photos(here))

    assert "photos_left" not in Check.objects.get().values
    assert CheckPhoto.objects.count() == 3


def test_the_form_says_when_room_runs_out():
    here = scene("campus_daily")
    browser = ground.client_of(here.officer)
    before = browser.get(address(here)).content.decode()
    taken(here, FIGURES.photos_a_school_day - 4)
    scarce = browser.get(address(here)).content.decode()
    taken(here, 4)

    full = browser.get(address(here)).content.decode()

    assert "还能保存" not in before
    assert "还能保存 4 张照片" in scarce
    assert "照片不再保存" in full

"""Files reach those who see the record's unit, and nobody else."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from logistics_portal.accounts.permissions import Role
from logistics_portal.records.models import Attachment, AuditRow
from logistics_portal.records.photos import bytes_of, keep_file, keep_photo
from tests.factories import ground as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def photo() -> Attachment:
    memory = io.BytesIO()
    Image.new("RGB", (40, 30)).save(memory, "JPEG")
    upload = ContentFile(memory.getvalue(), "a.jpg")
    return keep_photo(upload=upload, unit=make.school_unit(), place=None, by=None, at=NOON)


def url(kept: Attachment) -> str:
    return reverse("records:attachment", args=[kept.name])


def test_a_photo_is_shown_to_the_county_with_nothing_that_could_run(photo: Attachment) -> None:
    answer = make.client_of(make.user(Role.OFFICE_CLERK, make.county())).get(url(photo))

    assert b"".join(answer.streaming_content) == bytes_of(photo).read_bytes()
    answer.close()
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "private, no-store"


def test_the_neighbour_county_finds_no_such_photo_and_the_attempt_is_kept(photo: Attachment) -> None:
    person = make.user(Role.OFFICE_CLERK, make.neighbour())

    answer = make.client_of(person).get(url(photo))

    assert answer.status_code == 404
    row = AuditRow.objects.get(outcome="refused")
    assert (row.by, row.verb, row.on_label) == (person, "records:attachment", url(photo))
    assert (row.unit, row.post) == (make.neighbour(), person.live_posts[0])


def test_nobody_in_particular_is_sent_to_sign_in(client: Client, photo: Attachment) -> None:
    assert client.get(url(photo)).status_code == 302


def test_a_paper_is_saved_under_its_own_name() -> None:
    kept = keep_file(upload=ContentFile(b"%PDF-1.7", "批复（2026）.pdf"), unit=make.county(), by=None, at=NOON)

    answer = make.client_of(make.user(Role.OFFICE_CLERK, make.county())).get(url(kept))

    answer.close()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


@pytest.mark.parametrize("how", ["taken down", "lost"])
def test_a_photo_that_is_gone_says_so(photo: Attachment, how: str) -> None:
    if how == "lost":
        bytes_of(photo).unlink()
    else:
        Attachment.objects.update(removed_at=NOON)

    answer = make.client_of(make.user(Role.OFFICE_CLERK, make.county())).get(url(photo))

    assert answer.status_code == 410
    assert answer["Content-Type"].startswith("image/svg+xml")


@pytest.mark.parametrize("name", ["x", "../../etc/passwd", "A" * 32, "0" * 33])
def test_a_name_of_another_shape_is_no_address(name: str) -> None:
    browser = make.client_of(make.user(Role.OFFICE_CLERK, make.county()))

    assert browser.get(f"/records/files/{name}/").status_code == 404


def test_a_file_is_only_read(photo: Attachment) -> None:
    browser = make.client_of(make.user(Role.OFFICE_CLERK, make.county()))

    assert browser.post(url(photo)).status_code == 405

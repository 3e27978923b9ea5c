"""Photos and papers kept outside the public folder under names nobody can guess."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File
from django.db import models
from django.utils.translation import gettext

from logistics_portal.kit import uploads
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Attachment
from logistics_portal.records.selectors import book

MOST_MB, EDGE = "PHOTO_MOST_MB", "PHOTO_EDGE_PX"
BYTES = 1024 * 1024
MEGABYTES = settings.PHOTO_MAX_BYTES // BYTES


def keep_photo(
    *, upload: File[bytes], unit: models.Model, place: models.Model | None, by: AbstractBaseUser | None, at: datetime
) -> Attachment:
    """Keep a photo painted anew as JPEG: upright, not too long, no metadata; raises `NotAllowed` otherwise."""
    return keep_painted(painted=paint(upload, at=at), unit=unit, place=place, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Painted:
    """A photo painted anew, not kept yet: its row as far as it is known, and its bytes."""

    row: Attachment
    content: bytes


def paint(upload: File[bytes], *, at: datetime) -> Painted:
    """Return a photo painted anew; this takes a moment, so it is done before a transaction begins.

    The hash of the bytes as handed in is told too, so the same file handed in again can be found. Raises `NotAllowed`
    for what is no picture, or too large.
    """
    held, day = book(), local_date(at)
    most = min(held.number(MOST_MB, day, MEGABYTES) * BYTES, settings.PHOTO_MAX_BYTES)
    content = uploads.read_within(upload, most)
    picture = uploads.remake_picture(content, edge=held.number(EDGE, day, settings.PHOTO_LONG_EDGE))
    attachment = Attachment(
        kind=Attachment.Kind.PHOTO,
        title=uploads.clean_name(upload.name or ""),
        media_type=uploads.JPEG,
        source_sha256=hashlib.sha256(content).hexdigest(),
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at,
    )
    return Painted(attachment, picture.content)


def keep_painted(
    *, painted: Painted, unit: models.Model, place: models.Model | None, by: AbstractBaseUser | None, at: datetime
) -> Attachment:
    """Keep a photo that was painted anew."""
    return _keep(painted.row, painted.content, unit=unit, place=place, by=by, at=at)


def keep_file(
    *,
    upload: File[bytes],
    unit: models.Model,
    by: AbstractBaseUser | None,
    at: datetime,
    place: models.Model | None = None,
) -> Attachment:
    """Keep a paper (xlsx, xls, docx, pdf, csv) whose content is what its name says; raises `NotAllowed` otherwise."""
    content = uploads.read_within(upload, settings.SHEET_MAX_BYTES)
    media_type = uploads.media_type_of(content, upload.name or "")
    is_sheet = media_type in (uploads.XLSX, uploads.XLS, uploads.CSV)
    attachment = Attachment(
        kind=Attachment.Kind.SHEET if is_sheet else Attachment.Kind.PAPER,
        title=uploads.clean_name(upload.name or ""),
        media_type=media_type,
        source_sha256=hashlib.sha256(content).hexdigest(),
    )
    return _keep(attachment, content, unit=unit, place=place, by=by, at=at)


def _keep(
    attachment: Attachment,
    content: bytes,
    *,
    unit: models.Model,
    place: models.Model | None,
    by: AbstractBaseUser | None,
    at: datetime,
) -> Attachment:
    attachment.size = len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    attachment.unit_id = unit.pk
    attachment.place_id = place.pk if place is not None else None
    attachment.added_by_id = by.pk if by is not None else None
    attachment.added_at = at
    write_whole(bytes_of(attachment), content)
    attachment.save(force_insert=True)
    return attachment


def bytes_of(attachment: Attachment) -> Path:
    """Return where the bytes of an attachment lie."""
    return Path(settings.MEDIA_ROOT) / attachment.path


def read_bytes(attachment: Attachment) -> bytes:
    """Return the bytes of an attachment, or refuse where they are gone."""
    try:
        return bytes_of(attachment).read_bytes()
    except FileNotFoundError:
        raise NotAllowed(gettext("文件已按保存期限清除，请重新上传。")) from None


def let_go(attachment: Attachment, *, at: datetime) -> bool:
    """Take the bytes of an attachment away when its time is over, and say whether it had any; row and hash stay.

    The row is marked first: should the machine stop between the two, the next turn finds the file again.
    """
    marked = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=at)
    path = bytes_of(attachment)
    was_there = path.is_file()
    path.unlink(missing_ok=True)
    return bool(marked) or was_there


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""Pictures and papers handed in: hostile ones are refused in a sentence, good ones kept without anything hidden."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.uploads import clean_name, remake_picture
from logistics_portal.records.models import Attachment
from logistics_portal.records.photos import bytes_of, keep_file, keep_photo
from tests.factories import ground as make

NOON = datetime(2026, 10, 8, 4, 0, tzinfo=UTC)
SECRET = b"43.8868N125.3245E"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(size: tuple[int, int] = (400, 300), mode: str = "RGB", kind: str = "JPEG", **options: Any) -> bytes:
    memory = io.BytesIO()
    Image.new(mode, size, 120 if mode in {"L", "P", "I;16"} else None or 0).save(memory, kind, **options)
    return memory.getvalue()


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (43.0, 53.0, 12.0)
    exif.get_ifd(0x8769)[0x9003] = "2026:10:08 07:15:00"
    return picture(exif=exif)


def with_text() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET.decode())
    return picture(kind="PNG", pnginfo=told)


def animated() -> bytes:
    memory = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    frames[0].save(memory, "PNG", save_all=True, append_images=frames[1:])
    return memory.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def declared(width: int, height: int) -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + png_chunk(b"IEND", b"")


def text_bomb() -> bytes:
    packed = b"Comment\x00\x00" + zlib.compress(b"x" * 80_000_000)
    return picture(kind="PNG")[:33] + png_chunk(b"zTXt", packed) + picture(kind="PNG")[33:]


REFUSED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"hello",
    "a script named as a picture": lambda: b"<svg onload=alert(1)>",
    "a gif": lambda: picture(kind="GIF"),
    "a bitmap": lambda: picture(kind="BMP"),
    "a tiff": lambda: picture(kind="TIFF"),
    "a webp": lambda: picture(kind="WEBP"),
    "a page": lambda: b"<!DOCTYPE html><script>alert(1)</script>",
    "a zip": lambda: b"PK\x03\x04" + b"\x00" * 100,
    "a truncated jpeg": lambda: picture((800, 800))[:2000],
    "a truncated png": lambda: picture((800, 800), kind="PNG")[:-40],
    "a jpeg's first bytes alone": lambda: b"\xff\xd8\xff\xe0" + b"\x00" * 500,
    "a png's first bytes alone": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 500,
    "a png as large as a town": lambda: declared(60_000, 60_000),
    "a png just over the limit": lambda: declared(10_000, 5_001),
    "a png with the largest numbers": lambda: declared(2**31 - 1, 2**31 - 1),
    "a png of no width": lambda: declared(0, 100),
    "a bomb of text": text_bomb,
    "more bytes than allowed": lambda: picture() + b"\x00" * (8 * 1024 * 1024),
    "random bytes behind a jpeg's start": lambda: b"\xff\xd8\xff" + hashlib.sha512(b"x").digest() * 100,
}
KEPT: dict[str, Callable[[], bytes]] = {
    "a jpeg": picture,
    "a png": lambda: picture(kind="PNG"),
    "a jpeg with a place in it": with_gps,
    "a png with a text in it": with_text,
    "four colours": lambda: picture(mode="CMYK"),
    "grey": lambda: picture(mode="L"),
    "a palette": lambda: picture(mode="P", kind="PNG"),
    "seen through": lambda: picture(mode="RGBA", kind="PNG"),
    "sixteen bits": lambda: picture(mode="I;16", kind="PNG"),
    "moving": animated,
    "a jpeg with a page behind it": lambda: picture() + b"<script>" + SECRET + b"</script>",
    "a jpeg with an archive behind it": lambda: picture() + b"PK\x03\x04" + SECRET,
    "very long": lambda: picture((9000, 20), kind="PNG"),
    "one pixel": lambda: picture((1, 1)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_picture_is_refused_in_a_sentence(case: str, media: Path, db: None) -> None:
    upload = SimpleUploadedFile("a.jpg", REFUSED[case]())

    with pytest.raises(NotAllowed) as refusal:
        keep_photo(upload=upload, unit=make.county(), place=None, by=None, at=NOON)

    assert len(str(refusal.value)) >= 8
    assert not list(media.rglob("*"))


@pytest.mark.parametrize("case", KEPT)
def test_a_picture_is_painted_anew(case: str) -> None:
    made = remake_picture(KEPT[case](), edge=1600)

    with Image.open(io.BytesIO(made.content)) as seen:
        assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", (made.width, made.height))
        assert not seen.getexif()
        assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET not in made.content
    assert max(made.width, made.height) <= 1600


def test_a_photo_is_turned_upright_and_keeps_only_the_devices_time() -> None:
    made = remake_picture(with_gps(), edge=1600)

    assert (made.width, made.height) == (300, 400)
    assert made.taken_at is not None
    assert made.taken_at.isoformat() == "2026-10-08T07:15:00+08:00"


@pytest.mark.django_db
def test_a_kept_photo_lies_outside_the_public_folder_under_a_random_name(media: Path) -> None:
    content, unit, person = picture((2000, 1000)), make.county(), make.user()

    kept = keep_photo(upload=SimpleUploadedFile("../食堂.jpg", content), unit=unit, place=None, by=person, at=NOON)

    stored = bytes_of(kept).read_bytes()
    assert (kept.width, kept.height, kept.media_type) == (1600, 800, "image/jpeg")
    assert (kept.sha256, kept.source_sha256) == (
        hashlib.sha256(stored).hexdigest(),
        hashlib.sha256(content).hexdigest(),
    )
    assert (kept.title, kept.added_by, kept.unit) == ("食堂.jpg", person, unit)
    assert len(kept.name) == 32
    assert bytes_of(kept).is_relative_to(media)


def sheet() -> bytes:
    memory = io.BytesIO()
    openpyxl.Workbook().save(memory)
    return memory.getvalue()


def pack(*names: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as made:
        for name in names:
            made.writestr(name, b"x")
    return memory.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xlsx", sheet(), Attachment.Kind.SHEET),
        ("a.csv", "学校,人数".encode("gb18030"), Attachment.Kind.SHEET),
        ("a.docx", pack("word/document.xml"), Attachment.Kind.PAPER),
        ("a.PDF", b"%PDF-1.7 x", Attachment.Kind.PAPER),
    ],
)
@pytest.mark.django_db
def test_a_paper_is_kept_as_it_is(name: str, content: bytes, kind: str) -> None:
    kept = keep_file(upload=ContentFile(content, name), unit=make.county(), by=None, at=NOON)

    assert (kept.kind, bytes_of(kept).read_bytes()) == (kind, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", sheet()),
        ("a.xlsx", b"%PDF-1.7"),
        ("a.xlsx", pack("a.exe")),
        ("a.xlsx", pack("xl/workbook.xml", "xl/vbaProject.bin")),
        ("a.xlsm", sheet()),
        ("a.csv", b"<html><script>"),
        ("a.csv", b"a\x00b"),
        ("a.html", b"a,b"),
        ("a.exe", b"MZ\x90\x00"),
        ("a.pdf.exe", b"%PDF-1.7"),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.docx", pack(*(f"word/{number}" for number in range(600)))),
        ("a.pdf", b""),
    ],
)
@pytest.mark.django_db
def test_a_paper_that_is_not_what_its_name_says_is_refused(name: str, content: bytes, media: Path) -> None:
    with pytest.raises(NotAllowed):
        keep_file(upload=ContentFile(content, name), unit=make.county(), by=None, at=NOON)

    assert not list(media.rglob("*"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\王\\照片.jpg", "照片.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie x.jpg"),
        ("\x00", "file"),
        ("", "file"),
        ("....", "file"),
        ("a" * 400 + ".jpg", "a" * 150 + ".jpg"),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_a_file_name_is_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given) == kept

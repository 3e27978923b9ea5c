"""Files handed in by people: limits first, then what they really are; pictures are painted anew, nothing else stays."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext
from PIL import ExifTags, Image, ImageOps

from logistics_portal.kit.books import MAX_MEMBERS, MAX_UNPACKED, OLE, ZIP
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed

JPEG_STARTS, PNG_STARTS, PDF_STARTS = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
QUALITY = 80
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLS, PDF, CSV, JPEG = "application/vnd.ms-excel", "application/pdf", "text/csv; charset=utf-8", "image/jpeg"
SUFFIXES = {XLSX: (".xlsx", ".xls"), XLS: (".xls", ".et"), DOCX: (".docx",), PDF: (".pdf",), CSV: (".csv", ".txt")}
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True)
class Picture:
    """A picture painted anew: JPEG bytes without any metadata, its size, and when the device says it was taken."""

    content: bytes
    width: int
    height: int
    taken_at: datetime | None


def read_within(upload: File[bytes], most: int) -> bytes:
    """Return the bytes of an upload, or refuse it when there are none or too many."""
    if (upload.size or 0) > most:
        raise _too_many(most)
    upload.seek(0)
    content = bytes(upload.read(most + 1))
    if len(content) > most:
        raise _too_many(most)
    if not content:
        raise NotAllowed(gettext("文件是空的，请重新选择。"))
    return content


def _too_many(most: int) -> NotAllowed:
    return NotAllowed(gettext("文件超过 %(limit)d MB，请压缩后再上传。") % {"limit": most // 1024 // 1024})


def remake_picture(content: bytes, *, edge: int) -> Picture:
    """Return the picture turned upright, at most `edge` pixels long, without place, comments or anything hidden.

    Only JPEG and PNG by their first bytes; size in pixels is asked before anything is decoded.
    """
    if not content.startswith((JPEG_STARTS, PNG_STARTS)):
        raise NotAllowed(gettext("只能上传 JPEG 或 PNG 照片，请用手机拍照或另存后再传。"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)
            return _remake(content, edge)
    except BROKEN as broken:
        raise NotAllowed(gettext("照片打不开，可能已损坏，请重新拍照。")) from broken


def starts_as_picture(upload: File[bytes]) -> bool:
    """Say whether a file begins as a JPEG or PNG does; it is read from its start again afterwards."""
    upload.seek(0)
    begins = bytes(upload.read(len(PNG_STARTS)))
    upload.seek(0)
    return begins.startswith((JPEG_STARTS, PNG_STARTS))


def _remake(content: bytes, edge: int) -> Picture:
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as source:
        width, height = source.size
        if width * height > settings.PHOTO_MAX_PIXELS:
            raise NotAllowed(
                gettext("照片超过 %(limit)d 万像素，请用普通拍照模式。")
                % {"limit": settings.PHOTO_MAX_PIXELS // 10_000}
            )
        taken_at = _taken_at(source)
        source.draft("RGB", (edge, edge))
        source.load()
        upright = ImageOps.exif_transpose(source)
        upright.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        painted = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA") if upright.has_transparency_data else None
        painted.paste(upright.convert("RGB") if seen is None else seen, mask=seen)
    memory = io.BytesIO()
    painted.save(memory, "JPEG", quality=QUALITY, optimize=True)
    return Picture(memory.getvalue(), painted.width, painted.height, taken_at)


def _taken_at(source: Image.Image) -> datetime | None:
    try:
        told = source.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return datetime.strptime(str(told)[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI) if told else None
    except BROKEN:
        return None


def media_type_of(content: bytes, filename: str) -> str:
    """Return what a paper really is (xlsx, xls, docx, pdf, csv), or refuse it when the name says otherwise."""
    found = _by_content(content)
    suffix = PurePosixPath(clean_name(filename)).suffix.casefold()
    if found is None or suffix not in SUFFIXES[found]:
        raise NotAllowed(gettext("只能上传 xlsx、docx、pdf、csv 文件，且内容要与后缀一致。"))
    return found


def _by_content(content: bytes) -> str | None:
    if content.startswith(ZIP):
        return _office(content)
    if content.startswith(PDF_STARTS):
        return PDF
    if content.startswith(OLE):
        return XLS
    return CSV if _is_text(content) else None


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            members = pack.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise NotAllowed(gettext("文件展开后太大，请删去多余内容。"))
            names = {member.filename for member in members}
    except (zipfile.BadZipFile, ValueError, OSError, struct.error):
        return None
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise NotAllowed(gettext("文件里有宏，请另存为不带宏的格式。"))
    if "xl/workbook.xml" in names:
        return XLSX
    return DOCX if "word/document.xml" in names else None


def _is_text(content: bytes) -> bool:
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if start == b"<":
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def clean_name(filename: str) -> str:
    """Return the last part of a file's name without anything a path, a header or a log could trip over."""
    name = PureWindowsPath(filename).name if "\\" in filename else PurePosixPath(filename).name
    name = "".join(char for char in name if char.isprintable() and char not in '<>:"|?*;%')
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:150]}{dot}{suffix[:20]}".strip(". ") or "file"

"""Drawn pictures that stand for photos in the demo province: nobody and nothing real is on them."""

from __future__ import annotations

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from inspections.findings.models import Finding, FindingPhoto
from logistics_portal.desk.plot import SHOWCASE, Plot
from logistics_portal.records.photos import keep_photo

SIZE = (480, 360)
MOST = 80
Phase = FindingPhoto.Phase


def plant(plot: Plot, findings: list[Finding]) -> None:
    """Give the findings of the county shown first a picture as found, and one as put right."""
    shown = [finding for finding in findings if finding.county_id == plot.units[SHOWCASE].pk][:MOST]
    rows = []
    for finding in shown:
        rows.append(_photo(plot, finding, Phase.BEFORE))
        if finding.remedied_at:
            rows.append(_photo(plot, finding, Phase.AFTER))
    FindingPhoto.objects.bulk_create(rows)


def _photo(plot: Plot, finding: Finding, phase: Phase) -> FindingPhoto:
    at = finding.remedied_at if phase == Phase.AFTER and finding.remedied_at else finding.found_at
    attachment = keep_photo(
        upload=ContentFile(_drawn(plot, phase), f"{phase}.jpg"),
        unit=finding.school.unit,
        place=finding.place,
        by=finding.found_by,
        at=at,
    )
    return FindingPhoto(finding=finding, attachment=attachment, phase=phase)


def _drawn(plot: Plot, phase: Phase) -> bytes:
    """Return a made-up shelf: untidy as found, in rows as put right."""
    picture = Image.new("RGB", SIZE, (214, 220, 224))
    pen = ImageDraw.Draw(picture)
    for shelf in (120, 230, 330):
        pen.rectangle((20, shelf, 460, shelf + 8), fill=(120, 130, 138))
        for number in range(7):
            tilt = plot.rng.randint(-14, 14) if phase == Phase.BEFORE else 0
            left = 40 + number * 60 + tilt
            colour = tuple(plot.rng.randint(90, 200) for _channel in "rgb")
            pen.rectangle((left, shelf - 60 + abs(tilt), left + 40, shelf), fill=colour)
    target = BytesIO()
    picture.save(target, "JPEG", quality=70)
    return target.getvalue()

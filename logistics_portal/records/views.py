"""Photos and papers, served to those who may see the record's unit and to nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from logistics_portal.kit.scoping import Viewer
from logistics_portal.records.models import Attachment
from logistics_portal.records.photos import bytes_of

SANDBOX: Final = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'"
GONE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#e9ecef"/>'
    '<text x="160" y="126" text-anchor="middle" font-size="20" fill="#495057">{words}</text></svg>'
)


@login_required
@require_safe
def attachment(request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out one file under a fixed type; photos are shown, papers are saved; what is gone says so."""
    visible = Attachment.objects.visible_to(cast(Viewer, request.user))
    kept = get_object_or_404(visible, name=name)
    path = bytes_of(kept)
    is_photo = kept.kind == Attachment.Kind.PHOTO
    response = _gone(kept) if kept.removed_at or not path.is_file() else _whole(kept, path, is_photo)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


def _whole(kept: Attachment, path: Path, is_photo: bool) -> HttpResponseBase:
    filename = f"{kept.name}.jpg" if is_photo else kept.title or kept.name
    return FileResponse(path.open("rb"), as_attachment=not is_photo, filename=filename, content_type=kept.media_type)


def _gone(kept: Attachment) -> HttpResponseBase:
    words = gettext("照片已下架") if kept.removed_at else gettext("文件暂缺")
    return HttpResponse(GONE.format(words=words), status=410, content_type="image/svg+xml; charset=utf-8")

"""Files that leave the portal: only those who may export get one, and every one is written down."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from logistics_portal.accounts.models import User
from logistics_portal.desk.selectors import may_export
from logistics_portal.kit.exports import ROWS_HEADER
from logistics_portal.records import services as records

Answer = Callable[[HttpRequest], HttpResponseBase]


def record_exports(get_response: Answer) -> Answer:
    """Refuse `?export=` to those who may not, and write an audit row with the count for each list handed out."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if "export" in request.GET and isinstance(user, User) and not may_export(user):
            raise PermissionDenied
        response = get_response(request)
        if isinstance(user, User) and response.has_header(ROWS_HEADER):
            after = {"address": request.get_full_path()[:300], "rows": int(response[ROWS_HEADER])}
            post = user.main_post
            records.log(by=user, verb="export.view", on=None, unit=post.unit if post else None, after=after)
        return response

    return answered

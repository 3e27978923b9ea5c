"""Addresses that a script asks: JSON in, JSON out, and every refusal as a sentence with its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse, UnreadablePostError
from django.utils.translation import gettext

from logistics_portal.kit.errors import Clash, NotAllowed

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
REFUSED = (Clash, NotAllowed, Http404, PermissionDenied)


def asked_by_script(request: HttpRequest) -> bool:
    """Say whether a script asked for JSON."""
    return request.headers.get("Accept", "").startswith("application/json")


class TooLarge(Exception):
    """A body larger than this address takes."""


def refusal(kind: str, sentence: str, status: HTTPStatus, **more: Any) -> JsonResponse:
    """Return a refusal: `{"error": {"kind": …, "sentence": …, …}}`."""
    return _json({"error": {"kind": kind, "sentence": sentence, **more}}, status)


def answer(data: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> JsonResponse:
    """Return data that nobody between may keep."""
    return _json(data, status)


def for_scripts(view: Callable[Concatenate[R, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer a script: 401 to who is not signed in, and each refusal of the view as JSON with its own status."""

    @wraps(view)
    def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return refusal("sign_in", gettext("请重新登录，未上传的记录都还在。"), HTTPStatus.UNAUTHORIZED)
        try:
            return view(request, *args, **kwargs)
        except TooLarge:
            words = gettext("内容太大，没有保存。请减少文字或压缩照片后再传。")
            return refusal("too_large", words, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except UnreadablePostError:
            return refusal("cut_off", gettext("传输中断，请重新上传。"), HTTPStatus.BAD_REQUEST)
        except REFUSED as refused:
            return _refused(refused)

    return guarded


def body_within(request: HttpRequest, most: int) -> bytes:
    """Return a body whole; raises `TooLarge` unread where more is announced, `UnreadablePostError` where less came."""
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > most:
        raise TooLarge
    content = bytes(request.read(announced))
    if len(content) < announced:
        raise UnreadablePostError
    return content


def _refused(refused: Exception) -> JsonResponse:
    if isinstance(refused, Http404):
        return refusal("not_found", gettext("没有找到，或不在您的管辖范围内。"), HTTPStatus.NOT_FOUND)
    if isinstance(refused, PermissionDenied):
        return refusal("not_allowed", gettext("您的岗位不能办理这一步。"), HTTPStatus.FORBIDDEN)
    if isinstance(refused, Clash):
        return refusal("clash", str(refused), HTTPStatus.CONFLICT)
    return refusal(getattr(refused, "kind", "refused"), str(refused), HTTPStatus.UNPROCESSABLE_ENTITY)


def _json(data: Mapping[str, Any], status: HTTPStatus) -> JsonResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response

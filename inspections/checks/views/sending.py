"""The addresses a phone's store sends to: who is signed in, a check, its photos one by one, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from inspections.checks import awaiting, faults, packets, scope, services, sittings
from inspections.checks.aftermath import PHOTOS_LEFT
from inspections.checks.models import Check
from inspections.checks.packets import Packet
from inspections.checks.rules.typed import BAD_CHARACTERS
from inspections.checks.selectors import compiled_of
from inspections.checks.services import Paper
from inspections.checks.tickets import Ticket
from inspections.schedules.rules import Slot
from logistics_portal.accounts.gate import SignedRequest, require
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.api import answer, body_within, for_scripts, refusal
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.kit.web import require_PUT
from schools.register.models import Place

SHORTEST_REASON, LONGEST_REASON = 4, 200


@for_scripts
@require_safe
def session(request: SignedRequest) -> JsonResponse:
    """Tell who is signed in, the server's clock, and the token that every sending must carry."""
    now = timezone.now()
    return answer(
        {"by": request.user.pk, "name": str(request.user), "token": get_token(request), "now": timezone.localtime(now)}
    )


@for_scripts
@require_POST
def hand_in(request: SignedRequest) -> JsonResponse:
    """Take a check as a phone kept it: 201 when it is written now, 200 when it had been, and which photos lack."""
    packet = packets.read(body_within(request, packets.MOST_BYTES))
    if packet.by != request.user.pk:
        words = gettext("这份检查由另一位人员填写，请由本人登录后上传。")
        return refusal("another_person", words, HTTPStatus.FORBIDDEN)
    before = scope.checks(request.user).filter(client_id=packet.client_id, by=request.user).first()
    if before is not None:
        return _again(before, packet)
    where = scope.place(request.user, packet.place)
    require(request.user, Permission.CHECK_SUBMIT, at=where.school.unit)
    sitting = sittings.sit(request.user, where, packet.checklist, (packet.day, packet.seq), packet.ticket)
    if sitting.ticket.version_hash != packet.version:
        raise Clash(gettext("检查表已更新，请打开新表核对后再提交，已填的内容都还在。"))
    now = timezone.now()
    try:
        paper = replace(_paper(packet, sitting.ticket, sitting.place), known=sitting.known)
        receipt = services.hand_in(paper=paper, hand=sitting.hand, at=now)
    except faults.Refused as refused:
        items = [{"code": it.code, "sentence": it.sentence} for it in refused.refusals]
        return refusal("refused", str(refused), HTTPStatus.UNPROCESSABLE_ENTITY, items=items)
    return _told(receipt.check, HTTPStatus.OK if receipt.again else HTTPStatus.CREATED)


@for_scripts
@require_safe
def check(request: SignedRequest, client_id: UUID) -> JsonResponse:
    """Tell what became of a check this person sent."""
    return _told(_mine(request, client_id))


@for_scripts
@require_PUT
def photo(request: SignedRequest, client_id: UUID, sha256: str) -> JsonResponse:
    """Take one photo of a check this person sent: the bytes themselves, nothing around them."""
    row = _mine(request, client_id)
    upload = ContentFile(body_within(request, settings.PHOTO_MAX_BYTES), name=f"{sha256[:12]}.jpg")
    awaiting.take(check=row, sha256=sha256, upload=upload, by=request.user, at=timezone.now())
    return _told(row)


@for_scripts
@require_POST
def give_up(request: SignedRequest, client_id: UUID, sha256: str) -> JsonResponse:
    """Stop waiting for a photo that the phone has lost, with the reason."""
    row = _mine(request, client_id)
    why = request.POST.get("reason", "").strip()
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON or BAD_CHARACTERS.search(why):
        raise NotAllowed(
            gettext("请写明照片丢失的原因，%(least)s 至 %(most)s 字。")
            % {"least": SHORTEST_REASON, "most": LONGEST_REASON}
        )
    awaiting.give_up(check=row, sha256=sha256, why=why, at=timezone.now())
    return _told(row)


def _again(before: Check, packet: Packet) -> JsonResponse:
    """Answer a letter whose number was taken before, whatever has become of form and calendar since."""
    slot = Slot(before.date, before.seq, before.handed_in_at, before.handed_in_at, before.handed_in_at)
    ticket = Ticket(before.place_id, before.checklist_id, before.version_id, before.version.spec_hash, slot)
    named = (packet.place, packet.checklist, packet.day, packet.seq)
    paper = _paper(packet, ticket, before.place)
    if named != (before.place_id, before.checklist.code, before.date, before.seq) or not services.is_same(
        before, paper
    ):
        raise Clash(str(services.OTHER_CONTENT))
    return _told(before)


def _mine(request: SignedRequest, client_id: UUID) -> Check:
    row = scope.checks(request.user).filter(client_id=client_id, by=request.user).first()
    if row is None:
        raise Http404
    return row


def _paper(packet: Packet, ticket: Ticket, place: Place) -> Paper:
    codes = compiled_of(ticket.spec).by_code.keys()
    return Paper(
        client_id=packet.client_id,
        ticket=ticket,
        place=place,
        answers=packet.answers,
        stage=packet.stage,
        promised={code: rows for code, rows in packet.promised.items() if code in codes},
        fixers=packet.fixers,
        reason=packet.reason,
        at=packet.at,
        skew=packet.skew(timezone.now()),
        offline=True,
    )


def _told(row: Check, status: HTTPStatus = HTTPStatus.OK) -> JsonResponse:
    """Return what a phone keeps of a check: its receipt, how it counts, and the photos still to be sent."""
    last = awaiting.standing(row)
    data = {
        "client_id": str(row.client_id),
        "receipt": row.receipt_no,
        "state": last.state,
        "handed_in_at": timezone.localtime(row.handed_in_at),
        "received_at": timezone.localtime(last.received_at) if last.received_at else None,
        "timeliness": last.timeliness,
        "mark": last.mark,
        "lacking": sorted({it.sha256 for it in awaiting.lacking(row)}),
        "photos_left": row.values.get(PHOTOS_LEFT, 0),
        "failures": row.n_fail,
        "url": reverse("inspections:check", args=[last.pk]),
    }
    return answer(data, status)

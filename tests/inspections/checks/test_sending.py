"""The addresses a phone sends to: a check once, its photos one by one, and never a lost or doubled piece."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from inspections.checks import awaiting
from inspections.checks.aftermath import photo_room
from inspections.checks.closing import close_slots, lapse
from inspections.checks.freezing import freezes_at
from inspections.checks.models import AwaitedPhoto, Check, CheckPhoto
from inspections.checks.rules.figures import FIGURES
from inspections.findings.models import Finding, FindingPhoto
from inspections.schedules.models import Missed
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.api import body_within
from logistics_portal.records.models import Attachment
from schools.register.models import Place
from tests.factories import ground
from tests.inspections.checks.story import MONDAY, MORNING, Scene, at, scene, taken

pytestmark = pytest.mark.django_db

SEND = "/api/v1/checks"
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    """Let it be nine on Monday; the test may move the hands."""

    def put(now):
        monkeypatch.setattr(timezone, "now", lambda: now)
        monkeypatch.setattr(time, "time", now.timestamp)

    put(MORNING)
    return put


@pytest.fixture
def here(clock):
    return scene("campus_daily")


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


RED, BLUE = picture("red"), picture("blue")


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def packet(here: Scene, **changed):
    ticket = here.ticket(changed.pop("on", MONDAY))
    return {
        "client_id": str(uuid4()),
        "by": here.officer.pk,
        "place": here.place.pk,
        "checklist": here.version.checklist.code,
        "date": ticket.slot.date.isoformat(),
        "seq": 1,
        "version": ticket.version_hash,
        "ticket": ticket.sealed(),
        "answers": here.answers(ticket.slot.date),
        "at": MORNING.isoformat(),
        "sent_at": MORNING.isoformat(),
    } | changed


def failing(here: Scene, *photos: bytes, **changed):
    """Return a check whose gate was found wrong, with photos of it to follow."""
    answers = here.answers(CMP_D_01={"a": "fail", "note": "门坏"})
    return packet(here, answers=answers, photos={"CMP-D-01": [{"sha256": digest(it)} for it in photos]}, **changed)


def send(browser, sent):
    body = sent if isinstance(sent, bytes | str) else json.dumps(sent)
    return browser.post(SEND, body, content_type="application/json", headers={"accept": "application/json"})


def put(browser, sent, content: bytes, name: str = ""):
    """Send one photo; `name` is the fingerprint it is sent under, where that is not its own."""
    address = reverse("api:check-photo", args=[sent["client_id"], name or digest(content)])
    return browser.put(address, content, content_type="image/jpeg")


def client(here: Scene, by=None):
    return ground.client_of(by or here.officer)


def test_a_check_is_taken_once_however_often_it_is_sent(here):
    browser, sent = client(here), packet(here)

    first, again = send(browser, sent), send(browser, sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    told, check = first.json(), Check.objects.get()
    assert (told["receipt"], told["state"], told["lacking"]) == (check.receipt_no, "received", [])
    assert (told["timeliness"], told["mark"]) == ("on_time", "")
    assert check.skew == 0
    assert first.headers["Cache-Control"] == "no-store"


def test_the_same_number_with_other_content_is_refused_and_changes_nothing(here):
    browser, sent = client(here), packet(here)
    send(browser, sent)

    answer = send(browser, sent | {"answers": here.answers(CMP_D_02={"a": "fail", "note": "别的"})})

    assert (answer.status_code, answer.json()["error"]["kind"]) == (409, "clash")
    assert Check.objects.get().n_fail == 0


def test_a_check_is_received_when_its_last_photo_is_in(here, clock):
    browser, sent = client(here), failing(here, RED, BLUE)

    told = send(browser, sent).json()
    assert (told["state"], told["timeliness"], told["received_at"]) == ("receiving", "", None)
    assert told["lacking"] == sorted([digest(RED), digest(BLUE)])
    assert Finding.objects.get().detail == "门坏"

    clock(MORNING + timedelta(minutes=3))
    assert put(browser, sent, RED).json()["lacking"] == [digest(BLUE)]
    assert Check.objects.get().state == "receiving"
    whole = put(browser, sent, BLUE).json()

    assert (whole["state"], whole["timeliness"], whole["lacking"]) == ("received", "on_time", [])
    check = Check.objects.get()
    assert check.received_at == MORNING + timedelta(minutes=3)
    assert CheckPhoto.objects.filter(check_row=check, item_code="CMP-D-01").count() == 2
    assert FindingPhoto.objects.filter(finding=Finding.objects.get()).count() == 2
    assert {it.source_sha256 for it in Attachment.objects.all()} == {digest(RED), digest(BLUE)}


def test_a_photo_sent_twice_is_kept_once(here):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)

    answers = [put(browser, sent, RED) for _ in range(3)]

    assert [it.status_code for it in answers] == [200, 200, 200]
    assert Attachment.objects.count() == CheckPhoto.objects.count() == 1


def test_one_photo_may_show_two_items(here):
    answers = here.answers(CMP_D_01={"a": "fail"}, CMP_D_02={"a": "fail", "note": "北门无人"})
    both = {"CMP-D-01": [{"sha256": digest(RED)}], "CMP-D-02": [{"sha256": digest(RED), "from_album": True}]}
    browser, sent = client(here), packet(here, answers=answers, photos=both)
    send(browser, sent)

    assert put(browser, sent, RED).json()["state"] == "received"
    assert sorted(CheckPhoto.objects.values_list("item_code", flat=True)) == ["CMP-D-01", "CMP-D-02"]
    assert list(AwaitedPhoto.objects.filter(from_album=True).values_list("item_code", flat=True)) == ["CMP-D-02"]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (BLUE, "", "refused"),
        (RED[:-20], digest(RED), "damaged"),
        (b"", digest(RED), "damaged"),
    ],
)
def test_bytes_that_were_not_promised_are_refused(here, content, name, kind):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)

    answer = put(browser, sent, content, name)

    assert (answer.status_code, answer.json()["error"]["kind"]) == (422, kind)
    assert not Attachment.objects.exists()
    assert Check.objects.get().state == "receiving"


def test_a_promised_file_that_is_no_picture_is_refused(here):
    content = b"\xff\xd8\xff not a picture at all"
    browser, sent = client(here), failing(here, content)
    send(browser, sent)

    answer = put(browser, sent, content)

    assert (answer.status_code, answer.json()["error"]["kind"]) == (422, "refused")
    assert not Attachment.objects.exists()


def test_an_item_that_wants_a_photo_is_satisfied_by_a_promise_and_by_nothing_less(here):
    browser = client(here)

    refused = send(browser, failing(here))

    assert refused.status_code == 422
    assert [it["code"] for it in refused.json()["error"]["items"]] == ["CMP-D-01"]
    assert not Check.objects.exists()
    assert send(browser, failing(here, RED)).status_code == 201


def test_a_photo_after_due_makes_the_check_late(here, clock):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    slot = here.ticket().slot

    clock(slot.due_at + timedelta(minutes=1))
    put(client(here), sent, RED)

    check = Check.objects.get()
    assert (check.state, check.timeliness, check.mark) == ("received", "late", "uploaded_late")


def test_a_photo_after_the_slot_closed_leaves_it_missed(here, clock):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    slot = here.ticket().slot
    close_slots(at=slot.closes_at + timedelta(minutes=5), since=MONDAY)
    assert Missed.objects.filter(place=here.place, date=MONDAY, checklist=here.version.checklist).count() == 1

    clock(slot.due_at + timedelta(days=3))
    put(client(here), sent, RED)

    check = Check.objects.get()
    assert (check.state, check.timeliness, check.mark) == ("received", "missed", "uploaded_late")


def test_a_check_whose_photo_never_came_lapses_and_takes_it_all_the_same(here, clock):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    later = at(MONDAY + timedelta(days=12), "09:00")
    assert lapse(at=later) == 1
    assert Check.objects.get().state == "incomplete"

    clock(later)
    told = put(client(here), sent, RED).json()

    assert (told["state"], told["timeliness"]) == ("received", "missed")


def test_a_photo_after_the_data_freeze_is_kept_and_changes_nothing(here, clock):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    check = Check.objects.get()
    later = freezes_at(MONDAY, MORNING) + timedelta(hours=1)
    lapse(at=later)

    clock(later)
    told = put(client(here), sent, RED).json()

    assert (told["state"], told["timeliness"], told["lacking"]) == ("incomplete", "", [])
    assert CheckPhoto.objects.filter(check_row=check).count() == 1


def test_a_lost_photo_is_given_up_with_a_reason(here):
    browser, sent = client(here), failing(here, RED, BLUE)
    send(browser, sent)
    put(browser, sent, RED)
    lost = reverse("api:check-photo-lost", args=[sent["client_id"], digest(BLUE)])

    assert browser.post(lost, {"reason": " "}).status_code == 422
    told = browser.post(lost, {"reason": "手机存储损坏"}).json()

    assert (told["state"], told["lacking"]) == ("received", [])
    row = AwaitedPhoto.objects.get(sha256=digest(BLUE))
    assert (row.photo, row.given_up_why) == (None, "手机存储损坏")
    assert put(browser, sent, BLUE).status_code == 200
    assert CheckPhoto.objects.count() == 2


def test_a_correction_waits_for_the_photos_of_the_revision_before(here, clock):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    from inspections.checks.services import correct  # noqa: PLC0415

    answers = here.answers(CMP_D_01={"a": "fail", "note": "北门坏"})
    correct(paper=here.paper(answers=answers, reason="写明哪个门"), hand=here.hand(), at=MORNING)
    assert list(Check.objects.order_by("revision").values_list("state", flat=True)) == ["superseded", "receiving"]

    told = put(browser, sent, RED).json()

    assert told["state"] == "received"
    assert list(Check.objects.order_by("revision").values_list("state", flat=True)) == ["superseded", "received"]


def test_a_form_that_only_waits_for_photos_is_not_filled_in_again(here):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    check = Check.objects.get()

    page = browser.get(reverse("inspections:fill", args=[here.place.pk, "campus_daily", MONDAY.isoformat(), 1]))
    other = send(browser, packet(here))

    assert page.url == reverse("inspections:check", args=[check.pk])
    assert (other.status_code, other.json()["error"]["kind"]) == (409, "clash")
    assert "还有 1 张照片没有传到" in browser.get(page.url).content.decode()


def test_the_sixty_photos_of_a_day_count_those_promised(here):
    taken(here, FIGURES.photos_a_school_day - 1)
    told = send(client(here), failing(here, RED, BLUE)).json()

    assert (told["lacking"], told["photos_left"]) == ([digest(RED)], 1)
    assert awaiting.promised_on(here.place.school, MONDAY) == 1


def test_what_was_filled_in_time_and_uploaded_late_is_marked_so_and_needs_no_reason(here, clock):
    slot = here.ticket().slot
    clock(slot.due_at + timedelta(hours=3))
    sent = packet(here, at=(slot.due_at - timedelta(hours=1)).isoformat(), sent_at=timezone.now().isoformat())

    told = send(client(here), sent).json()

    assert (told["timeliness"], told["mark"]) == ("late", "uploaded_late")


@pytest.mark.parametrize("ahead", [0, -5 * 3600])
def test_what_was_filled_in_after_due_needs_its_reason_whatever_the_phones_clock_says(here, clock, ahead):
    slot, skew = here.ticket().slot, timedelta(seconds=ahead)
    clock(slot.due_at + timedelta(hours=3))
    filled, now = slot.due_at + timedelta(hours=2), timezone.now()
    sent = packet(here, at=(filled + skew).isoformat(), sent_at=(now + skew).isoformat())

    refused = send(client(here), sent)
    told = send(client(here), sent | {"reason": "停电，晚了"}).json()

    assert [it["code"] for it in refused.json()["error"]["items"]] == ["reason"]
    assert (told["timeliness"], told["mark"]) == ("late", "backfilled")
    assert Check.objects.get().skew == ahead


def test_a_phone_that_was_offline_hands_in_until_seven_days_after_due_and_stays_missed(here, clock):
    slot = here.ticket().slot
    clock(slot.due_at + timedelta(days=6))
    sent = packet(here, at=(slot.due_at - timedelta(hours=1)).isoformat(), sent_at=timezone.now().isoformat())
    clock(slot.due_at + timedelta(days=7, seconds=1))
    assert send(client(here), sent).status_code == 422

    clock(slot.due_at + timedelta(days=6))
    told = send(client(here), sent).json()

    assert (told["timeliness"], told["mark"]) == ("missed", "uploaded_late")


def test_a_form_filled_in_after_its_slot_closed_is_not_taken(here, clock):
    slot = here.ticket().slot
    clock(slot.closes_at + timedelta(hours=2))
    sent = packet(here, at=timezone.now().isoformat(), sent_at=timezone.now().isoformat())

    answer = send(client(here), sent)

    assert answer.status_code == 422
    assert "漏检" in answer.json()["error"]["sentence"]


def test_whoever_is_not_signed_in_is_told_so_and_nothing_is_written(here, client):
    sent = packet(here)

    for answer in (send(client, sent), put(client, sent, RED), client.get("/api/v1/session")):
        assert (answer.status_code, answer.json()["error"]["kind"]) == (401, "sign_in")
    assert not Check.objects.exists()


def test_a_check_of_another_person_is_not_sent_under_ones_own_name(here):
    answer = send(client(here, here.vice), packet(here))

    assert (answer.status_code, answer.json()["error"]["kind"]) == (403, "another_person")
    assert not Check.objects.exists()


def test_a_place_of_another_school_is_not_there(here):
    stranger = ground.user(Role.LOGISTICS_OFFICER, ground.school_unit(here.unit.parent))

    answer = send(client(here, stranger), packet(here, by=stranger.pk))

    assert (answer.status_code, answer.json()["error"]["kind"]) == (404, "not_found")


def test_only_who_sent_a_check_sends_its_photos(here):
    sent = failing(here, RED)
    send(client(here), sent)

    assert put(client(here, here.vice), sent, RED).status_code == 404
    assert client(here, here.vice).get(f"{SEND}/{sent['client_id']}").status_code == 404
    assert client(here).get(f"{SEND}/{sent['client_id']}").json()["lacking"] == [digest(RED)]


def test_a_form_of_another_wording_is_refused_with_everything_kept_on_the_phone(here):
    answer = send(client(here), packet(here, version="0" * 64))

    assert (answer.status_code, answer.json()["error"]["kind"]) == (409, "clash")
    assert not Check.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"client_id": "x"}',
    ],
)
def test_what_is_no_check_is_refused_with_a_sentence(here, body):
    answer = send(client(here), body)

    assert answer.status_code == 422
    assert answer.json()["error"]["kind"] == "unreadable"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", 5),
        ("by", True),
        ("by", "1"),
        ("place", -1),
        ("place", 2**31),
        ("checklist", None),
        ("date", "2026-02-30"),
        ("seq", 1.5),
        ("answers", []),
        ("answers", {"CMP-D-01": "pass"}),
        ("answers", {"CMP-D-01": {"a": 1}}),
        ("answers", {str(n): {} for n in range(401)}),
        ("photos", {"CMP-D-01": [{"sha256": "abc"}]}),
        ("photos", {"CMP-D-01": [{}]}),
        ("photos", {"CMP-D-01": "x"}),
        ("fixers", {"CMP-D-01": "1"}),
        ("reason", ["x"]),
    ],
)
def test_a_part_of_another_kind_is_refused_by_its_name(here, name, value):
    answer = send(client(here), packet(here, **{name: value}))

    assert answer.status_code == 422
    assert answer.json()["error"]["kind"] == "unreadable"
    assert name in answer.json()["error"]["sentence"]
    assert not Check.objects.exists()


def test_too_much_is_refused_unread(here):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    address = reverse("api:check-photo", args=[sent["client_id"], digest(RED)])

    letter = browser.generic("POST", SEND, b"{}", content_type="application/json", CONTENT_LENGTH=str(2**30))
    photo = browser.generic("PUT", address, RED, content_type="image/jpeg", CONTENT_LENGTH=str(2**30))

    assert [it.status_code for it in (letter, photo)] == [413, 413]
    assert letter.json()["error"]["kind"] == "too_large"


def test_a_body_cut_off_on_the_way_is_told_from_a_whole_one():
    def request(announced):
        return WSGIRequest({"REQUEST_METHOD": "PUT", "CONTENT_LENGTH": str(announced), "wsgi.input": BytesIO(RED)})

    assert body_within(request(len(RED)), 10_000) == RED
    with pytest.raises(UnreadablePostError):
        body_within(request(len(RED) + 1), 10_000)


def test_the_session_tells_who_is_asking_and_gives_the_token_that_sending_needs(here):
    browser = ground.client_of(here.officer)
    browser.handler.enforce_csrf_checks = True

    told = browser.get("/api/v1/session").json()
    without = send(browser, packet(here))
    headers = {"X-CSRFToken": told["token"], "accept": "application/json"}
    with_token = browser.post(SEND, json.dumps(packet(here)), content_type="application/json", headers=headers)

    assert (told["by"], told["name"]) == (here.officer.pk, str(here.officer))
    assert (without.status_code, without.json()["error"]["kind"]) == (403, "stale_token")
    assert with_token.status_code == 201


def test_a_letter_taken_before_is_answered_whatever_has_become_of_the_form_since(here):
    browser, sent = client(here), packet(here)
    first = send(browser, sent)
    Place.objects.filter(pk=here.place.pk).update(checked_from=MONDAY + timedelta(days=9))

    again = send(browser, {key: value for key, value in sent.items() if key != "ticket"} | {"version": "0" * 64})

    assert again.status_code == 200
    assert again.json() == first.json()


def test_a_monthly_check_waits_for_its_photo_as_long_as_its_slot_is_open(clock):
    here = scene("campus_monthly")
    day = MONDAY.replace(day=1)
    handed_in = at(MONDAY + timedelta(days=4), "09:00")
    clock(handed_in)
    code = next(code for code, entry in here.answers(day).items() if entry["a"] == "pass")
    photos = {code: [{"sha256": digest(RED)}]}
    browser, sent = client(here), packet(here, on=day, answers=here.answers(day), photos=photos)
    assert send(browser, sent).json()["state"] == "receiving"

    assert lapse(at=handed_in + timedelta(minutes=10)) == 0

    assert put(browser, sent, RED).json()["timeliness"] == "on_time"


def test_a_calendar_changed_meanwhile_makes_no_late_photo_timely(here, clock):
    browser, sent = client(here), failing(here, RED)
    send(browser, sent)
    slot = here.ticket().slot
    Place.objects.filter(pk=here.place.pk).update(checked_from=MONDAY + timedelta(days=30))

    clock(slot.closes_at + timedelta(days=2))

    assert put(client(here), sent, RED).json()["timeliness"] == "missed"


@pytest.mark.parametrize("stranger", [None, 2**31 - 1])
def test_nobody_but_the_schools_own_people_mends_what_failed(here, stranger):
    other = ground.user(Role.LOGISTICS_OFFICER, ground.school_unit(here.unit.parent))
    fixers = {"CMP-D-01": stranger or other.pk}

    answer = send(client(here), failing(here, RED, fixers=fixers))

    assert answer.status_code == 201
    assert Finding.objects.get().fixer is None


def test_giving_photos_up_makes_no_room_for_more(here):
    taken(here, FIGURES.photos_a_school_day - 2)
    browser, sent = client(here), failing(here, RED, BLUE)
    send(browser, sent)
    for photo in (RED, BLUE):
        lost = reverse("api:check-photo-lost", args=[sent["client_id"], digest(photo)])
        assert browser.post(lost, {"reason": "手机坏了"}).json()["state"] in {"receiving", "received"}

    assert photo_room(here.place, MORNING) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"at": "9999-12-31T23:00:00+08:00", "sent_at": "1990-01-01T00:00:00+08:00"},
        {"at": "0001-01-02T00:00:00+08:00", "sent_at": "2080-01-01T00:00:00+08:00"},
        {"date": "0001-01-01", "ticket": ""},
        {"checklist": "campus_daily\x00"},
        {"checklist": "\ud800"},
    ],
)
def test_odd_clocks_days_and_codes_are_answered_with_a_sentence(here, changed):
    answer = send(client(here), packet(here, **changed))

    assert answer.status_code in {201, 404, 422}


def test_a_check_that_waits_for_photos_is_told_until_its_slot_closes(here, clock):
    send(client(here), failing(here, RED))
    slot = here.ticket().slot

    clock(slot.due_at + timedelta(hours=10))
    page = client(here).get(reverse("inspections:today")).content.decode()

    assert "校园日巡查表（照片未传齐）" in page
    assert reverse("inspections:check", args=[Check.objects.get().pk]) in page


@pytest.mark.parametrize("head", ["vice", "principal"])
def test_the_heads_of_a_school_end_the_wait_for_photos_of_a_phone_that_is_gone(here, head):
    send(client(here), failing(here, RED, BLUE))
    check, browser = Check.objects.get(), client(here, getattr(here, head))
    address = reverse("inspections:check-photos-lost", args=[check.pk])
    assert address in browser.get(reverse("inspections:check", args=[check.pk])).content.decode()

    assert browser.post(address, {"reason": ""}).status_code == 200
    answer = browser.post(address, {"reason": "手机已损坏"})
    again = browser.post(address, {"reason": "手机已损坏"})

    check.refresh_from_db()
    assert answer.url == reverse("inspections:check", args=[check.pk])
    assert (check.state, check.timeliness) == ("received", "on_time")
    assert "都已到齐" in again.content.decode()
    assert "手机已损坏" in browser.get(answer.url).content.decode()


def test_a_colleague_ends_no_wait_for_photos(here):
    send(client(here), failing(here, RED))
    colleague = ground.user(Role.FOOD_SAFETY_OFFICER, here.unit)
    address = reverse("inspections:check-photos-lost", args=[Check.objects.get().pk])

    client(here, colleague).post(address, {"reason": "手机已损坏"})

    assert Check.objects.get().state == "receiving"

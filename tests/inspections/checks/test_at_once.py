"""The same check sent twice at once: the unique number decides, one is written and the other told the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import close_old_connections, connection
from PIL import Image

from inspections.checks import awaiting, releasing
from inspections.checks.models import Check
from inspections.checks.rules.promised import Promise
from inspections.checks.services import correct, hand_in
from inspections.findings.models import Finding
from logistics_portal.accounts.permissions import Permission
from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.records.models import Attachment
from tests.factories import ground
from tests.factories import inspections as make
from tests.inspections.checks.story import MONDAY, MORNING, Scene, again, at, scene

ROUNDS, AT_ONCE = 5, 3
CLOSED = at(MONDAY + timedelta(days=3), "09:00")


def together(here: Scene, papers: list) -> list[str]:
    """Hand papers in at the same moment and return what became of each."""
    barrier, hand = Barrier(len(papers)), here.hand()

    def one(paper):
        close_old_connections()
        barrier.wait()
        try:
            return "again" if hand_in(paper=paper, hand=hand, at=MORNING).again else "taken"
        except Clash:
            return "clash"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(papers)) as pool:
        return sorted(pool.map(one, papers))


def at_once(deeds: list[Callable[[], object]]) -> list[str]:
    """Do several things at the same moment and return, in their order, which were done and which refused."""
    barrier = Barrier(len(deeds))

    def one(deed):
        close_old_connections()
        barrier.wait()
        try:
            deed()
        except NotAllowed:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def picture(colour: str) -> bytes:
    """Return a small photo."""
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def here(monkeypatch):
    make.plug_supply(monkeypatch)
    return scene("campus_daily")


def _race_of_twins(here: Scene) -> None:
    paper = here.paper(answers=here.answers(CMP_D_02={"a": "fail"}))

    outcomes = together(here, [paper] * AT_ONCE)

    assert outcomes == ["again"] * (AT_ONCE - 1) + ["taken"]
    assert Check.objects.count() == 1
    assert Finding.objects.get().recurrences == 0


def _race_for_a_slot(here: Scene) -> None:
    paper = here.paper()

    outcomes = together(here, [again(paper, client_id=uuid4()) for _turn in range(AT_ONCE)])

    assert outcomes == ["clash"] * (AT_ONCE - 1) + ["taken"]
    assert Check.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_the_same_paper_at_once_is_written_once_on_postgresql(here, _turn):
    _race_of_twins(here)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_two_people_at_once_fill_a_slot_once_on_postgresql(here, _turn):
    _race_for_a_slot(here)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_the_same_paper_at_once_is_written_once_on_sqlite(here, _turn):
    _race_of_twins(here)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_two_people_at_once_fill_a_slot_once_on_sqlite(here, _turn):
    _race_for_a_slot(here)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_a_release_used_and_taken_back_at_once_does_only_one_of_both_on_postgresql(here, _turn):
    check = hand_in(paper=here.paper(), hand=here.hand(), at=MORNING).check
    asker, clerk = here.officer, ground.user("office_clerk", here.unit.parent)
    post = asker.post_for(Permission.CHECK_CORRECT, at=here.unit)
    row = releasing.ask(check=check, reason="北门记错了", by=asker, post=post, at=CLOSED)
    office = clerk.post_for(Permission.CHECK_RELEASE, at=here.unit)
    row = releasing.release(release=row, answer="同意", by=clerk, post=office, at=CLOSED)
    paper, hand = here.paper(reason="北门记错了"), here.hand()
    deeds = [
        lambda: correct(paper=paper, hand=hand, at=CLOSED),
        lambda: releasing.withdraw(release=row, by=asker, post=post, at=CLOSED),
    ]

    done = at_once(deeds)

    row.refresh_from_db()
    assert done.count("refused") == 1
    assert Check.objects.filter(revision=2).exists() == (row.state == "used")
    assert row.state == ("used" if done == ["done", "refused"] else "withdrawn")


def sent(here: Scene, *photos: bytes) -> Check:
    """Return a check handed in with photos promised."""
    promised = {"CMP-D-01": [Promise(sha256(it).hexdigest()) for it in photos]}
    paper = here.paper(answers=here.answers(CMP_D_01={"a": "fail"}), promised=promised)
    return hand_in(paper=paper, hand=here.hand(), at=MORNING).check


def arrives(check: Check, content: bytes) -> Callable[[], object]:
    """Return the arrival of one photo."""
    name = sha256(content).hexdigest()
    upload = ContentFile(content, name="门.jpg")
    return lambda: awaiting.take(check=check, sha256=name, upload=upload, by=check.by, at=MORNING)


THREE, ONE_THRICE = ("red", "green", "blue"), ("red", "red", "red")


def _race_of_photos(here: Scene, colours: tuple[str, ...]) -> None:
    """Let photos of a check arrive at the same moment, some of them perhaps the same."""
    photos = [picture(colour) for colour in colours]
    check = sent(here, *dict.fromkeys(photos))

    assert at_once([arrives(check, it) for it in photos]) == ["done"] * len(photos)
    check.refresh_from_db()
    kept = len(set(colours))
    assert (check.state, check.photos.count(), Attachment.objects.count()) == ("received", kept, kept)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("colours", [THREE, ONE_THRICE], ids=["three photos", "one photo thrice"])
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_photos_at_once_are_kept_once_and_make_the_check_whole_on_postgresql(here, colours, _turn):
    _race_of_photos(here, colours)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("colours", [THREE, ONE_THRICE], ids=["three photos", "one photo thrice"])
def test_photos_at_once_are_kept_once_and_make_the_check_whole_on_sqlite(here, colours):
    _race_of_photos(here, colours)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_a_last_photo_and_a_correction_at_once_leave_a_whole_check_on_postgresql(here, _turn):
    photo = picture("red")
    check = sent(here, photo)
    paper = here.paper(answers=here.answers(CMP_D_01={"a": "fail", "note": "北门"}), reason="写明哪个门")
    hand = here.hand()

    done = at_once([arrives(check, photo), lambda: correct(paper=paper, hand=hand, at=MORNING)])

    assert done == ["done", "done"]
    assert list(Check.objects.order_by("revision").values_list("state", flat=True)) == ["superseded", "received"]

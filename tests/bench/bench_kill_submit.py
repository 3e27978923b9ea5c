"""A thousand checks from twelve clients while web workers are killed at random: each acknowledged one stands once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from pathlib import Path
from threading import Event, Lock
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from PIL import Image

from inspections.checks.models import Check, CheckPhoto
from inspections.checks.tickets import Ticket
from inspections.findings.models import Finding
from inspections.schedules.rules import Slot
from logistics_portal.records.models import Attachment
from schools.register.models import Place
from tests.bench.meter import say
from tests.conftest import ROOT
from tests.factories import ground, schools
from tests.inspections.checks.story import MONDAY, Scene, scene

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS, CLIENTS, WORKERS = 1000, 12, 3
WITH_PHOTO = 20  # every so many; a school may hand in sixty a day
BETWEEN_KILLS = (0.2, 1.2)  # seconds
PATIENCE = 600  # seconds; a run that takes longer has lost something
GONE = (OSError, HTTPException)
TRY_AGAIN = {500, 502, 503, 504}


@dataclass
class Letter:
    """One check as a phone kept it, with its photo if it has one."""

    body: bytes
    client_id: str
    photo: bytes = b""


@dataclass
class Told:
    """What the clients were told, and how often they had to ask again."""

    receipts: dict[str, str] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    tries: int = 0
    lock: Lock = field(default_factory=Lock)


def test_every_acknowledged_check_is_stored_exactly_once() -> None:
    here = scene("campus_daily")
    letters = written(here)
    cookies = [cookie_of(here) for _client in range(CLIENTS)]
    told, began = Told(), time.monotonic()
    with server() as (port, kill):
        stop = Event()
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            killer = pool.submit(kill_at_random, kill, stop)
            shares = [letters[number::CLIENTS] for number in range(CLIENTS)]
            done = [
                pool.submit(deliver, port, cookie, mine, told) for cookie, mine in zip(cookies, shares, strict=True)
            ]
            try:
                for it in done:
                    it.result(timeout=PATIENCE)
            finally:
                stop.set()
        kills = killer.result()
    seconds = time.monotonic() - began
    say(
        f"{CHECKS} checks, {CLIENTS} clients, {kills} workers killed, {told.tries - CHECKS} sendings repeated, "
        f"{seconds:.0f} s on {connection.vendor}"
    )
    stored = {str(it.client_id): it for it in Check.objects.all()}
    photos = [it for it in letters if it.photo]
    assert kills > 0
    assert len(stored) == Check.objects.count() == len(told.receipts) == CHECKS
    assert {name: it.receipt_no for name, it in stored.items()} == told.receipts
    assert told.whole == {name for name, it in stored.items() if it.state == "received"} == set(stored)
    assert CheckPhoto.objects.count() == Attachment.objects.count() == len(photos)
    assert Finding.objects.count() == len(photos)
    files = [it for it in Path(settings.MEDIA_ROOT).rglob("*") if it.is_file() and not it.name.endswith(".part")]
    assert {it.name for it in files} >= {Path(it.path).name for it in Attachment.objects.all()}


def written(here: Scene) -> list[Letter]:
    """Return a check for each of a thousand places, due since an hour; every twentieth has a failure with a photo."""
    now = timezone.now()
    slot = Slot(MONDAY, 1, now - timedelta(hours=1), now + timedelta(hours=8), now + timedelta(hours=56))
    version = here.version
    letters = []
    for number in range(CHECKS):
        place = schools.place(here.place.school, Place.Kind.CAMPUS)
        ticket = Ticket(place.pk, version.checklist_id, version.pk, version.spec_hash, slot)
        photo = picture(number) if number % WITH_PHOTO == 0 else b""
        name = str(uuid4())
        sent: dict[str, Any] = {
            "client_id": name,
            "by": here.officer.pk,
            "place": place.pk,
            "checklist": version.checklist.code,
            "date": MONDAY.isoformat(),
            "seq": 1,
            "version": version.spec_hash,
            "ticket": ticket.sealed(),
            "answers": here.answers(**({"CMP_D_01": {"a": "fail"}} if photo else {})),
            "photos": {"CMP-D-01": [{"sha256": sha256(photo).hexdigest()}]} if photo else {},
        }
        letters.append(Letter(json.dumps(sent).encode(), name, photo))
    random.shuffle(letters)
    return letters


def picture(number: int) -> bytes:
    """Return a photo that no other is like."""
    out = BytesIO()
    Image.new("RGB", (800, 600), (number % 256, number // 256, 90)).save(out, "JPEG")
    return out.getvalue()


def cookie_of(here: Scene) -> str:
    """Return the cookie of a phone on which the officer has signed in."""
    return f"{settings.SESSION_COOKIE_NAME}={ground.client_of(here.officer).session.session_key}"


@contextmanager
def server() -> Iterator[tuple[int, Callable[[], bool]]]:
    """Run the portal as in production, several processes behind one port; tell the port and how to kill one."""
    name = connection.settings_dict["NAME"]
    url = (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "logistics_portal.settings",
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "VAR_DIR": str(settings.VAR_DIR),
        "LOG_LEVEL": "CRITICAL",
        "PYTHONWARNINGS": "ignore",
    }
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "logistics_portal.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--worker-class", "gthread", "--threads", "4", "--preload"]
    command += ["--log-level", "critical"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as master:
        try:
            answers(port)
            yield port, lambda: kill_one(master.pid)
        finally:
            master.terminate()


def free_port() -> int:
    """Return a port that nobody listens on."""
    import socket  # noqa: PLC0415 - only here

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def answers(port: int) -> None:
    """Wait until the portal answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            status, _told = ask(port, "", "GET", "/api/v1/session", b"", "")
        except GONE:
            time.sleep(0.2)
        else:
            assert status == 401
            return
    pytest.fail("the portal did not answer within a minute")


def kill_one(master: int) -> bool:
    """Kill one of the server's processes without warning, and say whether there was one."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    if not children:
        return False
    try:
        os.kill(int(random.choice(children)), signal.SIGKILL)  # noqa: S311 - any of them
    except ProcessLookupError:
        return False
    return True


def kill_at_random(kill: Callable[[], bool], stop: Event) -> int:
    """Kill a process now and then until told to stop, and return how many were killed."""
    kills = 0
    while not stop.wait(random.uniform(*BETWEEN_KILLS)):  # noqa: S311 - any moment
        kills += kill()
    return kills


def deliver(port: int, cookie: str, letters: list[Letter], told: Told) -> None:
    """Send letters one after another, each until it is acknowledged, its photo after it."""
    token = ""
    for letter in letters:
        while not token:
            token = token_of(port, cookie)
        name = letter.client_id
        answer = until_told(port, cookie, ("POST", "/api/v1/checks", letter.body), token, told)
        with told.lock:
            told.receipts[name] = answer["receipt"]
        if answer["lacking"]:
            path = f"/api/v1/checks/{name}/photos/{answer['lacking'][0]}"
            answer = until_told(port, cookie, ("PUT", path, letter.photo), token, told, count=False)
        if answer["state"] == "received":
            with told.lock:
                told.whole.add(name)


def token_of(port: int, cookie: str) -> str:
    """Return the token that sending needs, or nothing while the server is away."""
    try:
        status, told = ask(port, cookie, "GET", "/api/v1/session", b"", "")
    except GONE:
        time.sleep(0.05)
        return ""
    return str(told["token"]) if status == 200 else ""


def until_told(
    port: int, cookie: str, what: tuple[str, str, bytes], token: str, told: Told, *, count: bool = True
) -> dict[str, Any]:
    """Send until it is acknowledged; anything but an answer of success or a server gone away is a failure."""
    method, path, body = what
    while True:
        with told.lock:
            told.tries += count
        try:
            status, answer = ask(port, cookie, method, path, body, token)
        except GONE:
            time.sleep(random.uniform(0.02, 0.2))  # noqa: S311 - any moment
            continue
        if status in {200, 201}:
            return answer
        assert status in TRY_AGAIN, f"{status}: {answer}"


def ask(port: int, cookie: str, method: str, path: str, body: bytes, token: str) -> tuple[int, dict[str, Any]]:
    """Ask once and return the status and what was told."""
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        kind = "image/jpeg" if method == "PUT" else "application/json"
        headers = {"Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={token}", "X-CSRFToken": token}
        headers |= {"Accept": "application/json", "Content-Type": kind}
        link.request(method, path, body, headers)
        response = link.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content.startswith(b"{") else {}
    finally:
        link.close()

"""Starts the parts of a portal, starts a dead one again, stops them all; no work is lost on the way."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connections
from django.utils import timezone

from logistics_portal.desk.parts import GRACE_SECONDS
from logistics_portal.kit import transport
from logistics_portal.records import jobs

logger = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 30.0
STEADY_SECONDS: Final = 60.0
TICK: Final = 0.2


@dataclass
class Part:
    """One child process and how it fared."""

    name: str
    process: subprocess.Popen[bytes]
    started: float
    pause: float = 1.0
    again_at: float = 0.0


class Supervisor:
    """The parent of web server, worker and schedule."""

    def __init__(self, names: Sequence[str], host: str, port: int, *, stay_with_parent: bool) -> None:
        self.names, self.host, self.port = names, host, port
        self.parent = os.getppid() if stay_with_parent else None
        self.stopping = False
        self.parts: list[Part] = []

    def run(self, when_up: Callable[[], None]) -> None:
        """Keep the parts running until somebody asks to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        recover()
        try:
            self.parts = [self._start(name) for name in self.names]
            up = False
            while not self.stopping:
                self._look_after()
                if not up and self._answers():
                    up = True
                    jobs.ask_for_sweep()
                    when_up()
                time.sleep(TICK)
        finally:
            self._stop()

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def _start(self, name: str) -> Part:
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "runportal", "--part", name]
        command += ["--host", self.host, "--port", str(self.port)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
        return Part(name, process, time.monotonic())

    def _look_after(self) -> None:
        if self.parent is not None and os.getppid() != self.parent:
            self.stopping = True
        for place, part in enumerate(self.parts):
            if part.process.poll() is not None:
                self._replace(place, part)

    def _replace(self, place: int, part: Part) -> None:
        now = time.monotonic()
        if not part.again_at:
            kill_group(part.process, signal.SIGKILL)
            part.pause = 1.0 if now - part.started > STEADY_SECONDS else min(part.pause * 2, LONGEST_PAUSE)
            part.again_at = now + part.pause / 2
            logger.error("%s ended with code %s; it starts again", part.name, part.process.returncode)
        if now < part.again_at:
            return
        if part.name == "worker":
            recover()
        self.parts[place] = self._start(part.name)
        self.parts[place].pause = part.pause

    def _answers(self) -> bool:
        return all(part.process.poll() is None for part in self.parts) and port_is_taken(self.host, self.port)

    def _stop(self) -> None:
        for part in self.parts:
            kill_group(part.process, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        for part in self.parts:
            try:
                part.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.warning("%s did not stop in time", part.name)
            kill_group(part.process, signal.SIGKILL)
            part.process.wait()


def recover() -> None:
    """Take back what a dead worker had in hand; only where the one worker of this folder is ours."""
    if settings.REDIS_URL:
        return
    transport.recover(Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["folder"]))
    jobs.take_back_all(at=timezone.now())
    jobs.forget_sent()
    connections.close_all()


def kill_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a child and whatever it started."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def port_is_taken(host: str, port: int) -> bool:
    """Say whether somebody answers there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False

"""The three processes of a portal on one machine: web server, worker, schedule. Each dies with its supervisor."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Final

import waitress
from django.conf import settings

from logistics_portal.celery import app
from logistics_portal.wsgi import application

GRACE_SECONDS: Final = 10
BODY_LIMIT: Final = 64 * 1024 * 1024
WEB_THREADS: Final = 8
CONNECTIONS: Final = 2000


def web(host: str, port: int) -> None:
    """Answer requests; waitress reads slow senders without giving them a thread."""
    waitress.serve(
        application,
        host=host,
        port=port,
        threads=WEB_THREADS,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        max_request_body_size=BODY_LIMIT,
        ident=None,
        _quiet=True,
    )


def worker(_host: str, _port: int) -> None:
    """Do background work on four threads."""
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    app.worker_main(["worker", "-P", "threads", "-c", "4", *quiet])


def beat(_host: str, _port: int) -> None:
    """Say what is due, by the timetable."""
    app.start(["beat", "--loglevel=WARNING", f"--schedule={settings.CELERY_BEAT_SCHEDULE_FILENAME}"])


PARTS: Final[dict[str, Callable[[str, int], None]]] = {"web": web, "worker": worker, "beat": beat}


def die_with_supervisor() -> None:
    """Stop this process once the pipe from the supervisor closes, however the supervisor ended."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="supervisor-watch").start()

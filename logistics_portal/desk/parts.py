"""The three processes of a portal on one machine: web server, worker, schedule. Each dies with its supervisor."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from typing import Final

import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from logistics_portal.celery import app

GRACE_SECONDS: Final = 10
BODY_LIMIT: Final = 64 * 1024 * 1024
WEB_THREADS: Final = 8
CONNECTIONS: Final = 2000


def web(host: str, port: int) -> None:
    """Answer requests; waitress reads slow senders without giving them a thread."""
    waitress.serve(
        get_wsgi_application(),
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
    app.worker_main(["--quiet", "worker", "-P", "threads", "-c", "4", *quiet])


def beat(_host: str, _port: int) -> None:
    """Say what is due, by the timetable."""
    app.start(["--quiet", "beat", "--loglevel=WARNING", f"--schedule={settings.CELERY_BEAT_SCHEDULE_FILENAME}"])


PARTS: Final[dict[str, Callable[[str, int], None]]] = {"web": web, "worker": worker, "beat": beat}


def die_with_supervisor() -> None:
    """Stop this process once the pipe from the supervisor closes, however the supervisor ended."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="supervisor-watch").start()

"""What every test leans on: closed sockets, reasons to skip, and work done on the spot."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from logistics_portal.celery import app
from logistics_portal.records import guards, work

hypothesis_settings.register_profile("portal", deadline=None, print_blob=True)  # no gate by the clock
hypothesis_settings.load_profile("portal")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
NO_SKIPS = os.environ.get("NO_SKIPS") == "1"
ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
LOOPBACK = ("127.", "::1", "localhost")
MAY_SKIP_ALWAYS = {"shared_data"}  # real data is not part of the repository


def _reachable(url: str, port: int) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=1):
            return True
    except OSError:
        return False


def chromium() -> str | None:
    """Return where Debian's Chromium is, if it is."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


REASONS: dict[str, Callable[[], str]] = {
    "postgres": lambda: (
        "" if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else "this run is on SQLite"
    ),
    "sqlite": lambda: (
        "" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "this run is on PostgreSQL"
    ),
    "redis": lambda: (
        ""
        if _reachable(os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9"), 6379)
        else "no Redis answers on 127.0.0.1:6379"
    ),
    "chromium": lambda: "" if chromium() else "no chromium on PATH",
    "shared_data": lambda: "" if SHARED_DATA.is_dir() else f"{SHARED_DATA} is absent",
}
OTHER_DATABASE = {"postgres", "sqlite"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run here and say why; with NO_SKIPS=1 only other databases and absent real data may skip."""
    reasons = {name: tell() for name, tell in REASONS.items()}
    for item in items:
        for name, reason in reasons.items():
            if reason and item.get_closest_marker(name):
                must_run = NO_SKIPS and name not in OTHER_DATABASE | MAY_SKIP_ALWAYS
                item.add_marker(_must_run(reason) if must_run else pytest.mark.skip(reason=reason))


def _must_run(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.must_run(reason=reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip that this run does not allow into a failure."""
    report = yield
    if NO_SKIPS and report.skipped and not _may_skip(item):
        report.outcome = "failed"
        report.longrepr = f"skipped although NO_SKIPS=1: {report.longrepr}"
    return report


def _may_skip(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in OTHER_DATABASE | MAY_SKIP_ALWAYS)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test that cannot run although this run allows no skip."""
    marker = item.get_closest_marker("must_run")
    if marker is not None:
        pytest.fail(f"cannot run although NO_SKIPS=1: {marker.kwargs['reason']}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the run's folder away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(settings.TEST_DIR, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _closed_sockets() -> Iterator[None]:
    """Let no test talk to anybody but this machine."""
    real = socket.socket.connect

    def guarded(sock: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(LOOPBACK):
            raise RuntimeError(f"a test wanted to talk to {host}")
        real(sock, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = real  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the database refuse in tests what it refuses in service; only a flush lifts the guards for a moment."""
    flush = TransactionTestCase._fixture_teardown

    def unguarded(case: TransactionTestCase) -> None:
        guards.uninstall(connection)
        flush(case)
        guards.install(connection)

    TransactionTestCase._fixture_teardown = unguarded
    with django_db_blocker.unblock():
        guards.install(connection)
    yield
    TransactionTestCase._fixture_teardown = flush
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            _end_other_sessions()


def _end_other_sessions() -> None:
    """End what threads of a live server left open: PostgreSQL drops no database that somebody still talks to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def do_jobs() -> Callable[[], int]:
    """Do the ordered background work here and now."""
    app.loader.import_default_modules()
    return work.run_waiting


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data."""
    return SHARED_DATA

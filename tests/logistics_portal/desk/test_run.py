"""The portal on one machine: it comes up, replaces a killed worker, refuses a twin, and leaves no orphan."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from logistics_portal.kit.frontend import missing_files

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 300  # seconds; a bound, not a measure

pytestmark = pytest.mark.sqlite


def wait_for(happens: Callable[[], object]) -> object:
    """Return what `happens` gives once it gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(0.2)
    raise AssertionError(f"in vain for {PATIENCE} s: {happens}")


def children(pid: int) -> dict[str, int]:
    """Return the parts that a supervisor runs, name → process."""
    found = {}
    for task in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((task / "stat").read_text().rpartition(")")[2].split()[1])
            words = (task / "cmdline").read_bytes().decode().split("\0")
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid and "--part" in words:
            found[words[words.index("--part") + 1]] = int(task.name)
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


class Portal:
    """A portal started from a folder of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.setting = {"VAR_DIR": str(folder / "var dir"), "PATH": os.environ["PATH"], "HOME": ""}
        self.command = [sys.executable, "manage.py", "runportal", "--port", str(self.port)]
        self.log = (folder / "log").open("w+b")
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.setting, stdout=self.log, stderr=self.log)

    def says(self, words: str) -> bool:
        """Say whether these words were printed; a portal that ended says nothing more."""
        text = (self.folder / "log").read_text()
        assert self.process.poll() is None, text
        return words in text

    def health(self) -> dict[str, object]:
        """Return what the health page tells."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
                told: dict[str, object] = json.load(answer)
                return told
        except (urllib.error.URLError, TimeoutError):
            return {}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Return a portal that is up; it is stopped whatever happens."""
    assert not missing_files()
    running = Portal(tmp_path)
    try:
        wait_for(lambda: running.says("The portal is up"))
        yield running
    finally:
        running.process.kill() if running.process.poll() is None else None
        running.process.wait()
        running.log.close()


def test_a_portal_comes_up_survives_its_worker_and_stops_whole(portal: Portal) -> None:
    first = children(portal.process.pid)
    wait_for(lambda: portal.health().get("worker") == "up")

    twin = subprocess.run(portal.command, cwd=ROOT, env=portal.setting, capture_output=True, text=True, check=False)
    os.kill(first["worker"], signal.SIGKILL)
    wait_for(lambda: children(portal.process.pid).get("worker") not in {None, first["worker"]})
    second = children(portal.process.pid)
    portal.process.send_signal(signal.SIGTERM)
    code = portal.process.wait(PATIENCE)

    assert "already runs" in twin.stderr
    assert set(first) == set(second) == {"web", "worker", "beat"}
    assert (first["web"], first["beat"]) == (second["web"], second["beat"])
    assert code == 0
    assert not [pid for pid in {*first.values(), *second.values()} if alive(pid)]


def test_the_parts_stop_when_their_supervisor_is_killed(portal: Portal) -> None:
    parts = children(portal.process.pid)

    portal.process.kill()

    assert set(parts) == {"web", "worker", "beat"}
    assert wait_for(lambda: not any(alive(pid) for pid in parts.values()))

"""One process at a time holds a lock; one key serves a machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from logistics_portal.kit.keys import local_key
from logistics_portal.kit.locks import Taken, alone

TRY = """
import sys
from pathlib import Path
from logistics_portal.kit.locks import alone
with alone(Path(sys.argv[1])):
    pass
"""


def test_a_second_process_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"

    with alone(lock):
        during = subprocess.run([sys.executable, "-c", TRY, str(lock)], capture_output=True, check=False)
    after = subprocess.run([sys.executable, "-c", TRY, str(lock)], capture_output=True, check=False)

    assert during.returncode != 0
    assert b"Taken" in during.stderr
    assert after.returncode == 0


def test_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with alone(tmp_path / "run.lock"), pytest.raises(Taken), alone(tmp_path / "run.lock"):
        pass


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret-key"

    first, second = local_key(path), local_key(path)

    assert first == second
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["secret-key"]

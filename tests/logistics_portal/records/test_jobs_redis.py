"""With Redis the message arrives; without it nothing is lost and nobody waits long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
NOBODY = "redis://127.0.0.1:1/0"
STORY = """
import json
import django
django.setup()
from celery import current_app
from logistics_portal.records import jobs
woken = [jobs.broker.wake("tests.nothing", number) for number in range(200)]
got = []
if all(woken):
    with current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        for number in range(200):
            message = queue.get(timeout=5)
            got.append(message.headers["task"])
            message.ack()
print(json.dumps({"woken": sum(woken), "got": len(got)}))
"""


def tell(redis: str, folder: Path) -> dict[str, int]:
    """Send 200 wake-ups in a process of its own, as a portal with this Redis would."""
    setting = {
        "DJANGO_SETTINGS_MODULE": "logistics_portal.settings",
        "REDIS_URL": redis,
        "VAR_DIR": str(folder),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-c", STORY]
    answer = subprocess.run(command, cwd=ROOT, env=setting, capture_output=True, text=True, check=True, timeout=120)
    told: dict[str, int] = json.loads(answer.stdout)
    return told


@pytest.mark.redis
def test_every_wake_up_arrives(tmp_path: Path) -> None:
    told = tell(REDIS_URL, tmp_path)

    assert told == {"woken": 200, "got": 200}


def test_nothing_on_the_way_of_a_submit_needs_redis(tmp_path: Path) -> None:
    told = tell(NOBODY, tmp_path)

    assert told == {"woken": 0, "got": 0}

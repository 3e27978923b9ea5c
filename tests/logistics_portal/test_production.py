"""A production portal does not start on an unset or unsafe setting, and says which."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "PRODUCTION": "1",
    "SECRET_KEY": "x7Kq2-Vn9wLr4_Tz8bYm1cHs6dJf3gPa5eQu0iXoRkWtNvBy-and-more-of-it",
    "ALLOWED_HOSTS": "portal.example.gov.cn",
    "DATABASE_URL": "postgres://portal@127.0.0.1:5432/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "MEDIA_ROOT": "/srv/portal/media",
}


def manage(*arguments: str, **change: str | None) -> subprocess.CompletedProcess[str]:
    """Run a management command in production with some settings changed or taken away."""
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    setting = {name: value for name, value in (SAFE | change).items() if value is not None}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=passed | setting, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", sorted(set(SAFE) - {"PRODUCTION", "REDIS_URL"}))
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_an_unset_setting_stops_the_start_by_name(name: str, value: str | None) -> None:
    answer = manage("check", **{name: value})

    assert answer.returncode != 0
    assert f"{name}: " in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "portal.example.gov.cn,*"),
        ("DEMO", "1"),
        ("MEDIA_ROOT", str(ROOT / "var/static/media")),
    ],
)
def test_an_unsafe_setting_stops_the_start_by_name(name: str, value: str) -> None:
    answer = manage("check", **{name: value})

    assert answer.returncode != 0
    assert f"{name}: " in answer.stderr.splitlines()[-1]


def test_the_deploy_check_has_nothing_to_say() -> None:
    answer = manage("check", "--deploy", "--fail-level", "WARNING")

    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


def test_planting_the_demo_is_refused_without_demo() -> None:
    answer = manage("plant_demo", "--schools", "1", "--days", "1", "--seed", "1")

    assert answer.returncode != 0

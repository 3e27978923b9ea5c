"""Agreed things carried out one by one: what goes wrong is said, a lock that did not come is left to the next run."""

from __future__ import annotations

import logging

import pytest
from django.db import IntegrityError, OperationalError

from logistics_portal.kit.attempts import attempt
from logistics_portal.kit.errors import Clash, NotAllowed


@pytest.mark.parametrize(
    ("error", "said", "logged"),
    [
        (NotAllowed("先调整隶属。"), ["先调整隶属。"], False),
        (Clash("已有人改过。"), ["已有人改过。"], False),
        (IntegrityError("overlap"), ["冲突。"], True),
        (OperationalError("locked"), [], True),
        (KeyError("path"), ["程序出错，已记入日志，请联系系统管理员。"], True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_goes_wrong_is_said_and_what_is_no_refusal_is_logged(
    error: Exception, said: list[str], logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def act() -> int:
        raise error

    with caplog.at_level(logging.ERROR):
        done = attempt(act, trouble=told.append, clash="冲突。", about={"change": 7})

    assert (done, told, bool(caplog.records)) == (0, said, logged)
    assert all(record.exc_info and getattr(record, "change", None) == 7 for record in caplog.records)


def test_what_goes_well_returns_what_was_done() -> None:
    assert attempt(lambda: 1, trouble=pytest.fail, clash="", about={}) == 1

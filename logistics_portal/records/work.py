"""What a piece of background work looks like: a function that is handed its job, and a task that wakes it up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext

from logistics_portal.kit.errors import Clash, NotAllowed
from logistics_portal.kit.patience import patient
from logistics_portal.records import jobs
from logistics_portal.records.models import Job

logger = logging.getLogger(__name__)

Result = Mapping[str, Any] | None
Work = Callable[..., Result]
AnyWork = TypeVar("AnyWork", bound=Work)

WORKS: dict[str, Work] = {}


class LeaseLost(Exception):
    """Somebody else has the work now; what is left of it is theirs."""


class Running:
    """A job in the hands of the worker that claimed it."""

    def __init__(self, job: Job) -> None:
        self.row = job

    @property
    def pk(self) -> int:
        """Return the number of the job's row."""
        return self.row.pk

    def progress(self, done: int, of: int, message: str = "") -> None:
        """Show how far the work is and keep it; call it between transactions, so that others see it at once."""
        if not jobs.renew(job=self.row, done=done, of=of, message=message, at=timezone.now()):
            raise LeaseLost(self.row.pk)


def portal_task(work: AnyWork) -> AnyWork:
    """Make `work(job, **payload)` a task of the same dotted name that `jobs.order` can ask for.

    The work may run more than once and at worst twice at a time, so what it writes must be safe under a natural key.
    What it returns, a mapping or nothing, is kept on the job. It stays callable as a plain function.
    """
    name = f"{work.__module__}.{work.__name__}"

    @shared_task(name=name, ignore_result=True)
    def woken(job_id: int, **_unknown: object) -> None:
        run(job_id=job_id, work=work)

    WORKS[name] = work
    return work


def run(*, job_id: int, work: Work) -> bool:
    """Claim a job, do its work and write down how it ended; `False` means it was not ours to do."""
    job = jobs.claim(job_id=job_id, at=timezone.now())
    if job is None:
        return False
    try:
        with patient():
            result = work(Running(job), **job.payload)
    except LeaseLost:
        logger.warning("job lost its lease", extra={"job": job_id, "kind": job.kind})
        return False
    except (NotAllowed, Clash) as refusal:
        return jobs.park(job=job, error=str(refusal), at=timezone.now())
    except Exception as error:
        logger.exception("job failed", extra={"job": job_id, "kind": job.kind, "attempt": job.attempts})
        sentence = gettext("任务出错（%(error)s），第 %(attempt)s 次。") % {
            "error": type(error).__name__,
            "attempt": job.attempts,
        }
        jobs.fail(job=job, error=sentence, at=timezone.now())
        return False
    return jobs.finish(job=job, result=result or {}, at=timezone.now())


def run_waiting() -> int:
    """Do here and now every job whose time has come, and those they order; return how many were done."""
    done = 0
    while ready := [job for job in jobs.waiting(at=timezone.now()) if job.kind in WORKS]:
        done += sum(run(job_id=job.pk, work=WORKS[job.kind]) for job in ready)
    return done

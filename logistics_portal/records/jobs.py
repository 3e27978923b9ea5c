"""Background work as rows: order, claim, renew, finish; what was lost is found again by the sweep."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from celery import current_app
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.scoping import ScopedQuerySet
from logistics_portal.records import services
from logistics_portal.records.models import Job

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=15)  # a worker that says nothing for so long has lost the work
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5))  # before the second and the third try
TRIES: Final = 1 + len(PAUSES)
TIMES_LOST: Final = 6  # work that kills its worker so often is put aside
FIRST_SEND_GOOD_FOR: Final = timedelta(seconds=45)
SEND_GOOD_FOR: Final = timedelta(minutes=5)
UNKNOWN_AFTER: Final = timedelta(minutes=10)
BROKER_REST: Final = 10.0  # seconds during which a broker that failed is not asked again
PULSE: Final = ("pulse", "worker")
SET_UP: Final = "set-up"
OWN_KINDS: Final = (PULSE[0], SET_UP)  # marks of the machinery itself, of no interest to people


def _send(kind: str, job_id: int) -> None:
    current_app.send_task(kind, kwargs={"job_id": job_id}, retry=False)


class Broker:
    """Wakes workers up; a broker that failed is left alone for a while, so nobody waits for it twice."""

    def __init__(self, send: Callable[[str, int], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.send, self.clock = send, clock
        self.rests_until = 0.0

    def wake(self, kind: str, job_id: int) -> bool:
        """Say whether the message got through; never raise: the row is safe and the sweep sends it again."""
        if self.clock() < self.rests_until:
            return False
        try:
            self.send(kind, job_id)
        except Exception as error:
            self.rests_until = self.clock() + BROKER_REST
            logger.warning("job not sent", extra={"kind": kind, "job": job_id, "error": type(error).__name__})
            return False
        return True


broker = Broker(_send)


def order(
    *,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    unit: models.Model | None,
    by: AbstractBaseUser | None,
    at: datetime,
) -> Job:
    """Return the job of this kind and key, written down now unless it already is; a worker is woken after commit.

    `kind` is the dotted name of the task. The row stands in the caller's transaction, so the work is ordered exactly
    when its cause is committed; the same kind and key never makes a second row.
    """
    job, new = Job.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "payload": dict(payload),
            "unit_id": unit.pk if unit is not None else None,
            "asked_by_id": by.pk if by is not None else None,
            "created_at": at,
            "lease_until": at + FIRST_SEND_GOOD_FOR,
        },
    )
    if new:
        transaction.on_commit(partial(broker.wake, kind, job.pk))
    return job


def claim(*, job_id: int, at: datetime) -> Job | None:
    """Return the job with a fresh lease, or nothing when somebody else has it or its time has not come."""
    ready = Q(state=Job.State.QUEUED) & (Q(not_before__isnull=True) | Q(not_before__lte=at))
    lost = Q(state=Job.State.RUNNING, lease_until__lt=at)
    lease = secrets.token_hex(8)
    taken = Job.objects.filter(ready | lost, pk=job_id).update(
        state=Job.State.RUNNING,
        lease=lease,
        lease_until=at + LEASE,
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", at),
        not_before=None,
        message="",
    )
    return Job.objects.get(pk=job_id, lease=lease) if taken else None


def renew(*, job: Job, done: int, of: int, message: str, at: datetime) -> bool:
    """Write down how far the work is and keep it for another lease; `False` means somebody else has it now."""
    return bool(
        _held(job).update(done_steps=done, all_steps=of, message=message[:300], lease_until=at + LEASE),
    )


def finish(*, job: Job, result: Mapping[str, Any], at: datetime) -> bool:
    """Close the job with what came out of it; `False` means somebody else has it now."""
    return bool(
        _held(job).update(
            state=Job.State.DONE, result=dict(result), finished_at=at, lease="", lease_until=None, message=""
        )
    )


def fail(*, job: Job, error: str, at: datetime) -> bool:
    """Queue the job again after a pause, or put it aside with the sentence when it failed too often."""
    if job.attempts >= TRIES:
        return park(job=job, error=error, at=at)
    return bool(
        _held(job).update(
            state=Job.State.QUEUED,
            lease="",
            lease_until=None,
            not_before=at + PAUSES[job.attempts - 1],
            message=error[:300],
        )
    )


def park(*, job: Job, error: str, at: datetime) -> bool:
    """Put the job aside with a sentence; it stays visible until somebody runs it again or cancels it."""
    return bool(
        _held(job).update(state=Job.State.PARKED, lease="", lease_until=None, finished_at=at, message=error[:300])
    )


@transaction.atomic
def rerun(*, job: Job, by: AbstractBaseUser, at: datetime) -> Job:
    """Queue a parked or cancelled job again, with all its tries."""
    job = _locked(job)
    if job.state not in {Job.State.PARKED, Job.State.CANCELLED}:
        raise NotAllowed(gettext("只有搁置或取消的任务可以重新运行。"))
    job.state, job.attempts, job.message = Job.State.QUEUED, 0, ""
    job.not_before, job.finished_at, job.lease_until = None, None, at + FIRST_SEND_GOOD_FOR
    job.save(update_fields=["state", "attempts", "message", "not_before", "finished_at", "lease_until"])
    transaction.on_commit(partial(broker.wake, job.kind, job.pk))
    services.log(by=by, verb="job.rerun", on=job, at=at)
    return job


@transaction.atomic
def cancel(*, job: Job, by: AbstractBaseUser, at: datetime) -> Job:
    """Take a job that has not started, or was put aside, off the list."""
    job = _locked(job)
    if job.state not in {Job.State.QUEUED, Job.State.PARKED}:
        raise NotAllowed(gettext("任务已经开始或已结束，不能取消。"))
    job.state, job.finished_at, job.lease, job.lease_until = Job.State.CANCELLED, at, "", None
    job.save(update_fields=["state", "finished_at", "lease", "lease_until"])
    services.log(by=by, verb="job.cancel", on=job, at=at)
    return job


def take_back(*, at: datetime) -> int:
    """Queue again what workers lost, and return how many; work that is lost too often is put aside."""
    return _take_back(Q(lease_until__lt=at), at)


def take_back_all(*, at: datetime) -> int:
    """Queue again all running work; only for a supervisor that knows the one worker is dead."""
    return _take_back(Q(), at)


def sweep(*, at: datetime, known: Iterable[str]) -> int:
    """Wake workers for every job whose message may be lost, and return how many were sent.

    `known` are the names of the tasks this worker has; an order for another one is put aside, not dropped.
    """
    take_back(at=at)
    strangers = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=at - UNKNOWN_AFTER).exclude(kind__in=known)
    strangers.update(state=Job.State.PARKED, finished_at=at, message=gettext("本版本没有这种任务，请升级后重新运行。"))
    sent = 0
    for job in _waiting(at).filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at)).order_by("created_at", "pk"):
        if not broker.wake(job.kind, job.pk):
            break
        Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(lease_until=at + SEND_GOOD_FOR)
        sent += 1
    return sent


def ask_for_sweep() -> None:
    """Let a worker sweep at once instead of at the next tick of the schedule."""
    try:
        current_app.send_task("logistics_portal.records.tasks.sweep", retry=False)
    except Exception as error:
        logger.warning("sweep not sent", extra={"error": type(error).__name__})


def forget_sent() -> int:
    """Forget what was sent, so that the next sweep sends every waiting job; for a start after a crash."""
    return Job.objects.filter(state=Job.State.QUEUED).update(lease_until=None)


def waiting(*, at: datetime) -> list[Job]:
    """Return the jobs whose time has come, oldest first."""
    return list(_waiting(at).order_by("created_at", "pk"))


def beat_pulse(*, at: datetime) -> None:
    """Write down that a worker is alive and hears its messages."""
    kind, key = PULSE
    Job.objects.update_or_create(
        kind=kind,
        key=key,
        defaults={"finished_at": at},
        create_defaults={"state": Job.State.DONE, "created_at": at, "finished_at": at},
    )


def last_pulse() -> datetime | None:
    """Return when a worker was last heard, or nothing when none ever was."""
    kind, key = PULSE
    return Job.objects.filter(kind=kind, key=key).values_list("finished_at", flat=True).first()


def set_up_with(key: str) -> bool:
    """Say whether this database was set up with exactly this version."""
    return Job.objects.filter(kind=SET_UP, key=key).exists()


@transaction.atomic
def note_set_up(*, key: str, at: datetime) -> None:
    """Write down that this database was set up with this version; marks of other versions go."""
    Job.objects.filter(kind=SET_UP).exclude(key=key).delete()
    done = {"state": Job.State.DONE, "created_at": at, "finished_at": at}
    Job.objects.get_or_create(kind=SET_UP, key=key, defaults=done)


def _held(job: Job) -> ScopedQuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease)


def _locked(job: Job) -> Job:
    return Job.objects.select_for_update().get(pk=job.pk)


def _waiting(at: datetime) -> ScopedQuerySet[Job]:
    return Job.objects.filter(Q(not_before__isnull=True) | Q(not_before__lte=at), state=Job.State.QUEUED)


def _take_back(which: Q, at: datetime) -> int:
    lost = Job.objects.filter(which, state=Job.State.RUNNING)
    lost.filter(attempts__gte=TIMES_LOST).update(
        state=Job.State.PARKED,
        lease="",
        lease_until=None,
        finished_at=at,
        message=gettext("任务多次中断，已搁置，请检查后重新运行。"),
    )
    return lost.update(state=Job.State.QUEUED, lease="", lease_until=None)

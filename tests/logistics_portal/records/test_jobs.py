"""Background work: ordered once, done once, found again when lost, put aside when it cannot be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from logistics_portal.accounts.models import User
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import jobs, work
from logistics_portal.records.models import AuditRow, Job

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
KIND = "tests.logistics_portal.records.test_jobs.count_up"
CALLS: list[dict[str, object]] = []


@work.portal_task
def count_up(job: work.Running, *, start: int, trouble: str = "") -> dict[str, int]:
    """Count one up, or get into trouble."""
    CALLS.append({"job": job.pk, "start": start})
    job.progress(1, 2, "一半")
    if trouble == "refused":
        raise NotAllowed("本月报表已经发布。")
    if trouble:
        raise RuntimeError(trouble)
    return {"end": start + 1}


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    CALLS.clear()


def ordered(key: str = "one", at: datetime = NOW, **payload: object) -> Job:
    return jobs.order(kind=KIND, key=key, payload={"start": 1, **payload}, unit=None, by=None, at=at)


@pytest.mark.django_db
def test_the_same_kind_and_key_is_ordered_once() -> None:
    first = ordered()

    second = ordered(start=99)

    assert first.pk == second.pk
    assert second.payload == {"start": 1}


@pytest.mark.django_db(transaction=True)
def test_an_order_whose_cause_is_rolled_back_was_never_given() -> None:
    def cause_that_fails() -> None:
        with transaction.atomic():
            ordered()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cause_that_fails()

    assert not Job.objects.exists()


@pytest.mark.django_db
def test_work_is_done_with_its_payload_and_its_result_is_kept() -> None:
    job = ordered()

    assert work.run(job_id=job.pk, work=count_up)

    job.refresh_from_db()
    assert (job.state, job.result, job.percent, job.attempts) == ("done", {"end": 2}, 100, 1)


@pytest.mark.django_db
def test_five_wake_ups_do_the_work_once() -> None:
    job = ordered()

    done = [work.run(job_id=job.pk, work=count_up) for _turn in range(5)]

    assert done == [True, False, False, False, False]
    assert len(CALLS) == 1


@pytest.mark.django_db
def test_a_job_with_a_lease_belongs_to_one_worker() -> None:
    job = ordered()

    first = jobs.claim(job_id=job.pk, at=NOW)
    second = jobs.claim(job_id=job.pk, at=NOW + timedelta(minutes=14))

    assert first is not None
    assert second is None


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_taken_over_and_the_old_worker_can_write_nothing_more() -> None:
    job = ordered()
    old = jobs.claim(job_id=job.pk, at=NOW)
    new = jobs.claim(job_id=job.pk, at=NOW + timedelta(minutes=16))
    assert old is not None
    assert new is not None

    late = NOW + timedelta(minutes=17)

    assert not jobs.renew(job=old, done=1, of=2, message="", at=late)
    assert not jobs.finish(job=old, result={}, at=late)
    assert not jobs.fail(job=old, error="x", at=late)
    assert jobs.finish(job=new, result={"by": "new"}, at=late)


@pytest.mark.django_db
def test_progress_is_visible_and_keeps_the_lease() -> None:
    job = ordered()
    held = jobs.claim(job_id=job.pk, at=NOW)
    assert held is not None

    jobs.renew(job=held, done=3, of=12, message="白城市", at=NOW + timedelta(minutes=10))

    job.refresh_from_db()
    assert (job.percent, job.message) == (25, "白城市")
    assert jobs.claim(job_id=job.pk, at=NOW + timedelta(minutes=20)) is None


@pytest.mark.django_db
def test_work_that_fails_three_times_is_put_aside_with_a_sentence() -> None:
    job = ordered(trouble="坏了")
    starts = []

    for _turn in range(3):
        Job.objects.filter(pk=job.pk).update(not_before=None)
        work.run(job_id=job.pk, work=count_up)
        job.refresh_from_db()
        starts.append(job.state)

    assert starts == ["queued", "queued", "parked"]
    assert "RuntimeError" in job.message


@pytest.mark.django_db
def test_a_failed_job_waits_before_the_next_try() -> None:
    job = ordered()
    held = jobs.claim(job_id=job.pk, at=NOW)
    assert held is not None

    jobs.fail(job=held, error="x", at=NOW)

    assert jobs.claim(job_id=job.pk, at=NOW + timedelta(seconds=59)) is None
    assert jobs.claim(job_id=job.pk, at=NOW + timedelta(seconds=60)) is not None


@pytest.mark.django_db
def test_a_refusal_is_not_tried_again() -> None:
    job = ordered(trouble="refused")

    work.run(job_id=job.pk, work=count_up)

    job.refresh_from_db()
    assert (job.state, job.message) == ("parked", "本月报表已经发布。")


@pytest.mark.django_db
def test_the_sweep_queues_lost_work_again_and_sends_it() -> None:
    job = ordered()
    jobs.claim(job_id=job.pk, at=NOW)

    sent = jobs.sweep(at=NOW + timedelta(minutes=16), known=[KIND])

    job.refresh_from_db()
    assert (sent, job.state) == (1, "queued")


@pytest.mark.django_db
def test_the_sweep_does_not_send_the_same_order_every_time() -> None:
    ordered()
    later = NOW + timedelta(minutes=1)

    counts = [jobs.sweep(at=later + timedelta(seconds=30 * turn), known=[KIND]) for turn in range(4)]

    assert counts == [1, 0, 0, 0]


@pytest.mark.django_db
def test_work_that_kills_its_worker_again_and_again_is_put_aside() -> None:
    job = ordered()
    for turn in range(jobs.TIMES_LOST):
        assert jobs.claim(job_id=job.pk, at=NOW + timedelta(hours=turn)) is not None

    jobs.take_back(at=NOW + timedelta(days=1))

    job.refresh_from_db()
    assert job.state == "parked"


@pytest.mark.django_db
def test_a_supervisor_takes_everything_back_at_once() -> None:
    job = ordered()
    jobs.claim(job_id=job.pk, at=NOW)

    assert jobs.take_back_all(at=NOW) == 1

    assert jobs.claim(job_id=job.pk, at=NOW) is not None


@pytest.mark.django_db
def test_an_order_this_version_does_not_know_is_put_aside() -> None:
    job = jobs.order(kind="inspections.future.tasks.dream", key="1", payload={}, unit=None, by=None, at=NOW)

    jobs.sweep(at=NOW + timedelta(minutes=11), known=[KIND])

    job.refresh_from_db()
    assert job.state == "parked"


@pytest.mark.django_db
def test_a_parked_job_runs_again_and_a_running_one_cannot_be_cancelled() -> None:
    operator = User.objects.create_user("operator", full_name="某人")
    job = ordered(trouble="refused")
    work.run(job_id=job.pk, work=count_up)
    job.refresh_from_db()

    again = jobs.rerun(job=job, by=operator, at=NOW)
    jobs.claim(job_id=job.pk, at=NOW)

    assert again.state == "queued"
    with pytest.raises(NotAllowed):
        jobs.cancel(job=again, by=operator, at=NOW)
    assert AuditRow.objects.filter(verb="job.rerun", by=operator).count() == 1


@pytest.mark.django_db
def test_a_cancelled_job_does_not_start() -> None:
    operator = User.objects.create_user("operator", full_name="某人")
    job = ordered()

    jobs.cancel(job=job, by=operator, at=NOW)

    assert jobs.claim(job_id=job.pk, at=NOW) is None


@pytest.mark.django_db
def test_all_waiting_work_can_be_done_here_and_now() -> None:
    for number in range(3):
        ordered(key=str(number), at=timezone.now(), start=number)

    done = work.run_waiting()

    assert done == 3
    assert Job.objects.filter(state="done").count() == 3


@pytest.mark.django_db
def test_the_pulse_of_the_worker_is_kept() -> None:
    assert jobs.last_pulse() is None

    jobs.beat_pulse(at=NOW)
    jobs.beat_pulse(at=NOW + timedelta(minutes=1))

    assert jobs.last_pulse() == NOW + timedelta(minutes=1)


def test_a_broker_that_is_down_is_asked_once_and_then_left_alone() -> None:
    tried: list[float] = []
    now = [100.0]

    def down(_kind: str, _job_id: int) -> None:
        tried.append(now[0])
        raise ConnectionError

    broker = jobs.Broker(down, clock=lambda: now[0])
    answers = {broker.wake(KIND, number) for number in range(200)}
    now[0] += jobs.BROKER_REST
    broker.wake(KIND, 200)

    assert answers == {False}
    assert tried == [100.0, 100.0 + jobs.BROKER_REST]

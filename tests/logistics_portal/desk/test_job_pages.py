"""Who sees background work, and who may run it again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.records import jobs
from logistics_portal.records.models import Job
from tests.factories import ground

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def ordered(*, at: Unit | None, by: User | None = None, key: str = "1") -> Job:
    payload = {"title": "十月合规报告"}
    return jobs.order(kind="tests.nothing", key=key, payload=payload, unit=at, by=by, at=NOW)


def parked(job: Job) -> Job:
    held = jobs.claim(job_id=job.pk, at=NOW)
    assert held is not None
    jobs.park(job=held, error="数据不全。", at=NOW)
    job.refresh_from_db()
    return job


def test_the_person_who_asked_sees_how_far_it_is() -> None:
    clerk = ground.user(Role.OFFICE_CLERK, ground.county())
    job = ordered(at=ground.county(), by=clerk)

    answer = ground.client_of(clerk).get(reverse("jobs:job", args=[job.pk]))

    assert answer.status_code == 200
    assert "十月合规报告" in answer.content.decode()


def test_the_part_alone_answers_a_refresh() -> None:
    clerk = ground.user(Role.OFFICE_CLERK, ground.county())
    job = ordered(at=ground.county(), by=clerk)

    answer = ground.client_of(clerk).get(reverse("jobs:job", args=[job.pk]), headers={"HX-Request": "true"})

    assert b"<html" not in answer.content
    assert b"hx-get" in answer.content


def test_somebody_else_at_the_same_bureau_finds_no_such_page() -> None:
    job = ordered(at=ground.county(), by=ground.user(Role.OFFICE_CLERK, ground.county()))
    other = ground.user(Role.OFFICE_CLERK, ground.county())

    answer = ground.client_of(other).get(reverse("jobs:job", args=[job.pk]))

    assert answer.status_code == 404


def test_the_operator_of_the_province_sees_all_work_and_the_filter_narrows_it() -> None:
    operator = ground.user(Role.SYSTEM_OPERATOR, ground.province())
    ordered(at=ground.county(), key="county")
    parked(ordered(at=None, key="whole-province"))

    everything = ground.client_of(operator).get(reverse("jobs:list")).content.decode()
    put_aside = ground.client_of(operator).get(reverse("jobs:list"), {"state": "parked"}).content.decode()

    assert "county" in everything
    assert "whole-province" in everything
    assert "whole-province" in put_aside
    assert ">county" not in put_aside


def test_the_operator_runs_parked_work_again() -> None:
    operator = ground.user(Role.SYSTEM_OPERATOR, ground.province())
    job = parked(ordered(at=ground.county()))

    ground.client_of(operator).post(reverse("jobs:rerun", args=[job.pk]))

    job.refresh_from_db()
    assert job.state == "queued"


def test_an_auditor_sees_but_does_not_run() -> None:
    auditor = ground.user(Role.AUDITOR, ground.province())
    job = parked(ordered(at=ground.county()))

    answer = ground.client_of(auditor).post(reverse("jobs:rerun", args=[job.pk]))

    job.refresh_from_db()
    assert (answer.status_code, job.state) == (403, "parked")


def test_work_that_was_done_meanwhile_cannot_be_cancelled() -> None:
    operator = ground.user(Role.SYSTEM_OPERATOR, ground.province())
    job = ordered(at=ground.county())
    held = jobs.claim(job_id=job.pk, at=NOW)
    assert held is not None
    jobs.finish(job=held, result={"url": "//evil.example"}, at=NOW)

    client = ground.client_of(operator)
    client.post(reverse("jobs:cancel", args=[job.pk]))
    page = client.get(reverse("jobs:job", args=[job.pk])).content.decode()

    job.refresh_from_db()
    assert job.state == "done"
    assert "evil.example" not in page

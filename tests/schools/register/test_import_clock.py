"""What the clock does to imports, and what happens to a sheet between its check and its writing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import jobs, photos
from logistics_portal.records.models import Attachment, AuditRow, Parameter
from schools.register import sheets, tasks
from schools.register.models import ImportFile, School
from schools.register.rules.handing_in import STEPS, Limits, State, after, needs_head
from schools.register.services import clock, imports
from tests.factories import ground
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
MOMENT = timedelta(seconds=1)
HEAD = "学校代码,学校名称,主管单位,学校类型"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk():
    return ground.user("office_clerk", ground.county())


@pytest.fixture
def head():
    return ground.user("office_head", ground.county())


def upload(by, *lines, at=NOW):
    content = "\n".join([HEAD, *(lines or ["2122000001,第一小学,南关区,小学"])]).encode()
    return imports.upload(upload=ContentFile(content, name="学校.csv"), unit=ground.county(), by=by, at=at)


def checked(by, *lines, at=NOW):
    return sheets.check(row=upload(by, *lines, at=at), at=at)


def is_there(file):
    return Path(photos.bytes_of(file)).is_file()


@pytest.mark.parametrize("step", ["check", "refuse", "match", "confirm", "reopen", "apply", "cancel"])
@pytest.mark.parametrize("state", State.values)
def test_only_the_written_steps_exist(step, state):
    if (step, state) in STEPS:
        assert after(step, state) == STEPS[step, State(state)]
    else:
        with pytest.raises(NotAllowed, match="不能这样办理"):
            after(step, state)


@pytest.mark.parametrize(
    ("figures", "asked"),
    [({"new": 50}, False), ({"new": 26, "changed": 25}, True), ({"guarded": 1, "changed": 1}, True), ({}, False)],
)
def test_the_head_is_asked_above_fifty_rows_or_for_guarded_facts(figures, asked):
    assert needs_head(figures, Limits()) is asked
    assert not needs_head({"new": 60}, Limits(head_above_rows=60))


@pytest.mark.parametrize(("waited", "state"), [(WEEK - MOMENT, "checked"), (WEEK, "cancelled")])
def test_a_sheet_nobody_confirms_is_given_up_after_seven_days(waited, state, clerk):
    row = checked(clerk)

    clock.give_up(at=NOW + waited)

    row.refresh_from_db()
    assert row.state == state
    assert AuditRow.objects.filter(verb="import.cancel", by=None, on_id=row.pk).exists() is (state == "cancelled")
    assert clock.give_up(at=NOW + waited) == 0


def test_the_days_of_waiting_are_a_parameter(clerk):
    row = checked(clerk)
    Parameter.objects.create(code="IMPORT_WAITS_DAYS", value="2", name="导入等待天数", valid_from=NOW.date())

    assert clock.give_up(at=NOW + timedelta(days=2)) == 1

    row.refresh_from_db()
    assert row.state == "cancelled"


def test_a_sheet_being_written_is_left_alone(clerk):
    row = imports.confirm(row=checked(clerk), by=clerk, at=NOW)
    jobs.order(kind=clock.WRITES, key=str(row.pk), payload={"import_id": row.pk}, unit=row.unit, by=clerk, at=NOW)

    assert clock.give_up(at=NOW + WEEK) == 0


def test_a_sheet_whose_writing_never_came_is_given_up(clerk):
    imports.confirm(row=checked(clerk), by=clerk, at=NOW)

    assert clock.give_up(at=NOW + WEEK) == 1


def test_settled_files_go_after_ninety_days_and_their_rows_stay(clerk):
    applied = checked(clerk)
    sheets.apply(row=imports.confirm(row=applied, by=clerk, at=NOW), by=clerk, at=NOW)
    wrong = checked(clerk, "2122000002,第二小学,没有县,小学")
    waiting = checked(clerk, "2122000003,第三小学,南关区,小学", at=NOW + QUARTER - MOMENT)

    before = clock.let_files_go(at=NOW + QUARTER - MOMENT)
    gone = clock.let_files_go(at=NOW + QUARTER)

    assert (before, gone) == (0, 3)
    wrong.refresh_from_db()
    assert not any(is_there(file) for file in (applied.file, wrong.file, wrong.error_file))
    assert is_there(waiting.file)
    assert ImportFile.objects.count() == 3
    assert Attachment.objects.filter(removed_at=NOW + QUARTER).count() == 3
    assert AuditRow.objects.filter(verb="import.let_files_go").count() == 2
    assert clock.let_files_go(at=NOW + QUARTER) == 0


def test_pages_of_a_sheet_whose_file_is_gone_still_open(clerk):
    row = checked(clerk, "2122000002,第二小学,没有县,小学")
    clock.let_files_go(at=NOW + QUARTER)
    browser = ground.client_of(clerk)

    page = browser.get(reverse("schools:import", args=[row.pk])).content.decode()
    matching = browser.get(reverse("schools:import-mapping", args=[row.pk]), follow=True)

    assert "已按保存期限清除" in page
    assert "下载退回的表格" not in page
    assert "请重新上传" in matching.content.decode()
    assert browser.get(reverse("schools:import-errors", args=[row.pk])).status_code == 404


def test_the_timetable_sweeps(clerk):
    checked(clerk, at=NOW - 2 * QUARTER)

    assert tasks.sweep_imports() == {"given_up": 1, "gone": 1}
    assert tasks.sweep_imports() == {"given_up": 0, "gone": 0}


@pytest.mark.parametrize("settle", ["wait", "apply"])
def test_the_very_same_file_is_not_taken_twice(settle, clerk, head):
    row = checked(clerk)
    if settle == "apply":
        sheets.apply(row=imports.confirm(row=row, by=clerk, at=NOW), by=clerk, at=NOW)

    with pytest.raises(NotAllowed, match="已经上传过"):
        upload(head)
    answer = ground.client_of(head).post(
        reverse("schools:import-upload"), {"file": ContentFile(photos.read_bytes(row.file), name="另名.csv")}
    )

    assert "没有重复导入" in answer.content.decode()
    assert AuditRow.objects.filter(outcome="refused", reason__contains="没有重复导入").exists()
    assert ImportFile.objects.count() == Attachment.objects.count() == 1


def test_a_file_put_aside_may_come_again(clerk):
    imports.cancel(row=checked(clerk), by=clerk, at=NOW)

    assert checked(clerk).state == "checked"


def test_the_database_holds_one_living_import_of_a_file(clerk):
    row = checked(clerk)
    twin = {"unit": row.unit, "file": row.file, "sha256": row.sha256, "by": clerk, "uploaded_at": NOW}

    with pytest.raises(IntegrityError), transaction.atomic():
        ImportFile.objects.create(kind="schools", **twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportFile.objects.filter(pk=row.pk).update(state="applied", applied_at=NOW)


def test_a_confirmed_sheet_is_not_changed_any_more(clerk, head):
    row = imports.confirm(row=checked(clerk), by=head, at=NOW)

    with pytest.raises(NotAllowed, match="已经确认"):
        imports.set_mapping(row=row, mapping={"name": "学校类型"}, by=clerk, at=NOW)
    with pytest.raises(NotAllowed, match="已经确认"):
        imports.cancel(row=row, by=clerk, at=NOW)


def test_a_register_that_changed_meanwhile_takes_the_confirmation_back(clerk):
    row = imports.confirm(row=checked(clerk), by=clerk, at=NOW)
    make.school(ground.neighbour(), code="2122000001", name="别县小学")

    with pytest.raises(NotAllowed, match="1 行有错"):
        sheets.apply(row=row, by=clerk, at=NOW)

    row.refresh_from_db()
    assert (row.state, row.confirmed_by) == ("refused", None)
    assert School.objects.count() == 1


def test_what_became_guarded_meanwhile_is_not_written_by_the_uploader_alone(clerk):
    row = imports.confirm(row=checked(clerk), by=clerk, at=NOW)
    make.school(ground.county(), code="2122000001", name="第一小学", kind="junior")

    with pytest.raises(NotAllowed, match="须由本单位负责人确认"):
        sheets.apply(row=row, by=clerk, at=NOW)

    row.refresh_from_db()
    assert (row.state, row.confirmed_by) == ("checked", None)
    assert School.objects.get().kind == "junior"


def test_the_page_tells_of_a_register_that_changed(clerk):
    row = checked(clerk)
    make.school(ground.neighbour(), code="2122000001", name="别县小学")

    answer = ground.client_of(clerk).post(reverse("schools:import-confirm", args=[row.pk]), follow=True)

    assert "1 行有错" in answer.content.decode()
    assert School.objects.count() == 1

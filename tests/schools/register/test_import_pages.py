"""Pages of imports: upload, dry run, headings by hand, confirmation, the sheet handed back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from logistics_portal.records.models import Job
from logistics_portal.records.work import run_waiting
from schools.register import tasks
from schools.register.models import ImportFile, School
from tests.factories import ground

pytestmark = pytest.mark.django_db
HEAD = "学校代码,学校名称,主管单位,学校类型"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk():
    return ground.client_of(ground.user("office_clerk", ground.county()))


@pytest.fixture
def head():
    return ground.client_of(ground.user("office_head", ground.county()))


def sheet(*lines, heading=HEAD):
    return SimpleUploadedFile("学校.csv", "\n".join([heading, *lines]).encode())


def rows(number):
    return [f"21220{n:05d},第{n}小学,南关区,小学" for n in range(number)]


def upload(client, *lines, **more):
    client.post(reverse("schools:import-upload"), {"file": sheet(*lines, **more)})
    return ImportFile.objects.latest("pk")


def test_a_small_sheet_is_checked_and_confirmed_by_its_uploader(clerk):
    row = upload(clerk, *rows(2))
    page = clerk.get(reverse("schools:import", args=[row.pk])).content.decode()

    clerk.post(reverse("schools:import-confirm", args=[row.pk]))

    assert "确认导入" in page
    assert School.objects.count() == 2
    assert "已于" in clerk.get(reverse("schools:import", args=[row.pk])).content.decode()


def test_the_second_import_says_that_nothing_changes(clerk):
    clerk.post(reverse("schools:import-confirm", args=[upload(clerk, *rows(2)).pk]))
    again = upload(clerk, *rows(2), heading=f"{HEAD},备注")

    assert "完全相同" in clerk.get(reverse("schools:import", args=[again.pk])).content.decode()


def test_a_wrong_row_stops_everything_and_the_sheet_comes_back(clerk):
    row = upload(clerk, *rows(1), "2122099999,某小学,没有县,小学")

    page = clerk.get(reverse("schools:import", args=[row.pk])).content.decode()
    back = clerk.get(reverse("schools:import-errors", args=[row.pk]))
    clerk.post(reverse("schools:import-confirm", args=[row.pk]))

    assert "一行也没有写入" in page
    assert reverse("schools:import-upload") in page.split("<main")[1]
    assert b"".join(back.streaming_content).startswith(b"PK")
    assert not School.objects.exists()


def test_a_big_sheet_waits_for_the_head_and_is_written_in_the_background(clerk, head):
    row = upload(clerk, *rows(501))

    assert clerk.post(reverse("schools:import-confirm", args=[row.pk])).status_code == 403
    head.post(reverse("schools:import-confirm", args=[row.pk]))
    waiting = head.get(reverse("schools:import", args=[row.pk]))
    part = head.get(reverse("schools:import-progress", args=[row.pk]))
    run_waiting()

    row.refresh_from_db()
    assert (waiting.status_code, part.status_code) == (200, 200)
    assert School.objects.count() == 501
    assert (row.state, Job.objects.get().state) == ("applied", "done")
    assert tasks.apply_import(None, import_id=row.pk)["new"] == 501


def test_headings_nobody_knows_are_matched_by_hand(clerk):
    row = upload(clerk, "甲,2122000001,南关区,小学", heading="单位全名,编号,归谁管,什么学校")
    url = reverse("schools:import-mapping", args=[row.pk])

    assert "没有找到这些列" in clerk.get(reverse("schools:import", args=[row.pk])).content.decode()
    assert "归谁管" in clerk.get(url).content.decode()
    chosen = {"name": "单位全名", "code": "编号", "unit": "归谁管", "kind": "什么学校"}
    clerk.post(url, chosen)

    row.refresh_from_db()
    assert row.state == "checked"
    assert row.figures["new"] == 1
    twice = clerk.post(url, chosen | {"city": "归谁管"}).content.decode()
    assert "被选了两次" in twice


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"%PDF-1.4 not a sheet", b"PK\x03\x04broken", "只有一行".encode()]
)
def test_what_is_no_sheet_is_refused_with_a_sentence(clerk, content):
    answer = clerk.post(reverse("schools:import-upload"), {"file": SimpleUploadedFile("a.xlsx", content)}, follow=True)

    assert answer.status_code == 200
    assert not School.objects.exists()


def test_the_template_is_handed_out(clerk):
    assert clerk.get(reverse("schools:import-template")).content.startswith(b"PK")


def test_a_school_does_not_import(clerk):
    officer = ground.client_of(ground.user("logistics_officer", ground.school_unit()))

    assert officer.get(reverse("schools:import-upload")).status_code == 403


def test_the_neighbour_finds_no_such_import(clerk):
    row = upload(clerk, *rows(1))
    neighbour = ground.client_of(ground.user("office_head", ground.neighbour()))

    for name in ("import", "import-mapping", "import-errors", "import-progress"):
        assert neighbour.get(reverse(f"schools:{name}", args=[row.pk])).status_code == 404
    for name in ("import-confirm", "import-cancel"):
        assert neighbour.post(reverse(f"schools:{name}", args=[row.pk])).status_code == 404


def test_a_sheet_is_put_aside_by_its_uploader_alone(clerk, head):
    row = upload(clerk, *rows(1))

    assert head.post(reverse("schools:import-cancel", args=[row.pk])).status_code == 403
    clerk.post(reverse("schools:import-cancel", args=[row.pk]))

    row.refresh_from_db()
    assert row.state == "cancelled"
    assert "学校.csv" in clerk.get(reverse("schools:imports")).content.decode()

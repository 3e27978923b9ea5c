"""Each bureau gets one report a period, frozen once issued."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.management import call_command
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from inspections.reports import services, words
from inspections.reports.models import Report
from inspections.reports.rules import parse
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import Job, Notice
from logistics_portal.records.photos import read_bytes
from schools.register.models import Place
from tests.factories import ground, inspections, schools

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


@pytest.fixture
def county():
    return ground.county("222403", "敦化市")


@pytest.fixture
def place(county):
    call_command("load_terms", verbosity=0)
    inspections.parameters()
    place = schools.campus(schools.school(county, name="官地镇<中心>小学 & 附小"))
    place.checked_from = date(2026, 10, 1)
    place.save()
    return place


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def october(county):
    services.order(period=parse("2026-10"), units=[county], at=NOW)
    return Report.objects.get(unit=county, period="2026-10", version=1)


def test_a_month_is_counted_from_its_slots(county, place):
    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    version = inspections.version("campus_daily")
    inspections.check(place, author, date(2026, 10, 12), version)
    inspections.check(place, author, date(2026, 10, 13), version, timeliness="late")
    inspections.missed(place, date(2026, 10, 14), version)

    report = services.write(report=october(county), at=NOW)

    total = report.figures["total"]
    assert (total["timely"], total["late"], total["missed"]) == (1, 1, 1)
    assert total["required"] >= 3
    assert [row["name"] for row in report.figures["by_school"]] == ["官地镇<中心>小学 & 附小"]


def test_the_papers_open_elsewhere_and_say_the_same(county, place):
    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    inspections.check(place, author, date(2026, 10, 12), inspections.version("campus_daily"))

    report = services.write(report=october(county), at=NOW)

    paper = Document(BytesIO(read_bytes(report.docx)))
    texts = [paragraph.text for paragraph in paper.paragraphs]
    book = CalamineWorkbook.from_filelike(BytesIO(read_bytes(report.xlsx)))
    rows = book.get_sheet_by_name("各学校").to_python()
    assert "敦化市学校后勤工作月报（2026年10月）" in texts
    assert any("2026年10月1日至2026年10月31日" in text for text in texts)
    assert rows[1][1] == "官地镇<中心>小学 & 附小"
    assert rows[1][3] == report.figures["by_school"][0]["required"]


def test_the_headings_of_a_report_are_words_own_in_the_fonts_of_official_documents(county, place):
    report = services.write(report=october(county), at=NOW)

    paper = Document(BytesIO(read_bytes(report.docx)))

    heads = [(it.style.name, it.text) for it in paper.paragraphs if it.style.name.startswith("Heading")]
    assert heads[0] == ("Heading 1", "敦化市学校后勤工作月报（2026年10月）")
    assert [name for name, _ in heads[1:]] == ["Heading 2"] * 5
    assert heads[1][1] == "一、总体情况"
    for level, font in ((1, "方正小标宋_GBK"), (2, "黑体")):
        fonts = paper.styles[f"Heading {level}"].element.rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia")} == {font}
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_a_rate_is_a_number_shown_in_percent(county, place):
    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    inspections.check(place, author, date(2026, 10, 12), inspections.version("campus_daily"))

    report = services.write(report=october(county), at=NOW)

    sheet = load_workbook(BytesIO(read_bytes(report.xlsx)))["各学校"]
    cell = sheet.cell(2, 1 + [head.value for head in sheet[1]].index("完成率"))
    assert cell.number_format == "0.00%"
    assert cell.value == pytest.approx(float(words.completion(report.figures["by_school"][0])[:-1]) / 100)


def test_the_page_follows_the_standard_of_official_documents(county, place):
    report = services.write(report=october(county), at=NOW)

    section = Document(BytesIO(read_bytes(report.docx))).sections[0]
    assert [round(edge.mm) for edge in (section.top_margin, section.left_margin)] == [37, 28]
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]


def test_two_schedulers_order_one_report(county, place):
    first = services.order_due(at=NOW)
    second = services.order_due(at=NOW)

    assert (first > 0, second) == (True, 0)
    assert Report.objects.filter(unit=county, kind="monthly").count() == 1
    assert Job.objects.filter(kind=services.TASK).count() == Report.objects.count()


def test_what_was_missed_while_nothing_ran_is_caught_up(county, place):
    services.order_due(at=NOW)

    later = services.order_due(at=NOW + timedelta(days=65))

    months = Report.objects.filter(unit=county, kind="monthly").order_by("period").values_list("period", flat=True)
    assert later > 0
    assert list(months) == ["2026-10", "2026-11", "2026-12"]


def test_writing_twice_writes_once(county, place):
    report = services.write(report=october(county), at=NOW)

    again = services.write(report=report, at=NOW + timedelta(hours=1))

    assert again.issued_at == report.issued_at
    assert again.docx_id == report.docx_id


def test_an_issued_report_no_longer_moves_with_the_rows(county, place):
    report = services.write(report=october(county), at=NOW)
    frozen = report.figures

    author = ground.user(Role.LOGISTICS_OFFICER, place.school.unit)
    inspections.check(place, author, date(2026, 10, 12), inspections.version("campus_daily"))

    report.refresh_from_db()
    assert report.figures == frozen
    assert report.figures_hash == services.fingerprint(frozen)


def test_a_correction_is_a_new_version_with_a_reason(county, place):
    admin = ground.user(Role.OFFICE_HEAD, ground.province())
    report = services.write(report=october(county), at=NOW)

    new = services.write(report=services.reissue(report=report, reason="补正漏报", by=admin, at=NOW), at=NOW)

    report.refresh_from_db()
    assert (report.state, new.state, new.version) == ("superseded", "issued", 2)


def test_a_report_that_was_not_issued_cannot_be_corrected(county, place):
    admin = ground.user(Role.OFFICE_HEAD, ground.province())

    with pytest.raises(NotAllowed):
        services.reissue(report=october(county), reason="补正", by=admin, at=NOW)


def test_the_bureau_is_told(county, place):
    clerk = ground.user(Role.OFFICE_CLERK, county)

    services.write(report=october(county), at=NOW)

    assert Notice.objects.get(to=clerk).title == "敦化市学校后勤工作月报（2026年10月）"


def test_the_worker_writes_what_was_ordered(county, place, do_jobs, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        services.order(period=parse("2026-W43"), units=[county], at=NOW)

    do_jobs()

    assert Report.objects.get(unit=county).state == "issued"
    assert place.kind == Place.Kind.CAMPUS


def test_a_veto_is_told_in_words_with_its_code_behind():
    assert words.trigger_names(["T1", "T5"]) == "一般及以上事故且负同等及以上责任（T1）；瞒报、谎报（T5）"

"""Sheets of schools as offices send them: read, refused with a sentence, written whole or not at all."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from logistics_portal.accounts.models import Unit, UnitPeriod
from logistics_portal.kit.dates import SHANGHAI
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records.models import AuditRow
from schools.register import sheets
from schools.register.models import ImportFile, School
from schools.register.services import imports
from tests.factories import ground
from tests.factories import schools as make

NOW = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
HEAD = ["学校代码", "学校名称", "主管单位", "学校类型", "寄宿制", "供餐", "在校生数", "建校日期"]
ROW = ["2122000001", "实验小学", "敦化市", "小学", "否", "是", "600", "1956-09-01"]
REAL = Path(__file__).parents[4] / "shared/data/schools"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def units(db):
    province = ground.province()
    ground.unit("220500", parent=province, kind=Unit.Kind.CITY, name="通化市")
    ground.unit("220600", parent=province, kind=Unit.Kind.CITY, name="白山市")
    ground.unit("220200", parent=province, kind=Unit.Kind.CITY, name="吉林市")
    yanbian = ground.unit("222400", parent=province, kind=Unit.Kind.CITY, name="延边朝鲜族自治州")
    ground.unit("222403", parent=yanbian, name="敦化市")
    ground.county("220521", "通化县")
    ground.county("220623", "长白朝鲜族自治县")
    ground.county("220721", "前郭尔罗斯蒙古族自治县")
    ground.county("220781", "扶余市")
    ground.unit("L220070", parent=province, kind=Unit.Kind.SPECIAL_COMMITTEE, name="长白山保护开发区管理委员会")
    ground.unit("220171", parent=ground.city(), kind=Unit.Kind.FUNCTIONAL_ZONE, name="长春经开区", switched_on=False)
    ground.unit("220699", parent=ground.city("220600"), name="八道县", until_date=date(2015, 1, 1))
    fuyu = Unit.objects.get(code="220781")
    fuyu.periods.update(from_date=date(2013, 1, 2))
    UnitPeriod.objects.create(
        unit=fuyu, from_date=date(2009, 1, 1), until_date=date(2013, 1, 1), code="220724", name="扶余县", kind="county"
    )
    return province


def as_csv(*rows, head=HEAD, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(*rows, merge=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for block in merge:
        book.active.merge_cells(block)
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


def planned(content, name="学校.csv", unit=None):
    return sheets.plan_for(sheets.read(content, name), unit or ground.province(), NOW)


def with_cell(place, value):
    row = list(ROW)
    row[HEAD.index(place)] = value
    return row


@pytest.mark.parametrize(
    ("place", "cell", "fact", "expected"),
    [
        ("寄宿制", "√", "is_boarding", True),
        ("寄宿制", "×", "is_boarding", False),
        ("寄宿制", "是", "is_boarding", True),
        ("寄宿制", "—", "is_boarding", None),
        ("在校生数", "１２００人", "pupils", 1200),
        ("在校生数", "1,200", "pupils", 1200),
        ("在校生数", "600.0", "pupils", 600),
        ("建校日期", "2009.4.25", "opened_date", date(2009, 4, 25)),
        ("建校日期", "二〇〇九年", "opened_date", date(2009, 1, 1)),
        ("建校日期", "1956年", "opened_date", date(1956, 1, 1)),
        ("建校日期", "39928", "opened_date", date(2009, 4, 25)),
        ("学校名称", "　实验　小学\u200b", "name", "实验 小学"),
        ("学校类型", "九年一贯制", "kind", "nine_year"),
        ("学校类型", "中学", "kind", "primary"),
    ],
)
def test_a_cell_is_read_as_it_is_meant(units, place, cell, fact, expected):
    found = planned(as_csv(with_cell(place, cell)))

    assert found.errors == {}
    assert found.new[0].facts.get(fact) == expected


@pytest.mark.parametrize(
    ("place", "cell", "word"),
    [
        ("学校代码", "2.122E+09", "科学记数"),
        ("学校代码", "22000001", "前面的 0"),
        ("学校代码", "2122-00001", "数字或字母"),
        ("学校名称", "", "名称没有填"),
        ("学校名称", "长" * 81, "最多 80"),
        ("主管单位", "不存在县", "没有名为"),
        ("主管单位", "长白", "可能是"),
        ("主管单位", "八道县", "已撤销"),
        ("主管单位", "长春经开区", "未启用"),
        ("学校类型", "幼儿园", "不在登记范围"),
        ("学校类型", "补习班", "不是学校类型"),
        ("寄宿制", "也许", "请填“是”或“否”"),
        ("在校生数", "约六百", "请填整数"),
        ("在校生数", "-5", "不合理"),
        ("在校生数", "999999", "不合理"),
        ("建校日期", "4月25日", "日期应写成"),
        ("建校日期", "2030-01-01", "不合理"),
        ("建校日期", "1066-01-01", "不合理"),
    ],
)
def test_a_cell_that_means_nothing_is_refused_with_a_sentence(units, place, cell, word):
    found = planned(as_csv(with_cell(place, cell)))

    assert word in "".join(found.errors[2])
    with pytest.raises(NotAllowed, match="一行也没有写入"):
        imports.apply(plan=found, by=None, at=NOW)
    assert not School.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("通化市", "220500"),
        ("通化县", "220521"),
        ("长白县", "220623"),
        ("长白山管委会", "L220070"),
        ("长白朝鲜族自治县", "220623"),
        ("前郭县", "220721"),
        ("前郭", "220721"),
        ("敦化市教育局", "222403"),
        ("延边州", "222400"),
        ("扶余县", "220781"),
        ("吉林市", "220200"),
        ("吉林省教育局", "220000"),
    ],
)
def test_a_bureau_is_known_by_its_names(units, text, code):
    found = planned(as_csv(with_cell("主管单位", text)))

    assert found.errors == {}
    assert found.new[0].region.code == code


def test_a_code_of_old_is_known_and_a_wrong_pair_is_refused(units):
    head = ["学校名称", "主管单位", "主管单位代码", "类型"]

    good = planned(as_csv(["一中", "扶余县", "220724", "初中"], ["二中", "", "220781000000", "初中"], head=head))
    bad = planned(as_csv(["一中", "敦化市", "220781", "初中"], head=head))

    assert [line.region.code for line in good.new] == ["220781", "220781"]
    assert "不一致" in bad.errors[2][0]


def test_a_title_a_two_row_header_a_merged_county_and_a_total_are_understood(units):
    content = as_xlsx(
        ["2026年学校基本情况统计表", None, None, None, None],
        ["县（市、区）", "学校", None, "在校生（人）", "备注"],
        [None, "学校名称", "类型", None, None],
        ["敦化市", "实验小学", "小学", 600, None],
        [None, "第二小学", "小学", 500, None],
        ["通化县", "一中", "初中", 900, None],
        ["合计", None, None, 2000, None],
        ["备注：以上为十月数据", None, None, None, None],
        merge=("A1:E1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "A4:A5"),
    )

    found = planned(content, "统计表.xlsx")

    assert found.errors == {}
    assert [(line.region.name, line.facts["name"], line.facts["pupils"]) for line in found.new] == [
        ("敦化市", "实验小学", 600),
        ("敦化市", "第二小学", 500),
        ("通化县", "一中", 900),
    ]


def test_a_county_written_once_for_its_group_is_carried_down_and_told(units):
    rows = [["敦化市", "实验小学", "小学"], ["", "第二小学", "小学"], ["通化县", "一中", "初中"]]

    found = planned(as_csv(*rows, head=["县区", "学校名称", "类型"]))

    assert [line.region.name for line in found.new] == ["敦化市", "敦化市", "通化县"]
    assert found.figures["carried"] == 1


def test_doubles_in_a_file_are_refused_on_both_lines(units):
    by_code = planned(as_csv(ROW, with_cell("学校名称", "另一所")))
    by_name = planned(as_csv(with_cell("学校代码", ""), with_cell("学校代码", "")))

    assert set(by_code.errors) == {2, 3}
    assert set(by_name.errors) == {2, 3}


def test_a_gb18030_file_is_read_as_well(units):
    assert planned(as_csv(ROW, encoding="gb18030")).new[0].facts["name"] == "实验小学"


def test_a_new_school_stands_with_unit_period_flags_and_a_trail(units):
    imports.apply(plan=planned(as_csv(ROW, ["", "无码小学", *ROW[2:]])), by=None, at=NOW)

    school = School.objects.get(code="2122000001")
    assert school.unit.path == "220000/222400/222403/2122000001/"
    assert school.unit.periods.get().parent.code == "222403"
    assert school.traits.count() == 4
    assert AuditRow.objects.filter(verb="school.import", on_id=school.pk).exists()
    assert School.objects.get(name="无码小学").code == "T2224030001"


def test_the_same_file_again_changes_nothing(units):
    content = as_csv(ROW, ["", "无码小学", *ROW[2:]], ["", "某某中学", "敦化市", "中学", "", "", "", ""])
    imports.apply(plan=planned(content), by=None, at=NOW)

    again = planned(content)
    imports.apply(plan=again, by=None, at=NOW)

    assert again.figures["same"] == 3
    assert not again.new
    assert not again.changed
    assert School.objects.count() == 3


def test_what_differs_is_changed_and_empty_cells_erase_nothing(units):
    imports.apply(plan=planned(as_csv(ROW)), by=None, at=NOW)
    changed = ["2122000001", "实验学校", "敦化市", "九年一贯制", "是", "", "700", ""]

    found = planned(as_csv(changed))
    imports.apply(plan=found, by=None, at=NOW)

    school = School.objects.get()
    assert found.guarded == 1
    assert (school.name, school.kind, school.is_boarding, school.serves_meals) == ("实验学校", "nine_year", True, True)
    assert school.unit.name == "实验学校"
    assert school.traits.filter(flag="boarding").count() == 2


def test_a_school_of_another_bureau_or_a_closed_one_is_refused(units):
    imports.apply(plan=planned(as_csv(ROW)), by=None, at=NOW)
    moved = planned(as_csv(with_cell("主管单位", "通化县")))
    School.objects.update(closed_date=date(2026, 8, 31))
    closed = planned(as_csv(ROW))

    assert "其他单位主管" in moved.errors[2][0]
    assert "已撤并" in closed.errors[2][0]


def test_a_county_imports_only_below_itself(units):
    found = planned(as_csv(ROW), unit=Unit.objects.get(code="220521"))

    assert "不在本单位" in found.errors[2][0]


def test_the_sheet_comes_back_with_one_more_column_and_is_read_again(units):
    by = ground.user()
    upload = ContentFile(as_csv(ROW, with_cell("主管单位", "没有县")), name="学校.csv")
    row = imports.upload(upload=upload, unit=ground.province(), by=by, at=NOW)

    row = sheets.check(row=row, at=NOW)

    assert row.state == ImportFile.State.REFUSED
    back = sheets.photos.read_bytes(row.error_file)
    lines = list(openpyxl.load_workbook(io.BytesIO(back)).active.values)
    assert lines[0] == (*HEAD, "错误说明")
    assert "没有名为" in lines[2][-1]
    assert not lines[1][-1]
    assert set(sheets.plan_for(sheets.read(back, "b.xlsx"), ground.province(), NOW).errors) == {3}


def test_more_than_fifty_rows_are_confirmed_by_another_person(units):
    clerk, head = ground.user(), ground.user()
    rows = [[f"21220{number:05d}", f"第{number}小学", *ROW[2:]] for number in range(51)]
    row = imports.upload(upload=ContentFile(as_csv(*rows), name="a.csv"), unit=units, by=clerk, at=NOW)
    row = sheets.check(row=row, at=NOW)

    with pytest.raises(NotAllowed, match="上传人不能自己确认"):
        imports.confirm(row=row, by=clerk, at=NOW)
    sheets.apply(row=imports.confirm(row=row, by=head, at=NOW), by=head, at=NOW)

    assert School.objects.count() == 51
    with pytest.raises(NotAllowed, match="已导入"):
        sheets.apply(row=row, by=head, at=NOW)


def test_the_template_is_read_by_the_importer_and_its_example_is_no_row(units):
    with pytest.raises(NotAllowed, match="没有数据行"):
        sheets.read(sheets.template(), "模板.xlsx")


def test_many_rows_are_written_by_the_hundred(units, django_assert_max_num_queries):
    rows = [[f"21220{number:05d}", f"第{number}小学", *ROW[2:]] for number in range(600)]

    with django_assert_max_num_queries(70):
        imports.apply(plan=planned(as_csv(*rows)), by=None, at=NOW)

    assert School.objects.count() == 600


def test_the_command_writes_tells_and_refuses(units, tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(as_csv(ROW))
    bad.write_bytes(as_csv(with_cell("主管单位", "没有县")))

    call_command("import_schools", good, "--dry-run")
    assert not School.objects.exists()
    call_command("import_schools", good)
    call_command("import_schools", good)

    assert School.objects.count() == 1
    assert "nothing to change" in capsys.readouterr().out
    with pytest.raises(CommandError, match="有 1 行有错"):
        call_command("import_schools", bad, "--errors", tmp_path / "back.xlsx")
    assert (tmp_path / "back.xlsx").exists()
    with pytest.raises(CommandError):
        call_command("import_schools", tmp_path / "nothing.csv")


@pytest.mark.shared_data
@pytest.mark.skipif(not REAL.exists(), reason="the real data are not beside this repository")
@pytest.mark.parametrize("name", ["jilin_schools_facts.csv", "jilin_schools_facts_gbk.csv"])
def test_a_real_list_of_schools_is_read_and_its_doubtful_rows_come_back(name, tmp_path, db):
    for code, county in {(row["county_code_2024"], row["county_2019"]) for row in _real_rows()}:
        ground.county(code, county)

    found = planned((REAL / name).read_bytes(), name)
    again = _without(found.errors)
    imports.apply(plan=planned(again, "good.csv"), by=None, at=NOW)

    assert 1 <= len(found.errors) <= 40
    assert len(found.new) + len(found.errors) == 515
    assert School.objects.count() == len(found.new)
    assert planned(again, "good.csv").figures["same"] == len(found.new)


def _real_rows():
    with (REAL / "jilin_schools_facts.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _without(numbers):
    rows = [list(row.values()) for row in _real_rows()]
    kept = [row for line, row in enumerate(rows, start=2) if line not in numbers]
    return as_csv(*kept, head=list(_real_rows()[0]))


def test_a_wrongly_named_school_is_found_by_the_neighbours_code(units):
    make.school(ground.county("220521", "通化县"), code="2122000001")

    found = planned(as_csv(ROW), unit=Unit.objects.get(code="222400"))

    assert "其他单位主管" in found.errors[2][0]

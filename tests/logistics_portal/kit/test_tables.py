"""Lists: filters, order, pages and files show one and the same view."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import RequestFactory
from django_filters import BooleanFilter, CharFilter, ChoiceFilter
from openpyxl import load_workbook

from logistics_portal.accounts.models import Unit
from logistics_portal.kit import tables
from logistics_portal.kit.paging import CappedPaginator, capped_count, count_words, page_of
from logistics_portal.kit.tables import BadgeColumn, Column, DayColumn, PortalFilter, PortalTable, table_page
from tests.factories import ground as make


class UnitTable(PortalTable):
    """Some units."""

    caption = "机构"
    phone = ("name", "kind")

    name = Column(verbose_name="名称")
    kind = BadgeColumn({"county": "info"}, verbose_name="类别", accessor="get_kind_display", order_by="kind")
    from_date = DayColumn(verbose_name="设立日期")

    class Meta(PortalTable.Meta):
        order_by = "from_date"


class UnitFilter(PortalFilter):
    """What units can be narrowed by."""

    name = CharFilter(label="名称", lookup_expr="contains")
    kind = ChoiceFilter(label="类别", choices=Unit.Kind.choices)
    first = ("name",)


def ask(query: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/units/{query}")
    request.user = AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def show(query: str = "") -> str:
    rows = Unit.objects.filter(kind=Unit.Kind.SCHOOL)
    answer = table_page(ask(query), UnitTable, rows, template="components/list.html", filterset=UnitFilter)
    return answer.content.decode()


def saved(query: str) -> bytes:
    rows = Unit.objects.filter(kind=Unit.Kind.SCHOOL)
    answer = table_page(ask(query), UnitTable, rows, template="components/list.html", filterset=UnitFilter)
    body = b"".join(answer)
    answer.close()
    return body


@pytest.fixture
def schools(db: None) -> list[Unit]:
    return [make.school_unit(name=f"第{number:02d}小学") for number in range(60)]


def test_a_list_shows_fifty_rows_and_tells_how_many_there_are(schools: list[Unit]) -> None:
    first, second = show(), show("?page=2")

    assert "共 60 条" in first
    assert first.count("<tr>") == 51
    assert second.count("<tr>") == 11


def test_rows_of_equal_rank_never_change_places_between_pages(schools: list[Unit]) -> None:
    first, second = show("?sort=from_date"), show("?sort=from_date&page=2")

    shown = [school.name for school in schools if school.name in first or school.name in second]
    assert len(shown) == 60
    assert not [school.name for school in schools if school.name in first and school.name in second]


def test_the_address_sorts_and_filters(schools: list[Unit]) -> None:
    html = show("?name=第0&sort=-name")

    assert "共 10 条" in html
    assert "已筛选" in html
    assert html.index("第09小学") < html.index("第00小学")


def test_a_filter_without_rows_offers_to_clear_it(schools: list[Unit]) -> None:
    html = show("?name=不存在的学校")

    assert "没有符合条件的记录" in html
    assert "清除筛选" in html


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=abc", "?page=" + "9" * 4999, "?sort=nonsense"])
def test_an_odd_address_still_shows_a_page(schools: list[Unit], query: str) -> None:
    html = show(query)

    assert "共 60 条" in html


@pytest.mark.parametrize("query", ["?kind=volcano", "?name=%00"])
def test_a_filter_that_makes_no_sense_lets_nothing_through_and_says_why(schools: list[Unit], query: str) -> None:
    html = show(query)

    assert "共 0 条" in html
    assert "errorlist" in html


def test_a_list_costs_two_queries_however_long_it_is(schools: list[Unit], django_assert_num_queries: object) -> None:
    show()

    with django_assert_num_queries(2):  # type: ignore[operator]
        html = show("?page=2")

    assert "第 2 / 2 页" in html


def test_a_spreadsheet_holds_exactly_this_view(schools: list[Unit]) -> None:
    sheet = load_workbook(io.BytesIO(saved("?export=xlsx&name=第0&sort=-name"))).active

    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("名称", "类别", "设立日期")
    assert [row[0] for row in rows[1:]] == [f"第0{number}小学" for number in range(9, -1, -1)]
    assert rows[1][2].isoformat() == "2009-01-01T00:00:00"


def test_a_text_file_holds_all_pages(schools: list[Unit]) -> None:
    text = saved("?export=csv").decode("utf-8-sig")

    assert len(text.splitlines()) == 61
    assert text.splitlines()[1] == "第00小学,学校,2009-01-01"


def test_too_long_a_file_is_refused_with_a_sentence(schools: list[Unit], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "EXPORT_LIMIT", 59)
    request = ask("?export=csv&name=小学")

    answer = table_page(request, UnitTable, Unit.objects.all(), template="components/list.html")

    assert answer.status_code == 302
    assert answer["Location"] == "?name=%E5%B0%8F%E5%AD%A6"
    assert "最多导出" in str(next(iter(request._messages)))  # type: ignore[attr-defined]


def test_a_phone_shows_only_the_columns_named_for_it(schools: list[Unit]) -> None:
    html = show()

    assert 'data-label="设立日期" class="nowrap hide-phone"' in html
    assert 'data-label="名称"' in html


def test_counting_stops_one_past_the_limit(schools: list[Unit]) -> None:
    rows = Unit.objects.filter(kind=Unit.Kind.SCHOOL)

    assert capped_count(rows, 59) == 60
    assert count_words(60, 59).startswith("超过 59 条")


def test_pages_never_hold_more_than_fifty_rows() -> None:
    paginator = CappedPaginator(list(range(500)), 1000, seen=500)

    assert paginator.per_page == 50
    assert len(page_of(list(range(70)), "2").object_list) == 20


class SwitchFilter(PortalFilter):
    """A yes-or-no filter."""

    on = BooleanFilter(label="启用", field_name="switched_on")


@pytest.mark.parametrize(("query", "count"), [("", 60), ("?on=true", 60), ("?on=false", 0)])
def test_a_yes_or_no_filter_offers_all_yes_and_no(schools: list[Unit], query: str, count: int) -> None:
    rows = Unit.objects.filter(kind=Unit.Kind.SCHOOL)

    html = table_page(
        ask(query), UnitTable, rows, template="components/list.html", filterset=SwitchFilter
    ).content.decode()

    assert f"共 {count} 条" in html
    assert ">全部</option>" in html
    assert "未知" not in html

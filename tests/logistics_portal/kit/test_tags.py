"""The components of a page write what they promise."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy

from logistics_portal.kit.components import Chart, Event, Figure, Series
from logistics_portal.kit.forms import DayField, PhotosField, PortalForm, ReasonForm, WholeNumber


def render(text: str, **context: object) -> str:
    return engines["django"].from_string(text).render(context, RequestFactory().get("/here/?a=1&b=2"))


class MealForm(PortalForm):
    """A small form."""

    price = WholeNumber(label="餐费", unit="元")
    day = DayField(label="日期", required=False)
    own = forms.BooleanField(label="自营", required=False)


def test_a_badge_says_its_state_by_icon_word_and_colour() -> None:
    html = render('{% badge "bad" "超期" %}')

    assert 'class="badge badge--bad"' in html
    assert "#alert-circle" in html
    assert "超期" in html


def test_only_the_veto_writes_its_word() -> None:
    html = render('{% badge "veto" "别的" %}')

    assert "一票否决" in html
    assert "别的" not in html


def test_what_people_typed_is_never_taken_for_html() -> None:
    html = render('{% card title=name %}{{ name }}{% endcard %}{% badge "idle" name %}', name="<script>x</script>")

    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 3


def test_a_card_keeps_the_html_of_its_body() -> None:
    html = render('{% card title="事实" flush=True %}<b>是</b>{% endcard %}')

    assert "<b>是</b>" in html
    assert "<h2>事实</h2>" in html


def test_a_page_head_without_buttons_has_no_empty_box() -> None:
    html = render('{% page_head title="校历" %}   {% endpage_head %}')

    assert "<h1>校历</h1>" in html
    assert "page-head__actions" not in html


def test_the_address_can_be_changed_in_part() -> None:
    html = render('{% here_with b="" page=3 %}')

    assert html == "?a=1&amp;page=3"


def test_days_and_moments_are_those_of_shanghai() -> None:
    late = datetime(2026, 3, 4, 17, 5, tzinfo=UTC)

    html = render("{{ at|day }} {{ at|moment }} {{ at|clock }} {{ on|prose_day }}", at=late, on=date(2026, 3, 5))

    assert html == "2026-03-05 2026-03-05 01:05 01:05 2026年3月5日"


def test_a_day_reads_in_english_too() -> None:
    with translation.override("en"):
        html = render("{{ on|prose_day }}", on=date(2026, 3, 5))

    assert html == "5 Mar 2026"


@pytest.mark.parametrize(("part", "whole", "words"), [(1, 3, "33.3%"), (2, 3, "66.7%"), (0, 0, "—"), (5, 5, "100.0%")])
def test_a_share_is_rounded_half_up(part: int, whole: int, words: str) -> None:
    html = render("{% percent part whole %}", part=part, whole=whole)

    assert html == words


def test_a_field_has_label_unit_and_error_tied_to_it() -> None:
    html = render("{{ form }}", form=MealForm({"price": "-1"}))

    assert '<label class="field__label" for="id_price">餐费</label>' in html
    assert '<span class="field__unit">元</span>' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_price_error"' in html
    assert 'href="#id_price"' in html


def test_only_the_optional_is_marked() -> None:
    html = render("{{ form }}", form=MealForm())

    assert html.count("（选填）") == 1
    assert "还不能提交" not in html


def test_what_one_answer_asks_for_is_never_called_optional() -> None:
    class Answer(MealForm):
        asked_when = {"day": gettext_lazy("（退回时必填）")}

    html = render("{{ form }}", form=Answer())

    assert "（退回时必填）" in html
    assert "（选填）" not in html


def test_a_day_is_asked_as_a_day() -> None:
    html = str(MealForm({"price": 1, "day": "2026-03-05"})["day"])

    assert 'type="date"' in html
    assert 'value="2026-03-05"' in html


@pytest.mark.parametrize("reason", ["", "   ", "短", "有\x00字的理由"])
def test_a_reason_must_be_given(reason: str) -> None:
    assert not ReasonForm({"reason": reason}).is_valid()


def test_photos_may_not_be_too_many() -> None:
    field = PhotosField(label="照片", most=1, required=False)

    with pytest.raises(forms.ValidationError, match="最多 1 张"):
        field.clean([object(), object()])


def test_key_figures_lead_to_their_rows() -> None:
    html = render(
        '{% include "components/figures.html" with figures=figures only %}',
        figures=[Figure("漏检", 9, "其中寄宿制 3 所", "bad", "/missed/")],
    )

    assert '<a class="figures__value tone-bad" href="/missed/">9' in html


def test_a_timeline_tells_who_on_which_post_and_why() -> None:
    event = Event(
        datetime(2026, 3, 5, 4, 0, tzinfo=UTC), "退回整改", "金明哲", "后勤部门经办", "warn", ["状态"], "不清楚"
    )

    html = render('{% include "components/timeline.html" with events=events only %}', events=[event])

    assert "2026-03-05 12:00" in html
    assert "金明哲（后勤部门经办）" in html
    assert "理由：不清楚" in html


def test_a_chart_brings_its_table_twin() -> None:
    chart = Chart("rate", "line", "完成率下降", ["周一", "周二"], [Series("全市", [97, None])], unit="%")

    html = render('{% include "components/chart.html" with chart=chart only %}', chart=chart)

    assert '<th scope="row">周二</th><td class="num">—</td>' in html
    assert 'id="chart-rate-data" type="application/json"' in html
    assert 'data-chart="chart-rate-data"' in html


def test_a_browser_is_named_in_two_words() -> None:
    html = render("{{ agent|device }}", agent="Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0 Chrome/120")

    assert html == "微信 · Android"

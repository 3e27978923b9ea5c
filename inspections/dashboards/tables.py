"""The lists behind a board's figures: slots one by one, and tallies day by day."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from inspections.checks.selectors import TONES
from inspections.dashboards.selectors import address
from inspections.dashboards.slots import SlotRow
from inspections.tallies.models import CountyDay
from logistics_portal.kit.dates import until_text
from logistics_portal.kit.marks import badge_html
from logistics_portal.kit.tables import Column, DayColumn, NumberColumn, PortalTable


class SlotTable(PortalTable):
    """Slots that were due, the newest first."""

    caption = _("应检的检查")
    empty_title = _("没有这样的检查")
    phone: ClassVar[tuple[str, ...]] = ("date", "checklist", "place", "standing")
    file_name = "slots"

    date = DayColumn(verbose_name=_("日期"), linkify=lambda record: record.url)
    school = Column(verbose_name=_("学校"))
    place = Column(verbose_name=_("场所"))
    checklist = Column(verbose_name=_("检查表"))
    due_at = Column(verbose_name=_("应交时间"))
    standing = Column(verbose_name=_("结果"))
    fails = NumberColumn(verbose_name=_("异常（项）"))

    def render_due_at(self, record: SlotRow) -> str:
        """Return until when it was to be handed in; midnight is 24:00 of the day that ends."""
        return until_text(record.due_at)

    value_due_at = render_due_at

    def render_standing(self, record: SlotRow) -> str:
        """Return what became of the slot."""
        return badge_html(TONES[record.standing], str(record.standing.label))

    def value_standing(self, record: SlotRow) -> str:
        """Return the same word for the spreadsheet."""
        return str(record.standing.label)


def _slots(record: CountyDay) -> str:
    day = record.date.isoformat()
    asked = {"since": day, "until": day, "checklist": record.checklist.code}
    return address("inspections:board-slots", record.county.code, **asked)


class DayTable(PortalTable):
    """What was due and came in, first reviewer by first reviewer, day by day and list by list."""

    caption = _("逐日应检与已检")
    empty_title = _("这些天没有要做的检查")
    phone: ClassVar[tuple[str, ...]] = ("date", "county", "duty", "gap")
    file_name = "days"

    date = DayColumn(verbose_name=_("日期"), linkify=_slots)
    county = Column(verbose_name=_("初审单位"), accessor="county__name", order_by="county__path")
    checklist = Column(verbose_name=_("检查表"), accessor="checklist__name")
    duty = NumberColumn(verbose_name=_("应检（次）"))
    done = NumberColumn(verbose_name=_("已检（次）"))
    timely = NumberColumn(verbose_name=_("按时（次）"))
    late = NumberColumn(verbose_name=_("补录（次）"))
    gap = NumberColumn(verbose_name=_("没有交（次）"))

    class Meta(PortalTable.Meta):
        order_by = ("-gap", "-date")

    def render_checklist(self, record: CountyDay) -> str:
        """Return the name of the check-list in the reader's language."""
        return record.checklist.label

    value_checklist = render_checklist

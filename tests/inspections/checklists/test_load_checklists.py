"""The shipped check-lists are loaded once and dated."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from inspections.checklists.models import Checklist, Item, SheetVersion, Version
from inspections.checklists.rules.loading import SHIPPED_FILE
from logistics_portal.records.models import Parameter
from tests.factories import ground

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def province():
    return ground.province()


def test_the_shipped_file_gives_eight_lists_and_four_sheets():
    call_command("load_checklists")

    assert Checklist.objects.count() == 8
    assert Item.objects.count() == 133
    assert SheetVersion.objects.count() == 4
    assert Parameter.objects.count() == 22
    assert set(Version.objects.values_list("state", flat=True)) == {"published"}


def test_loading_twice_changes_nothing():
    call_command("load_checklists")
    before = list(Version.objects.order_by("pk").values())

    call_command("load_checklists")

    assert list(Version.objects.order_by("pk").values()) == before


def test_a_changed_list_is_a_new_version_from_its_day(tmp_path):
    call_command("load_checklists")
    changed = tmp_path / "changed.yaml"
    changed.write_text(SHIPPED_FILE.read_text().replace("剩余饭菜称重登记", "剩余饭菜称重并登记"))

    call_command("load_checklists", str(changed), "--from", "2026-12-01")

    old, new = Version.objects.filter(checklist__code="canteen_daily").order_by("number")
    assert (old.state, old.valid_to) == ("retired", date(2026, 12, 1) - timedelta(days=1))
    assert (new.number, new.valid_from) == (2, date(2026, 12, 1))
    assert Version.objects.in_force(on=date(2026, 11, 30)).filter(checklist__code="canteen_daily").get() == old


def test_a_broken_file_is_refused_with_its_line(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(SHIPPED_FILE.read_text().replace("severity: minor", "severity: tiny", 1))

    with pytest.raises(CommandError, match=r"第 \d+ 行"):
        call_command("load_checklists", str(broken))

    assert not Checklist.objects.exists()

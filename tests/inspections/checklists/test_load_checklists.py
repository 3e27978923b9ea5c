"""The shipped check-lists are loaded once and dated."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from inspections.checklists.models import Checklist, Item, SheetVersion, Version
from inspections.checklists.rules.loading import SHIPPED_FILE
from logistics_portal.accounts.permissions import Role
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


@pytest.fixture
def changed(tmp_path):
    file = tmp_path / "changed.yaml"
    file.write_text(SHIPPED_FILE.read_text().replace("剩余饭菜称重登记", "剩余饭菜称重并登记"))
    return str(file)


def versions():
    return list(Version.objects.filter(checklist__code="canteen_daily").order_by("number"))


def test_without_a_day_a_changed_list_holds_from_tomorrow_and_the_past_stays(changed):
    call_command("load_checklists")

    call_command("load_checklists", changed)
    call_command("load_checklists", changed)

    old, new = versions()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert (old.valid_to, new.valid_from) == (tomorrow - timedelta(days=1), tomorrow)


def test_a_list_changed_twice_in_a_day_has_a_version_for_each_day(changed, tmp_path):
    call_command("load_checklists")
    call_command("load_checklists", changed)
    again = tmp_path / "again.yaml"
    again.write_text(SHIPPED_FILE.read_text().replace("剩余饭菜称重登记", "剩余饭菜称重并逐日登记"))

    call_command("load_checklists", str(again))

    _first, second, third = versions()
    assert third.valid_from == second.valid_from + timedelta(days=1)


@pytest.mark.parametrize("went_on", ["published", "retired"])
def test_what_people_went_on_from_is_left_to_them(changed, went_on):
    call_command("load_checklists")
    person = ground.user(Role.SCHEME_ADMIN, ground.province())
    fields = {"published_by": person} if went_on == "published" else {"state": "retired", "valid_to": date(2026, 1, 1)}
    Version.objects.filter(checklist__code="canteen_daily").update(**fields)

    call_command("load_checklists", changed)

    assert len(versions()) == 1


def test_a_broken_file_is_refused_with_its_line(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(SHIPPED_FILE.read_text().replace("severity: minor", "severity: tiny", 1))

    with pytest.raises(CommandError, match=r"第 \d+ 行"):
        call_command("load_checklists", str(broken))

    assert not Checklist.objects.exists()

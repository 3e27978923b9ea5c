"""The data dictionary tells of the tables as they are."""

from __future__ import annotations

from django.apps import apps
from django.utils import translation

from logistics_portal.desk.dictionary import APPS, nameless, written
from logistics_portal.desk.management.commands.write_dictionary import DICTIONARY


def test_the_written_dictionary_is_the_code_s() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == written(), "run: python manage.py write_dictionary"


def test_every_column_has_a_chinese_name_and_every_table_is_told() -> None:
    assert nameless() == []
    tables = {model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models()}

    assert len(tables) > 40
    assert {table for table in tables if f"`{table}`\n" in written()} == tables


def test_the_dictionary_is_chinese_for_an_english_reader_too() -> None:
    with translation.override("en"):
        assert "| `found_at` | 登记时间 |" in written()

"""Every text is found, its English is held to it, and catalogues compile without gettext."""

from __future__ import annotations

import gettext
from pathlib import Path

import polib
import pytest

from logistics_portal.kit import translations
from logistics_portal.kit.translations import Message


def test_the_texts_of_python_are_found() -> None:
    source = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
title = _("学校"
          "后勤")
line = ngettext("%(n)s 条", "%(n)s 条记录", 3) % {"n": 3}
word = pgettext("动词", "检查")
plain = "不翻译"
computed = _(title)
"""

    found = set(translations.in_python(source))

    assert found == {
        Message("学校后勤"),
        Message("%(n)s 条", plural="%(n)s 条记录"),
        Message("检查", context="动词"),
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% translate '待办' %}", Message("待办")),
        ('{% translate "待办" as title %}', Message("待办")),
        ('{% translate "检查" context "动词" %}', Message("检查", context="动词")),
        ("{% blocktranslate %}共 {{ n }} 条{% endblocktranslate %}", Message("共 %(n)s 条")),
        ("{% blocktranslate trimmed %}\n  一\n  二\n{% endblocktranslate %}", Message("一 二")),
        (
            "{% blocktranslate count n=x %}一条{% plural %}{{ n }} 条{% endblocktranslate %}",
            Message("一条", plural="%(n)s 条"),
        ),
        ('{{ label|default:_("清单") }}', Message("清单")),
        ('{% include "a.html" with title=_("标题") only %}', Message("标题")),
        ('{% translate "100%" %}', Message("100%%")),
    ],
)
def test_the_texts_of_a_template_are_found(source: str, message: Message) -> None:
    assert list(translations.in_template(source, "a.html")) == [message]


def catalogue_with(msgid: str, msgstr: str, **more: object) -> polib.POFile:
    catalogue = translations.empty_catalogue()
    catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr, **more))
    return catalogue


def test_a_complete_catalogue_has_no_fault() -> None:
    catalogue = catalogue_with("共 %(n)s 条", "%(n)s in all")

    assert translations.wrong([Message("共 %(n)s 条")], catalogue) == []


@pytest.mark.parametrize(
    ("msgstr", "more"),
    [("", {}), ("%(n)s in all", {"flags": ["fuzzy"]}), ("%(count)s in all", {}), ("all of them", {})],
    ids=["empty", "fuzzy", "other hole", "no hole"],
)
def test_a_wrong_translation_is_named(msgstr: str, more: dict[str, object]) -> None:
    catalogue = catalogue_with("共 %(n)s 条", msgstr, **more)

    faults = translations.wrong([Message("共 %(n)s 条")], catalogue)

    assert len(faults) == 1
    assert "共 %(n)s 条" in faults[0]


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone() -> None:
    catalogue = catalogue_with("学校", "School")
    catalogue.append(polib.POEntry(msgid="旧词", msgstr="old word"))

    counts = translations.update(catalogue, {Message("学校"): ["a.py"], Message("新词"): ["b.py"]})

    assert counts == (1, 1)
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {"学校": "School", "新词": ""}


def test_a_catalogue_compiles_once_and_is_read_by_gettext(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    catalogue_with("学校", "School").save(str(source))

    written = [translations.compile_catalogue(source) for _turn in range(2)]

    with source.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("学校") == "School"
    assert written == [True, False]

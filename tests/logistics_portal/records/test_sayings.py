"""Notices that each reader gets in the own language."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from logistics_portal.records.models import Notice
from logistics_portal.records.sayings import Named, said, source, told
from logistics_portal.records.services import notify
from tests.factories import ground as make


def test_a_sentence_is_kept_as_plain_json_and_told_in_the_language_of_whoever_reads() -> None:
    words = {
        "role": gettext_lazy("校长"),
        "day": date(2026, 11, 3),
        "count": 2,
        "figure": Named("期限", "Time limit"),
        "inner": said("整改超期"),
        "names": ["一", "二"],
    }
    with translation.override("en"):
        kept = said("%(role)s %(day)s %(count)d %(figure)s %(inner)s %(names)s", words).kept

    with translation.override("zh-hans"):
        chinese = told(kept)
    with translation.override("en"):
        english = told(kept)

    assert chinese == "校长 2026-11-03 2 期限 整改超期 一、二"
    assert english.startswith("Principal 2026-11-03 2 Time limit ")
    assert "整改" not in english
    assert "、" not in english
    assert source(said("整改超期")) == "整改超期"


@pytest.mark.django_db
def test_the_inbox_speaks_the_readers_language_whoever_wrote_and_old_notices_stay() -> None:
    reader = make.user("office_clerk", make.county())
    Notice.objects.create(to=reader, key="old", title="旧的消息", text="旧的内容", at=timezone.now())
    with translation.override("en"):
        notify(to=reader, key="new", title=said("整改超期"), text="配件未到")
    row = Notice.objects.get(key="new")

    pages = {language: inbox(reader, language) for language in ("zh-hans", "en")}

    assert (row.title, row.text) == ("整改超期", "配件未到")
    assert "整改超期" in pages["zh-hans"]
    assert "整改超期" not in pages["en"]
    for page in pages.values():
        assert all(text in page for text in ("旧的消息", "旧的内容", "配件未到"))


def inbox(reader: object, language: str) -> str:
    browser: Client = make.client_of(reader)
    browser.cookies["django_language"] = language
    with translation.override("zh-hans"):  # what the page switches on ends here
        return browser.get(reverse("desk:inbox")).content.decode()

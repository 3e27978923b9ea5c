"""The secret of a one-time link is written down nowhere."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from django.urls import reverse

from logistics_portal.accounts.services.people import link_of
from logistics_portal.kit.secrecy import MaskLinks, masked
from logistics_portal.records.models import AuditRow
from tests.factories import ground as make


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Forbidden: /people/password/NzIw/dihn4v-d2b05fe9/", "Forbidden: /people/password/NzIw/…/"),
        ("/account/password/reset/key/k-dihn4v-d2b05fe9/ 200", "/account/password/reset/key/…/ 200"),
        ("/people/passwords/", "/people/passwords/"),
        ("/account/password/change/", "/account/password/change/"),
    ],
)
def test_only_the_secret_is_taken_out(said: str, kept: str) -> None:
    assert masked(said) == kept


def test_a_log_line_is_masked_whatever_its_arguments() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 1, "%s: %s", ("Not Found", "/people/password/A/B-C/"), None)

    assert MaskLinks().filter(record)
    assert record.getMessage() == "Not Found: /people/password/A/…/"


@pytest.mark.django_db
def test_a_refused_answer_to_a_link_leaves_no_secret_in_the_audit_trail() -> None:
    person = make.user("office_clerk", make.county())
    link = link_of(person)
    address = reverse("accounts:set-password", args=[link.uid, link.token])

    Client(enforce_csrf_checks=True).post(address, {"password": "Changchun-2026"}, headers={"Origin": "null"})

    row = AuditRow.objects.get(verb="accounts:set-password")
    assert link.token not in row.on_label
    assert row.on_label == address.replace(link.token, "…")

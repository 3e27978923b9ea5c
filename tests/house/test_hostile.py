"""No address answers 5xx, whatever is typed, sent or announced."""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import URLPattern, get_resolver, reverse

from logistics_portal.accounts.models import Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import SHOWCASE
from tests.factories import ground
from tests.house.test_scope import OURS

HUGE = 10**30
NASTY_QUERIES = [
    {"page": str(HUGE), "sort": "-no_such", "q": "\x00", "year": "２０２６", "day": "9999-99-99", "first": "x"},
    {"page": "-1", "sort": "\x00", "q": "%" * 300, "state": "nonsense", "unit": str(HUGE), "since": "0001-01-01"},
]
NASTY_BODY = {
    "reason": "\x00",
    "year": str(HUGE),
    "name": "９" * 5000,
    "day": "2026-02-30",
    "returns": str(HUGE),
    "seen": "{",
}
PATHS = {
    "int": [0, HUGE],
    "slug": ["no-such", "x" * 300],
    "str": ["%00", "é" * 100],
    "random_name": ["0" * 32],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
}


def patterns(resolver=None, namespace="", converters=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        taken = {**(converters or {}), **pattern.pattern.converters}
        if isinstance(pattern, URLPattern):
            if namespace.rstrip(":") in OURS:
                yield f"{namespace}{pattern.name}", taken
        else:
            yield from patterns(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), taken)


KINDS = {
    "IntConverter": "int",
    "SlugConverter": "slug",
    "StringConverter": "str",
    "RandomName": "random_name",
    "UUIDConverter": "uuid",
}


def kind(converter):
    return KINDS[type(converter).__name__]


def addresses():
    for name, taken in patterns():
        for turn in range(2):
            values = {key: (tries := PATHS[kind(converter)])[turn % len(tries)] for key, converter in taken.items()}
            yield name, reverse(name, kwargs=values)
            if not taken:
                break


@pytest.fixture
def people(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR, settings.MEDIA_ROOT = True, tmp_path, tmp_path / "media"
    for command in ("load_units", "load_checklists", "load_holidays"):
        call_command(command, verbosity=0)
    call_command("plant_demo", schools=4, days=3, until=date(2026, 11, 20), verbosity=0)
    county = Unit.objects.get(code=SHOWCASE)
    school = Unit.objects.filter(kind=Unit.Kind.SCHOOL, parent=county).order_by("code").first()
    province = Unit.objects.get(code="220000")
    held = [(Role.OFFICE_HEAD, province), (Role.VICE_PRINCIPAL_LOGISTICS, school)]
    return [ground.user(role, unit) for role, unit in held]


@pytest.mark.django_db
def test_nothing_that_is_sent_makes_the_portal_fail(people):
    failed = set()
    for person in people:
        browser = ground.client_of(person, fresh=True)
        browser.raise_request_exception = False
        for name, address in addresses():
            for query in NASTY_QUERIES:
                failed |= told(name, browser.get(address, query))
            failed |= told(name, browser.post(address, NASTY_BODY))
            failed |= told(name, browser.put(address, b"\xff\xfe", content_type="application/json"))
    assert not sorted(failed)


def told(name, answer):
    if answer.streaming:
        answer.getvalue()
    return {f"{name}: {answer.status_code}"} if answer.status_code >= 500 else set()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/account/login/", "/inspections/findings/"])
def test_an_announced_gigabyte_is_refused_unread(client, address):
    answer = client.generic(
        "POST", address, b"x", content_type="application/x-www-form-urlencoded", CONTENT_LENGTH=str(1024**3)
    )

    assert 300 <= answer.status_code < 500

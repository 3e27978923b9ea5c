"""A check handed in, measured beside a signed-in POST that does nothing, in turns within one run."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from inspections.checks.models import Check
from logistics_portal.accounts.gate import SignedRequest, signed_in
from schools.register.models import Place
from tests.bench.meter import compare, say
from tests.factories import ground, schools
from tests.inspections.checks.story import MONDAY, MORNING, Scene, scene

ROUNDS, CALLS = 6, 25
GATE = 2.0  # times a signed-in POST that does nothing; web and database
IDLE = "/nothing/"

pytestmark = pytest.mark.django_db(transaction=True)


@signed_in
def nothing(request: SignedRequest) -> HttpResponse:
    """Read session, person and body; do nothing."""
    return HttpResponse(f"{request.user.pk} {len(request.POST)}")


urlpatterns = [path(IDLE.lstrip("/"), nothing), path("", include("logistics_portal.urls"))]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Scene:
    """Return a school on a Monday at nine; an address that does nothing stands beside the portal's."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)
    monkeypatch.setattr(time, "time", MORNING.timestamp)
    settings.ROOT_URLCONF = "tests.bench.bench_hand_in"
    return scene("campus_daily")


def form(here: Scene, *, failing: bool) -> dict[str, str]:
    """Return what a browser sends: every item, one of them failing where asked (it needs no photo)."""
    fields = {f"a.{code}": str(entry["a"]) for code, entry in here.answers().items()}
    if failing:
        fields |= {"a.CMP-D-02": "fail", "note.CMP-D-02": "护学岗缺一人"}
    return {"client_id": str(uuid4()), "stage": "", **fields}


def opened(browser: Client, here: Scene, number: int) -> list[tuple[str, str]]:
    """Return the address and the ticket of as many forms, each of another place and opened in the browser before."""
    places = [schools.place(here.place.school, Place.Kind.CAMPUS) for _place in range(number)]
    slot = [here.version.checklist.code, MONDAY.isoformat(), 1]
    forms = [reverse("inspections:fill", args=[place.pk, *slot]) for place in places]
    return [(address, browser.get(address).context["ticket"]) for address in forms]


def test_a_hand_in_costs_less_than_twice_a_post_that_does_nothing(here: Scene) -> None:
    browser: Client = ground.client_of(here.officer)
    wanted = ROUNDS * CALLS + 1
    forms = iter(opened(browser, here, wanted))
    typed = form(here, failing=True)

    def hand_in() -> None:
        address, ticket = next(forms)
        answer = browser.post(address, {**typed, "client_id": str(uuid4()), "ticket": ticket})
        assert answer.status_code == 302, answer.context["summary"]

    def idle() -> None:
        assert browser.post(IDLE, typed).status_code == 200

    found = compare(hand_in, idle, rounds=ROUNDS, calls=CALLS)

    assert Check.objects.filter(n_fail=1).count() == wanted
    say(f"hand-in {found.first * 1e3:.2f} ms, nothing {found.second * 1e3:.2f} ms CPU: {found.ratio:.2f} × of {GATE}")
    assert found.ratio <= GATE

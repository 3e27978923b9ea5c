"""Every address with an id answers 404 to the neighbour: walked over the URLconf, for every role next door."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from campus.models import Facility
from canteens.models import Canteen
from dormitories.models import Building
from inspections.models import (
    Check,
    Evaluation,
    Exemption,
    ExtensionRequest,
    Finding,
    GradeDecision,
    Incident,
    Lifting,
    Release,
    Report,
    ResponsibilityFinding,
    Run,
    Softening,
    Veto,
)
from logistics_portal.accounts.models import Post, PostRequest, Unit, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import SHOWCASE
from logistics_portal.records.models import Attachment, Job, Notice
from schools.models import Closure, Code, Edition, ImportFile, Place, Proposal, School
from tests.factories import ground

OURS = (
    "desk",
    "accounts",
    "jobs",
    "figures",
    "records",
    "schools",
    "canteens",
    "dormitories",
    "campus",
    "inspections",
    "api",
)
UNTIL = date(2026, 11, 20)

# What the id of an address names, by the beginning of its name; the longest beginning wins.
SUBJECTS = {
    "desk:open-notice": Notice,
    "accounts:": User,
    "accounts:revoke": Post,
    "accounts:delegate": Post,
    "accounts:unit": Unit,
    "accounts:request": PostRequest,
    "accounts:person-new": Unit,
    "jobs:": Job,
    "records:attachment": Attachment,
    "schools:": School,
    "schools:place": Place,
    "schools:import": ImportFile,
    "schools:proposal": Proposal,
    "schools:calendar": Edition,
    "schools:closure": Closure,
    "schools:code": Code,
    "schools:codes": School,
    "schools:scan": Code,
    "canteens:": Canteen,
    "canteens:add": Place,
    "dormitories:": Building,
    "dormitories:add": Place,
    "campus:": Place,
    "campus:edit-facility": Facility,
    "inspections:check": Check,
    "inspections:check-month": School,
    "inspections:receipt": Check,
    "inspections:correct": Check,
    "inspections:countersign": Check,
    "inspections:void": Check,
    "inspections:release": Release,
    "inspections:exemption": Exemption,
    "inspections:finding": Finding,
    "inspections:report": Report,
    "inspections:evaluation": Evaluation,
    "inspections:evaluation-run": Run,
    "inspections:incident": Incident,
    "inspections:incident-report": School,
    "inspections:softening": Softening,
    "inspections:grade": GradeDecision,
    "inspections:responsibility": ResponsibilityFinding,
    "inspections:veto": Veto,
    "inspections:lifting": Lifting,
    "inspections:fill": Place,
    "inspections:at-place": Place,
    "inspections:board": Unit,
    "inspections:board-school": School,
    "api:check": Check,
}
# Addresses whose subject belongs to everybody, or to nobody who has signed in.
PUBLIC = {
    "accounts:import-check": "the kind of sheet, not a row",
    "accounts:import-answer": "the kind of sheet, not a row",
    "accounts:import-errors": "the kind of sheet, not a row",
    "accounts:import-cancel": "the kind of sheet, not a row",
    "accounts:import-carry-out": "the kind of sheet, not a row",
    "accounts:set-password": "a one-time link, opened without signing in",
    "figures:figure": "figures are open to every bureau",
    "figures:propose": "in reach of every bureau, allowed to the province: 403",
    "figures:confirm": "in reach of every bureau, allowed to the province: 403",
    "figures:refuse": "in reach of every bureau, allowed to the province: 403",
    "figures:withdraw": "in reach of every bureau, allowed to the province: 403",
    "schools:holiday": "holidays of the whole country",
    "schools:holiday-publish": "holidays of the whole country",
    "inspections:checklist-add": "a check-list's code; what is added belongs to the asker's own unit",
    "inspections:checklist-version": "check-lists are open to everybody",
    "inspections:checklist-compare": "check-lists are open to everybody",
    "inspections:checklist-publish": "in reach of everybody, allowed to few: 403",
    "inspections:checklist-retire": "in reach of everybody, allowed to few: 403",
    "inspections:checklist-discard": "in reach of everybody, allowed to few: 403",
}
FILLED = {
    "sha256": "0" * 64,
    "kind": "close",
    "checklist": "canteen_daily",
    "day": "2026-11-19",
    "seq": 1,
    "code": SHOWCASE,
} | {
    "part": "campus",
    "figure": "timely",
    "item": "CAN-D-17",
}
NEIGHBOURS = [
    Role.OFFICE_CLERK,
    Role.OFFICE_HEAD,
    Role.SECURITY_ADMIN,
    Role.LOGISTICS_OFFICER,
]


def addresses(resolver=None, namespace="", parameters=()):
    for pattern in (resolver or get_resolver()).url_patterns:
        taken = (*parameters, *pattern.pattern.converters)
        if isinstance(pattern, URLPattern):
            if taken and namespace.rstrip(":") in OURS:
                yield f"{namespace}{pattern.name}", taken
        else:
            yield from addresses(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), taken)


def subject_of(name):
    starts = [start for start in SUBJECTS if name.startswith(start)]
    return SUBJECTS[max(starts, key=len)] if starts else None


def test_every_address_with_an_id_says_whose_it_is():
    unknown = [name for name, _taken in addresses() if name not in PUBLIC and subject_of(name) is None]

    assert not unknown


@pytest.fixture
def province(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR, settings.MEDIA_ROOT = True, tmp_path, tmp_path / "media"
    for command in ("load_units", "load_checklists", "load_holidays"):
        call_command(command, verbosity=0)
    call_command("plant_demo", schools=10, days=5, until=UNTIL, verbosity=0)
    return Unit.objects.get(code=SHOWCASE)


def rows_of(county):
    """Return the id of one row of the county for each kind of subject that has one."""
    found = {}
    for model in set(SUBJECTS.values()):
        if model is User:
            found[model] = User.objects.filter(posts__unit__path__startswith=county.path).first()
        elif model is Notice:
            found[model] = Notice.objects.filter(to__posts__unit__path__startswith=county.path).first()
        elif model is Run:
            found[model] = Run.objects.first()
        elif model in {GradeDecision, ResponsibilityFinding, ExtensionRequest}:
            found[model] = model.objects.first()
        elif model is Unit:
            found[model] = county
        else:
            found[model] = model.objects.filter(**{f"{model.unit_path}__startswith": county.path}).first()
    return {model: row for model, row in found.items() if row is not None}


def filled(taken, row):
    given = {}
    for name in taken:
        if name in {"pk", "place"}:
            given[name] = row.pk
        elif name in {"name", "client_id", "token"}:
            given[name] = getattr(row, name)
        elif name.endswith("_pk") or name in {"row", "other"}:
            given[name] = 1
        else:
            given[name] = FILLED[name]
    return given


@pytest.mark.django_db
def test_the_neighbour_finds_nothing_at_all(province):
    rows = rows_of(province)
    next_door = Unit.objects.get(code="222401")
    school = ground.school_unit(next_door)
    wrong, tried = [], set()
    for role in NEIGHBOURS:
        at = school if role == Role.LOGISTICS_OFFICER else next_door
        browser: Client = ground.client_of(ground.user(role, at))
        for name, taken in addresses():
            row = rows.get(subject_of(name))
            if name in PUBLIC or row is None:
                continue
            address = reverse(name, kwargs=filled(taken, row))
            for answer in (browser.get(address), browser.post(address, {})):
                if answer.status_code not in {404, 405}:
                    wrong.append(f"{role} {name}: {answer.status_code}")
                if answer.status_code == 404:
                    tried.add(name)
    assert not sorted(wrong)
    assert len(tried) > 60

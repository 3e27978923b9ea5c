"""One person before one form: which slot it is for, what is known, and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from inspections.checklists.models import Checklist
from inspections.checklists.rules.context import Context
from inspections.checks import pages, tickets
from inspections.checks.aftermath import photo_room
from inspections.checks.answers import restore
from inspections.checks.duties import opening_words
from inspections.checks.forms import MOST_PHOTOS, Sent
from inspections.checks.models import Check
from inspections.checks.pages import Filled, FormView
from inspections.checks.people import doer, fixers
from inspections.checks.rules.asking import Question, questions, rest_of_section
from inspections.checks.rules.plans import Compiled
from inspections.checks.rules.verdicts import Refusal
from inspections.checks.selectors import compiled_of, context_of, local
from inspections.checks.services import Hand, Paper
from inspections.checks.tickets import Ticket
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from schools.register.models import Place

FIRST_YEAR, LAST_YEAR = 2009, 2099


@dataclass(frozen=True, slots=True)
class Sitting:
    """A form laid open for a person, for one slot."""

    ticket: Ticket
    place: Place
    form: Compiled
    known: Context
    hand: Hand

    @property
    def label(self) -> str:
        """Return what is filled in: whose, where, which form and of which day."""
        template = self.form.spec.template
        name = local(template.zh, template.en)
        return f"{self.place.school.name}{self.place.name} {name} {self.ticket.slot.date.isoformat()}"

    @property
    def asked(self) -> list[Question]:
        """Return every item that is asked on that day."""
        return [it for it in questions(self.form, self.known) if it.asked]

    def paper(self, sent: Sent) -> Paper:
        """Return what was sent as it is handed in."""
        return Paper(
            client_id=sent.client_id,
            ticket=self.ticket,
            place=self.place,
            answers=sent.answers,
            stage=sent.stage,
            photos=sent.photos,
            fixers=sent.fixers,
            reason=sent.reason,
            at=sent.at,
            known=self.known,
        )

    def page(self, stage: str, filled: Filled) -> FormView:
        """Return the form as the page shows it."""
        people = fixers(self.place.school.unit, on=self.ticket.slot.date)
        return pages.build(self.form, self.known, stage, filled, people, self.hand.by)

    def last(self) -> dict[str, Any]:
        """Return what was said in the check before."""
        return pages.last_answers(self.place, self.ticket.checklist_id, self.ticket.slot.date, self.form)

    def draft_key(self, stage: str, correcting: Check | None) -> str:
        """Return under what name a browser keeps what was typed."""
        slot, code = self.ticket.slot, self.form.spec.template.code
        revision = correcting.revision if correcting else 0
        parts = ["check", self.hand.by.pk, self.ticket.place_id, code, slot.date, slot.seq, stage, revision]
        return "/".join(str(it) for it in parts)

    def scarce_room(self, at: datetime) -> int | None:
        """Return how many photos the school's day still has room for, once that is less than one item may bring."""
        room = photo_room(self.place, at)
        return room if room < MOST_PHOTOS else None

    def rest(self, section: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers with the rest of a section set to normal."""
        return {**answers, **rest_of_section(self.form, self.known, section, answers)}


def read_day(text: str) -> date:
    """Return the day an address names; anything else is no page."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Http404
    return day


def sit(user: User, place: Place, code: str, slot: tuple[date, int], sealed: str = "") -> Sitting:
    """Return the form of one slot, or refuse it: 404 for no such list, 403 for a stranger, else a sentence."""
    ticket = _ticket(place, code, slot, sealed)
    form = compiled_of(ticket.spec)
    found = doer(user, place, form.spec.template)
    if found is None:
        raise PermissionDenied(gettext("这张表不由您的岗位填写。"))
    known = context_of(place, form.spec, slot[0])
    return Sitting(ticket, place, form, known, Hand(user, *found))


def require_begun(sitting: Sitting, at: datetime) -> None:
    """Refuse to lay open a form before its hours, so that nobody fills it in in vain."""
    slot = sitting.ticket.slot
    if at < slot.opens_at:
        template = sitting.form.spec.template
        words = {"name": local(template.zh, template.en), "opens": opening_words(slot.opens_at, local_date(at))}
        raise NotAllowed(gettext("“%(name)s”%(opens)s，到时再从“今日”打开。") % words)


def sit_again(user: User, check: Check) -> Sitting:
    """Return the form of a check that was handed in, to be corrected."""
    return sit(user, check.place, check.checklist.code, (check.date, check.seq))


def as_typed(sent: Sent, refusals: Iterable[Refusal], last: Mapping[str, Any]) -> Filled:
    """Return a form as it was typed, each mistake at its item."""
    errors: dict[str, str] = {}
    for it in refusals:
        errors[it.code] = f"{errors[it.code]}；{it.sentence}" if it.code in errors else it.sentence
    return Filled(sent.answers, errors, last, sent.fixers, photos_lost(sent))


def photos_lost(sent: Sent) -> dict[str, int]:
    """Return how many photos of each item must be chosen again: a page sent back brings none along."""
    return {code: len(files) for code, files in sent.photos.items()}


def as_stored(sitting: Sitting, check: Check) -> Filled:
    """Return a form filled with what was handed in, to be corrected."""
    return Filled(answers=restore(sitting.form, check.answers, check.values), last=sitting.last())


def next_stage(form: Compiled, standing: Check | None) -> str:
    """Return the stage to be handed in next; a form without stages has none."""
    codes = [it.code for it in form.spec.template.stages]
    done = codes.index(standing.stage) + 1 if standing and standing.stage in codes else 0
    return codes[done] if done < len(codes) else ""


def standing_of(ticket: Ticket) -> Check | None:
    """Return the check that holds for a slot, if one was handed in."""
    rows = Check.objects.standing().filter(
        place=ticket.place_id, checklist=ticket.checklist_id, date=ticket.slot.date, seq=ticket.slot.seq
    )
    return rows.select_related("by").first()


def _ticket(place: Place, code: str, slot: tuple[date, int], sealed: str) -> Ticket:
    ticket = tickets.opened(sealed) if sealed else None
    if ticket is not None:
        same = (ticket.place_id, ticket.slot.date, ticket.slot.seq, ticket.spec.template.code)
        if same == (place.pk, *slot, code):
            return ticket
        raise NotAllowed(gettext("表单与地址不符，请从“今日”重新打开这张表。"))
    checklist = Checklist.objects.filter(code=code).values_list("pk", flat=True).first()
    if checklist is None:
        raise Http404
    return tickets.ticket_for(place, checklist, *slot, today=timezone.localdate())

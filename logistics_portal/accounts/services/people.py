"""People: accounts made without a password, opened by a one-time link, locked and ended everywhere with one click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from axes.utils import reset as release_lock_out
from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext

from logistics_portal.accounts.drafts import NewPerson
from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.services.posts import revoke_post
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.records import services as records


@dataclass(frozen=True)
class OneTimeLink:
    """The two parts of the address at which a person sets a password, once, within 24 hours."""

    uid: str
    token: str


@transaction.atomic
def create_person(*, new: NewPerson, unit: Unit, by: User | None, at: datetime) -> User:
    """Make an account nobody can sign in to yet; its login name is never used for somebody else."""
    username = new.username.strip().casefold()
    if User.objects.filter(username__iexact=username).exists():
        raise NotAllowed(gettext("登录名“%(name)s”已被使用，请换一个。") % {"name": username})
    person = User.objects.create_user(
        username, full_name=new.full_name.strip(), phone=new.phone.strip(), email=new.email, created_at=at
    )
    records.log(by=by, verb="account.create", on=person, unit=unit, at=at, after={"username": username})
    return person


def known_person(new: NewPerson) -> User | None:
    """Return who signs in under this name already, or nobody; a name that is somebody else's is refused."""
    known = User.objects.filter(username=new.username.strip().casefold()).first()
    if known is not None:
        refuse_stranger(known, new)
    return known


def refuse_stranger(known: User, new: NewPerson) -> None:
    """Raise `NotAllowed` when the login name belongs to a person of another name."""
    if known.full_name != new.full_name.strip():
        raise NotAllowed(gettext("登录名“%(name)s”已是别人的，请另填登录名。") % {"name": new.username})


@transaction.atomic
def issue_link(*, person: User, unit: Unit, by: User | None, at: datetime) -> OneTimeLink:
    """Return a one-time link to set a password; the old password, older links and open sessions end with it."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise NotAllowed(gettext("%(name)s 的账号已停用，请先恢复账号。") % {"name": person.full_name})
    person.set_unusable_password()
    person.save(update_fields=["password"])
    end_sessions(person)
    records.log(by=by, verb="account.link", on=person, unit=unit, at=at)
    return link_of(person)


def link_of(person: User) -> OneTimeLink:
    """Return the link that holds until the password changes or 24 hours have passed."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return OneTimeLink(uid, default_token_generator.make_token(person))


def person_behind(uid: str, token: str) -> User | None:
    """Return whom a one-time link belongs to, or nobody once it was used or has run out."""
    try:
        person = User.objects.filter(pk=int(urlsafe_base64_decode(uid)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return person if person is not None and default_token_generator.check_token(person, token) else None


@transaction.atomic
def set_password(*, person: User, password: str, at: datetime) -> User:
    """Set the password that the person chose behind a one-time link; every other session ends."""
    person = User.objects.select_for_update().get(pk=person.pk)
    try:
        password_validation.validate_password(password, person)
    except ValidationError as refusal:
        raise NotAllowed(" ".join(refusal.messages)) from refusal
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person)
    release_lock_out(username=person.username)
    records.log(by=person, verb="account.set_password", on=person, at=at)
    return person


@transaction.atomic
def edit_person(*, person: User, new: NewPerson, by: User, at: datetime) -> User:
    """Change a person's name and how to reach them; the login name stays."""
    facts = {"full_name": new.full_name.strip(), "phone": new.phone.strip(), "email": new.email.strip()}
    person = User.objects.select_for_update().get(pk=person.pk)
    before = {name: getattr(person, name) for name in facts}
    for name, value in facts.items():
        setattr(person, name, value)
    if before != facts:
        person.save(update_fields=list(facts))
        changed = {
            name: "***" if name != "full_name" else value for name, value in facts.items() if before[name] != value
        }
        records.log(by=by, verb="account.edit", on=person, at=at, after=changed)
    return person


@transaction.atomic
def revoke_everything(*, person: User, reason: str, by: User, at: datetime) -> User:
    """End every post and every session of a person and lock the account, in one step."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.pk == by.pk:
        raise NotAllowed(gettext("不能停用自己的账号，请由另一位安全管理员办理。"))
    unit = person.main_post.unit if person.main_post else None
    for post in person.posts.filter(revoked_at__isnull=True).order_by("pk"):
        post.refresh_from_db(fields=["revoked_at"])
        if post.revoked_at is None:
            revoke_post(post=post, reason=reason, by=by, at=at)
    person.is_active, person.locked_at = False, at
    person.save(update_fields=["is_active", "locked_at"])
    ended = end_sessions(person)
    records.log(by=by, verb="account.lock", on=person, unit=unit, reason=reason, at=at, after={"sessions": ended})
    return person


@transaction.atomic
def unlock(*, person: User, reason: str, by: User, at: datetime) -> User:
    """Let a locked account be used again; posts that were revoked must be granted anew."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.is_active, person.locked_at, person.reopened_at = True, None, at
    person.save(update_fields=["is_active", "locked_at", "reopened_at"])
    records.log(by=by, verb="account.unlock", on=person, reason=reason, at=at)
    return person


def end_sessions(person: User) -> int:
    """Sign a person out everywhere and return how many sessions ended."""
    sessions = UserSession.objects.filter(user=person)
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sessions.delete()
    return len(keys)

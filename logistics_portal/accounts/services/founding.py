"""The first accounts of the province, made where nobody can ask or confirm yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from logistics_portal.accounts.drafts import Grant, NewPerson
from logistics_portal.accounts.models import Post, Unit
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services import people, posts
from logistics_portal.accounts.services.people import OneTimeLink
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed

FIRST_ROLES = (Role.SECURITY_ADMIN, Role.BUREAU_LEADER)


@transaction.atomic
def open_portal(*, role: Role, new: NewPerson, at: datetime) -> OneTimeLink:
    """Give the province its first holder of a role and return the link at which that person sets a password.

    Raises `NotAllowed` for any other role, and as soon as somebody active holds it: then the way is SE → BL.
    """
    if role not in FIRST_ROLES:
        raise NotAllowed(gettext("首个账号只能是省级安全管理员或厅分管领导。"))
    province = Unit.objects.select_for_update().filter(kind=Unit.Kind.PROVINCE).first()
    if province is None:
        raise NotAllowed(gettext("请先运行 load_units 载入机构。"))
    held = Post.objects.in_force(on=local_date(at)).filter(unit=province, role=role, user__is_active=True)
    if held.exists():
        raise NotAllowed(gettext("省级已有%(role)s，请由安全管理员提出、分管领导确认。") % {"role": role.label})
    person = people.known_person(new) or people.create_person(new=new, unit=province, by=None, at=at)
    grant = Grant(role, province, local_date(at), reason=gettext("首个账号"))
    posts.grant_post(holder=person, grant=grant, by=None, at=at)
    return people.issue_link(person=person, unit=province, by=None, at=at)

"""What a bureau does from its dashboard: remind schools of what they have not handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inspections.dashboards.live import SchoolLine, reminded, reminder_key
from inspections.dashboards.selectors import address
from logistics_portal.accounts.models import Post, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.kit.dates import local_date
from logistics_portal.records import services as records
from logistics_portal.records.models import Notice
from logistics_portal.records.sayings import said

REMINDED = (Role.LOGISTICS_OFFICER, Role.VICE_PRINCIPAL_LOGISTICS)


@transaction.atomic
def remind(*, lines: Sequence[SchoolLine], by: User, at: datetime) -> int:
    """Tell the logistics officers and vice-principals of some schools what is missing, and return how many schools.

    A school is told once a day, whoever presses the button; one where nobody holds these posts is not counted.
    """
    today = local_date(at)
    told = reminded([line.school.pk for line in lines], today)
    waiting = [line for line in lines if line.school.pk not in told and line.gaps]
    people = _people(waiting, at)
    count = 0
    for line in waiting:
        to = people[line.school.unit_id]
        if to:
            _tell(line, to, by, at)
            count += 1
    return count


def _people(lines: Sequence[SchoolLine], at: datetime) -> dict[int, list[User]]:
    units = [line.school.unit_id for line in lines]
    posts = Post.objects.in_force(on=local_date(at)).filter(unit__in=units, role__in=REMINDED, user__is_active=True)
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for post in posts.select_related("user").order_by("pk"):
        found[post.unit_id][post.user_id] = post.user
    return defaultdict(list, {unit: list(users.values()) for unit, users in found.items()})


def _tell(line: SchoolLine, to: list[User], by: User, at: datetime) -> None:
    rows = line.open_rows
    names = list(dict.fromkeys(f"{row.place.name} {row.wording.name}" for row in rows))
    records.notify(
        to=to,
        key=reminder_key(line.school.pk, local_date(at)),
        title=said(gettext_noop("还有 %(n)s 项检查没有交"), {"n": len(rows)}),
        text=said(gettext_noop("%(names)s。请按时填报；过期可在补录期限内补录。"), {"names": names}),
        url=address("inspections:today"),
        urgency=Notice.Urgency.NORMAL,
        at=at,
    )
    facts = {"gaps": len(rows), "told": [person.pk for person in to]}
    records.log(by=by, verb="board.remind", on=line.school, after=facts, at=at)

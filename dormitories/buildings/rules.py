"""How rooms are numbered. No database, no clock."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed

MOST_FLOORS = 30
MOST_ROOMS = 99


def numbers(floors: Sequence[int], rooms: int) -> dict[str, int]:
    """Return the room numbers of each floor, 101, 102 …, and the floor they lie on."""
    if not floors or not all(0 < floor <= MOST_FLOORS for floor in floors):
        raise NotAllowed(gettext("楼层应在 1 到 %(most)s 之间。") % {"most": MOST_FLOORS})
    if not 0 < rooms <= MOST_ROOMS:
        raise NotAllowed(gettext("每层房间数应在 1 到 %(most)s 之间。") % {"most": MOST_ROOMS})
    return {f"{floor}{number:02d}": floor for floor in floors for number in range(1, rooms + 1)}

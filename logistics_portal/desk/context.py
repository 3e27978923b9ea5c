"""What the frame around every page shows."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext

from logistics_portal.accounts.models import Post, User
from logistics_portal.desk import selectors
from logistics_portal.desk.selectors import Group, Line

SEARCH_PAGES = ("desk:search", "schools:search", "schools:school-list", "schools:list")
UNREAD_SHOWN = 99


class Frame:
    """Answers the frame's questions when a template asks, each once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.sheets = [f"css/{name}.css" for name in selectors.SHEETS]
        self.title = gettext("吉林学校后勤")

    @property
    def _user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def _post(self) -> Post | None:
        return self._user.main_post if self._user else None

    @cached_property
    def menu(self) -> list[Group]:
        """Return the side menu."""
        return selectors.menu_for(self._user, self.request.path) if self._user else []

    @cached_property
    def dock(self) -> list[Line]:
        """Return the bar at the foot of a phone."""
        return selectors.dock_for(self.menu, self.request.path) if self._user else []

    @cached_property
    def may_export(self) -> bool:
        """Say whether lists offer their file to this reader."""
        return self._user is not None and selectors.may_export(self._user)

    @cached_property
    def unread(self) -> str:
        """Return how many notices wait, or nothing."""
        if self._user is None:
            return ""
        count = self._user.notices.unread()[: UNREAD_SHOWN + 1].count()
        return f"{UNREAD_SHOWN}+" if count > UNREAD_SHOWN else str(count or "")

    @property
    def unit_path(self) -> str:
        """Return where the main post sits: 延边州 › 敦化市."""
        if self._post is None:
            return ""
        unit = self._post.unit
        return f"{unit.parent.name} › {unit.name}" if unit.parent else unit.name

    @property
    def post_title(self) -> str:
        """Return the name of the main post's role."""
        return self._post.title if self._post else ""

    @cached_property
    def search_url(self) -> str:
        """Return where the search box leads, or nothing while there is nothing to search."""
        return next(filter(None, map(selectors.address, SEARCH_PAGES)), "")

    @property
    def deep(self) -> bool:
        """Say whether this page lies below the desk and the pages of the dock."""
        return self.request.path not in {reverse("desk:home"), *(line.url for line in self.dock)}

    @property
    def back_url(self) -> str:
        """Return where the arrow leads without script: the list this page hangs under, or the desk."""
        above = [line for group in self.menu for line in group.lines if line.current]
        if above and above[0].url != self.request.path:
            return above[0].url
        return reverse("desk:home")


def portal(request: HttpRequest) -> dict[str, Frame]:
    """Give templates `portal`, the frame around the page."""
    return {"portal": Frame(request)}

"""The plot on which the demo province is planted; the same seed gives the same province."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from logistics_portal.accounts.models import Post, Unit, User
from logistics_portal.accounts.permissions import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
SURNAMES = (
    "王李张刘陈杨赵孙周吴徐朱马胡郭林高何郑罗宋谢唐韩曹许邓冯程蔡彭潘袁于董余叶蒋杜苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏朴"
)
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉萍红玲建国春梅兰海燕志新文立哲英子成浩雪松鹏宇欣"
LOGIN_CODES = {  # the short codes of the table of rights: quick to type on a phone
    Role.LOGISTICS_OFFICER: "lo",
    Role.FOOD_SAFETY_OFFICER: "fo",
    Role.FOOD_SAFETY_DIRECTOR: "fd",
    Role.DORM_KEEPER: "dk",
    Role.VICE_PRINCIPAL_LOGISTICS: "vp",
    Role.PRINCIPAL: "pr",
    Role.PARTY_SECRETARY: "ps",
    Role.OFFICE_CLERK: "oc",
    Role.OFFICE_HEAD: "oh",
    Role.INSPECTOR: "in",
    Role.INSPECTORATE_HEAD: "ih",
    Role.BUREAU_LEADER: "bl",
    Role.SCHEME_ADMIN: "sa",
    Role.SYSTEM_OPERATOR: "sy",
    Role.SECURITY_ADMIN: "se",
    Role.AUDITOR: "au",
}
SHOWCASE = "222403"  # 敦化市: large, many rural boarding schools, a neighbour with a Korean name


@dataclass
class Plot:
    """What the planters share: size, days, chance, and what was planted so far."""

    schools: int
    days: int
    until: date
    seed: int
    now: datetime
    rng: Random = field(init=False)
    password: str = field(init=False)
    units: dict[str, Unit] = field(default_factory=dict)
    staff: dict[int, dict[str, User]] = field(default_factory=dict)  # unit id → role → person
    posts: dict[int, Post] = field(default_factory=dict)  # user id → post
    grown: dict[str, Any] = field(default_factory=dict)  # what one wing leaves for the next, by key
    accounts: list[tuple[str, str, str]] = field(default_factory=list)  # title, login name, unit

    def __post_init__(self) -> None:
        """Seed the chance; the password alone is really random."""
        self.rng = Random(self.seed)  # noqa: S311 - a demo wants the same province twice
        self.password = secrets.token_urlsafe(9)

    @property
    def first(self) -> date:
        """Return the first planted day."""
        return self.until - timedelta(days=self.days - 1)

    def person_name(self) -> str:
        """Return a made-up name."""
        return self.rng.choice(SURNAMES) + "".join(self.rng.sample(GIVEN, self.rng.choice([1, 2, 2])))

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return a moment of a day in Shanghai."""
        return datetime.combine(day, time(hour, minute), SHANGHAI)

    def hire(self, unit: Unit, roles: list[Role], *, number: str) -> None:
        """Note a made-up person for each role at a unit, signing in as `lo0001`; `settle` writes them down."""
        for role in roles:
            name = f"{LOGIN_CODES[role]}{number}"
            self.staff.setdefault(unit.pk, {})[role] = User(
                username=name,
                full_name=self.person_name(),
                created_at=self.at(self.first, 8),
                seen_at=self.at(self.until, 8),
            )

    def settle(self, units: dict[int, Unit]) -> None:
        """Write down everybody hired since, with posts from long ago and no usable password."""
        new = [(unit, role, user) for unit, roles in self.staff.items() for role, user in roles.items() if not user.pk]
        for _unit, _role, user in new:
            user.set_unusable_password()
        User.objects.bulk_create([user for _unit, _role, user in new], batch_size=500)
        start = date(2009, 9, 1)
        posts = Post.objects.bulk_create(
            [
                Post(user=user, unit=units[unit], role=role, from_date=start, granted_at=self.at(start, 8))
                for unit, role, user in new
            ],
            batch_size=500,
        )
        self.posts.update({post.user_id: post for post in posts})

    def open_account(self, user: User, *, title: str, unit: Unit) -> None:
        """Give a planted person the demo password and note the account for the newcomer."""
        user.set_password(self.password)
        user.save(update_fields=["password"])
        self.accounts.append((title, user.username, unit.name))

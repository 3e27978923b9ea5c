"""School users by spreadsheet: template, dry run, all or nothing; the same file a second time changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from logistics_portal.accounts.drafts import Grant, NewPerson
from logistics_portal.accounts.forms import LOGIN_NAME, PHONE
from logistics_portal.accounts.models import PeopleImport, Post, Unit, User
from logistics_portal.accounts.permissions import SCHOOL_ROLES, Permission
from logistics_portal.accounts.rules import Stand, clash
from logistics_portal.accounts.services import imports, people, posts
from logistics_portal.kit.cells import matching_key, read_day
from logistics_portal.kit.dates import local_date
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.sheets import Column, Row, Table
from logistics_portal.kit.sheetwriter import write_template
from logistics_portal.records import services as records

LONGEST_NAME = 40
ROLES = {str(role.label): role for role in sorted(SCHOOL_ROLES)}


def columns() -> tuple[Column, ...]:
    """Return the columns of a sheet of school users, each with the names it goes by in real files."""
    return (
        Column("code", ("学校代码", "学校标识码", "单位代码", "代码"), is_code=True, hint=gettext("与学校名册一致")),
        Column("name", ("姓名", "人员姓名"), hint=gettext("真实姓名")),
        Column("phone", ("手机", "手机号", "手机号码", "联系电话", "电话"), is_code=True, hint=gettext("11 位数字")),
        Column("role", ("岗位", "职务", "岗位名称"), choices=tuple(ROLES)),
        Column("username", ("登录名", "用户名", "账号"), required=False, is_code=True, hint=gettext("不填用手机号")),
        Column("first", ("起始日期", "任职日期", "开始日期"), required=False, hint=gettext("不填为导入当天")),
        Column("last", ("终止日期", "结束日期"), required=False, hint=gettext("不填表示长期")),
    )


def template() -> bytes:
    """Return the empty sheet to fill in."""
    return write_template(columns(), title=gettext("学校人员"))


@dataclass(frozen=True)
class Line:
    """One line without a mistake: who gets which post, and whether the account is new or the post held already."""

    number: int
    person: NewPerson
    grant: Grant
    known: User | None
    is_held: bool = False
    is_dated: bool = True

    @property
    def term(self) -> str:
        """Return from when to when the post is to be held, in words."""
        if self.is_held:
            return gettext("沿用原期限")
        first = self.grant.first.isoformat() if self.is_dated else gettext("导入当天")
        return f"{first} – {self.grant.last.isoformat() if self.grant.last else gettext('长期')}"

    @property
    def account(self) -> str:
        """Return whether an account is made for the line, in words."""
        if self.is_held:
            return gettext("已任此岗，不变")
        return gettext("已有账号") if self.known else gettext("新账号")


@dataclass(frozen=True)
class Plan:
    """What an import would do: the lines to carry out, those that hold already, and what is wrong where."""

    lines: tuple[Line, ...]
    held: tuple[Line, ...]
    errors: Mapping[int, list[str]]

    @property
    def unchanged(self) -> int:
        """Return how many lines hold already."""
        return len(self.held)

    @property
    def rows(self) -> list[Line]:
        """Return every line without a mistake, in the order of the sheet."""
        return sorted((*self.lines, *self.held), key=lambda line: line.number)

    @property
    def schools(self) -> frozenset[Unit]:
        """Return the schools at which people get posts, or hold them already."""
        return frozenset(line.grant.unit for line in self.rows)


@dataclass
class _Desk:
    """What the lines of one file are checked against, fetched once."""

    by: User
    on: date
    units: Mapping[str, Unit]
    users: Mapping[str, User]
    held: Mapping[int, list[Post]]
    planned: dict[str, list[Grant]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def plan(table: Table, *, by: User, on: date) -> Plan:
    """Check every line of a sheet without writing anything."""
    desk = _desk(table, by, on)
    lines: list[Line] = []
    errors: dict[int, list[str]] = {}
    for row in table.rows:
        try:
            lines.append(_line(row, desk))
        except NotAllowed as wrong:
            errors[row.number] = [*row.errors, str(wrong)]
    held = tuple(line for line in lines if line.is_held)
    return Plan(tuple(line for line in lines if not line.is_held), held, errors)


def _desk(table: Table, by: User, on: date) -> _Desk:
    codes = {row["code"].upper() for row in table.rows}
    names = {_username(row) for row in table.rows}
    visible = Unit.objects.visible_to(by).filter(code__in=codes, kind=Unit.Kind.SCHOOL).select_related("parent__parent")
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    held: dict[int, list[Post]] = {}
    rows = Post.objects.filter(user__in=users.values(), revoked_at__isnull=True).select_related("unit")
    for post in rows:
        held.setdefault(post.user_id, []).append(post)
    return _Desk(by, on, {unit.code: unit for unit in visible}, users, held)


def _username(row: Row) -> str:
    return (row["username"] or row["phone"]).casefold()


def _line(row: Row, desk: _Desk) -> Line:
    """Return what a line asks for, and whether it holds already; raise `NotAllowed` with what is wrong."""
    if row.errors:
        raise NotAllowed(row.errors[0])
    grant, person = _grant(row, desk), _person(row)
    known = desk.users.get(person.username)
    if known is not None:
        people.refuse_stranger(known, person)
        if any(_same(post, grant) for post in desk.held.get(known.pk, ())):
            return Line(row.number, person, grant, known, is_held=True)
        posts.refuse_grant(holder=known, grant=grant, by=desk.by)
    _refuse_within_file(person, grant, desk)
    return Line(row.number, person, grant, known, is_dated=bool(row["first"]))


def _grant(row: Row, desk: _Desk) -> Grant:
    unit = desk.units.get(row["code"].upper())
    if unit is None:
        raise NotAllowed(gettext("范围内没有代码为“%(code)s”的学校。") % {"code": row["code"]})
    if desk.by.post_for(Permission.POST_GRANT_SCHOOL, at=unit) is None:
        raise NotAllowed(gettext("“%(name)s”的人员由其主管单位的安全管理员导入。") % {"name": unit.name})
    role = next((role for name, role in ROLES.items() if matching_key(name) == matching_key(row["role"])), None)
    if role is None:
        raise NotAllowed(gettext("没有“%(role)s”这个学校岗位，请从模板的下拉选项中选。") % {"role": row["role"]})
    first, last = read_day(row["first"]) or desk.on, read_day(row["last"])
    if last is not None and last < first:
        raise NotAllowed(gettext("终止日期不能早于起始日期。"))
    return Grant(role, unit, first, last, reason=gettext("表格导入"))


def _person(row: Row) -> NewPerson:
    if not row["name"] or len(row["name"]) > LONGEST_NAME:
        raise NotAllowed(gettext("姓名不能为空，也不能超过 40 字。"))
    username = _username(row)
    for validator, text in ((PHONE, row["phone"]), (LOGIN_NAME, username)):
        try:
            validator(text)
        except ValidationError as wrong:
            raise NotAllowed(wrong.messages[0]) from wrong
    return NewPerson(username, row["name"], row["phone"])


def _refuse_within_file(person: NewPerson, grant: Grant, desk: _Desk) -> None:
    if desk.names.setdefault(person.username, person.full_name) != person.full_name:
        raise NotAllowed(gettext("登录名“%(name)s”在表中给了两个人。") % {"name": person.username})
    earlier = desk.planned.setdefault(person.username, [])
    if any(other.role is grant.role and other.unit == grant.unit for other in earlier):
        raise NotAllowed(gettext("这一行与前面的行重复。"))
    if any(clash(_stand(other), _stand(grant)) for other in earlier):
        raise NotAllowed(gettext("同一人在表中的两个岗位不能兼任。"))
    earlier.append(grant)


def _stand(grant: Grant) -> Stand:
    return Stand(grant.role, grant.unit.path, grant.unit.kind)


def _same(post: Post, grant: Grant) -> bool:
    return post.role == grant.role and post.unit_id == grant.unit.pk and post.until_date == grant.last


def agree(checked: Plan, *, row: PeopleImport, by: User, at: datetime) -> PeopleImport:
    """Note the yes of the clerk who gave the list, unless a line has gone wrong since it was handed in."""
    _refuse_wrong(checked)
    return imports.agree(row=row, schools=checked.schools, by=by, at=at)


def _refuse_wrong(checked: Plan) -> None:
    if checked.errors:
        raise NotAllowed(gettext("表里还有 %(count)d 行有错，请改正后重新上传。") % {"count": len(checked.errors)})


@transaction.atomic
def carry_out(checked: Plan, *, row: PeopleImport, by: User, at: datetime) -> list[User]:
    """Carry out a plan whole; returns the new people, who need a one-time link each.

    Raises `NotAllowed` while any line is wrong or a yes is missing, of who gave the list or of the second person, so
    nothing is half-written. Posts are granted by who handed the sheet in, on the word of who gave the list.
    """
    row = imports.open_for(row, by, at)
    _refuse_wrong(checked)
    imports.refuse_giver(row.asked_by, checked.schools, at)
    made: dict[str, User] = {}
    for line in checked.lines:
        known = line.known or made.get(line.person.username)
        if known is None:
            known = made[line.person.username] = people.create_person(
                new=line.person, unit=line.grant.unit, by=row.by, at=at
            )
        posts.grant_post(holder=known, grant=replace(line.grant, asked_by=row.asked_by), by=row.by, at=at)
    imports.close(row, by, at)
    told = {"people": len(made), "posts": len(checked.lines), "unchanged": checked.unchanged, "on": local_date(at)}
    records.log(by=by, verb="people.import", on=row, unit=row.unit, at=at, after=told)
    return list(made.values())

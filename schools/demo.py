"""The schools of the demo province."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from django.core.management import call_command
from pypinyin import Style, lazy_pinyin

from logistics_portal.accounts.models import Unit, UnitPeriod
from logistics_portal.accounts.permissions import Role
from logistics_portal.desk.plot import SHOWCASE, Plot
from logistics_portal.kit.dates import midnight
from schools.codes.models import Code
from schools.register.models import Enrolment, Place, School, Trait

TOWNS = (
    "官地 大石头 黄泥河 雁鸣湖 秋梨沟 江源 翰章 沙河沿 贤儒 红石 青沟子 额穆 黑石 大蒲柴河 双河 三道 榆树川 柳河 "
    "清河 万良 松江 二道白河 永庆 兴隆 太平 新安 东山 西岗 北台 南坪 石门 金沟"
).split()
STREETS = "胜利 文化 站前 滨河 育才 光明 新华 解放 民主 振兴 江南 北山".split()
KINDS = [
    (School.Kind.PRIMARY, 34),
    (School.Kind.JUNIOR, 18),
    (School.Kind.NINE_YEAR, 20),
    (School.Kind.SENIOR, 12),
    (School.Kind.COMPLETE_SECONDARY, 4),
    (School.Kind.VOCATIONAL, 9),
    (School.Kind.SPECIAL_ED, 3),
]
OPENED = date(1998, 9, 1)
SCHOOL_ROLES = [
    Role.LOGISTICS_OFFICER,
    Role.FOOD_SAFETY_OFFICER,
    Role.FOOD_SAFETY_DIRECTOR,
    Role.DORM_KEEPER,
    Role.VICE_PRINCIPAL_LOGISTICS,
    Role.PRINCIPAL,
]
OPENED_ROLES = {
    Role.LOGISTICS_OFFICER,
    Role.FOOD_SAFETY_OFFICER,
    Role.DORM_KEEPER,
    Role.VICE_PRINCIPAL_LOGISTICS,
    Role.PRINCIPAL,
}


def plant(plot: Plot) -> None:
    """Plant schools with their units, traits, people and places; `grown["schools"]` and `["places"]` hold them."""
    call_command("load_terms", verbosity=0)
    counties = _counties(plot)
    used: set[str] = set()
    units = Unit.objects.bulk_create(
        [_unit(plot, number, counties[number], used) for number in range(plot.schools)], batch_size=500
    )
    UnitPeriod.objects.bulk_create(
        [
            UnitPeriod(unit=unit, from_date=OPENED, code=unit.code, name=unit.name, kind=unit.kind, parent=unit.parent)
            for unit in units
        ],
        batch_size=500,
    )
    schools = School.objects.bulk_create([_school(plot, unit, n) for n, unit in enumerate(units)], batch_size=500)
    _traits(schools)
    for number, unit in enumerate(units):
        plot.hire(unit, SCHOOL_ROLES, number=f"{number + 1:04d}")
    plot.settle({unit.pk: unit for unit in units})
    plot.grown["schools"] = schools
    plot.grown["places"] = Place.objects.bulk_create(
        [place for school in schools for place in _places(plot, school)], batch_size=500
    )
    shown = next((school for school in schools if school.is_boarding), schools[0])
    plot.grown["shown"] = shown
    Code.objects.bulk_create(_codes(plot, [it for it in plot.grown["places"] if it.school_id == shown.pk]))
    for role in SCHOOL_ROLES:
        if role in OPENED_ROLES:
            plot.open_account(plot.staff[shown.unit_id][role], title=str(role.label), unit=shown.unit)


def _counties(plot: Plot) -> list[Unit]:
    """Return the bureau of each school: a fifth in the county shown first, the rest all over the province."""
    shown = plot.units[SHOWCASE]
    rest = [unit for unit in plot.units.values() if unit.kind in {Unit.Kind.COUNTY, Unit.Kind.SPECIAL_COMMITTEE}]
    rest.sort(key=lambda unit: unit.code)
    plot.rng.shuffle(rest)
    many = max(1, plot.schools // 5)
    spread = [rest[number % len(rest)] for number in range(plot.schools - many)]
    return [shown] * many + spread


def _unit(plot: Plot, number: int, county: Unit, used: set[str]) -> Unit:
    code = f"S{county.code}{number + 1:05d}"
    return Unit(
        code=code,
        name=_name(plot, county, number, used),
        kind=Unit.Kind.SCHOOL,
        parent=county,
        path=f"{county.path}{code}/",
        division=county.division or county.code,
        from_date=OPENED,
    )


def _kind(plot: Plot, number: int) -> str:
    if number == 0:
        return School.Kind.NINE_YEAR  # the school shown first boards
    return plot.rng.choices([kind for kind, _share in KINDS], [share for _kind, share in KINDS])[0]


def _name(plot: Plot, county: Unit, number: int, used: set[str]) -> str:
    kind = _kind(plot, number)
    plot.grown.setdefault("kinds", []).append(kind)
    town = f"{plot.rng.choice(TOWNS)}镇"
    ordinal = plot.rng.choice("一二三四五六七八九十")
    base = {
        School.Kind.PRIMARY: plot.rng.choice([f"{town}中心小学", f"{plot.rng.choice(STREETS)}小学"]),
        School.Kind.JUNIOR: plot.rng.choice([f"{town}中学", f"第{ordinal}中学"]),
        School.Kind.NINE_YEAR: f"{town}九年一贯制学校",
        School.Kind.SENIOR: f"第{ordinal}高级中学",
        School.Kind.COMPLETE_SECONDARY: f"实验{ordinal}中学",
        School.Kind.VOCATIONAL: plot.rng.choice(["职业技术教育中心", f"第{ordinal}职业高中"]),
        School.Kind.SPECIAL_ED: "特殊教育学校",
    }[School.Kind(kind)]
    name = f"{county.name}{base}"
    while name in used:
        name += plot.rng.choice(["东校", "西校", "分校", "南校", "北校"])
    used.add(name)
    return name


def _school(plot: Plot, unit: Unit, number: int) -> School:
    kind = plot.grown["kinds"][number]
    rural = "镇" in unit.name
    boards = number == 0 or plot.rng.random() < (0.45 if rural else 0.2)
    if kind in {School.Kind.SENIOR, School.Kind.VOCATIONAL}:
        boards = number == 0 or plot.rng.random() < 0.8
    pupils = plot.rng.randint(120, 700) if rural else plot.rng.randint(500, 2400)
    return School(
        unit=unit,
        code=unit.code,
        name=unit.name,
        initials="".join(lazy_pinyin(unit.name, style=Style.FIRST_LETTER))[:80],
        kind=kind,
        ownership=School.Ownership.PRIVATE if plot.rng.random() < 0.05 else School.Ownership.PUBLIC,
        division=unit.division,
        is_rural_compulsory=rural and kind in {School.Kind.PRIMARY, School.Kind.JUNIOR, School.Kind.NINE_YEAR},
        is_boarding=boards,
        serves_meals=boards or plot.rng.random() < 0.85,
        keeps_weekends=boards and plot.rng.random() < 0.4,
        pupils=pupils,
        boarders=pupils * plot.rng.randint(25, 60) // 100 if boards else 0,
        opened_date=OPENED,
    )


def _traits(schools: list[School]) -> None:
    flags = {
        Trait.Flag.BOARDING: "is_boarding",
        Trait.Flag.MEALS: "serves_meals",
        Trait.Flag.RURAL: "is_rural_compulsory",
        Trait.Flag.WEEKENDS: "keeps_weekends",
    }
    Trait.objects.bulk_create(
        [
            Trait(school=school, flag=flag, value=getattr(school, name), from_date=OPENED)
            for school in schools
            for flag, name in flags.items()
        ],
        batch_size=500,
    )
    Enrolment.objects.bulk_create(
        [Enrolment(school=school, year=2026, pupils=school.pupils, boarders=school.boarders) for school in schools],
        batch_size=500,
    )


def _places(plot: Plot, school: School) -> list[Place]:
    start = plot.first - timedelta(days=400)
    named = [(Place.Kind.CAMPUS, "本部校园")]
    if school.serves_meals:
        named.append((Place.Kind.CANTEEN, "学生食堂"))
        if school.pupils > 1800:
            named.append((Place.Kind.CANTEEN, "第二食堂"))
    if school.is_boarding:
        named += [(Place.Kind.DORMITORY, "女生宿舍楼"), (Place.Kind.DORMITORY, "男生宿舍楼")]
    return [
        Place(school=school, kind=kind, name=name, from_date=start, checked_from=plot.first) for kind, name in named
    ]


def _codes(plot: Plot, places: list[Place]) -> list[Code]:
    """Return a code for each place of the school shown first, and one on an appliance of its canteen."""
    hung = [(place, "") for place in places]
    hung += [(place, "1号留样冰箱") for place in places if place.kind == Place.Kind.CANTEEN][:1]
    by = plot.staff[plot.grown["shown"].unit_id][Role.LOGISTICS_OFFICER]
    return [
        Code(
            place=place,
            label=label,
            token=uuid5(NAMESPACE_OID, f"{place.pk} {label}").hex[:22],
            made_by=by,
            made_at=midnight(plot.first),
        )
        for place, label in hung
    ]

"""Which bureau a cell of a sheet means: by code, by name, by the name of old, never by a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext

from logistics_portal.kit.errors import NotAllowed

SUFFIXES = ("自治县", "自治州", "管委会", "教育局", "县", "市", "区", "州")
LONG = {"管委会": "管理委员会"}
OFFICES = ("教育和体育局", "教育体育局", "教体局", "教育局", "教育处", "教育和科学技术局")
DIVISION_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Region:
    """A bureau as the sheet may name it."""

    pk: int
    code: str
    name: str
    path: str
    city: str = ""
    usable: bool = True
    heir: str = ""


@dataclass(frozen=True)
class Regions:
    """The bureaus of the province by code and name, those of old included."""

    all: tuple[Region, ...]
    reach: str = ""
    by_code: dict[str, Region] = field(default_factory=dict)
    by_name: dict[str, list[Region]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, regions: Iterable[Region], former: Iterable[tuple[str, str, Region]] = (), reach: str = "") -> Regions:
        """Return the index; `former` names codes and names of old, `reach` is the path one may import below."""
        made = cls(tuple(regions), reach)
        for code, name, region in former:
            made.by_code.setdefault(code, region)
            if region not in made.by_name[name]:
                made.by_name[name].append(region)
        for region in made.all:
            made.by_code[region.code] = region
            made.by_name[region.name] = [
                region,
                *(it for it in made.by_name[region.name] if it.name == region.name and it != region),
            ]
        return made

    def find(self, name: str, code: str, city: str = "") -> Region:
        """Return the bureau that code and name mean together, or refuse with a sentence."""
        by_code = self._coded(code) if code else None
        by_name = self._named(name, city) if name and (by_code is None or not _same(name, by_code)) else None
        if by_code and by_name and by_code.pk != by_name.pk:
            raise NotAllowed(
                gettext("主管单位“%(name)s”与代码 %(code)s（%(other)s）不一致，请核对。")
                % {"name": name, "code": code, "other": by_code.name}
            )
        found = by_code or by_name
        if found is None:
            raise NotAllowed(gettext("请填写主管单位或它的代码。"))
        return self._usable(found)

    def _coded(self, code: str) -> Region:
        digits = code.strip().upper()
        region = self.by_code.get(digits) or self.by_code.get(digits[:DIVISION_DIGITS])
        if region is None:
            raise NotAllowed(gettext("没有代码为 %(code)s 的主管单位，请核对。") % {"code": code})
        return region

    def _named(self, name: str, city: str) -> Region:
        plain = _bare(name)
        found = self.by_name.get(plain) or self._alike(plain)
        if len(found) > 1 and city:
            found = [region for region in found if _same(city, region, region.city)] or found
        if not found:
            raise NotAllowed(gettext("没有名为“%(name)s”的主管单位，请写全称或代码。") % {"name": name})
        if len(found) > 1:
            names = gettext("、").join(sorted(region.name for region in found))
            raise NotAllowed(gettext("“%(name)s”可能是%(names)s，请写全称或代码。") % {"name": name, "names": names})
        return found[0]

    def _alike(self, plain: str) -> list[Region]:
        """Return the bureaus a short name may mean: 前郭县, 敦化, 池北区."""
        suffix = next((it for it in SUFFIXES if plain.endswith(it) and plain != it), "")
        stem, suffix = plain.removesuffix(suffix), LONG.get(suffix, suffix)
        if len(stem) < 2:  # noqa: PLR2004 - one character names nothing
            return []
        same = [it for it in self.all if it.name.startswith(stem) and it.name.endswith(suffix)]
        return same or [it for it in self.all if it.name.endswith(plain)]

    def _usable(self, region: Region) -> Region:
        if not region.usable:
            heir = gettext("，现为%(heir)s") % {"heir": region.heir} if region.heir else ""
            raise NotAllowed(
                gettext("“%(name)s”已撤销或未启用%(heir)s，不能作为主管单位。") % {"name": region.name, "heir": heir}
            )
        if not region.path.startswith(self.reach):
            raise NotAllowed(gettext("“%(name)s”不在本单位管辖范围内。") % {"name": region.name})
        return region


def _bare(name: str) -> str:
    """Return the name without the word for its office: 敦化市教育局 is 敦化市."""
    plain = "".join(name.split())
    for office in OFFICES:
        if plain.endswith(office) and plain != office:
            return plain.removesuffix(office)
    return plain


def _same(name: str, region: Region, known: str = "") -> bool:
    plain, known = _bare(name), known or region.name
    return plain == known or known.startswith(plain.rstrip("市县区州"))

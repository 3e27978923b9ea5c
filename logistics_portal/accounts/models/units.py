"""Units of the org tree, how they stood over time, and the changes asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dated import held
from logistics_portal.kit.scoping import Scoped, ScopedQuerySet


class UnitQuerySet(ScopedQuerySet["Unit"]):
    """Units, and the ways they are asked for."""

    def below(self, unit: Unit) -> Self:
        """Keep `unit` and everything under it."""
        return self.filter(path__startswith=unit.path)

    def bureaus(self) -> Self:
        """Keep the units that have an education office of their own."""
        return self.filter(kind__in=Unit.BUREAUS, switched_on=True)

    def living(self, *, on: date) -> Self:
        """Keep the units that exist on a day."""
        return self.filter(held(on))


class Unit(Scoped):
    """A bureau or a school: one node of the org tree, as it stands today; `UnitPeriod` holds its history."""

    class Kind(models.TextChoices):
        """What the unit is."""

        PROVINCE = "province", _("省")
        CITY = "city", _("市（州）")
        SPECIAL_COMMITTEE = "special_committee", _("管委会")
        FUNCTIONAL_ZONE = "functional_zone", _("功能区")
        ZONE_AREA = "zone_area", _("管委会片区")
        COUNTY = "county", _("县（市、区）")
        SCHOOL = "school", _("学校")

    BUREAUS: ClassVar[tuple[str, ...]] = ("province", "city", "special_committee", "functional_zone", "county")

    unit_path: ClassVar[str] = "path"
    unit_key: ClassVar[str] = "pk"

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(_("路径"), max_length=120, unique=True, help_text="220000/220100/220102/")
    division = models.CharField(_("行政区划代码"), max_length=12, blank=True, help_text="where it lies on the map")
    switched_on = models.BooleanField(_("启用"), default=True)
    from_date = models.DateField(_("设立日期"))
    until_date = models.DateField(_("撤销日期"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="unit_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(path__endswith="/"), name="unit_path_ends_with_a_slash"),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="unit_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def first_reviewer(self) -> Unit:
        """Return F, the bureau that plays the county's part here (初审单位); the province answers for itself."""
        unit = self
        while unit.parent is not None and (unit.kind not in Unit.BUREAUS or not unit.switched_on):
            unit = unit.parent
        return unit

    @property
    def next_level(self) -> Unit:
        """Return the bureau one above this one in the reporting line; the province is above itself."""
        return self.parent.first_reviewer if self.parent is not None else self


@dataclass(frozen=True)
class Charge:
    """What some offices answer for, by office: the units whose first reviewer it is, and those it is one level above.

    Schools are not among the units: theirs is the answer of the unit they hang under.
    """

    first: Mapping[int, frozenset[int]]
    next: Mapping[int, frozenset[int]]
    above: Mapping[int, int]

    def risen(self, below: Mapping[int, frozenset[int]], office: int, able: Collection[int]) -> frozenset[int]:
        """Return the units of `below` (`first` or `next`) that come up to an office for lack of anybody `able`."""
        come = (units for reviewer, units in below.items() if self._rises(reviewer, office, able))
        return frozenset().union(*come)

    def _rises(self, reviewer: int, office: int, able: Collection[int]) -> bool:
        found: int | None = reviewer
        while found is not None and found != office and found not in able:
            found = self.above.get(found)
        return found == office


def charge_of(offices: Iterable[Unit]) -> Charge:
    """Return what some offices answer for; one query, however many units and schools lie below them."""
    below = Q(pk__in=[])
    for office in offices:
        below |= Q(path__startswith=office.path)
    rows = Unit.objects.exclude(kind=Unit.Kind.SCHOOL).filter(below)
    tree = {unit.pk: unit for unit in rows.only("parent", "kind", "switched_on")}
    first, following = defaultdict(set), defaultdict(set)
    over: dict[int, int] = {}
    for pk in tree:
        reviewer = _reviewer(pk, tree)
        if reviewer is not None:
            first[reviewer].add(pk)
            above = tree[reviewer].parent_id
            upper = reviewer if above is None else _reviewer(above, tree)
            if upper is not None:
                following[upper].add(pk)
                over |= {reviewer: upper} if upper != reviewer else {}
    return Charge(
        {pk: frozenset(ids) for pk, ids in first.items()}, {pk: frozenset(ids) for pk, ids in following.items()}, over
    )


def _reviewer(pk: int | None, tree: Mapping[int, Unit]) -> int | None:
    """Return the first reviewer of a unit as `Unit.first_reviewer` does, or nothing when it lies above the tree."""
    while pk is not None and pk in tree:
        unit = tree[pk]
        if unit.parent_id is None or (unit.kind in Unit.BUREAUS and unit.switched_on):
            return unit.pk
        pk = unit.parent_id
    return None


class UnitPeriod(models.Model):
    """How a unit stood over some days: name, code, kind and reporting line. Periods of a unit never overlap."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="periods")
    from_date = models.DateField(_("起"))
    until_date = models.DateField(_("止"), null=True, blank=True)
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=20, choices=Unit.Kind)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="child_periods")
    reason = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("机构沿革")
        constraints = [
            models.UniqueConstraint(fields=["unit", "from_date"], name="one_unit_period_per_start"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="unit_period_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.from_date}"


class UnitChange(Scoped):
    """A change to the org tree that one person asks for and another confirms; it takes effect by itself on its day."""

    class Kind(models.TextChoices):
        """What is to change."""

        CREATE = "create", _("设立")
        RENAME = "rename", _("更名")
        RECODE = "recode", _("变更代码")
        MOVE = "move", _("调整隶属")
        CLOSE = "close", _("撤销")
        SWITCH_ON = "switch_on", _("启用")

    class State(models.TextChoices):
        """Where the change stands."""

        ASKED = "asked", _("待确认")
        AGREED = "agreed", _("已确认，到期生效")
        DONE = "done", _("已生效")
        REFUSED = "refused", _("已退回")

    unit_path: ClassVar[str] = "unit__path"
    unit_key: ClassVar[str] = "unit_id"

    kind = models.CharField(_("变更"), max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="changes", help_text="for a new unit its parent")
    facts = models.JSONField(default=dict, blank=True)
    on_date = models.DateField(_("生效日期"))
    reason = models.CharField(_("依据"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey("User", models.PROTECT, related_name="asked_unit_changes")
    asked_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey("User", models.PROTECT, null=True, blank=True, related_name="decided_unit_changes")
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    trouble = models.CharField(_("未能生效的原因"), max_length=200, blank=True)

    objects = ScopedQuerySet["UnitChange"].as_manager()

    class Meta:
        verbose_name = _("机构变更")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="unit_change_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state__in=["agreed", "done", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="unit_change_decided_by_somebody_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name} {self.get_kind_display()} {self.on_date}"

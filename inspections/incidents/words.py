"""The facts of an incident in a reader's words: names of fields, values, and what a change says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.incidents.models import Incident, IncidentVersion
from inspections.incidents.rules.words import IncidentState
from logistics_portal.kit.money import yuan
from schools.register.models import Place, School

LABELS: dict[str, Promise] = {
    "state": gettext_lazy("状态"),
    "kind": gettext_lazy("类型"),
    "domain": gettext_lazy("领域"),
    "school_id": gettext_lazy("学校"),
    "place_id": gettext_lazy("地点"),
    "happened_at": gettext_lazy("发生时间"),
    "discovered_at": gettext_lazy("学校发现时间"),
    "deaths": gettext_lazy("死亡（人）"),
    "gravely_hurt": gettext_lazy("重伤、急性中毒（人）"),
    "hurt": gettext_lazy("轻伤（人）"),
    "food_cases": gettext_lazy("食源性病例（例）"),
    "loss_fen": gettext_lazy("直接经济损失（元）"),
    "in_scope": gettext_lazy("属后勤范围"),
    "reportable": gettext_lazy("登记为应报告事项"),
    "summary": gettext_lazy("简要经过"),
    "strike": gettext_lazy("从事故中剔除"),
    "close": gettext_lazy("提前结案"),
    "drop_report_act": gettext_lazy("撤销迟报、瞒报、谎报记录"),
}
CHOICES: dict[str, dict[str, str | Promise]] = {
    "state": dict(IncidentState.choices),
    "kind": dict(Incident.Kind.choices),
    "domain": dict(Incident.Domain.choices),
}


def value_in_words(name: str, value: object) -> str:
    """Return a fact's value as a reader knows it."""
    if value is None or value == "":
        return _("—")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name in CHOICES:
        return str(CHOICES[name].get(str(value), value))
    if name.endswith("_at"):
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    if name == "loss_fen":
        return yuan(int(str(value)))
    return str(value)


def change_lines(change: Mapping[str, object]) -> list[str]:
    """Return what a softening asks for, a line for each fact."""
    return [
        _("%(field)s：%(value)s") % {"field": LABELS.get(name, name), "value": value_in_words(name, value)}
        for name, value in change.items()
    ]


class Compared:
    """The versions of an incident side by side: a row a fact, a column a version, what changed is marked."""

    def __init__(self, versions: list[IncidentVersion]) -> None:
        self.versions = versions
        self.places = _names(Place, versions, "place_id")
        self.schools = _names(School, versions, "school_id")

    def rows(self) -> list[tuple[Promise, list[tuple[str, bool]]]]:
        """Return label and cells of every fact; a cell is its words and whether it differs from the one before."""
        shown = [name for name in LABELS if any(name in version.facts for version in self.versions)]
        return [(LABELS[name], self._cells(name)) for name in shown]

    def _cells(self, name: str) -> list[tuple[str, bool]]:
        values = [version.facts.get(name) for version in self.versions]
        return [
            (self._words(name, value), place > 0 and _differ(name, value, values[place - 1]))
            for place, value in enumerate(values)
        ]

    def _words(self, name: str, value: object) -> str:
        known = {"place_id": self.places, "school_id": self.schools}.get(name)
        if known is not None and isinstance(value, int):
            return known.get(value, str(value))
        return value_in_words(name, value)


def _differ(name: str, value: object, before: object) -> bool:
    """Tell whether a fact changed; a moment written in another time zone is the same moment."""
    if name.endswith("_at") and value and before:
        return datetime.fromisoformat(str(value)) != datetime.fromisoformat(str(before))
    return value != before


def _names(table: type[Place] | type[School], versions: list[IncidentVersion], name: str) -> dict[int, str]:
    ids = {version.facts.get(name) for version in versions} - {None}
    return dict(table._default_manager.filter(pk__in=ids).values_list("pk", "name")) if ids else {}  # noqa: SLF001

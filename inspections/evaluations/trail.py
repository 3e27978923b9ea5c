"""Where the rows behind a result are found: the lists they were counted from, narrowed to its school and year."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from inspections.evaluations.models import Evaluation


def links(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Return the name and address of each list whose rows a result was counted from."""
    year, school = evaluation.run.year, evaluation.school
    span = {"school": school.code, "since": f"{year}-01-01", "until": f"{year}-12-31"}
    wanted: list[tuple[str, str, dict[str, object]]] = [
        (_("检查记录"), "inspections:checks", {**span}),
        (_("问题整改"), "inspections:findings", {**span, "state": "all"}),
        (_("安全事故"), "inspections:incidents", {"q": school.name, "year": year}),
    ]
    found = []
    for name, address, query in wanted:
        try:
            found.append((name, f"{reverse(address)}?{urlencode(query)}"))
        except NoReverseMatch:
            continue
    return found

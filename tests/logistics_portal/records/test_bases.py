"""The codes of bases are said by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.utils.translation import override

from logistics_portal.records import bases

SHIPPED = sorted(Path(settings.BASE_DIR).glob("*/**/data/*.yaml"))


def codes_in(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {code for code in node.get("basis") or () if isinstance(code, str)}
        return own.union(*map(codes_in, node.values()))
    return set().union(*map(codes_in, node)) if isinstance(node, list) else set()


def test_every_basis_that_is_shipped_has_a_name() -> None:
    files = [path for path in SHIPPED if ".venv" not in path.parts and "node_modules" not in path.parts]

    used = set().union(*(codes_in(yaml.safe_load(path.read_text())) for path in files))

    assert {"K07", "R32"} <= used
    assert {code for code in used if bases.named(code) == code} == set()


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ("", ""),
        ("K07", '餐饮服务通用卫生规范（GB 31654） <small class="muted">K07</small>'),
        ("R32", '吉教校产字〔2009〕1号：公益性、教育性的原则 <small class="muted">R32</small>'),
        ("K03、X9", '食品安全法 <small class="muted">K03</small>；X9'),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_a_row_names_its_bases_and_keeps_the_code_beside_the_name(codes: str, words: str) -> None:
    with override("zh-hans"):
        assert bases.in_words(codes) == words

"""What was said of an item, as one sentence."""

from __future__ import annotations

import pytest

from inspections.checks.answers import joined


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([], ""),
        (["已关阀停用。"], "已关阀停用。"),
        (["已关阀停用。", "自 18:00 起已停用"], "已关阀停用；自 18:00 起已停用"),
        (["一", "二。", "三。"], "一；二；三。"),
    ],
)
def test_a_full_stop_makes_way_for_the_next_part(parts: list[str], sentence: str) -> None:
    assert joined(parts) == sentence

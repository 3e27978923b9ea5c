"""The shape of a definition, held by the JSON schema beside it, with its refusals in plain sentences."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from .problems import Fault
from .shape import Json

SCHEMA_FILE = FilePath(__file__).parent.parent / "data" / "checklists.schema.json"
SHOWN = 40


@lru_cache(maxsize=1)
def schema() -> Json:
    """Return the schema that ships with the product."""
    answer: Json = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return answer


@lru_cache(maxsize=8)
def _validator(part: str) -> Draft202012Validator:
    whole = schema()
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole)


def faults(value: object, part: str = "") -> Iterator[Fault]:
    """Yield what the schema refuses in a definition, or in one of its parts by the part's name."""
    for error in _validator(part).iter_errors(value):
        nearest = _nearest(error)
        yield Fault(tuple(nearest.absolute_path), _sentence(nearest))


def _nearest(error: ValidationError) -> ValidationError:
    """Return the refusal inside an either-or that says most: the branch that came furthest."""
    while error.context:
        branches: dict[object, list[ValidationError]] = {}
        for one in error.context:
            branches.setdefault(one.schema_path[0] if one.schema_path else 0, []).append(one)
        best = min(branches.values(), key=lambda branch: (any(_is_label(one) for one in branch), len(branch)))
        error = max(best, key=lambda one: len(one.absolute_path))
    return error


def _is_label(error: ValidationError) -> bool:
    """Whether a branch is refused because it is meant for another kind of thing."""
    return error.validator == "const" and bool(error.absolute_path) and error.absolute_path[-1] in ("kind", "mode")


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _sentence(error: ValidationError) -> str:
    """Return one sentence for a refusal of the schema."""
    teller = SENTENCES.get(str(error.validator))
    return teller(error) if teller else _("“%(value)s”的写法不对") % {"value": _shown(error.instance)}


def _given(value: Any) -> Any:
    """Return what an error holds; the library types it as perhaps unset, which it is not here."""
    return value


def _missing(error: ValidationError) -> str:
    instance = _given(error.instance)
    absent = [key for key in _given(error.validator_value) if key not in instance]
    return _("缺少“%(keys)s”") % {"keys": "、".join(absent)}


def _unknown_keys(error: ValidationError) -> str:
    known: dict[str, Any] = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    extra = [str(key) for key in _given(error.instance) if key not in known]
    return _("不认识“%(keys)s”这一项") % {"keys": "、".join(extra)}


def _not_listed(error: ValidationError) -> str:
    allowed = "、".join(_shown(one) for one in _given(error.validator_value))
    return _("“%(value)s”不能用，可用的是：%(allowed)s") % {"value": _shown(error.instance), "allowed": allowed}


def _not_constant(error: ValidationError) -> str:
    return _("这里只能写“%(value)s”") % {"value": _shown(error.validator_value)}


def _wrong_type(error: ValidationError) -> str:
    names = {
        "string": _("文字"),
        "integer": _("整数"),
        "boolean": _("true 或 false"),
        "array": _("列表"),
        "object": _("一组键值"),
    }
    wanted = names.get(str(error.validator_value), str(error.validator_value))
    return _("“%(value)s”应为%(wanted)s") % {"value": _shown(error.instance), "wanted": wanted}


def _out_of_bounds(error: ValidationError) -> str:
    bounds = {
        "minItems": _("至少要有%(bound)s个"),
        "maxItems": _("最多只能有%(bound)s个"),
        "minLength": _("至少要有%(bound)s个字"),
        "maxLength": _("最多只能有%(bound)s个字"),
        "minimum": _("不能小于%(bound)s"),
        "maximum": _("不能大于%(bound)s"),
        "minProperties": _("至少要写%(bound)s项"),
    }
    return bounds[str(error.validator)] % {"bound": error.validator_value}


def _written_twice(_error: ValidationError) -> str:
    return _("列表里有重复的内容")


def _not_here(error: ValidationError) -> str:
    key = error.absolute_path[-1] if error.absolute_path else ""
    return _("此处不能写“%(key)s”") % {"key": key}


def _none_fits(error: ValidationError) -> str:
    return _("“%(value)s”不合任何一种写法") % {"value": _shown(error.instance)}


SENTENCES: dict[str, Callable[[ValidationError], str]] = {
    "required": _missing,
    "additionalProperties": _unknown_keys,
    "enum": _not_listed,
    "const": _not_constant,
    "type": _wrong_type,
    "uniqueItems": _written_twice,
    "None": _not_here,
    "oneOf": _none_fits,
    **dict.fromkeys(
        ("minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "minProperties"), _out_of_bounds
    ),
}

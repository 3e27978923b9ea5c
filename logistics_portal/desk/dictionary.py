"""The data dictionary: every table of the portal, what it is for, its columns, choices and constraints, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model
from django.db.models.options import Options
from django.utils import translation

from logistics_portal.records.words import WORDS, called, word

APPS = ("accounts", "records", "schools", "canteens", "dormitories", "campus", "inspections")
HEAD = """# 数据字典

由 `python manage.py write_dictionary` 从代码生成，请勿手改；测试核对它与代码一致。
“可空”指数据库允许不填；主键 `id` 各表都有，不再列出。
"""


def written() -> str:
    """Return the whole dictionary as Markdown, in Chinese whatever the reader's language."""
    with translation.override("zh-hans"):
        return HEAD + "".join(f"\n{line}" for name in APPS for line in _app(name)) + "\n"


def nameless() -> list[str]:
    """Return the columns that nobody gave a Chinese name, as `app.Model.column`."""
    return [
        f"{_meta(model).label}.{field.name}" for model in _models() for field in _columns(model) if not _name(field)
    ]


def _models() -> Iterator[type[Model]]:
    for name in APPS:
        yield from sorted(apps.get_app_config(name).get_models(), key=lambda model: model.__name__)


def _app(name: str) -> Iterator[str]:
    yield f"## {name}\n"
    for model in _models():
        if _meta(model).app_label == name:
            yield from _table(model)


def _table(model: type[Model]) -> Iterator[str]:
    meta = _meta(model)
    title = str(meta.verbose_name)
    yield f"### {word(str(meta.model_name)) if title.isascii() else title} `{meta.db_table}`\n"
    yield f"{(model.__doc__ or '').strip().splitlines()[0]}\n"
    yield "| 列 | 名称 | 类型 | 可空 | 说明 |\n|---|---|---|---|---|"
    for field in _columns(model):
        yield f"| `{field.column}` | {_name(field)} | {_kind(field)} | {'是' if field.null else ''} | {_notes(field)} |"
    held = [f"`{constraint.name}`" for constraint in meta.constraints]
    yield f"\n数据库约束：{'、'.join(held)}。\n" if held else ""


def _meta(model: type[Model]) -> Options[Any]:
    return model._meta  # noqa: SLF001 - Django's documented way to a table


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in _meta(model).concrete_fields if not field.primary_key]


def _name(field: Field[Any, Any]) -> str:
    name = called(field)
    return "" if name == field.name and field.name not in WORDS else name


def _kind(field: Field[Any, Any]) -> str:
    kind = field.get_internal_type().removesuffix("Field")
    return f"{kind}({field.max_length})" if field.max_length else kind


def _notes(field: Field[Any, Any]) -> str:
    if isinstance(field, ForeignKey):
        return f"→ `{_meta(field.related_model).db_table}`"
    return "；".join(f"`{value}` {label}" for value, label in field.flatchoices) if field.choices else ""

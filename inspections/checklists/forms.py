"""What people type about check-lists: local additions, tighter limits, the day a version begins, a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.checklists.rules.definition import Definition
from inspections.checklists.rules.loading import read
from inspections.checklists.rules.problems import DefinitionError
from inspections.checklists.words import text_of
from logistics_portal.kit.forms import DayField, PortalForm

FIGURES = ("number", "count")
BASIS_OF_ADDITIONS = "R8"
LARGEST_FILE = 1024 * 1024
LARGEST = 999_999
PROBLEMS_SHOWN = 50
DUE = r"^\d{1,3}[mhd]$"
Json = Mapping[str, Any]


class AdditionForm(PortalForm):
    """One more item that a county or city asks."""

    section = forms.ChoiceField(label=_("检查区"))
    stage = forms.ChoiceField(label=_("阶段"))
    zh = forms.CharField(label=_("内容"), min_length=4, max_length=80)
    en = forms.CharField(
        label=_("英文"), min_length=4, max_length=160, required=False, help_text=_("可不填，英文页面上显示编号。")
    )
    category = forms.ChoiceField(label=_("环节"))
    severity = forms.ChoiceField(label=_("级别"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("答法"), choices=[("bool", _("是否")), ("number", _("数值"))], widget=forms.RadioSelect, initial="bool"
    )
    unit = forms.ChoiceField(label=_("单位"), required=False)
    min = forms.IntegerField(label=_("下限"), required=False, min_value=-LARGEST, max_value=LARGEST)
    max = forms.IntegerField(label=_("上限"), required=False, min_value=-LARGEST, max_value=LARGEST)
    evidence = forms.ChoiceField(label=_("依据方式"))
    photo = forms.BooleanField(label=_("异常须拍照"), required=False)

    def __init__(self, *args: Any, spec: Json, **options: Any) -> None:
        super().__init__(*args, **options)
        words = spec["words"]
        self._offer("section", [(one["code"], text_of(one)) for one in spec["sections"]])
        self._offer("stage", [(one["code"], text_of(one)) for one in spec.get("stages", ())])
        kinds = words["categories"].items()
        self._offer("category", [(code, text_of(one)) for code, one in kinds if spec["app"] in one["apps"]])
        grave = [(code, text_of(one)) for code, one in words["severities"].items() if code != "info"]
        self._offer("severity", grave)
        self._offer("unit", [("", "—"), *((code, code) for code in spec["units"])])
        self._offer("evidence", [(code, text_of(one)) for code, one in words["evidence"].items()])
        if not spec.get("stages"):
            del self.fields["stage"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a figure without a unit or a limit, and limits without a figure."""
        values = self.cleaned_data
        limits = [values.get("min"), values.get("max")]
        if values.get("kind") == "number" and not values.get("unit"):
            self.add_error("unit", gettext("数值项须选单位。"))
        if values.get("kind") == "number" and limits == [None, None]:
            self.add_error("min", gettext("数值项须写下限或上限。"))
        if values.get("kind") == "bool" and limits != [None, None]:
            self.add_error("min", gettext("是否项没有上下限。"))
        return values

    def item(self, code: str) -> dict[str, Any]:
        """Return the item as a version holds it."""
        values = self.cleaned_data
        answer: dict[str, Any] = {"kind": "bool"}
        if values["kind"] == "number":
            answer = {"kind": "number", "unit": values["unit"]}
            answer |= {key: values[key] for key in ("min", "max") if values[key] is not None}
        names = ("section", "stage", "zh", "en", "category", "severity")
        kept: dict[str, Any] = {name: values[name] for name in names if name in values}
        kept["en"] = values["en"] or f"Local item {code}"
        fail: dict[str, Any] = {"fail": {"photo": True}} if values["photo"] else {}
        item = {"code": code, **kept, "answer": answer, "evidence": [values["evidence"]], **fail}
        return {**item, "basis": [BASIS_OF_ADDITIONS]}


class TightenForm(PortalForm):
    """A stricter limit, a shorter deadline or a photo for an item that stands."""

    code = forms.ChoiceField(label=_("检查项"))
    min = forms.DecimalField(label=_("下限不低于"), required=False, max_digits=9, decimal_places=2)
    max = forms.DecimalField(label=_("上限不高于"), required=False, max_digits=9, decimal_places=2)
    due = forms.RegexField(
        DUE,
        label=_("整改期限缩短为"),
        required=False,
        help_text=_("写成 30m、4h 或 2d（分钟、小时、教学日）。"),
        error_messages={"invalid": _("写成 30m、4h 或 2d。")},
    )
    photo = forms.BooleanField(label=_("异常须拍照"), required=False)

    def __init__(self, *args: Any, spec: Json, **options: Any) -> None:
        super().__init__(*args, **options)
        items = [it for it in spec["items"] if it["severity"] != "info"]
        choices = [(it["code"], f"{it['code']} {text_of(it)[:40]}") for it in items]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that tightens nothing."""
        values = self.cleaned_data
        if not any(values.get(key) not in (None, "", False) for key in ("min", "max", "due", "photo")):
            raise ValidationError(gettext("请至少填写一项加严要求。"))
        return values

    def additions(self) -> dict[str, Any]:
        """Return the limits and demands as `overlay` takes them."""
        values = self.cleaned_data
        limits = {key: f"{values[key].normalize():f}" for key in ("min", "max") if values[key] is not None}
        fails: dict[str, Any] = {"due": values["due"]} if values["due"] else {}
        fails |= {"photo": True} if values["photo"] else {}
        return {
            "limits": {values["code"]: limits} if limits else {},
            "fails": {values["code"]: fails} if fails else {},
        }


class PublishForm(PortalForm):
    """From which day a version holds."""

    starts = DayField(label=_("生效日期"))

    def __init__(self, *args: Any, earliest: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["starts"].initial = earliest


class DefinitionForm(PortalForm):
    """A file of check-lists; every mistake is told by its line."""

    file = forms.FileField(label=_("检查表定义文件（YAML）"))
    note = forms.CharField(label=_("改动说明"), min_length=4, max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.problems: list[Any] = []

    def clean_file(self) -> Definition:
        """Return the definition the file holds."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(gettext("文件过大，不超过 1 MB。"))
        try:
            return read(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError(gettext("文件不是 UTF-8 编码的文本。")) from None
        except DefinitionError as trouble:
            self.problems = trouble.problems[:PROBLEMS_SHOWN]
            words = {"count": len(trouble.problems)}
            raise ValidationError(gettext("文件有 %(count)s 处错误，逐行列在本页上方。") % words) from None

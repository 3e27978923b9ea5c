"""The base of every form, and the fields that look and refuse alike everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONG_TEXT = 2000
DASHES = "---------"  # what Django offers where nothing is chosen
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)  # days outside are slips of the finger


class PortalForm(forms.Form):
    """A form whose texts are trimmed and hold no NUL; `{{ form }}` renders it in our look.

    `asked_when` names the fields that only one answer asks for; their labels say which, instead of “optional”.
    """

    asked_when: ClassVar[Mapping[str, Promise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.asked_when.items():
            self.fields[name].asked_when = words  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == DASHES:
                field.empty_label = _("请选择")


class DayField(forms.DateField):
    """A day, typed or picked; the browser shows its own calendar. A year like 0026 or 9999 is refused."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        options.setdefault("input_formats", ["%Y-%m-%d"])
        options.setdefault("error_messages", {"invalid": _("日期写成 2026-03-05 这样。")})
        super().__init__(**options)

    def validate(self, value: date | None) -> None:
        """Refuse a day that no school has seen or will see."""
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError(_("年份不对，日期写成 2026-03-05 这样。"), code="year")


class MomentField(forms.DateTimeField):
    """A day and a time of day in Shanghai."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        options.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
        options.setdefault("error_messages", {"invalid": _("时间写成 2026-03-05 14:03 这样。")})
        super().__init__(**options)

    def validate(self, value: datetime | None) -> None:
        """Refuse a moment that no school has seen or will see."""
        super().validate(value)
        if value is not None and not FIRST_DAY <= value.date() <= LAST_DAY:
            raise ValidationError(_("年份不对，时间写成 2026-03-05 14:03 这样。"), code="year")


class LongText(forms.CharField):
    """Some sentences, at most 2,000 characters; how long is told beside the field, and nothing is cut in silence."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("max_length", LONG_TEXT)
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the limit for our script; a `maxlength` would let the browser cut what is pasted."""
        return {"data-most": self.max_length}


class WholeNumber(forms.IntegerField):
    """A whole number that is not negative, with its unit inside the field."""

    def __init__(self, *, unit: str = "", **options: Any) -> None:
        options.setdefault("min_value", 0)
        options.setdefault("max_value", 2_147_483_647)
        super().__init__(**options)
        self.widget.attrs.update({"inputmode": "numeric"} | ({"data-unit": unit} if unit else {}))


class PhotosInput(forms.ClearableFileInput):
    """Chooses several pictures; a phone offers its camera."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Some photos as uploaded files; what they really are is checked where they are kept."""

    def __init__(self, *, most: int = 9, **options: Any) -> None:
        options.setdefault("widget", PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic"}))
        super().__init__(**options)
        self.most = most
        words = {"data-photo-remove": _("去掉照片 %s"), "data-photo-none": _("“%s”不是照片，没有加入。")}
        many = {"data-photo-many": _("一次最多 %s 张照片，多的没有加入。"), "data-most-photos": most}
        self.widget.attrs.update({"data-photos-field": True, **words, **many})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploaded files, in the order they were chosen."""
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if self.required and not files:
            raise ValidationError(_("请拍照或选一张照片。"), code="required")
        if len(files) > self.most:
            raise ValidationError(_("一次最多 %(most)s 张照片。"), code="many", params={"most": self.most})
        return [super(PhotosField, self).clean(file, initial) for file in files]


class ReasonForm(PortalForm):
    """Asks why, before an act that is kept for good."""

    reason = LongText(label=_("理由"), min_length=4, max_length=500, rows=3, help_text=_("会记入操作记录，不能修改。"))

"""What people type about findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from inspections.findings.models import Finding, Toleration
from inspections.findings.rules import Severity
from logistics_portal.accounts.models import User
from logistics_portal.kit.dates import day_end
from logistics_portal.kit.forms import DayField, LongText, PhotosField, PortalForm
from schools.register.models import Place


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return str(obj.full_name)


class PlaceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A place with its school."""

    def label_from_instance(self, obj: Any) -> str:
        """Return school and place."""
        return f"{obj.school.name} · {obj.name}"


class SightingForm(PortalForm):
    """Something wrong that a person saw."""

    place = PlaceChoice(label=_("场所"), queryset=Place.objects.none())
    title = forms.CharField(label=_("问题"), min_length=4, max_length=200)
    severity = forms.ChoiceField(
        label=_("级别"), choices=Severity.choices, initial=Severity.MINOR, widget=forms.RadioSelect
    )
    detail = LongText(label=_("情况说明"), required=False, max_length=1000)
    complaint = forms.BooleanField(label=_("来自投诉举报"), required=False)
    photos = PhotosField(label=_("现场照片"), required=False)

    def __init__(self, *args: Any, places: QuerySet[Place], bureau: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        if not bureau:
            del self.fields["complaint"]


class RemedyForm(PortalForm):
    """How a finding was put right."""

    how = LongText(label=_("整改措施"), min_length=4, max_length=1000, rows=3)
    photos = PhotosField(label=_("整改后照片"), required=False)

    def __init__(self, *args: Any, photo_wanted: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["photos"].required = photo_wanted


class AssignForm(PortalForm):
    """Who shall put a finding right."""

    fixer = PersonChoice(label=_("责任人"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
        self.fields["fixer"].queryset = chosen  # type: ignore[attr-defined]


class ExtensionForm(PortalForm):
    """Until when a school asks for more time, and why."""

    day = DayField(label=_("申请延至（当日 24:00）"))
    reason = LongText(label=_("理由"), min_length=4, max_length=300, rows=3)

    def __init__(self, *args: Any, last: date, **options: Any) -> None:
        super().__init__(*args, **options)
        day = self.fields["day"]
        day.help_text = _("最晚可选 %(day)s：延期不能超过首次期限的时长。") % {"day": last}
        day.widget.attrs["max"] = last.isoformat()

    @property
    def until(self) -> datetime:
        """Return the end of the day asked for."""
        day: date = self.cleaned_data["day"]
        return day_end(day)


class AnswerForm(PortalForm):
    """The first reviewer's answer to a request for more time."""

    granted = forms.ChoiceField(
        label=_("答复"), choices=[("yes", _("同意延期")), ("no", _("不同意"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("说明"), required=False, max_length=200)


class TolerationForm(PortalForm):
    """Until when a structural fault may stay, and why it cannot be mended sooner."""

    until = DayField(label=_("申请保留至"))
    reason = LongText(
        label=_("理由"), min_length=4, max_length=500, rows=3, help_text=_("为何不能按期整改，保留期间采取什么措施。")
    )

    def __init__(self, *args: Any, last: date, days: int, **options: Any) -> None:
        super().__init__(*args, **options)
        words = {"days": days, "day": last}
        until = self.fields["until"]
        until.help_text = _("最晚可选 %(day)s：最长 %(days)s 天，续期从首次保留之日起合并计算。") % words
        until.widget.attrs["max"] = last.isoformat()


class PrepareTolerationForm(PortalForm):
    """The clerk's part: what is structural, by which paper, and what the public reads; or why it goes back."""

    asked_when = dict.fromkeys(("cause", "document", "note"), _("（报审定时必填）")) | {"reason": _("（退回时必填）")}
    answer = forms.ChoiceField(
        label=_("初审"),
        choices=[("forward", _("属结构性原因，报负责人审定")), ("return", _("退回学校"))],
        widget=forms.RadioSelect,
    )
    cause = forms.ChoiceField(
        label=_("结构性原因"), choices=[("", _("请选择")), *Toleration.Cause.choices], required=False
    )
    document = forms.CharField(
        label=_("依据文号"),
        required=False,
        max_length=60,
        help_text=_("鉴定、批复或会议纪要的文号，如“南教后勤〔2026〕12号”。"),
    )
    note = LongText(
        label=_("公示说明"),
        required=False,
        max_length=300,
        rows=3,
        help_text=_("向社会说明保留什么、到何时、期间如何保证安全；不写姓名。"),
    )
    reason = LongText(label=_("退回理由"), required=False, max_length=300, rows=2)

    def clean(self) -> dict[str, Any]:
        """Ask for the grounds where the request goes on, for a reason where it goes back."""
        values: dict[str, Any] = super().clean() or {}
        wanted = {"forward": ("cause", "document", "note"), "return": ("reason",)}.get(values.get("answer", ""), ())
        for name in wanted:
            if not values.get(name, "").strip() and name not in self.errors:
                self.add_error(name, _("请填写这一项。"))
        return values


class DecideTolerationForm(PortalForm):
    """The head's word on a toleration."""

    granted = forms.ChoiceField(
        label=_("审定"), choices=[("yes", _("同意限期保留")), ("no", _("不同意"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("说明"), required=False, max_length=300)


class SeenForm(PortalForm):
    """A verdict names the remedy it was given on."""

    returns = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32767)
    remedied_at = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def clean_remedied_at(self) -> datetime | None:
        """Return the instant the verifier saw."""
        text = self.cleaned_data["remedied_at"]
        if not text:
            return None
        try:
            seen = parse_datetime(text)
        except ValueError:
            seen = None
        if seen is None or seen.tzinfo is None:
            raise ValidationError(_("页面已过期，请刷新后再办理。"))
        return seen


class AcceptForm(SeenForm):
    """The remedy is good."""

    note = forms.CharField(label=_("复查意见"), required=False, max_length=500)


class RefuseForm(SeenForm):
    """The remedy is not good yet, and why."""

    reason = LongText(label=_("退回理由"), min_length=4, max_length=500, rows=3)


def seen_of(finding: Finding) -> dict[str, Any]:
    """Return what a verdict's hidden fields begin with."""
    moment = finding.remedied_at
    return {"returns": finding.returns, "remedied_at": moment.isoformat() if moment else ""}

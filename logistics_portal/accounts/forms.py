"""What a person may type about people, posts and units, and its messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.drafts import Ask, Grant, NewPerson, StandIn
from logistics_portal.accounts.figures import DELEGATION, figure
from logistics_portal.accounts.models import Unit, UnitChange, User
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.rules import BUREAU_KINDS
from logistics_portal.kit.forms import DayField, PortalForm

LOGIN_NAME = RegexValidator(r"^[0-9a-zA-Z._\-]{3,40}$", _("登录名用 3 至 40 位字母、数字、点、横线。"))
PHONE = RegexValidator(r"^1[0-9]{10}$", _("手机号由 11 位数字组成。"))
UNIT_CODE = RegexValidator(r"^[0-9A-Za-z]{4,20}$", _("代码由 4 至 20 位数字或字母组成。"))
NEW_KINDS = (Unit.Kind.COUNTY, Unit.Kind.FUNCTIONAL_ZONE, Unit.Kind.CITY, Unit.Kind.ZONE_AREA)


class PersonForm(PortalForm):
    """How a person is called and reached."""

    full_name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("手机"), max_length=20, validators=[PHONE])
    email = forms.EmailField(label=_("电子邮箱"), required=False)

    def typed(self) -> NewPerson:
        """Return what was typed; the login name never changes."""
        typed = self.cleaned_data
        return NewPerson("", typed["full_name"], typed["phone"], typed["email"])


@dataclass(frozen=True)
class Offer:
    """What a post at a unit can be: the roles, and what it can be narrowed to."""

    roles: list[Role]
    places: list[tuple[int, str]]
    schools: list[Unit]


class GrantForm(PortalForm):
    """A post at one unit: role, days, reach."""

    role = forms.ChoiceField(label=_("岗位"))
    first = DayField(label=_("起始日期"))
    last = DayField(label=_("终止日期"), required=False, help_text=_("不填表示长期。"))
    places = forms.MultipleChoiceField(
        label=_("只负责这些场所"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("都不选表示全校。")
    )
    schools = forms.MultipleChoiceField(
        label=_("只负责这些学校"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("督学须选定学校。")
    )
    reason = forms.CharField(label=_("依据"), max_length=200, required=False)

    def __init__(self, *args: Any, unit: Unit, offer: Offer, **more: Any) -> None:
        super().__init__(*args, **more)
        self.unit = unit
        self.known = {str(school.pk): school for school in offer.schools}
        roles = [(role.value, role.label) for role in offer.roles]
        self.fields["role"] = forms.ChoiceField(label=_("岗位"), choices=roles)
        self._offer("places", [(str(pk), name) for pk, name in offer.places])
        self._offer("schools", [(key, school.name) for key, school in self.known.items()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if not choices:
            del self.fields[name]
        elif isinstance(field, forms.MultipleChoiceField):
            field.choices = choices

    def grant(self) -> Grant:
        """Return the post as typed."""
        typed = self.cleaned_data
        role = Role(typed["role"])
        schools = tuple(self.known[key] for key in typed.get("schools", ())) if role is Role.INSPECTOR else ()
        places = tuple(int(key) for key in typed.get("places", ()))
        return Grant(role, self.unit, typed["first"], typed["last"], schools, places, typed["reason"])


class NewPersonForm(GrantForm):
    """A new account together with its first post."""

    full_name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("手机"), max_length=20, validators=[PHONE])
    username = forms.CharField(
        label=_("登录名"), max_length=40, required=False, validators=[LOGIN_NAME], help_text=_("不填用手机号。")
    )
    field_order = ("full_name", "phone", "username", "role", "first", "last", "places", "schools", "reason")

    def person(self) -> NewPerson:
        """Return the person as typed."""
        typed = self.cleaned_data
        return NewPerson(typed["username"] or typed["phone"], typed["full_name"], typed["phone"])


class AskForm(NewPersonForm):
    """A post asked for, with whom it is for; a person who has an account is named by the login name."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=40,
        required=False,
        validators=[LOGIN_NAME],
        help_text=_("已有账号的人填原登录名；新人不填就用手机号。"),
    )
    reason = forms.CharField(label=_("依据"), max_length=200, help_text=_("任命文件的文号，或为什么需要这个岗位。"))

    def ask(self) -> Ask:
        """Return the request as typed."""
        return Ask(self.grant(), self.person())


class DecisionForm(PortalForm):
    """Agreed to, or sent back with a reason."""

    asked_when = {"reason": _("（退回时必填）")}
    decision = forms.ChoiceField(label=_("办理意见"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("退回理由"), max_length=200, required=False)
    agree: ClassVar[tuple[str, Promise | str]] = ("agree", _("同意"))
    take_back: ClassVar[Promise | str] = _("撤回确认，不再生效")

    def __init__(self, *args: Any, agreed: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [self.agree, ("refuse", _("退回"))]
        if agreed:
            choices = [("refuse", self.take_back)]
            self.fields["reason"] = forms.CharField(label=_("理由"), max_length=200)
        self.fields["decision"] = forms.ChoiceField(
            label=_("办理意见"), choices=choices, initial="refuse" if agreed else None, widget=forms.RadioSelect
        )

    def clean(self) -> dict[str, Any]:
        """Return the decision; sending back takes a reason."""
        typed = super().clean() or {}
        if typed.get("decision") == "refuse" and not typed.get("reason"):
            self.add_error("reason", _("请写明退回理由。"))
        return typed


class AnswerForm(DecisionForm):
    """The post is granted, or the request sent back."""

    agree = ("grant", _("同意授予"))


class ListForm(DecisionForm):
    """The clerk who gave a list of school users says yes to it, or sends it back."""

    agree = ("agree", _("名单属实，同意导入"))
    take_back = _("撤回同意，不再导入")


class DelegateForm(PortalForm):
    """Who stands in, from when to when, and why."""

    username = forms.CharField(label=_("代理人登录名"), max_length=60)
    first = DayField(label=_("起始日期"))
    last = DayField(label=_("终止日期"))
    reason = forms.CharField(label=_("理由"), max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        days = figure(DELEGATION, timezone.localdate())
        self.fields["last"].help_text = gettext("最长 %(days)s 天。") % {"days": days}

    def stand_in(self, person: User) -> StandIn:
        """Return the delegation as typed."""
        typed = self.cleaned_data
        return StandIn(person, typed["first"], typed["last"], typed["reason"])


class UnitForm(PortalForm):
    """The unit of a new post, by code or by its whole name."""

    unit = forms.CharField(label=_("单位代码或全称"), max_length=80)


class PasswordForm(PortalForm):
    """A new password, twice."""

    password = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 8 位，不能全是数字，不能太常见，不能与姓名、登录名相近。"),
    )
    again = forms.CharField(
        label=_("再输一遍"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the password once both agree."""
        typed = super().clean() or {}
        if typed.get("password") != typed.get("again"):
            self.add_error("again", _("两次输入的密码不一致。"))
        return typed


class SheetForm(PortalForm):
    """A sheet of people."""

    file = forms.FileField(label=_("人员表格"), help_text=_("xlsx 或 csv，不超过 10 MB。"))
    asked_by = forms.ModelChoiceField(
        label=_("名单提供人"), queryset=User.objects.none(), help_text=_("提供名单的经办；本人核对同意后才能导入。")
    )

    def __init__(self, *args: Any, askers: QuerySet[User], **more: Any) -> None:
        super().__init__(*args, **more)
        field = forms.ModelChoiceField(
            label=self.fields["asked_by"].label, queryset=askers, help_text=self.fields["asked_by"].help_text
        )
        field.empty_label = _("请选择")
        self.fields["asked_by"] = field


class ReleaseForm(PortalForm):
    """An address to release, and why."""

    address = forms.GenericIPAddressField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("理由"), max_length=200)


class ChangeForm(PortalForm):
    """What every change to the tree says: its day and its grounds."""

    on_date = DayField(label=_("生效日期"))
    reason = forms.CharField(label=_("依据"), max_length=200, help_text=_("批准文件的文号。"))

    def facts(self) -> dict[str, object]:
        """Return what is to change."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"on_date", "reason"}}

    @property
    def on(self) -> date:
        """Return from which day."""
        day: date = self.cleaned_data["on_date"]
        return day


class DecideForm(DecisionForm):
    """The change is confirmed, or sent back."""

    agree = ("confirm", _("确认，到生效日期自动生效"))


class CreateForm(ChangeForm):
    """A new unit."""

    code = forms.CharField(label=_("代码"), max_length=20, validators=[UNIT_CODE])
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类别"), choices=[(kind.value, kind.label) for kind in NEW_KINDS])
    division = forms.CharField(label=_("行政区划代码"), max_length=12, required=False)


class RenameForm(ChangeForm):
    """Another name."""

    name = forms.CharField(label=_("新名称"), max_length=80)


class RecodeForm(ChangeForm):
    """Another code."""

    code = forms.CharField(label=_("新代码"), max_length=20, validators=[UNIT_CODE])


class MoveForm(ChangeForm):
    """Another parent."""

    parent = forms.ModelChoiceField(label=_("新的上级"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        bureaus = Unit.objects.filter(kind__in=sorted(BUREAU_KINDS), until_date__isnull=True).order_by("code")
        self.fields["parent"] = forms.ModelChoiceField(label=_("新的上级"), queryset=bureaus)


class CloseForm(ChangeForm):
    """The end of a unit, and who takes over."""

    successor = forms.ModelChoiceField(label=_("承接单位"), queryset=Unit.objects.none(), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        bureaus = Unit.objects.filter(kind__in=sorted(BUREAU_KINDS), until_date__isnull=True).order_by("code")
        self.fields["successor"] = forms.ModelChoiceField(label=_("承接单位"), queryset=bureaus, required=False)


CHANGE_FORMS: dict[str, type[ChangeForm]] = {
    UnitChange.Kind.CREATE: CreateForm,
    UnitChange.Kind.RENAME: RenameForm,
    UnitChange.Kind.RECODE: RecodeForm,
    UnitChange.Kind.MOVE: MoveForm,
    UnitChange.Kind.CLOSE: CloseForm,
    UnitChange.Kind.SWITCH_ON: ChangeForm,
}

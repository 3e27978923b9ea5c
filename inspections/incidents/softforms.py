"""The form of a softening: only what is filled in is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.incidents.forms import FEN_OF_A_YUAN, FIGURES, MOST_PEOPLE, MOST_YUAN, PEOPLE, YUAN, Document
from inspections.incidents.models import Incident
from inspections.incidents.wording import PlainWords
from logistics_portal.kit.forms import MomentField, PortalForm, WholeNumber
from schools.register.models import School

ACTS = {
    "strike": _("不属于事故，从事故中剔除（编号保留）"),
    "out_of_scope": _("不属后勤范围"),
    "not_reportable": _("不属应报告事项"),
    "close": _("等级或责任未认定即结案"),
    "drop_report_act": _("撤销迟报、瞒报、谎报记录"),
}


class SofteningForm(PortalForm):
    """What is to become lighter; fields left empty stay as they are."""

    acts = forms.MultipleChoiceField(
        label=_("事项"), choices=list(ACTS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    deaths = WholeNumber(label=_("死亡改为"), unit=PEOPLE, max_value=MOST_PEOPLE, required=False)
    gravely_hurt = WholeNumber(label=_("重伤（含急性中毒）改为"), unit=PEOPLE, max_value=MOST_PEOPLE, required=False)
    hurt = WholeNumber(label=_("轻伤改为"), unit=PEOPLE, max_value=MOST_PEOPLE, required=False)
    food_cases = WholeNumber(label=_("食源性病例改为"), unit=PEOPLE, max_value=MOST_PEOPLE, required=False)
    loss = WholeNumber(label=_("直接经济损失改为"), unit=YUAN, max_value=MOST_YUAN, required=False)
    happened_at = MomentField(label=_("发生时间改为"), required=False)
    discovered_at = MomentField(label=_("学校发现时间改为"), required=False)
    kind = forms.ChoiceField(label=_("类型改为"), required=False)
    school = forms.CharField(label=_("改到其他学校（学校代码）"), max_length=20, required=False)
    reason = PlainWords(label=_("理由"), min_length=4, max_length=500)
    document_no = Document()

    def __init__(self, data: Any = None, *, incident: Incident) -> None:
        super().__init__(data)
        self.incident = incident
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("不变")), *Incident.Kind.choices]

    def clean_school(self) -> School | None:
        """Return the school behind a code, or refuse one that does not exist."""
        code = self.cleaned_data["school"].strip().upper()
        if not code:
            return None
        school = School.objects.filter(code=code).first()
        if school is None:
            raise ValidationError(gettext("没有代码为“%(code)s”的学校。") % {"code": code})
        return school

    def clean(self) -> dict[str, Any]:
        """Ask for something to change."""
        typed = super().clean() or {}
        if not self.errors and not self.change():
            raise ValidationError(gettext("请至少填写一项要变更的内容。"))
        return typed

    def change(self) -> dict[str, object]:
        """Return what is asked for, only where it differs from what is held."""
        typed = self.cleaned_data
        acts = set(typed["acts"])
        wish: dict[str, object] = {
            name: typed[name] for name in (*FIGURES, "happened_at", "discovered_at") if typed[name] is not None
        }
        if typed["loss"] is not None:
            wish["loss_fen"] = typed["loss"] * FEN_OF_A_YUAN
        if typed["kind"]:
            wish["kind"] = typed["kind"]
        if typed["school"] is not None:
            wish["school_id"] = typed["school"].pk
        wish |= {"in_scope": False} if "out_of_scope" in acts else {}
        wish |= {"reportable": False} if "not_reportable" in acts else {}
        wish = {name: value for name, value in wish.items() if getattr(self.incident, name) != value}
        return wish | {name: True for name in ("strike", "close", "drop_report_act") if name in acts}

"""What people may type about an incident: the report, what follows it, and every decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.incidents.models import Incident, Lifting
from inspections.incidents.rules.figures import IncidentFigures
from inspections.incidents.rules.words import Grade, Reporting, Responsibility
from inspections.incidents.wording import PlainWords, refuse_numbers, require_own_number
from logistics_portal.kit.forms import DayField, MomentField, PortalForm, WholeNumber
from logistics_portal.records.selectors import book
from schools.register.models import Place, School

PEOPLE: Any = _("人")
YUAN: Any = _("元")
FEN_OF_A_YUAN = 100
REPORT_MINUTES = "INCIDENT_REPORT_MINUTES"
MOST_PEOPLE, MOST_YUAN = 30_000, 10**12
NO_PLACE, ELSEWHERE = "elsewhere", _("校内其他地点")
FIGURES = ("deaths", "gravely_hurt", "hurt", "food_cases")


class Document(forms.CharField):
    """The number of a document."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("文号"))
        options.setdefault("max_length", 60)
        super().__init__(**options, validators=[refuse_numbers])


class OwnDocument(Document):
    """The number of a decision that a bureau of the portal issues itself, in the shape its documents have."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text=_("决定文书的完整文号，如“南教后勤〔2026〕12号”。"), **options)
        self.validators = [*self.validators, require_own_number]


class Harm(PortalForm):
    """The figures of harm."""

    deaths = WholeNumber(label=_("死亡"), unit=PEOPLE, max_value=MOST_PEOPLE, initial=0)
    gravely_hurt = WholeNumber(label=_("重伤（含急性中毒）"), unit=PEOPLE, max_value=MOST_PEOPLE, initial=0)
    hurt = WholeNumber(label=_("轻伤"), unit=PEOPLE, max_value=MOST_PEOPLE, initial=0)
    food_cases = WholeNumber(
        label=_("食源性病例（含疑似）"), unit=PEOPLE, max_value=MOST_PEOPLE, initial=0, help_text=_("没有就留 0。")
    )
    loss = WholeNumber(label=_("直接经济损失（估计）"), unit=YUAN, max_value=MOST_YUAN, initial=0)

    def figures(self) -> dict[str, int]:
        """Return the figures as an incident keeps them; money in fen."""
        typed = self.cleaned_data
        return {**{name: typed[name] for name in FIGURES}, "loss_fen": typed["loss"] * FEN_OF_A_YUAN}


class ReportForm(Harm):
    """The first report: kind, figures, place, times, one sentence."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("发生了什么"), choices=Incident.Kind.choices, widget=forms.RadioSelect)
    place = forms.ChoiceField(label=_("地点"), widget=forms.RadioSelect)
    happened_at = MomentField(label=_("发生时间"))
    discovered_at = MomentField(label=_("学校发现时间"))
    reportable = forms.BooleanField(
        label=_("已叫消防、已疏散整栋楼、寄宿生走失，或因设施问题有人送医住院（有一项即勾选）"), required=False
    )
    summary = PlainWords(label=_("一句话说清"), min_length=4, rows=3)
    field_order = (
        "client_id",
        "kind",
        *FIGURES,
        "loss",
        "reportable",
        "place",
        "happened_at",
        "discovered_at",
        "summary",
    )

    def __init__(self, data: Any = None, *, school: School, now: datetime) -> None:
        minute = timezone.localtime(now).replace(second=0, microsecond=0)
        super().__init__(data, initial={"client_id": uuid4(), "happened_at": minute, "discovered_at": minute})
        places = school.places.living(on=minute.date()).order_by("kind", "name")
        minutes = book().number(REPORT_MINUTES, minute.date(), IncidentFigures().report_minutes)
        words = gettext("报告时限从学校发现时起算，%(minutes)s 分钟内。") % {"minutes": minutes}
        self.fields["discovered_at"].help_text = words
        self.places = {str(place.pk): place for place in places}
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*((key, place.name) for key, place in self.places.items()), (NO_PLACE, ELSEWHERE)]

    def clean_place(self) -> Place | None:
        """Return the place, or nothing where it happened elsewhere in the school."""
        return self.places.get(self.cleaned_data["place"])

    @property
    def domain(self) -> str:
        """Return which part of logistics it concerns: that of the place, else what the kind says."""
        place, kind = self.cleaned_data["place"], self.cleaned_data["kind"]
        if place is not None:
            return str(place.kind)
        return Incident.Domain.CANTEEN if kind == Incident.Kind.FOOD else Incident.Domain.CAMPUS


class WhichSchoolForm(PortalForm):
    """Which school a bureau reports for."""

    school = forms.CharField(label=_("学校名称或代码"), max_length=80, help_text=_("也可以从学校页面进入。"))


class FollowUpForm(Harm):
    """A follow-up report: what the figures are now, and what happened since."""

    asked_when = {"died_on": _("（死亡人数增加时必填）")}

    died_on = DayField(
        label=_("新增死亡的日期"),
        required=False,
        help_text=_("伤亡统计期内死亡的计入本起事故；火灾、道路交通的统计期较短。"),
    )
    reportable = forms.BooleanField(label=_("属应报告事项（消防、疏散、走失、因设施送医住院）"), required=False)
    text = PlainWords(label=_("最新情况"), min_length=4)

    def __init__(self, data: Any = None, *, incident: Incident) -> None:
        held = {name: getattr(incident, name) for name in (*FIGURES, "reportable")}
        super().__init__(data, initial={**held, "loss": incident.loss_fen // FEN_OF_A_YUAN})
        self.incident = incident

    def clean(self) -> dict[str, Any]:
        """Ask for the day of a death that was added."""
        typed = super().clean() or {}
        if (typed.get("deaths") or 0) > self.incident.deaths and not typed.get("died_on"):
            self.add_error("died_on", gettext("死亡人数增加了，请填写死亡日期。"))
        return typed

    def change(self) -> dict[str, object]:
        """Return what the follow-up changes; a box not ticked takes nothing back, kept fen stay."""
        figures: dict[str, object] = dict(self.figures())
        if self.cleaned_data["loss"] == self.incident.loss_fen // FEN_OF_A_YUAN:
            figures["loss_fen"] = self.incident.loss_fen
        if self.cleaned_data["reportable"]:
            figures["reportable"] = True
        return figures | {"died_on": self.cleaned_data["died_on"]}


class WordsForm(PortalForm):
    """Some words beside a step."""

    text = PlainWords(label=_("说明"), min_length=4, rows=3)


class ToldForm(PortalForm):
    """When another department was told."""

    told_at = MomentField(label=_("通报时间"))


class GradeForm(PortalForm):
    """A grade proposed, and the document behind it."""

    grade = forms.ChoiceField(label=_("拟定等级"), choices=Grade.choices, widget=forms.RadioSelect)
    document_no = Document(required=False, help_text=_("低于测算等级时必填。"))
    authority = forms.CharField(label=_("认定机关"), max_length=80, required=False)
    text = PlainWords(
        label=_("理由"), max_length=500, rows=3, required=False, help_text=_("低于测算等级时必填，省级可见。")
    )


class ResponsibilityForm(PortalForm):
    """How far the school answers, as the finding authority says."""

    degree = forms.ChoiceField(
        label=_("责任程度"),
        choices=[choice for choice in Responsibility.choices if choice[0] != Responsibility.PENDING],
        widget=forms.RadioSelect,
    )
    authority = forms.CharField(label=_("认定机关"), max_length=80)
    document_no = Document(label=_("认定文书文号"))


class ReportActForm(PortalForm):
    """Whether an incident was concealed or falsely reported."""

    kind = forms.ChoiceField(
        label=_("认定"),
        choices=[
            (Reporting.CONCEALED, Reporting.CONCEALED.label),
            (Reporting.FALSE, Reporting.FALSE.label),
            (Reporting.ON_TIME, _("不属瞒报、谎报")),
        ],
        widget=forms.RadioSelect,
    )
    text = PlainWords(label=_("听取学校意见的情况"), min_length=4, max_length=500)
    document_no = OwnDocument()


class VetoForm(PortalForm):
    """A veto proposed for a year."""

    year = forms.TypedChoiceField(label=_("否决年度"), coerce=int, widget=forms.RadioSelect)
    text = PlainWords(label=_("提出理由"), min_length=4, max_length=500)

    def __init__(self, data: Any = None, *, years: list[int]) -> None:
        super().__init__(data, initial={"year": years[0] if years else None})
        field = self.fields["year"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(year, str(year)) for year in years]


class ConfirmForm(PortalForm):
    """The number of the decision that confirms a veto."""

    document_no = OwnDocument(label=_("决定文号"))


class LiftForm(PortalForm):
    """Why a veto is to be lifted: an appeal decision or a superseding finding."""

    ground = forms.ChoiceField(label=_("解除依据"), choices=Lifting.Ground.choices, widget=forms.RadioSelect)
    document_no = Document(label=_("申诉决定或新认定的文号"))
    text = PlainWords(label=_("理由"), min_length=4, max_length=500)


class AnswerForm(PortalForm):
    """Yes or no to what another person proposed, with words."""

    asked_when = {"answer": _("（不同意时必填）")}

    agree = forms.TypedChoiceField(
        label=_("决定"),
        choices=[("yes", _("同意")), ("no", _("不同意，退回"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = PlainWords(label=_("意见"), max_length=300, rows=2, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a refusal."""
        typed = super().clean() or {}
        if typed.get("agree") is False and not typed.get("answer", "").strip():
            self.add_error("answer", gettext("不同意时请写明理由。"))
        return typed

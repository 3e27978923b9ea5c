"""The common form of a step: typed, done, or refused with the typed words kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.forms import PortalForm

Words = str | Promise


@dataclass(frozen=True)
class Sheet:
    """How a step's page reads: what it is, what it means, its button, and what is said when done."""

    title: Words
    meaning: Words
    button: Words
    done: Words
    danger: bool = False
    facts: Sequence[tuple[str, Any]] = ()

    def resting_on(self, facts: Sequence[tuple[str, Any]]) -> Sheet:
        """Return the same page with the facts that the person answers for by signing."""
        return replace(self, facts=facts)


def bare(request: HttpRequest) -> PortalForm:
    """Return a form that asks nothing: sending it is the answer."""
    return PortalForm(request.POST if request.method == "POST" else None)


def step(
    request: HttpRequest,
    sheet: Sheet,
    form: forms.Form,
    do: Callable[[dict[str, Any]], object],
    *,
    back: str,
    about: object,
) -> HttpResponse:
    """Show a step's form, or take the step and go back to the record; a refusal stands above what was typed."""
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(sheet.done))
            return redirect(back)
    context = {"form": form, "sheet": sheet, "back": back, "about": about}
    return render(request, "inspections/incidents/step.html", context)

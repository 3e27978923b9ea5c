"""The page behind a one-time link, and the audit trail."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from logistics_portal.accounts import selectors
from logistics_portal.accounts.forms import PasswordForm
from logistics_portal.accounts.gate import SignedRequest, require, signed_in
from logistics_portal.accounts.permissions import Permission
from logistics_portal.accounts.services import people
from logistics_portal.accounts.tables import AuditFilter, AuditTable
from logistics_portal.kit.errors import NotAllowed
from logistics_portal.kit.tables import table_page
from logistics_portal.records import services as records


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Let the person behind a one-time link choose a password; used or older than 24 hours, it says so."""
    person = people.person_behind(uid, token)
    if person is None:
        return render(request, "accounts/link_over.html", status=410)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            people.set_password(person=person, password=form.cleaned_data["password"], at=timezone.now())
            messages.success(request, gettext("密码已设置，请登录。"))
            return redirect("account_login")
        except NotAllowed as refusal:
            form.add_error("password", str(refusal))
    response = render(request, "accounts/set_password.html", {"form": form, "person": person})
    response["Referrer-Policy"] = "strict-origin"  # the link goes nowhere; without an origin browsers could not answer
    return response


@signed_in
@require_safe
def acts(request: SignedRequest) -> HttpResponseBase:
    """Show the auditor who did what; that somebody looked is kept as well."""
    post = request.user.main_post
    if post is None:
        raise PermissionDenied(Permission.AUDIT_READ)
    held = require(request.user, Permission.AUDIT_READ, at=post.unit)
    asked = {key: value for key, value in request.GET.items() if key != "page"}
    records.log(by=request.user, verb="audit.read", on=None, unit=held.unit, after=asked, at=timezone.now())
    rows = selectors.acts_visible_to(request.user)
    return table_page(request, AuditTable, rows, template="accounts/acts.html", filterset=AuditFilter)

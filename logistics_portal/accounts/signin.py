"""The forms of sign-in, in our words and without what does not apply here."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MfaReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _plain(form: forms.BaseForm) -> None:
    """Take away grey words inside the fields: the label above says it."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignIn(LoginForm):  # type: ignore[misc]
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["login"].label = _("登录名")
        self.fields["password"].help_text = ""


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["oldpassword"].help_text = ""


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]
    """The password once more before a delicate act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["password"].help_text = ""


class SetPassword(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password twice, behind a one-time link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)


class SecondFactor(AuthenticateForm):  # type: ignore[misc]
    """The code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self)


class SecondFactorAgain(MfaReauthenticateForm):  # type: ignore[misc]
    """The same before a delicate act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self)


class TurnOnSecondFactor(ActivateTOTPForm):  # type: ignore[misc]
    """The first code, as proof that the app was set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self)


def _code(form: forms.BaseForm) -> None:
    _plain(form)
    form.fields["code"].label = _("验证码")
    form.fields["code"].widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})

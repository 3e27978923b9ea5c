"""Make the province's first security administrator or leader."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from logistics_portal.accounts.drafts import NewPerson
from logistics_portal.accounts.forms import LOGIN_NAME
from logistics_portal.accounts.permissions import Role
from logistics_portal.accounts.services.founding import FIRST_ROLES, open_portal
from logistics_portal.kit.errors import NotAllowed


class Command(BaseCommand):
    """`first_account security_admin|bureau_leader LOGIN NAME`; only while nobody active holds that post."""

    help = "建立省级首个安全管理员或厅分管领导，打印设置密码的一次性链接。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the role, the login name, the person's name and where the portal answers."""
        parser.add_argument("role", choices=[role.value for role in FIRST_ROLES])
        parser.add_argument("username")
        parser.add_argument("full_name")
        parser.add_argument("--phone", default="")
        parser.add_argument("--url", default="", help="https://portal.example.gov.cn")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account and print the link, or say why not."""
        new = NewPerson(options["username"], options["full_name"], options["phone"])
        try:
            LOGIN_NAME(new.username)
            link = open_portal(role=Role(options["role"]), new=new, at=timezone.now())
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        address = reverse("accounts:set-password", args=[link.uid, link.token])
        self.stdout.write(f"一次性链接（24 小时内有效，用过即失效）：{options['url'].rstrip('/')}{address}")

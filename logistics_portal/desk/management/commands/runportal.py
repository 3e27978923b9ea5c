"""Runs the whole portal on this machine: web server, worker and schedule."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from logistics_portal.desk import parts
from logistics_portal.desk.supervisor import Supervisor
from logistics_portal.kit.locks import Taken, alone

HIGHEST_PORT: Final = 65_535


class Command(BaseCommand):
    """Prepares the folder, then keeps the three parts running until Ctrl-C."""

    help = "Run web server, worker and schedule on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the address, and the part that a child process plays."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--part", choices=sorted(parts.PARTS))
        parser.add_argument("--stay-with-parent", action="store_true", help="stop when the parent process is gone")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run one part, or prepare and supervise them all."""
        host, port = options["host"], _port(options["port"])
        if options["part"]:
            parts.die_with_supervisor()
            parts.PARTS[options["part"]](host, port)
            return
        try:
            with alone(Path(settings.VAR_DIR) / "run.lock"):
                _refuse_taken_port(host, port)
                call_command("prepare", stdout=self.stdout)
                self.stdout.write("Starting …")
                self.stdout.flush()
                supervisor = Supervisor(
                    ["web", "worker", "beat"], host, port, stay_with_parent=options["stay_with_parent"]
                )
                supervisor.run(lambda: self._say_ready(host, port))
        except Taken:
            raise CommandError("The portal already runs from this folder; stop it first (Ctrl-C there).") from None
        except KeyboardInterrupt:
            pass
        self.stdout.write("The portal has stopped.")

    def _say_ready(self, host: str, port: int) -> None:
        self.stdout.write(f"\nThe portal is up: http://{host}:{port}/\n")
        accounts = Path(settings.VAR_DIR) / "demo-accounts.txt"
        if settings.DEMO and accounts.exists():
            self.stdout.write(f"Demo accounts (also in {_short(accounts)}):\n")
            self.stdout.write(accounts.read_text(encoding="utf-8"))
        self.stdout.write("Ctrl-C stops everything.\n")
        self.stdout.flush()


def _short(path: Path) -> Path:
    """Return a path as seen from the portal's folder, or the whole of one that lies elsewhere."""
    return path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise CommandError(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {text!r}.")
    return int(text)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CommandError(f"Port {port} needs more rights; choose one above 1023: make run PORT=8001") from None
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port} ({error.strerror}): make run PORT=8001") from None

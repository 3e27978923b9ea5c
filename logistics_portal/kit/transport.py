"""The queue without a broker: one file per message, moved by renaming, so that a killed worker loses none."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from queue import Empty
from typing import Any, Final

from kombu.transport import TRANSPORT_ALIASES, virtual

SCHEME: Final = "portalfile"
POLL_SECONDS: Final = 0.2


def register() -> str:
    """Make the transport known to kombu and return the broker address that asks for it."""
    TRANSPORT_ALIASES[SCHEME] = "logistics_portal.kit.transport:Transport"
    return f"{SCHEME}://localhost"


def recover(folder: Path) -> int:
    """Put back what a dead worker had taken, and return how many; only while no worker runs."""
    count = 0
    for claimed in sorted((folder / "claimed").glob("*/*.json")):
        ready = folder / "ready" / claimed.parent.name
        ready.mkdir(parents=True, exist_ok=True)
        claimed.rename(ready / claimed.name)
        count += 1
    return count


class QoS(virtual.QoS):
    """Drops the file of a message once it is answered for."""

    channel: Channel

    def ack(self, delivery_tag: str) -> None:
        """Close a message."""
        super().ack(delivery_tag)
        self.channel.forget(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Give a message back, or drop it."""
        super().reject(delivery_tag, requeue)
        self.channel.forget(delivery_tag)


class Channel(virtual.Channel):
    """Keeps each queue in two folders: `ready` for what waits and `claimed` for what a worker has in hand."""

    QoS = QoS
    supports_fanout = False

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.folder = Path(connection.client.transport_options["folder"])
        self.in_hand: dict[str, Path] = {}

    def forget(self, delivery_tag: str) -> None:
        """Drop the file of a message."""
        path = self.in_hand.pop(delivery_tag, None)
        if path is not None:
            path.unlink(missing_ok=True)

    def _place(self, name: str, queue: str) -> Path:
        place = self.folder / name / queue
        place.mkdir(parents=True, exist_ok=True)
        return place

    def _put(self, queue: str, message: dict[str, Any], **_kwargs: Any) -> None:
        name = f"{time.time_ns():020d}-{secrets.token_hex(8)}.json"
        draft = self._place("draft", queue) / name
        draft.write_text(json.dumps(message), encoding="utf-8")
        draft.rename(self._place("ready", queue) / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        claimed = self._place("claimed", queue)
        for ready in sorted(self._place("ready", queue).iterdir()):
            mine = claimed / ready.name
            try:
                ready.rename(mine)
                message: dict[str, Any] = json.loads(mine.read_text(encoding="utf-8"))
                self.in_hand[message["properties"]["delivery_tag"]] = mine
            except FileNotFoundError:
                continue  # another reader was faster
            except (ValueError, KeyError, TypeError):
                mine.unlink(missing_ok=True)  # torn by a power cut; the sweep sends the work again
                continue
            return message
        raise Empty

    def _restore(self, message: Any) -> None:
        path = self.in_hand.pop(message.delivery_tag, None)
        if path is None:
            super()._restore(message)
        elif path.exists():
            path.rename(self._place("ready", path.parent.name) / path.name)

    def _restore_at_beginning(self, message: Any) -> None:
        self._restore(message)

    def _size(self, queue: str) -> int:
        return sum(1 for _file in self._place("ready", queue).iterdir())

    def _purge(self, queue: str) -> int:
        files = list(self._place("ready", queue).iterdir())
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)


class Transport(virtual.Transport):
    """A broker that is a folder."""

    Channel = Channel
    implements = virtual.Transport.implements.extend(asynchronous=False, exchange_type=frozenset(["direct", "topic"]))
    global_state = virtual.BrokerState()
    polling_interval = POLL_SECONDS
    default_port = 0
    driver_type = driver_name = SCHEME

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = self.global_state

    def driver_version(self) -> str:
        """Return the version of the format."""
        return "1"

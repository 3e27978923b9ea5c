"""The queue of files gives every message once, and gives it again when its reader died."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from logistics_portal.kit import transport


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a queue."""
    return tmp_path / "queue with a space"


@pytest.fixture
def queue(folder: Path) -> Iterator[SimpleQueue]:
    """Return one end of the queue."""
    with connect(folder) as connection:
        yield SimpleQueue(connection, "work")


def connect(folder: Path) -> Connection:
    return Connection(transport.register(), transport_options={"folder": str(folder)})


def files(folder: Path, state: str) -> list[Path]:
    return sorted((folder / state).glob("*/*.json"))


def take(queue: SimpleQueue) -> Any:
    return queue.get(block=True, timeout=5)


def test_messages_come_in_the_order_in_which_they_were_sent(queue: SimpleQueue, folder: Path) -> None:
    for number in range(5):
        queue.put({"number": number})

    got = []
    for _turn in range(5):
        message = take(queue)
        got.append(message.payload["number"])
        message.ack()

    assert got == [0, 1, 2, 3, 4]
    assert files(folder, "ready") == files(folder, "claimed") == []


def test_a_message_nobody_answered_for_is_kept(queue: SimpleQueue, folder: Path) -> None:
    queue.put({"number": 1})

    take(queue)

    assert len(files(folder, "claimed")) == 1


def test_a_dead_reader_s_messages_are_read_again(queue: SimpleQueue, folder: Path) -> None:
    queue.put({"number": 1})
    take(queue)

    count = transport.recover(folder)

    with connect(folder) as connection:
        again = take(SimpleQueue(connection, "work"))
        assert again.payload == {"number": 1}
        again.ack()
    assert count == 1
    assert files(folder, "claimed") == []


def test_a_rejected_message_goes_back_or_goes_away(queue: SimpleQueue, folder: Path) -> None:
    queue.put({"number": 1})

    take(queue).requeue()
    take(queue).reject()

    assert files(folder, "ready") == files(folder, "claimed") == []


def test_a_torn_message_does_not_stop_the_queue(queue: SimpleQueue, folder: Path) -> None:
    queue.put({"number": 1})
    (folder / "ready/work/00000000000000000000-torn.json").write_text("", encoding="utf-8")

    message = take(queue)

    assert message.payload == {"number": 1}
    message.ack()
    assert files(folder, "claimed") == []


def test_many_writers_and_readers_lose_and_double_nothing(folder: Path) -> None:
    got: list[int] = []

    def write(start: int) -> None:
        with connect(folder) as connection:
            queue = SimpleQueue(connection, "work")
            for number in range(start, start + 100):
                queue.put({"number": number})

    def read() -> None:
        with connect(folder) as connection:
            queue = SimpleQueue(connection, "work")
            while True:
                try:
                    message = queue.get(block=True, timeout=2)
                except Empty:
                    return
                got.append(message.payload["number"])
                message.ack()

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 100, 200)]
    threads += [threading.Thread(target=read) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == list(range(300))

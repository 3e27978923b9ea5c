"""The secret key of a machine that serves itself: made once, kept where only its owner reads it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def local_key(path: Path) -> str:
    """Return the key kept at `path`, made on the first call; two first calls at once agree on one."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(60), encoding="ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()

"""Money as people read it; it is kept in fen, whole numbers."""

from __future__ import annotations

FEN = 100


def yuan(fen: int) -> str:
    """Return money in yuan with separators."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN:,}.{abs(fen) % FEN:02d}"

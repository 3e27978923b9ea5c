"""Front-end packages fetched by npm, shown to the browser through an allow-list; icons as one sprite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, FileSystemFinder
from django.core.files.storage import FileSystemStorage

FILES: Final[dict[str, tuple[str, ...]]] = {
    "@tabler/core": (
        "dist/css/tabler.min.css",
        "dist/css/tabler.min.css.map",
        "dist/js/tabler.min.js",
        "dist/js/tabler.min.js.map",
    ),
    "echarts": ("dist/echarts.min.js",),
    "htmx.org": ("dist/htmx.min.js",),
}
ALLOWED: Final = frozenset(f"{package}/{name}" for package, names in FILES.items() for name in names)
PREFIX: Final = "vendor/"
NOT_SERVED: Final = ("node_modules", "package.json", "package-lock.json", "icons.txt")
ICON_LIST: Final = "icons.txt"
SPRITE: Final = "icons.svg"
_INNER: Final = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_NAME: Final = re.compile(r"[a-z0-9-]+(/filled)?", re.ASCII)


def own_folder() -> Path:
    """Return the folder that holds the portal's own static files and, beside them, the fetched packages."""
    return Path(settings.BASE_DIR) / "static"


def packages_folder() -> Path:
    """Return where npm put the packages."""
    return own_folder() / "node_modules"


def missing_files() -> list[str]:
    """Return the allowed files that were neither fetched nor collected, each as `package/path`."""
    collected = Path(settings.STATIC_ROOT) / PREFIX
    return sorted(name for name in ALLOWED if not any((at / name).is_file() for at in (packages_folder(), collected)))


def icon_names(text: str) -> list[str]:
    """Return the icons a list asks for: one name a line, `name/filled` for the filled shape, `#` starts a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    names = sorted({line for line in lines if line})
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of an icon")
    return names


def sprite(names: Iterable[str]) -> str:
    """Return one SVG file with a symbol per icon, drawn from the fetched package; unknown names are refused."""
    symbols = [_symbol(name) for name in names]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(name: str) -> str:
    plain, _slash, filled = name.partition("/")
    source = packages_folder() / "@tabler/icons/icons" / (filled or "outline") / f"{plain}.svg"
    if not source.is_file():
        raise ValueError(f"@tabler/icons has no icon {name!r}")
    match = _INNER.search(source.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{source.name} holds no drawing")
    drawing = " ".join(match[1].split())
    look = (
        'fill="currentColor"'
        if filled
        else 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="{name.replace("/", "-")}" viewBox="0 0 24 24" {look}>{drawing}</symbol>'


class OwnFinder(FileSystemFinder):
    """Finds the portal's own files and leaves the fetched packages beside them alone."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """Yield every own file with its storage."""
        yield from super().list([*(ignore_patterns or []), *NOT_SERVED])

    def find_location(self, root: str, path: str, prefix: str | None = None) -> str | None:
        """Return where the file lies, unless it is not for the browser."""
        if path.replace("\\", "/").split("/")[0] in NOT_SERVED:
            return None
        return super().find_location(root, path, prefix)


class PackageFinder(BaseFinder):
    """Serves the allowed files of node_modules as `vendor/<package>/<path>`."""

    def check(self, **_kwargs: Any) -> list[Any]:
        """Return nothing: the check of the kit says which file is missing."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Return where the file lies, if it is allowed."""
        name = path.removeprefix(PREFIX)
        source = packages_folder() / name
        if name == path or name not in ALLOWED or not source.is_file():
            return []
        return [str(source)] if find_all else str(source)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """Yield every allowed file with its storage."""
        for package, names in FILES.items():
            storage = FileSystemStorage(location=packages_folder() / package)
            storage.prefix = f"{PREFIX}{package}"  # type: ignore[attr-defined]
            for name in names:
                if storage.exists(name):
                    yield name, storage

"""Only the listed files of the fetched packages reach the browser; icons come as one file."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from logistics_portal.kit import checks, frontend


@pytest.fixture
def packages(tmp_path: Path, settings) -> Path:
    """Return an empty portal folder with all allowed files in place."""
    settings.BASE_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "collected"
    for name in [*frontend.ALLOWED, "echarts/dist/echarts.js", "htmx.org/package.json"]:
        path = frontend.packages_folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", sorted(frontend.ALLOWED))
def test_an_allowed_file_is_found(packages: Path, name: str) -> None:
    found = frontend.PackageFinder().find(f"vendor/{name}")

    assert found == str(packages / "static/node_modules" / name)


@pytest.mark.parametrize(
    "path",
    [
        "vendor/echarts/dist/echarts.js",
        "vendor/htmx.org/package.json",
        "vendor/../package.json",
        "vendor/echarts/../../../manage.py",
        "echarts/dist/echarts.min.js",
        "",
    ],
)
def test_any_other_file_is_not(packages: Path, path: str) -> None:
    assert frontend.PackageFinder().find(path) == []


def test_the_list_holds_the_allowed_files_and_no_other(packages: Path) -> None:
    listed = {f"{storage.prefix}/{name}" for name, storage in frontend.PackageFinder().list(None)}

    assert listed == {f"vendor/{name}" for name in frontend.ALLOWED}


@pytest.mark.parametrize("path", ["node_modules/echarts/package.json", "package.json", "package-lock.json"])
def test_what_lies_beside_the_own_files_is_not_served(path: str) -> None:
    assert not finders.find(path)


def test_a_missing_file_is_named_by_the_check(packages: Path) -> None:
    (packages / "static/node_modules/htmx.org/dist/htmx.min.js").unlink()

    faults = checks.vendor_files_are_there()

    assert [fault.id for fault in faults] == ["portal.E001"]
    assert "htmx.org/dist/htmx.min.js" in faults[0].msg


def test_the_sprite_holds_a_symbol_for_each_icon(packages: Path) -> None:
    folder = packages / "static/node_modules/@tabler/icons/icons"
    for look in ("outline", "filled"):
        (folder / look).mkdir(parents=True)
        (folder / look / "bell.svg").write_text('<svg width="24">\n  <path d="M1 1" />\n</svg>', encoding="utf-8")

    drawn = frontend.sprite(frontend.icon_names("bell  # the alarm\n\nbell/filled\nbell\n"))

    assert drawn.count("<symbol") == 2
    assert '<symbol id="bell"' in drawn
    assert '<symbol id="bell-filled"' in drawn


@pytest.mark.parametrize("text", ["../../secret", "Bell", "bell/outline", "a b"])
def test_a_strange_icon_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        frontend.icon_names(text)


def test_an_icon_that_does_not_exist_is_refused(packages: Path) -> None:
    with pytest.raises(ValueError, match="no icon"):
        frontend.sprite(["no-such-icon"])

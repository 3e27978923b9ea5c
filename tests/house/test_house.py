"""The house keeps its own rules: sizes, doors, scopes, and a place for everything."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from logistics_portal.kit.scoping import Scoped

ROOT = Path(__file__).parents[2]
PACKAGES = ["logistics_portal", "schools", "canteens", "dormitories", "campus", "inspections"]
CODE = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "migrations" not in p.parts)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
VIEWS = [p for p in CODE if p.stem == "views" or p.parent.name == "views"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCOPED = [model for model in apps.get_models() if issubclass(model, Scoped)]
ALLOWED_TOP = {
    "manage.py", "logistics_portal", "schools", "canteens", "dormitories", "campus", "inspections", "templates",
    "static", "requirements.txt", "tests", "README.md", "requirements.in", "requirements-dev.txt",
    "requirements-dev.in", "Makefile", "pyproject.toml", "compose.yaml", "Dockerfile", "locale", "docs", ".ci",
    ".gitignore", ".dockerignore", ".editorconfig", ".gitattributes", ".env.example",
}  # fmt: skip


def named(paths):
    return [pytest.param(p, id=str(p.relative_to(ROOT))) for p in paths]


def functions(path):
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_the_top_level_holds_only_what_belongs_there():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    strangers = {line.split("/")[0] for line in listed} - ALLOWED_TOP

    assert not strangers


@pytest.mark.parametrize("path", named(CODE))
def test_a_file_fits_on_a_few_screens(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", named(CODE))
def test_a_function_fits_on_one_screen(path):
    too_long = [node.name for node in functions(path) if node.end_lineno - node.lineno >= 50]

    assert not too_long


@pytest.mark.parametrize("path", named(VIEWS))
def test_a_view_is_short(path):
    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > 25
    ]

    assert not too_long


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_a_template_fits_on_a_few_screens(path):
    assert len(path.read_text().splitlines()) <= 150


@pytest.mark.parametrize("path", named(TEMPLATES))
def test_a_template_holds_no_script_and_no_style(path):
    text = path.read_text()

    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", text), "inline script"
    assert not re.search(r"\son[a-z]+=\"", text), "inline handler"
    assert "<style" not in text
    assert not re.search(r"(src|href)=\"https?://", text), "another host"


@pytest.mark.parametrize("path", named(VIEWS))
def test_a_view_reads_only_what_its_user_may_see(path):
    """In views, `X.objects` is always followed by `.visible_to(...)`."""
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    loose = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "objects"
        and getattr(parents[node], "attr", None) != "visible_to"
    ]

    assert not loose


@pytest.mark.parametrize("path", named(CODE))
def test_imports_stand_at_the_top(path):
    hidden = [
        inner.lineno
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert not hidden


@pytest.mark.parametrize("path", named(CODE))
def test_nobody_listens_to_signals(path):
    text = path.read_text()

    assert "django.dispatch" not in text
    assert "django.db.models.signals" not in text


@pytest.mark.parametrize("path", named(CODE))
def test_nothing_is_left_for_later(path):
    assert not re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", path.read_text())


@pytest.mark.parametrize("package", [p.parent for p in CODE if p.name == "__init__.py"], ids=str)
def test_every_room_says_what_it_is_for(package):
    assert ast.get_docstring(ast.parse((package / "__init__.py").read_text()))


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_no_table_orders_itself(model):
    if model.__module__.split(".")[0] in PACKAGES:
        assert not model._meta.ordering


@pytest.mark.django_db
@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_scoped_table_leads_to_a_unit(model):
    assert not model.objects.filter(**{f"{model.unit_path}__startswith": "22/"}).exists()
    assert not model.objects.filter(**{f"{model.unit_key}__in": [0]}).exists()
    if model.place_key:
        assert not model.objects.filter(**{f"{model.place_key}__in": [0]}).exists()


def test_every_page_lives_beside_its_topic():
    for page in (ROOT / "templates").glob("*/*/*.html"):
        wing, topic = page.relative_to(ROOT / "templates").parts[:2]
        if wing in PACKAGES:
            assert (ROOT / wing / topic / "views.py").exists() or (ROOT / wing / topic / "views").is_dir(), page


@pytest.mark.parametrize("path", named(TESTS))
def test_no_test_is_empty(path):
    """Every test asserts, expects a refusal, or calls a helper of its file that does."""
    tree = ast.parse(path.read_text())
    asserting = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _asserts(node, set())}

    empty = [node.name for node in functions(path) if node.name.startswith("test_") and not _asserts(node, asserting)]

    assert not empty


def _asserts(function, helpers):
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"raises", "expect", "fail"} or name in helpers or name.startswith(("assert_", "expect_")):
                return True
    return False


def test_the_import_contracts_hold():
    answer = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("path", named(CODE))
def test_pupils_have_no_names_here(path):
    """No table has a field for a pupil's name, class or identity number (T30)."""
    for field in re.findall(r"^    (\w+) = models\.\w+Field", path.read_text(), re.MULTILINE):
        assert not re.fullmatch(r".*(pupil|student|child)_?(name|id|no|number|class).*", field), field

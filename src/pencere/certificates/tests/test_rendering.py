from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from django.conf import settings

from pencere.certificates import rendering
from pencere.certificates.rendering import CannotRender, Page, Renderer
from pencere.certificates.tests import make

HEAD = '#set document(title: [T])\n#set text(font: "Noto Sans", lang: "en")\n'


@pytest.fixture
def renderer() -> Renderer:
    made = Renderer(seconds=3)
    yield made  # type: ignore[misc]
    made.close()


def page(folder: Path, text: str) -> Page:
    (folder / "page.typ").write_text(HEAD + text)
    return Page(folder / "page.typ", folder, settings.PENCERE.assets / "fonts")


def test_a_page_is_drawn_from_its_facts(renderer: Renderer, tmp_path: Path) -> None:
    pdf = renderer.render(page(tmp_path, "#json(bytes(sys.inputs.facts)).word"), {"word": "Əğıİ"}, "x", make.NOW)

    assert pdf.startswith(b"%PDF-1.7")


def test_a_letter_that_no_font_has_is_an_error_and_not_a_box(renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(CannotRender, match=r"U\+4E2D|could not be displayed"):
        renderer.render(page(tmp_path, "#json(bytes(sys.inputs.facts)).word"), {"word": "\u4e2d"}, "x", make.NOW)


def test_a_page_that_never_ends_is_killed_and_the_next_is_drawn(tmp_path: Path) -> None:
    renderer = Renderer(seconds=1.0)
    endless = page(
        tmp_path, "#for i in range(9000) { for j in range(9000) { for k in range(9000) { let x = i * j * k } } }"
    )

    with pytest.raises(CannotRender, match="took too long"):
        renderer.render(endless, {}, "x", make.NOW)

    renderer._seconds = 5
    assert renderer.render(page(tmp_path, "well"), {}, "x", make.NOW).startswith(b"%PDF")
    renderer.close()


def test_too_many_pages_and_too_many_facts_are_refused(renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(CannotRender, match="11 pages"):
        renderer.render(page(tmp_path, "#for i in range(10) { [x]; pagebreak() }\nend"), {}, "x", make.NOW)
    with pytest.raises(CannotRender, match="more than 100000 bytes"):
        renderer.render(page(tmp_path, "x"), {"word": "ə" * 60_000}, "x", make.NOW)


@pytest.mark.parametrize(
    "line", ['#import "@preview/cetz:0.3.0": canvas', '#include("@local/a:1.0.0")', '#let x = "@preview/a:1.0.0"']
)
def test_a_page_that_names_a_package_is_refused_before_it_is_drawn(
    renderer: Renderer, tmp_path: Path, line: str
) -> None:
    with pytest.raises(CannotRender, match=r"page\.typ:3: names a package"):
        renderer.render(page(tmp_path, line), {}, "x", make.NOW)


def test_the_sheet_of_the_country_names_no_package_either(renderer: Renderer, tmp_path: Path) -> None:
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates/sheet.typ").write_text('#import "@preview/cetz:0.3.0": canvas\n')

    with pytest.raises(CannotRender, match=r"sheet\.typ:1: names a package"):
        renderer.render(page(tmp_path, '#include "/certificates/sheet.typ"'), {}, "x", make.NOW)


def test_a_package_named_by_a_trick_is_not_downloaded(renderer: Renderer, tmp_path: Path) -> None:
    trick = '#let name = "@pre" + "view/cetz:0.3.0"\n#eval("import \\"" + name + "\\": *")'

    with pytest.raises(CannotRender):
        renderer.render(page(tmp_path, trick), {}, "x", make.NOW)


def test_a_page_reads_nothing_outside_the_country(renderer: Renderer, tmp_path: Path) -> None:
    (tmp_path / "country").mkdir()
    (tmp_path / "secret").write_text("key")

    for path in ("../secret", "/../secret", str(tmp_path / "secret")):
        with pytest.raises(CannotRender):
            renderer.render(page(tmp_path / "country", f'#read("{path}")'), {}, "x", make.NOW)


def test_a_killed_process_is_started_anew(renderer: Renderer, tmp_path: Path) -> None:
    simple = page(tmp_path, "well")
    renderer.render(simple, {}, "x", make.NOW)
    assert renderer._process
    os.kill(renderer._process.pid, 9)
    renderer._process.wait()

    assert renderer.render(simple, {}, "x", make.NOW).startswith(b"%PDF")


def test_the_process_ends_with_its_parent(renderer: Renderer, tmp_path: Path) -> None:
    renderer.render(page(tmp_path, "well"), {}, "x", make.NOW)
    assert renderer._process and renderer._process.stdin

    renderer._process.stdin.close()

    assert renderer._process.wait(timeout=5) == 0


def test_the_web_process_never_loads_typst_or_pyhanko() -> None:
    import subprocess

    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "import pencere.certificates.urls, pencere.certificates.actions, pencere.certificates.queries;"
        "print([name for name in ('typst', 'pyhanko', 'zxingcpp') if name in sys.modules])"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)

    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stderr


def test_comments_may_speak_of_packages(tmp_path: Path) -> None:
    (tmp_path / "page.typ").write_text('// no packages: @preview is refused\n#import "../common.typ": frame\n')

    assert rendering.packages_named(tmp_path / "page.typ") == ()

"""The last journey: every page that any journey has opened before judges; no walk is done here.

Their HTML is valid for html-validate and for the Nu checker, and no identifier of a person, no code of a certificate
stands in an address or in the log of an installation. What the walks kept is in one folder, whichever processes walked.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pencere.ui.building import find_node
from tests import tools

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool, pytest.mark.judges]

HERE = Path(__file__).parent


@pytest.mark.one_engine
def test_html_validate_finds_nothing(pages: Path, tmp_path: Path):
    assert list(pages.glob("*.html"))
    said = tmp_path / "found.json"  # a file: what it writes into a pipe is cut off when it ends
    with said.open("w") as output:
        found = subprocess.run(
            [*find_node().node, str(tools.REPOSITORY / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"),
             "--config", str(HERE / "html-validate.cjs"), "--formatter", "json", str(pages)],
            stdout=output, stderr=subprocess.PIPE, text=True, check=False, cwd=tools.REPOSITORY,
        )  # fmt: skip
    assert found.returncode in (0, 1), found.stderr
    assert _sentences(pages, json.loads(said.read_text() or "[]")) == []


def _sentences(pages: Path, results: list[dict[str, Any]]) -> list[str]:
    addresses = _addresses(pages)
    return sorted({
        f"{one['ruleId']}: {one['message']} ({addresses.get(Path(result['filePath']).name)}:{one['line']})"
        for result in results
        for one in result["messages"]
    })  # fmt: skip


def _addresses(pages: Path) -> dict[str, str]:
    lines = (pages / "pages.txt").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)


@pytest.mark.one_engine
def test_the_nu_checker_finds_nothing(pages: Path):
    assert list(pages.glob("*.html"))
    jar = tools.REPOSITORY / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    found = subprocess.run(
        [str(tools.program("java")), "-Xss2m", "-jar", str(jar), "--format", "json", "--skip-non-html",
         "--exit-zero-always", str(pages)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    messages = json.loads(found.stderr)["messages"]
    addresses = _addresses(pages)
    said = {
        f"{one.get('subType') or one['type']}: {one['message']} ({addresses.get(one['url'].rpartition('/')[2])})"
        for one in messages
    }
    assert said == set()


def test_no_identifier_and_no_code_stands_in_an_address_or_in_the_log(pages: Path):
    identifiers = set((pages / "identifiers.txt").read_text().splitlines())
    addresses = (pages / "asked.txt").read_text()
    words = set(re.split(r"[^A-Za-z0-9_-]+", addresses))
    log = "".join(file.read_text() for file in pages.glob("*.log"))

    assert len(identifiers) > 100 and addresses and log
    assert words & identifiers == set()
    assert set(re.split(r"[^A-Za-z0-9_-]+", log)) & identifiers == set()
    codes = set(re.findall(r"/verify/([\w-]{16,})", addresses))
    assert codes
    assert [code for code in codes if code in log] == []

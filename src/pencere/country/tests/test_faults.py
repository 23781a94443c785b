"""Faults planted in the smallest country, one at a time; each is found with file, line and advice.

They stand in `faults/*.txt`; those of `harbour_*.txt` in the country that has the second service. Between two stands a
blank line: the file after `#`, the lines that are taken out after `-` and
put in after `+` (without `-` the file is written anew), and after `=` all that `pencere check` then says.
"""

from pathlib import Path

import pytest

from pencere.country.tests.harbour import HARBOUR
from pencere.country.tests.make import Land

FAULTS = [
    pytest.param(path.stem.startswith("harbour"), block.strip("\n").split("\n"), id=f"{path.stem}-{number}")
    for path in sorted((Path(__file__).parent / "faults").glob("*.txt"))
    for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n"), 1)
]


def plant(land: Land, lines: list[str]) -> list[str]:
    """Spoils the country as the lines say, and gives what is expected of the check."""
    expected: list[str] = []
    hunks: list[tuple[str, list[str], list[str]]] = []
    for line in lines:
        mark, rest = line[0], line[1:]
        if mark == "#":
            hunks.append((rest.strip(), [], []))
        elif mark == "=":
            expected.append(rest.strip())
        else:
            hunks[-1][1 if mark == "-" else 2].append(rest + "\n")
    for file, old, new in hunks:
        if old:
            text = "\n" + land.text(file)
            assert text.count("\n" + "".join(old)) == 1, f"{file}: {old}"
            land.write(file, text.replace("\n" + "".join(old), "\n" + "".join(new))[1:])
        else:
            land.write(file, "".join(new))
    return expected


@pytest.mark.parametrize(("with_harbour", "lines"), FAULTS)
def test_a_planted_fault_is_found(tmp_path, with_harbour, lines):
    land = Land(tmp_path, HARBOUR if with_harbour else {})

    expected = plant(land, lines)

    assert expected
    assert land.errors() == expected


def test_the_country_with_the_harbour_has_no_fault(tmp_path):
    assert Land(tmp_path, HARBOUR).errors() == []

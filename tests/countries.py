"""The tests' country: the invented services of tests/country, laid over a copy of countries/azerbaijan."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

from tests import tools

INVENTED = tools.REPOSITORY / "tests" / "country"
FIRST = tools.REPOSITORY / "countries" / "azerbaijan"
IN_SEASON = date(2026, 10, 1)
"""On this day one may hunt, and the round of the scholarship is open."""
_AREAS = re.compile(r"(?m)^areas_of_life: \[(.*)\]$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!:)")  # a value; a day before a colon is that from which an amount holds


def laid_over(folder: Path) -> Path:
    """Makes the country below `folder` and gives its path; a file that both have is an error."""
    target = folder / "azerbaijan"
    shutil.copytree(FIRST, target)
    for file in sorted(INVENTED.rglob("*")):
        place = target / file.relative_to(INVENTED)
        if file.is_dir():
            place.mkdir(exist_ok=True)
        elif file.name != "README.md":
            if place.exists():
                raise FileExistsError(f"{file}: countries/azerbaijan has such a file, too")
            shutil.copyfile(file, place)
    plan = target / "nation.yaml"
    lives = ", ".join(sorted(file.stem for file in (INVENTED / "nation").glob("*.yaml")))
    changed, number = _AREAS.subn(rf"areas_of_life: [\1, {lives}]", plan.read_text(encoding="utf-8"))
    if number != 1:
        raise ValueError(f"{plan}: no line areas_of_life that could be added to")
    plan.write_text(changed, encoding="utf-8")
    return target


def in_season(country: Path, today: date) -> None:
    """Moves the seasons of the invented services, so that `today` is in them as `IN_SEASON` is."""
    by = today - IN_SEASON
    for service in (INVENTED / "services").iterdir():
        amounts = country / "services" / service.name / "amounts.yaml"
        amounts.write_text(_DAY.sub(lambda found: _later(found[0], by), amounts.read_text(encoding="utf-8")))


def _later(day: str, by: timedelta) -> str:
    return (date.fromisoformat(day) + by).isoformat()

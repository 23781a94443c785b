"""The tests' country: the invented services of tests/country, laid over a copy of countries/azerbaijan."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests import tools

INVENTED = tools.REPOSITORY / "tests" / "country"
FIRST = tools.REPOSITORY / "countries" / "azerbaijan"


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
    return target

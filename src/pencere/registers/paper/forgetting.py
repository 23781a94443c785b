"""When a row is forgotten, what the paper said of which it came goes too: the typed versions, and the scan.

The paper itself stays counted in its fond; where it lies in the archive is the archive's to decide.
"""

from __future__ import annotations

from collections.abc import Sequence

from pencere.registers.paper import rules
from pencere.registers.paper.models import Paper, Turn


def is_to_be_told(rows: Sequence[int]) -> bool:
    """Whether those who typed one of these rows still have to be written down as having seen it."""
    return Paper.objects.filter(row__in=rows, state=rules.ENTERED, told_at__isnull=True).exists()


def forget_rows(rows: Sequence[int]) -> list[str]:
    """In the transaction in which the rows go. Gives the keepers that need their scans no longer."""
    papers = list(Paper.objects.filter(row__in=rows).values_list("pk", flat=True))
    Turn.objects.filter(paper__in=papers).update(values={}, marks={})
    return [rules.keeper(paper) for paper in papers]

"""Python looks for circles of objects whenever many objects were made; a load or a nation makes many that hold none.

Looking for them took a fifth of the time of a load. So it is put off to places where little is left to look through.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def putting_off_collection() -> Iterator[None]:
    """Nothing is looked for until the end; what came of the work that did hold circles goes then."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()
            gc.collect(0)

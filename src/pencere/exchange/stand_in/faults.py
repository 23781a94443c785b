"""How the stand-in fails on demand, so that tests see what a silent or broken agency does to us."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from pencere.base.errors import BadInput, Refused, Unavailable

KINDS = ("none", "slow", "silent", "lost", "refuses", "garbage", "wrong", "twice")
"""slow: answers after `seconds`. silent: does nothing, and says nothing for `seconds`. lost: does it, and the answer

is lost. refuses: its rule says no. garbage: what comes is no JSON. wrong: values of another kind. twice: the message is
delivered twice.
"""
_GARBAGE = b"<html><body>Service temporarily out of order</body></html>"

Work = Callable[[], object]
"""Does what the message asks and gives the answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str = "none"
    seconds: float = 0.0
    times: int = 0  # 0: until told otherwise


_lock = threading.Lock()
_now = Fault()


def set_to(fault: Fault) -> None:
    global _now
    if fault.kind not in KINDS:
        raise BadInput("not_a_choice", field="kind")
    with _lock:
        _now = fault


def answer(work: Work) -> object:
    """The answer, or what the fault makes of it. Bytes are sent as they are. Raises Refused, Unavailable."""
    fault = _taken()
    if fault.kind in ("slow", "silent"):
        time.sleep(fault.seconds)
    if fault.kind == "silent":
        raise Unavailable("stand-in", "silent on demand")
    if fault.kind == "refuses":
        raise Refused("refused_on_demand")
    done = work()
    if fault.kind == "twice":
        done = work()
    if fault.kind == "lost":
        raise Unavailable("stand-in", "its answer was lost, on demand")
    if fault.kind == "garbage":
        return _GARBAGE
    return _spoilt(done) if fault.kind == "wrong" else done


def _taken() -> Fault:
    """The fault of this message; one that was ordered for so many is used up."""
    global _now
    with _lock:
        fault = _now
        if fault.times:
            _now = replace(fault, times=fault.times - 1) if fault.times > 1 else Fault()
        return fault


def _spoilt(value: object) -> object:
    """Every value that is no text becomes text, every text a number: nothing is of its kind any more."""
    if isinstance(value, dict):
        return {name: _spoilt(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_spoilt(each) for each in value]
    return 7 if isinstance(value, str) else "seven"

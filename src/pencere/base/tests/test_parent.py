"""No process outlives the one that started it, not even one that was still loading when that died."""

from __future__ import annotations

import subprocess
import sys

HEAD = """
import multiprocessing, os, time
from pencere.base.parent import end_with_parent
def loading(head):
    while os.getppid() == head:
        time.sleep(0.01)
    end_with_parent()
    time.sleep(60)
multiprocessing.get_context("fork").Process(target=loading, args=(os.getpid(),)).start()
os._exit(0)
"""


def test_a_process_whose_head_died_while_it_was_loading_ends():
    # Its output ends when the last process that holds it ends.
    done = subprocess.run([sys.executable, "-c", HEAD], stdout=subprocess.PIPE, timeout=30, check=False)

    assert done.returncode == 0

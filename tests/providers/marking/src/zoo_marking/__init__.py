"""Leaves a mark whenever it runs, and says what a variable says.

The mark is one letter more in the file ``ran`` beside this one, or in the file that
``ZOO_MARK`` names.
"""

import os
from pathlib import Path
from types import SimpleNamespace

with Path(os.environ.get("ZOO_MARK") or Path(__file__).with_name("ran")).open("a") as f:
    f.write("x")


def get_supported_configs() -> list[SimpleNamespace]:
    if os.environ.get("ZOO_FAIL"):
        raise RuntimeError("no such device")
    values = [os.environ.get("ZOO_SPEED", "1")]
    return [SimpleNamespace(name="speed", values=values, multi_value=False)]

"""Answers only while meeting_one runs, or has run: each waits for a file of the other's."""

import os
import time
from pathlib import Path
from types import SimpleNamespace


def get_supported_configs() -> list[SimpleNamespace]:
    folder = Path(os.environ["ZOO_MEETING"])
    (folder / "two").touch()
    while not (folder / "one").exists():
        time.sleep(0.01)
    return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]

"""Answers only while meeting_two runs, or has run: each waits for a file of the other's."""

import os
import time
from pathlib import Path
from types import SimpleNamespace


def get_supported_configs() -> list[SimpleNamespace]:
    folder = Path(os.environ["ZOO_MEETING"])
    (folder / "one").touch()
    while not (folder / "two").exists():
        time.sleep(0.01)
    return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]

"""Takes its time, and answers."""

import time
from types import SimpleNamespace


def get_supported_configs() -> list[SimpleNamespace]:
    time.sleep(0.4)
    return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]

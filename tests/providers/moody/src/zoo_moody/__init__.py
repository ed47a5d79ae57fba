"""Says something else every time, and changes what others import."""

import os
import sys
import types
from types import SimpleNamespace

sys.modules["packaging"] = types.ModuleType("zoo_moody.packaging")
sys.modules["json"] = types.ModuleType("json")


def get_supported_configs() -> list[SimpleNamespace]:
    values = [str(os.getpid())]
    return [SimpleNamespace(name="mood", values=values, multi_value=False)]


def get_all_configs() -> list[SimpleNamespace]:
    return [SimpleNamespace(name="mood", values=["good", "bad"], multi_value=False)]

"""Generation 6 as a module: functions, and what importing them leaves behind."""

from types import SimpleNamespace

_SPEEDS = ["2", "1"]

for name in ("speed", "colour"):
    # "name" stays in the module, and is not what the plugin calls itself.
    assert name


def get_supported_configs() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(name="speed", values=_SPEEDS, multi_value=True),
        SimpleNamespace(name="colour", values=["red"], multi_value=False),
    ]


def get_all_configs() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(name="speed", values=["3", "2", "1"], multi_value=True),
        SimpleNamespace(name="colour", values=["red", "blue"], multi_value=False),
    ]


def debug() -> None:
    print("Looked for a speed and a colour.")  # noqa: T201

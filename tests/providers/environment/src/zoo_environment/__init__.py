"""Looks at environment variables, in every way there is."""

import os
import subprocess
import sys
from os import environ, getenv
from types import SimpleNamespace

AT_IMPORT = getenv("ZOO_AT_IMPORT", "unset")


def get_supported_configs() -> list[SimpleNamespace]:
    values = [AT_IMPORT, environ.get("ZOO_GET", "unset")]
    values.append("there" if "ZOO_IN" in os.environ else "absent")
    try:
        values.append(os.environ["ZOO_ITEM"])
    except KeyError:
        values.append("none")
    if hasattr(os, "environb"):
        os.environb.get(b"ZOO_BYTES")
    return [SimpleNamespace(name="seen", values=values, multi_value=False)]


class Copies:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        values = [str(name in environ.copy()) for name in ("ZOO_GET",)]
        return [SimpleNamespace(name="seen", values=values, multi_value=False)]


class Runs:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        code = "import os; print(os.environ.get('ZOO_GET', 'unset'))"
        command = [sys.executable, "-c", code]
        said = subprocess.run(command, check=True, capture_output=True, text=True)
        values = [said.stdout.strip()]
        return [SimpleNamespace(name="seen", values=values, multi_value=False)]


class Tells:
    """What the process can see."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        private = [name.lower() for name in os.environ if "PIP_" in name.upper()]
        entries = os.listdir(".")  # noqa: PTH208
        return [
            SimpleNamespace(name="private", values=private, multi_value=False),
            SimpleNamespace(
                name="files", values=[str(len(entries))], multi_value=False
            ),
        ]

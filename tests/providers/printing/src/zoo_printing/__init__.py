"""Writes to stdout and stderr in every way there is, and answers well."""

import os
import subprocess
import sys
from types import SimpleNamespace

print("imported")  # noqa: T201


def get_supported_configs() -> list[SimpleNamespace]:
    print('\ufeff{"features": []}')  # noqa: T201
    print("caf\u00e9 \U0001f600 \udc80", file=sys.stderr)  # noqa: T201
    sys.stdout.flush()
    os.write(1, b"\xef\xbb\xbf\xff\xfe\x00 not UTF-8\n")
    os.write(2, b"\x1b[31mred\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]


class Torrent:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        for _ in range(2_000):
            os.write(1, b"x" * 50_000)
        os.write(2, b"the end\n")
        return get_supported_configs()


class Closer:
    """Closes what it could write to."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        sys.stdout.close()
        sys.stderr.close()
        for number in (0, 1, 2):
            os.close(number)
        return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]

"""All targets of the fuzzer by name. Each takes bytes, and raises for a fault alone."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = [
    "CORPUS",
    "MODULES",
    "TARGETS",
    "WORDS",
    "Target",
    "corpus",
    "target",
    "words",
]

Target = Callable[[bytes], None]

CORPUS = Path(__file__).parent / "corpus"
"""The folder with a folder of samples for each target."""

MODULES = {
    "archives": "archive made_wheel members record",
    "checked": "checked_metadata",
    "documents": "choice combining lock_table metadata platform reply",
    "kept": "cache index_state inherited installed ledger store",
    "names": "index_links items marker printing requirement version wheel_name",
    "projects": "config lock_file project settings",
}
"""Module -> its targets. A module is loaded for a target of it: under the fuzzer, all
that is imported takes its time."""

TARGETS = {name: module for module in MODULES for name in MODULES[module].split()}
"""Name -> module."""

_FRAMES = 500
"""How deep a target may call: what is nested so deep must not be worth a traceback,
and a fuzzer finds hundreds of brackets earlier than thousands."""

_BORROWED = {
    "checked_metadata": ("metadata",),
    "choice": ("metadata",),
    "combining": ("metadata",),
    "installed": ("metadata",),
    "lock_table": ("metadata",),
    "made_wheel": ("members",),
    "metadata": ("dialects",),
}
"""Target -> whose samples it takes as well."""


def target(name: str) -> Target:
    """Return a target by its name."""
    module = importlib.import_module(f".{TARGETS[name]}", __package__)
    return _cramped(getattr(module, f"fuzz_{name}"))


def _cramped(plain: Target) -> Target:
    """Return a target that has little room on the stack."""

    @functools.wraps(plain)
    def run(data: bytes) -> None:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(_depth() + _FRAMES)
        try:
            plain(data)
        finally:
            sys.setrecursionlimit(before)

    return run


def _depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def corpus(name: str) -> list[Path]:
    """Return the samples of a target, those of its relatives among them, sorted."""
    if name == "dialects":
        return sorted((Path(__file__).parents[2] / name).iterdir())
    folder = CORPUS / name
    own = sorted(folder.iterdir()) if folder.is_dir() else []
    return own + [path for other in _BORROWED.get(name, ()) for path in corpus(other)]


WORDS = r"""
    null 00000000 variants providers default-priorities namespace feature property
    $schema requires plugin-api optional static-properties feature-order enable-if
    install-time plugin-use provider-requires build-requires matrix axes values exclude
    include environment config-settings shared-builds plain label build-backend
    nvidia x86_64 aarch64 abi_dependency level v3 cu129 torch
    https://variants-schema.wheelnext.dev/v0.0.2.json
    https://variants-schema.wheelnext.dev/v0.0.3.json
    https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json
    https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json
    version key content variables created lifetime salt files stamp made pages folder
    asked installed packages interpreter sha256 metadata format wheels file size mtime_ns
    lock-version created-by variants-json hashes environments marker url name
    features multi_value dropped error stage text type where debug generation
    variant_label variant_properties variant_features variant_namespaces in not
    python_version and or extra == != === ~= :: .whl -variants.json .dist-info
    RECORD METADATA WHEEL variant.json PK\x03\x04 PK\x01\x02 PK\x05\x06 sha256=
    \x00 \xff \xef\xbb\xbf \ud800 1e999 NaN -1 0x 1!0 [] {} () "" '' # [[ ]] {{ }}
    trusted-providers priorities tool.pip-variants variantlib -py3-none-any
""".split()


def words() -> list[bytes]:
    """Return what formats are made of: no fuzzer finds such words by itself."""
    return [
        word.encode().decode("unicode_escape").encode("latin-1")
        if r"\x" in word
        else word.encode()
        for word in WORDS
    ]

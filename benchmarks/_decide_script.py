"""A process that parses and selects whenever it is told to, and says how long it took.

It is run as a file by the Python of either side, so it imports nothing of its
package::

    python _decide_script.py SIDE VARIANTS_JSON SUPPORTED_JSON [--memory]

SIDE is pip-variants, variantlib or json.loads. Each line on standard input asks for one
run. With ``--memory`` the peak of what Python allocated is told, and the time means
nothing.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

Decide = Callable[[], Sequence[str]]


def _ours(data: bytes, properties: dict[str, dict[str, list[str]]]) -> Decide:
    from pip_variants.variantlib import SupportedProperties, VariantsJson, select

    supported = SupportedProperties(properties)

    def decide() -> Sequence[str]:
        return select(VariantsJson.from_bytes(data), supported).ranked

    return decide


def _theirs(data: bytes, properties: dict[str, dict[str, list[str]]]) -> Decide:
    # As its own get_variants_by_priority does, with the machine's part given. Type
    # checkers have no peer to look at.
    model = import_module("variantlib.models.variant")
    resolver = import_module("variantlib.resolver.lib")
    reader = import_module("variantlib.variants_json")

    supported = [
        model.VariantProperty(namespace, feature, value)
        for namespace, features in properties.items()
        for feature, values in features.items()
        for value in values
    ]
    feature_order = {namespace: list(each) for namespace, each in properties.items()}
    value_order = {
        namespace: {feature: list(values) for feature, values in features.items()}
        for namespace, features in properties.items()
    }

    def decide() -> Sequence[str]:
        document = reader.VariantsJson(json.loads(data))
        ranked = resolver.sort_and_filter_supported_variants(
            list(document.variants.values()),
            supported,
            namespace_priorities=document.namespace_priorities,
            feature_priorities=feature_order,
            property_priorities=value_order,
            filter_values=True,
        )
        return [each.label for each in ranked]

    return decide


def _parser(data: bytes, _: object) -> Decide:
    """Return what anybody has to do at least: let the C code of json read the file.

    The cyclic collector is off, as it is while our side reads a large file.
    """
    gc.disable()
    return lambda: sorted(json.loads(data))


_SIDES = {"pip-variants": _ours, "variantlib": _theirs, "json.loads": _parser}


def _run(decide: Decide, memory: bool) -> dict[str, Any]:
    gc.collect()
    if memory:
        tracemalloc.start()
    cpu, wall = process_time(), perf_counter()
    ranked = decide()
    answer: dict[str, Any] = {
        "wall": perf_counter() - wall,
        "cpu": process_time() - cpu,
        "best": ranked[0],
        "count": len(ranked),
        "order": hashlib.sha256("\n".join(ranked).encode()).hexdigest(),
    }
    if memory:
        answer["peak"] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return answer


def main(side: str, document: str, supported: str, *options: str) -> None:
    """Answer each line until there are no more."""
    make = _SIDES[side]
    decide = make(Path(document).read_bytes(), json.loads(supported))
    for _ in sys.stdin:
        print(json.dumps(_run(decide, "--memory" in options)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

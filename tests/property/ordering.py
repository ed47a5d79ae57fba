"""The steps of PEP 825 that order variants, transcribed."""

from __future__ import annotations

from typing import Any


def as_the_pep_says(
    variants: dict[str, Any], namespaces: list[str], supported: dict[str, Any]
) -> list[str]:
    """PEP 825, "Variant ordering", steps 1 to 7, as plainly as it can be written."""
    # Steps 1 to 3: the ordered lists.
    namespace_order = list(namespaces)
    feature_order = {
        namespace: [feature for feature, values in features.items() if values]
        for namespace, features in supported.items()
    }

    def value_order(namespace: str, feature: str) -> list[str]:
        values: list[str] = supported.get(namespace, {}).get(feature, [])
        return values

    def compatible(properties: dict[str, Any]) -> bool:
        return all(
            namespace in namespace_order
            and any(value in value_order(namespace, feature) for value in values)
            for namespace, features in properties.items()
            for feature, values in features.items()
        )

    def sorted_keys(properties: dict[str, Any]) -> list[tuple[int, int, int]]:
        keys = []
        for namespace, features in properties.items():
            for feature, values in features.items():
                # Step 4: the most preferred supported value.
                order = value_order(namespace, feature)
                best = min(order.index(value) for value in values if value in order)
                # Step 5: its three indices.
                keys.append(
                    (
                        namespace_order.index(namespace),
                        feature_order[namespace].index(feature),
                        best,
                    )
                )
        # Step 6.
        return sorted(keys)

    def comes_first(one: str, other: str) -> bool:
        # Step 7.
        left, right = sorted_keys(variants[one]), sorted_keys(variants[other])
        for mine, theirs in zip(left, right, strict=False):
            if mine != theirs:
                return mine < theirs
        if len(left) != len(right):
            return len(left) > len(right)
        return one < other

    ordered: list[str] = []
    for label, properties in variants.items():
        if not compatible(properties):
            continue
        position = 0
        while position < len(ordered) and comes_first(ordered[position], label):
            position += 1
        ordered.insert(position, label)
    return ordered

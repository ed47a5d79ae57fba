"""Strategies that the property tests share."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.text("abcxyz019_", min_size=1, max_size=6)
VALUES = st.text("abv019_.", min_size=1, max_size=6)
LABELS = VALUES.filter(lambda text: text not in ("null", "00000000"))

# A small vocabulary, so that labels share namespaces, features and values.
FEW_NAMESPACES = st.sampled_from(["nvidia", "x86_64", "blas"])
FEW_FEATURES = st.sampled_from(["level", "arch", "library"])
FEW_VALUES = st.sampled_from(["v1", "v2", "v3", "on"])

PROPERTIES = st.dictionaries(
    FEW_NAMESPACES,
    st.dictionaries(
        FEW_FEATURES,
        st.lists(FEW_VALUES, min_size=1, max_size=3, unique=True),
        min_size=1,
        max_size=3,
    ),
    max_size=3,
)
VARIANTS = st.dictionaries(LABELS, PROPERTIES, max_size=8)
SUPPORTED = st.dictionaries(
    FEW_NAMESPACES,
    st.dictionaries(
        FEW_FEATURES, st.lists(FEW_VALUES, max_size=4, unique=True), max_size=3
    ),
    max_size=3,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | VALUES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | NAMES, inner, max_size=4)
    ),
    max_leaves=20,
)

# Documents that are nearly right reach further into the reader than any JSON does.
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "$schema": JSON
        | st.sampled_from(
            [
                f"https://variants-schema.wheelnext.dev/v{version}.json"
                for version in ("0.0.2", "0.0.3", "0.1.1", "0.2.0", "1.7.0", "9.0.0")
            ]
        ),
        "default-priorities": JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "namespace": JSON | st.lists(FEW_NAMESPACES | JSON, max_size=4),
                "feature": JSON | st.dictionaries(FEW_NAMESPACES, JSON, max_size=3),
                "property": JSON | st.dictionaries(FEW_NAMESPACES, JSON, max_size=3),
            },
        ),
        "providers": JSON
        | st.dictionaries(
            FEW_NAMESPACES,
            JSON
            | st.fixed_dictionaries(
                {},
                optional={
                    "requires": JSON | st.lists(st.text(max_size=10), max_size=2),
                    "plugin-api": JSON,
                    "optional": JSON,
                    "enable-if": JSON,
                    "plugin-use": JSON | st.sampled_from(["none", "all"]),
                    "install-time": JSON,
                    "feature-order": JSON | st.lists(FEW_FEATURES, max_size=3),
                    "static-properties": JSON
                    | st.dictionaries(FEW_FEATURES, JSON | st.lists(FEW_VALUES)),
                },
            ),
            max_size=3,
        ),
        "static-properties": JSON | st.dictionaries(FEW_NAMESPACES, JSON, max_size=3),
        "variants": JSON | VARIANTS | st.dictionaries(LABELS, JSON, max_size=4),
    },
)

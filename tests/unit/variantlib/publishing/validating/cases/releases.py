"""Metadata that breaks a rule, inside the wheels and beside them."""

from __future__ import annotations

import json

from tests.unit.variantlib.publishing.validating.cases.breaking import Cases, alone
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    SCHEMA_0_0_3,
    SCHEMAS,
    Release,
    changed,
    level,
)

CASES = Cases()
breaks = CASES.breaks


# metadata


breaks("R1")(alone("default-priorities", "colour", to=[]))
breaks("R1")(alone("colour", to="red"))
breaks("R1")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "level", to="v2")
    )
)
breaks("R1")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "level", to=[])
    )
)


@breaks("R1")
def no_json(release: Release) -> None:
    release.put()
    release.wheel("v4", inside={"variant.json": b"<html>"})


breaks("R9")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "Level", to=["v2"])
    )
)
breaks("R9")(alone("default-priorities", "namespace", to=["x86_64", "X86"]))
breaks("R10")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "level", to=["V2"])
    )
)


@breaks("R13")
def two_meanings_of_a_label(release: Release) -> None:
    release.put()
    other = changed("variants", "v3", to=level("v4"))
    release.wheel("v3", other, tag="py3-none-win_amd64")


breaks("R13")(
    lambda release: (release.folder / "demo-1.0-variants.json").write_text(
        json.dumps(GOOD).replace('"v3":', '"v2":')
    )
)
breaks("R14")(
    lambda release: release.metadata(changed("variants", "null", to=level("v2")))
)
breaks("R14")(
    lambda release: release.metadata(changed("variants", to={"00000000": level("v2")}))
)
breaks("R14", "warning")(
    lambda release: release.put(changed("variants", to={"none": {}, "v2": level("v2")}))
)


@breaks("R16", "warning")
def an_early_draft(release: Release) -> None:
    document = changed("$schema", to=SCHEMA_0_0_3)
    release.put(document)


breaks("R16")(alone("$schema", to=f"{SCHEMAS}/v0.9.0.json"))
breaks("R17")(alone("$schema", to=f"{SCHEMAS}/v2.0.0.json"))
breaks("R21")(alone("$schema", to=f"{SCHEMAS}/latest.json"))
breaks("R21")(alone("$schema", to=5))
breaks("R22")(alone("default-priorities", to={"namespace": []}))
breaks("R22")(alone("default-priorities", to={}))
breaks("R22")(
    lambda release: release.put(
        changed("variants", "v2", to={**level("v2"), "gpu": {"arch": ["1"]}})
    )
)


@breaks("R23")
def two_orders(release: Release) -> None:
    one = changed("default-priorities", "namespace", to=["x86_64", "aarch64"])
    one["providers"]["aarch64"] = {"requires": ["provider-variant-aarch64>=0.0.3"]}
    other = changed(
        "default-priorities", "namespace", to=["aarch64", "x86_64"], base=one
    )
    release.wheel()
    release.wheel("v2", one)
    release.wheel("v3", other)


breaks("R26", "warning")(
    lambda release: release.put(
        changed(
            "variants",
            "gpu",
            to={"nvidia": {"sm_arch": ["90_real", "100_real"]}},
            base=changed(
                "default-priorities",
                "namespace",
                to=["nvidia", "x86_64"],
                base=changed(
                    "providers",
                    "nvidia",
                    to={
                        "requires": ["nvidia-variant-provider>=0.0.1"],
                        "plugin-api": "nvidia_variant_provider.plugin:Nvidia",
                    },
                ),
            ),
        )
    )
)


# the file beside the wheels


@breaks("R28")
def a_name_that_nobody_looks_for(release: Release) -> None:
    release.metadata(GOOD, "Demo-1.0-variants.json")


@breaks("R28")
def a_release_without_its_file(release: Release) -> None:
    release.put(listed=GOOD)
    release.wheel("v2", GOOD, version="2.0")
    release.wheel(version="2.0")


breaks("R30")(lambda release: release.put(listed=changed("variants", "v3", to=None)))
breaks("R30")(
    lambda release: release.put(listed=changed("variants", "v3", to=level("v4")))
)
breaks("R30")(
    lambda release: release.put(
        listed=changed("providers", "x86_64", "requires", to=["other"])
    )
)
breaks("R30", "warning")(
    lambda release: release.put(listed=changed("variants", "v4", to=level("v4")))
)


@breaks("R30")
def another_order_of_namespaces(release: Release) -> None:
    base = changed("default-priorities", "namespace", to=["x86_64", "aarch64"])
    base["providers"]["aarch64"] = {"requires": ["provider-variant-aarch64>=0.0.3"]}
    listed = changed(
        "default-priorities", "namespace", to=["aarch64", "x86_64"], base=base
    )
    release.put(base, listed=listed)

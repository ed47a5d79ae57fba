"""Dependencies, providers and properties that break a rule."""

from __future__ import annotations

import dataclasses
import json

from pip_variants.variantlib.errors import ReferenceFault
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.publishing.validating import Shortage
from pip_variants.variantlib.publishing.vocabulary import Words
from tests.unit.variantlib.publishing.validating.cases.breaking import (
    Break,
    Cases,
    alone,
)
from tests.unit.variantlib.publishing.validating.cases.machines import BLAS
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    TOOLS,
    Release,
    changed,
    lacking,
    level,
    static,
)

CASES = Cases()
breaks = CASES.breaks


# dependencies


def needs(*requires: str) -> Break:
    """Return a case: dependencies of the variants; the plain wheel has none."""

    def case(release: Release) -> None:
        release.wheel()
        release.put(plain=False, requires=requires)

    return case


breaks("R49")(needs("cuda; variant_properties == 'x86_64 :: level :: v3'"))
breaks("R49")(needs("cuda; variant_namespaces in 'x86_64'"))
breaks("R49")(needs("cuda; 'x86_64' in variant_features"))
breaks("R49")(needs("cuda; variant_lable == 'v3'"))
breaks("R49")(needs("cuda; variant_label =="))
breaks("R54", "warning")(needs("cuda; variant_label == 'v4'"))
breaks("R54", "warning")(needs("cuda; 'nvidia' in variant_namespaces"))
breaks("R54", "warning")(
    needs("cuda; 'x86_64 :: level :: v3' in variant_properties and variant_label == ''")
)
breaks("R56", "warning")(
    lambda release: release.put(requires=["cuda; variant_label == 'v3'"])
)
breaks("R56", "warning")(
    lambda release: release.wheel(requires=["cuda; variant_label == ''"])
)


# providers


def provider(**table: object) -> Break:
    """Return a case: what is said about the provider of the only namespace."""
    named = {key.replace("_", "-"): value for key, value in table.items()}
    return alone("providers", "x86_64", to=named)


NAMED = "provider-variant-x86-64"
breaks("R67")(alone("default-priorities", "namespace", to=["x86_64", "aarch64"]))
breaks("R67")(alone("providers", "aarch64", to={"requires": ["provider"]}))
breaks("R72")(provider(requires=[]))
breaks("R72")(provider(plugin_api="module"))
breaks("R72")(provider(requires=["-r evil.txt"]))
breaks("R72")(provider(requires=["evil @ https://127.0.0.1/evil.whl"]))
breaks("R72")(provider(requires=[f"{NAMED}; python_version is '3'"]))
breaks("R80")(provider(requires=[f"{NAMED}; platform_machine == 'x86_64'"]))
breaks("R82")(
    provider(
        requires=[f"{NAMED}; python_version >= '3.12'", f"old-{NAMED}"],
    )
)
breaks("R83", "note")(provider(requires=[NAMED], optional=True))
breaks("R84")(provider(requires=[NAMED], plugin_api="os;system"))
breaks("R84")(provider(requires=[NAMED], plugin_api="module:"))


@breaks("R78")
def both_lists_and_packages(release: Release) -> None:
    document = static(BLAS, mkl={"blas": {"library": ["mkl"]}})
    document["providers"]["blas"]["requires"] = ["provider-of-blas"]
    release.metadata(document)


@breaks("R79")
def features_without_an_order(release: Release) -> None:
    document = static({**BLAS, "threads": ["omp"]}, omp={"blas": {"threads": ["omp"]}})
    del document["providers"]["blas"]["feature-order"]
    release.metadata(document)


@breaks("R85")
def two_providers(release: Release) -> None:
    release.wheel()
    release.wheel("v2", GOOD)
    other = changed("providers", "x86_64", "requires", to=[f"{NAMED}>=0.0.4"])
    release.wheel("v3", other)


breaks("R101")(
    alone("providers", "x86_64", to={"requires": [NAMED], "build-requires": [NAMED]})
)


def of_somebody(release: Release) -> None:
    """A namespace that no tool has built in."""
    release.metadata(
        {
            **changed("default-priorities", "namespace", to=["fabric"]),
            "providers": {"fabric": {"requires": ["fabric-provider"]}},
            "variants": {"null": {}},
        }
    )


NOWHERE = Shortage("fabric-provider is not found", "publish it")
breaks("R86", "warning", lacking(NOWHERE))(of_somebody)
breaks("R86", "warning", lacking(NOWHERE._replace(unsure=True)))(Release.put)
breaks("R86", "note", lacking(NOWHERE))(Release.put)
breaks("R87", "error", lacking(NOWHERE._replace(found=True)))(of_somebody)
breaks("R87", "warning", lacking(NOWHERE._replace(found=True)))(Release.put)


# properties


breaks("R94")(alone("variants", "v2", to=level("v1", "v2")))
breaks("R105")(alone("variants", "v5", to=level("v5")))
breaks("R105")(alone("variants", "v5", to={"x86_64": {"speed": ["v3"]}}))


@breaks("R105", "note")
def a_namespace_that_nobody_knows(release: Release) -> None:
    of_somebody(release)
    document = json.loads((release.folder / "demo-1.0-variants.json").read_text())
    document["variants"]["fast"] = {"fabric": {"speed": ["1"]}}
    release.metadata(document)


class Misnamed:
    """Knows packages that have not what plugin-api names."""

    def words(self, namespace: str, provider: Provider | None) -> Words:
        raise ReferenceFault("plugin-api is wrong", "write another")


breaks("R84", tools=dataclasses.replace(TOOLS, vocabulary=Misnamed()))(Release.put)
breaks("R96")(alone("default-priorities", "namespace", to=["x86_64", "abi_dependency"]))
breaks("R96")(alone("providers", "abi_dependency", to={"requires": ["torch"]}))


def beside(feature: str, *values: str) -> Break:
    return alone("variants", "t", to={"abi_dependency": {feature: [*values]}})


breaks("R97")(beside("torch", "2.8.0.1"))
breaks("R97")(beside("torch", "two"))
breaks("R97")(beside("_torch", "2.8"))

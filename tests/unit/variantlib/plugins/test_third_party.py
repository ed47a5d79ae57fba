"""Which plugin may answer: DESIGN 4, sources 5 to 7; R74-R81, R107."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pip_variants.variantlib.errors import Refusal
from pip_variants.variantlib.plugins.plugin import Plugin
from pip_variants.variantlib.plugins.third_party import Needed, ThirdParty
from pip_variants.variantlib.policy import Policy
from pip_variants.variantlib.providers import Provider


def plugin(name: str, version: str = "1.0", entry: str = "hw", **more: Any) -> Plugin:
    module = name.replace("-", "_")
    return Plugin(
        name, version, entry, (f"{module}:P",), modules=frozenset({module}), **more
    )


class Site:
    """What is installed."""

    def __init__(self, *plugins: Plugin) -> None:
        self._plugins = plugins

    def plugins(self) -> Sequence[Plugin]:
        return self._plugins

    def distribution(self, name: str) -> Plugin | None:
        return next((p for p in self._plugins if p.distribution == name), None)


class Shop:
    """Where trusted packages come from; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def plugin(
        self, namespace: str, provider: Provider, requirements: Sequence[str]
    ) -> Plugin:
        del namespace, provider
        self.asked.append(tuple(requirements))
        return plugin("from-shop", isolated=True)


def third_party(*plugins: Plugin, policy: str = "installed", **more: Any) -> ThirdParty:
    def satisfies(requirement: str, version: str) -> bool:
        return "==" not in requirement or requirement.endswith(f"=={version}")

    def remedy(needed: Needed, to_install: bool) -> str:
        names = ",".join(name for name, _ in needed)
        install = f"install {' '.join(base for _, base in needed)} or "
        return f"{install if to_install else ''}trust {names}"

    shop = more.pop("packages", None)
    return ThirdParty(Policy(policy), Site(*plugins), shop, satisfies, remedy, **more)


def of_package(it: ThirdParty, *requires: str, api: str | None = None) -> str:
    """Return the distribution that answers, and whether it is a trusted package."""
    provider = Provider(requires=requires, plugin_api=api)
    found = it.of_package("hw", provider, "true".__eq__)
    return f"{found}{' trusted' if found.isolated else ''}"


def refusal(it: ThirdParty, *requires: str, api: str | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        of_package(it, *requires, api=api)
    return str(caught.value)


class TestOfAPackage:
    def test_an_installed_one_answers(self) -> None:
        it = third_party(plugin("provider-hw"))
        assert of_package(it, "Provider.HW >=1; true") == "provider-hw 1.0"

    def test_builtin_stops_before(self) -> None:
        it = third_party(plugin("provider-hw"), policy="builtin", place="pip.conf")
        assert refusal(it, "provider-hw") == (
            "hw asks for provider-hw, and only built-in providers may answer (pip.conf)"
        )

    def test_what_is_missing_is_named_with_a_remedy(self) -> None:
        """R74: the exact way to trust."""
        assert refusal(third_party(), "provider-hw>=1,<2") == (
            "hw asks for provider-hw>=1,<2, and it is neither installed nor trusted; "
            "install provider-hw>=1,<2 or trust provider-hw"
        )

    def test_another_version_is_not_asked(self) -> None:
        it = third_party(plugin("provider-hw"))
        text = "and provider-hw 1.0 is installed, another version; install provider-hw==2.0 or"
        assert text in refusal(it, "provider-hw==2.0")

    def test_a_package_without_entry_points_is_no_plugin(self) -> None:
        """DESIGN 4.5: metadata must not run whatever happens to be installed."""
        it = third_party(replace(plugin("bystander"), apis=()))
        text = "and bystander 1.0 is no plugin by its entry points; trust bystander"
        assert text in refusal(it, "bystander", api="bystander:wipe")

    def test_all_packages_must_be_there(self) -> None:
        """R75."""
        it = third_party(plugin("provider-hw"))
        assert "more is neither installed" in refusal(it, "provider-hw", "more")

    def test_markers_leave_packages_out(self) -> None:
        """R80."""
        it = third_party(plugin("provider-hw"))
        assert of_package(it, "other; false", "provider-hw; true") == "provider-hw 1.0"
        assert refusal(it, "provider-hw; false") == (
            "no provider package is for this platform"
        )

    @pytest.mark.parametrize(
        "hostile", ["-r evil", "--index-url=http://x", "x @ https://x/y.whl", "./x"]
    )
    def test_only_plain_requirements(self, hostile: str) -> None:
        """E17."""
        assert "does not name a package" in refusal(third_party(), hostile)

    def test_the_api_must_belong_to_the_package(self) -> None:
        """E18."""
        it = third_party(plugin("provider-hw"), plugin("other"))
        assert refusal(it, "provider-hw", api="other:P") == (
            "'other:P' is no part of provider-hw 1.0"
        )

    def test_trusted_packages_come_after_installed_ones(self) -> None:
        shop = Shop()
        it = third_party(plugin("provider-hw"), policy="trusted", packages=shop)
        assert of_package(it, "provider-hw") == "provider-hw 1.0"
        assert of_package(it, "more>=1; true", "x; false") == "from-shop 1.0 trusted"
        assert shop.asked == [("more>=1",)]

    def test_nothing_is_installed_where_the_policy_stops_before(self) -> None:
        shop = Shop()
        assert "neither" in refusal(third_party(packages=shop), "provider-hw")
        assert shop.asked == []

    def test_with_hashes_only_what_has_one(self) -> None:
        """E28: what is installed has none."""
        shop = Shop()
        here = plugin("provider-hw")
        it = third_party(here, policy="trusted", packages=shop, hash_mode=True)
        assert of_package(it, "provider-hw") == "from-shop 1.0 trusted"
        it = third_party(here, hash_mode=True)
        assert "hashes are checked" in refusal(it, "provider-hw")


class TestByName:
    def test_the_name_of_the_entry_point_is_the_namespace(self) -> None:
        """R89."""
        found = third_party(plugin("a", entry="odd"), plugin("b")).named("hw")
        assert str(found) == "b 1.0"
        assert third_party(plugin("a", entry="odd")).named("hw") is None

    def test_two_that_claim_one_namespace_are_both_left_out(self) -> None:
        """R107, softened: the namespace is of no use, the run goes on."""
        with pytest.raises(Refusal, match=r"a 1\.0 and b 2\.0 both claim hw"):
            third_party(plugin("a"), plugin("b", "2.0")).named("hw")

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"policy": "builtin"}, "only built-in providers may answer"),
            ({"hash_mode": True}, "hashes are checked"),
            ({"barred": "for a reason"}, "for a reason"),
        ],
    )
    def test_nobody_where_the_policy_stops_before(self, more: Any, reason: str) -> None:
        it = third_party(plugin("b"), **more)
        with pytest.raises(Refusal, match=reason):
            it.named("hw")
        assert it.unnamed() == ()

    def test_nobody_on_behalf_of_another_machine(self) -> None:
        with pytest.raises(Refusal, match="no"):
            of_package(third_party(plugin("b"), barred="no"), "b")

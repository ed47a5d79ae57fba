"""What the user set about providers, place by place."""

from __future__ import annotations

from collections.abc import Mapping
from optparse import Values
from typing import Any

import pytest

from pip_variants import _pip
from pip_variants.origins import Layer, Origin, Setting
from pip_variants.preferences import ProjectLayer
from pip_variants.settings import Settings
from pip_variants.trusting import how_to_keep_trusting, how_to_trust
from pip_variants.trusting.reading import Trust, inherit_trust, read_trust
from pip_variants.variantlib.policy import Policy
from pip_variants.variantlib.trust import Trusted

CONF = "/home/me/pip.conf"
TOML = "/work/variants.toml"


def layer(place: str, **texts: str) -> Layer:
    found = {
        key: Setting((text,), Origin(place, key))
        for key, text in (
            (f"variant-{name.replace('_', '-')}", text) for name, text in texts.items()
        )
    }
    return ProjectLayer(found) if place == TOML else found


def read(
    *,
    flag: Mapping[str, str] | None = None,
    project: Mapping[str, str] | None = None,
    conf: Mapping[str, str] | None = None,
) -> Trust:
    places = (("command line", flag), (TOML, project), (CONF, conf))
    return read_trust([layer(place, **texts) for place, texts in places if texts])


def test_nothing_set() -> None:
    """DESIGN 4: the default policy; 10 seconds."""
    assert read() == Trust(Policy.INSTALLED, "", (), (), 10.0)


@pytest.mark.parametrize("policy", [*Policy])
def test_a_policy(policy: Policy) -> None:
    found = read(flag={"providers": policy.value.upper()})
    assert (found.policy, found.place) == (policy, "--variant-providers")


def test_a_list_of_trusted_packages_is_of_use_by_itself() -> None:
    trusted = {"trusted_providers": "provider-x, Provider_Y==1"}
    found = read(conf=trusted)
    assert found.policy is Policy.TRUSTED
    assert found.trusted == (Trusted("provider-x"), Trusted("provider-y", "1"))
    for policy in Policy:
        limited = read(conf={"providers": policy.value, **trusted})
        assert limited.policy is policy
    assert read(flag={"trusted_providers": ""}, conf=trusted) == Trust()


def test_the_other_two() -> None:
    found = read(
        project={"optional_providers": "debug other", "provider_timeout": "2.5"},
        conf={"optional_providers": "third", "provider_timeout": "600"},
    )
    assert (found.optional, found.seconds) == (("debug", "other"), 2.5)
    assert read(conf={"provider_timeout": "600"}).seconds == 600


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("providers", "all", "'all' is none of: builtin, installed, trusted"),
        ("trusted_providers", "x>=1", "'x>=1' is no package; write NAME, "),
        ("trusted_providers", "ok,https://e.example/x.whl", "is no package"),
        ("trusted_providers", "x==latest", "'latest'"),
        ("optional_providers", "Debug", "'Debug' is no namespace"),
        ("optional_providers", "nvidia::sm_arch", "is no namespace"),
        ("provider_timeout", "0", "'0' is no number of seconds above 0, up to 600"),
        ("provider_timeout", "-1", "is no number"),
        ("provider_timeout", "601", "is no number"),
        ("provider_timeout", "nan", "is no number"),
        ("provider_timeout", "inf", "is no number"),
        ("provider_timeout", "1e999", "is no number"),
        ("provider_timeout", "soon", "is no number"),
    ],
)
def test_a_bad_value_names_its_place(key: str, text: str, problem: str) -> None:
    option = f"variant-{key.replace('_', '-')}"
    for place, start in (("flag", f"--{option}: "), ("conf", f"{option} in {CONF}: ")):
        settings: Any = {place: {key: text}}
        with pytest.raises(_pip.CommandError) as caught:
            read(**settings)
        assert str(caught.value).startswith(start)
        assert problem in str(caught.value)


# what a project may say


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    ("of_project", "of_user", "expected"),
    [
        ("builtin", None, Policy.BUILTIN),
        ("builtin", "trusted", Policy.BUILTIN),
        ("installed", "trusted", Policy.INSTALLED),
        ("installed", "builtin", Policy.BUILTIN),
        ("trusted", None, Policy.INSTALLED),
        ("trusted", "builtin", Policy.BUILTIN),
        ("trusted", "installed", Policy.INSTALLED),
        ("trusted", "trusted", Policy.TRUSTED),
    ],
)
def test_a_project_can_be_stricter_and_no_more(
    of_project: str,
    of_user: str | None,
    expected: Policy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    conf = {} if of_user is None else {"providers": of_user}
    found = read(project={"providers": of_project}, conf=conf)
    assert found.policy is expected
    ignored = of_project != expected.value
    assert len(told(caplog)) == ignored
    if ignored:
        assert f"variant-providers in {TOML} is ignored" in told(caplog)[0]
        assert told(caplog)[0].endswith(
            f"pip config set variant.providers {of_project}"
        )


def test_the_command_line_goes_before_the_project() -> None:
    found = read(flag={"providers": "trusted"}, project={"providers": "builtin"})
    assert found.policy is Policy.TRUSTED


def test_the_place_is_that_of_the_stricter_one() -> None:
    found = read(project={"providers": "builtin"}, conf={"providers": "trusted"})
    assert found.place == f"variant-providers in {TOML}"
    found = read(project={"providers": "trusted"}, conf={"providers": "builtin"})
    assert found.place == f"variant-providers in {CONF}"


def test_a_project_cannot_make_anybody_trust(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = read(
        project={"trusted_providers": "evil,provider-x"},
        conf={"trusted_providers": "provider-x"},
    )
    assert found.trusted == (Trusted("provider-x"),)
    (text,) = told(caplog)
    assert text == (
        f"variant-trusted-providers in {TOML} is ignored: whom you trust is not for a "
        "project to say. To trust the same: pip config set variant.trusted-providers "
        "provider-x,evil"
    )
    assert read(project={"trusted_providers": "evil"}) == Trust()


def test_a_project_that_trusts_whom_the_user_trusts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    same = {"trusted_providers": "provider-x"}
    assert read(project=same, conf=same).trusted == (Trusted("provider-x"),)
    assert told(caplog) == []


# what is handed down

REST = {"no_variant": False, "priorities": [], "exclude": [], "hash_mode": False}


def inherit(given: Mapping[str, Any]) -> Settings:
    return Settings._inherit({**REST, **given}, Values({"cache_dir": None}))


def test_what_is_handed_down() -> None:
    given: dict[str, Any] = {
        "providers": "trusted",
        "trusted": ["x==1"],
        "optional": ["debug"],
        "provider_seconds": 3,
    }
    expected = Trust(Policy.TRUSTED, "", (Trusted("x", "1"),), ("debug",), 3.0)
    assert inherit_trust(given) == expected
    assert inherit(given).trusted == expected.trusted


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"providers": "all", "trusted": [], "optional": [], "provider_seconds": 1},
        {"providers": "builtin", "trusted": 3, "optional": [], "provider_seconds": 1},
        {
            "providers": "builtin",
            "trusted": ["-r"],
            "optional": [],
            "provider_seconds": 1,
        },
    ],
)
def test_what_somebody_else_handed_down(given: Any) -> None:
    with pytest.raises(_pip.CommandError, match="cannot be read"):
        inherit(given)


# what to type


def test_what_to_type_to_trust_somebody() -> None:
    trusted = (Trusted("a", "1"), Trusted("b"))
    assert how_to_trust(["x"]) == "--variant-trusted-providers x"
    # A list replaces the one before.
    assert how_to_trust(["x", "b"], trusted) == "--variant-trusted-providers a==1,b,x"
    assert how_to_trust(["x"], forbidden=True) == (
        "--variant-providers trusted --variant-trusted-providers x"
    )
    assert how_to_keep_trusting(["x"], trusted) == (
        "pip config set variant.trusted-providers a==1,b,x"
    )

"""Labels that fit a version of another package: pip takes the one for what it picks.

Rules R95 to R97 and E38; the last line of section 3 of the design.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.kit import SCHEMA_825, Document, Index, Pip, static_document, variant_of

PIP = tuple(map(int, metadata.version("pip").split(".")[:2]))


def abi(**values: str) -> dict[str, Any]:
    """Return properties: distribution -> versions, with blanks between them."""
    return {"abi_dependency": {name: text.split() for name, text in values.items()}}


def on_cpu(level: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties that also ask for a level of the made-up cpu: v2 is best."""
    return {"cpu": {"level": [level]}, **properties}


def labels(**variants: Mapping[str, Any]) -> Document:
    """Return metadata of some labels."""
    return static_document(variants)


PT28, PT29 = abi(torch="2.8"), abi(torch="2.9")
BOTH = labels(pt28=PT28, pt29=PT29)
"""What is published by those who have to build for each torch."""


def add_torch(index: Index, *versions: str, **more: Any) -> None:
    for version in versions:
        index.add(name="torch", version=version, **more)


def add_engine(
    index: Index,
    document: Mapping[str, Any] | None = BOTH,
    version: str = "1.0",
    *,
    requires: tuple[str, ...] = ("torch",),
    plain: bool = False,
    **more: Any,
) -> None:
    """Add a package that needs torch, with labels for some versions of it."""
    index.add(document, "engine", version, plain=plain, requires=requires, **more)


@pytest.fixture
def torches(index: Index) -> Index:
    """torch 2.8.0 and 2.9.1, and an engine with a label for each."""
    add_torch(index, "2.8.0", "2.9.1")
    add_engine(index)
    return index


def installs(pip: Pip, index: Index, arguments: str, *names: str) -> None:
    """Assert what a run would install."""
    result = pip.dry(index, *arguments.split()).ok()
    assert result.would_install == [*names], result.both


NEW = ("engine-1.0-pt29", "torch-2.9.1")
OLD = ("engine-1.0-pt28", "torch-2.8.0")


# What the resolver picks.


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("engine", NEW),
        ("engine torch", NEW),
        ("engine torch==2.8.0", OLD),
        ("torch==2.8.0 engine", OLD),
        ("engine torch<2.9", OLD),
        ("engine#pt28", OLD),
        ("torch engine#pt28", OLD),
        # The order of these counts among what fits.
        ("--variant engine=pt28,pt29 engine", NEW),
        ("--variant pt28 engine", OLD),
        ("--variant-exclude pt29 engine torch==2.8.0", OLD),
        ("--no-deps engine torch==2.8.0", OLD),
        ("--no-deps engine torch", NEW),
    ],
)
def test_the_label_is_that_of_what_pip_picks(
    pip: Pip, torches: Index, arguments: str, expected: tuple[str, ...]
) -> None:
    """R97: of what the resolver picks, in any order of the arguments."""
    installs(pip, torches, arguments, *expected)


def test_a_constraint_counts(pip: Pip, torches: Index, tmp_path: Path) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("torch==2.8.0\n", "utf-8")
    installs(pip, torches, f"engine -c {constraints}", *OLD)


def test_the_metadata_of_a_label_decides_about_the_dependency(
    pip: Pip, torches: Index
) -> None:
    """A release may need one torch, whatever the newest is."""
    add_engine(torches, version="2.0", requires=("torch==2.8.0",))
    installs(pip, torches, "engine", "engine-2.0-pt28", "torch-2.8.0")


def test_dependencies_that_come_with_the_label(pip: Pip, torches: Index) -> None:
    requires = (
        *("torch==2.8.0; 'pt28' in variant_label",),
        *("torch==2.9.1; 'pt29' in variant_label",),
    )
    add_engine(torches, version="2.0", requires=requires)
    installs(pip, torches, "engine", "engine-2.0-pt29", "torch-2.9.1")
    installs(pip, torches, "engine torch<2.9", "engine-2.0-pt28", "torch-2.8.0")


def test_another_package_has_the_say(pip: Pip, torches: Index) -> None:
    """The label follows the others, and does not make them older."""
    torches.add(name="loader", version="2.0", requires=["torch<2.9"])
    torches.add(name="loader", version="1.0")
    expected = ("engine-1.0-pt28", "loader-2.0", "torch-2.8.0")
    installs(pip, torches, "engine loader", *expected)
    installs(pip, torches, "loader engine", *expected)


def test_the_run_shows_what_it_takes_once(pip: Pip, torches: Index) -> None:
    torches.add(name="loader", version="2.0", requires=["torch<2.9"])
    result = pip.dry(torches, "engine", "loader").ok()
    banners = [line for line in result.out.splitlines() if "variant_hash" in line]
    assert [line.strip("# ") for line in banners] == ["engine==1.0; variant_hash=pt28"]
    assert "Variant-property: abi_dependency :: torch :: 2.8\n" in result.out


# When nothing fits what it picks.


def test_the_null_variant_when_no_label_fits(pip: Pip, index: Index) -> None:
    add_torch(index, "2.8.0", "2.9.1", "2.10.0")
    add_engine(index, labels(pt28=PT28, pt29=PT29, null={}))
    installs(pip, index, "engine", "engine-1.0-null", "torch-2.10.0")
    installs(pip, index, "engine torch<2.10", *NEW)
    installs(pip, index, "engine#pt28", *OLD)


def test_the_plain_wheel_when_no_label_fits(pip: Pip, index: Index) -> None:
    add_torch(index, "2.8.0", "2.9.1", "2.10.0")
    add_engine(index, plain=True)
    result = pip.dry(index, "-v", "engine").ok()
    assert result.would_install == ["engine-1.0", "torch-2.10.0"]
    for wanted in ("2.8", "2.9"):
        reason = f"needs torch {wanted}.*; pip picks torch 2.10.0 here"
        assert result.out.count(reason) == 1, result.out


def test_pip_picks_another_version_where_the_labels_are_all_there_is(
    pip: Pip, index: Index
) -> None:
    """Like a requirement of the wheel: pip goes back to a torch that fits."""
    add_torch(index, "2.8.0", "2.9.1", "2.10.0")
    add_engine(index)
    installs(pip, index, "engine", *NEW)
    installs(pip, index, "torch engine", *NEW)
    installs(pip, index, "torch!=2.9.1 engine", *OLD)


def test_an_older_version_when_nothing_else_is_left(pip: Pip, index: Index) -> None:
    add_torch(index, "2.8.0", "2.10.0")
    add_engine(index, None, "0.9", plain=True)
    add_engine(index)
    installs(pip, index, "engine", *OLD)
    result = pip.dry(index, "engine", "torch==2.10.0").ok()
    assert result.would_install == ["engine-0.9", "torch-2.10.0"]
    assert any("No variant of engine 1.0 fits" in each for each in result.warnings)


def test_a_label_for_what_cannot_be_had(pip: Pip, index: Index) -> None:
    add_torch(index, "2.8.0")
    add_engine(index)
    installs(pip, index, "engine", *OLD)


def test_nothing_fits_and_the_error_says_why(pip: Pip, index: Index) -> None:
    add_torch(index, "2.10.0")
    add_engine(index)
    result = pip.dry(index, "engine").failed()
    for label, wanted in {"pt28": "2.8", "pt29": "2.9"}.items():
        reason = f"{label} is rejected: needs torch {wanted}.*; pip picks torch 2.10.0"
        assert reason in result.err


def test_a_conflict_names_the_label_that_causes_it(pip: Pip, torches: Index) -> None:
    """E31 for versions: who asks for both hears which label needs what."""
    result = pip.dry(torches, "engine#pt28", "torch==2.9.1").failed()
    assert "pt28 is rejected: needs torch 2.8.*; pip picks torch 2.9.1" in result.err
    assert "engine 1.0 depends on torch 2.8.* (for its variant)" in result.both


def test_what_was_forced_needs_nothing(pip: Pip, torches: Index) -> None:
    installs(
        pip,
        torches,
        "--force-variant engine=pt28 engine",
        *("engine-1.0-pt28", "torch-2.9.1"),
    )


# Nobody requires it.


def test_a_label_does_not_bring_the_package_that_it_fits(
    pip: Pip, torches: Index
) -> None:
    add_engine(torches, labels(pt29=PT29, null={}), "2.0", requires=())
    installs(pip, torches, "engine", "engine-2.0-null")
    installs(pip, torches, "engine torch", "engine-2.0-pt29", "torch-2.9.1")
    add_engine(torches, version="3.0", requires=())
    installs(pip, torches, "engine", "engine-2.0-null")
    result = pip.dry(torches, "engine==3.0").failed()
    assert "torch is neither installed nor required" in result.err


def test_a_dependency_of_a_dependency_brings_it(pip: Pip, torches: Index) -> None:
    torches.add(name="loader", requires=["torch<2.9"])
    for document in (BOTH, labels(pt28=PT28, pt29=PT29, null={})):
        add_engine(torches, document, "2.0", requires=("loader",))
        installs(
            pip,
            torches,
            "engine",
            *("engine-2.0-pt28", "loader-1.0", "torch-2.8.0"),
        )


def test_without_dependencies_nobody_requires_it(pip: Pip, torches: Index) -> None:
    add_engine(torches, labels(pt29=PT29, null={}), "2.0")
    installs(pip, torches, "--no-deps engine", "engine-2.0-null")


def test_what_no_index_knows_is_not_required(pip: Pip, index: Index) -> None:
    add_engine(index, requires=(), plain=True)
    installs(pip, index, "engine", "engine-1.0")


# Which values fit, and which is best.


@pytest.mark.parametrize(
    ("values", "version", "fits"),
    [
        ("2", "2.9.1", True),
        ("2.9", "2.9.1", True),
        ("2.9.1", "2.9.1", True),
        ("2.9.0", "2.9.1", False),
        ("2.0", "2", True),
        ("2.0", "2.1", False),
        ("2", "2.1", True),
        ("2.8 2.9", "2.9.1", True),
        ("2.9 2.8", "2.8.0", True),
        ("2.7 2.8", "2.9.1", False),
        ("2.9", "2.9.1.post1", True),
        ("2.9.1", "2.9.1+cu128", True),
        ("2.9.1.0", "2.9.1", False),
        ("2.9", "1!2.9", False),
        ("any", "2.9.1", False),
    ],
)
def test_a_value_stands_for_a_range(
    pip: Pip, index: Index, values: str, version: str, fits: bool
) -> None:
    """R97: like ``=={value}.*``; several of one distribution are alternatives."""
    add_torch(index, version)
    add_engine(index, labels(pt=abi(torch=values), null={}))
    label = "pt" if fits else "null"
    installs(pip, index, "engine", f"engine-1.0-{label}", f"torch-{version}")


def test_a_pre_release_counts_as_what_it_leads_to(pip: Pip, index: Index) -> None:
    add_torch(index, "2.8.0", "2.9.0rc1")
    add_engine(index)
    installs(pip, index, "engine", *OLD)
    installs(pip, index, "--pre engine", "engine-1.0-pt29", "torch-2.9.0rc1")


def test_the_most_specific_label_is_best(pip: Pip, index: Index) -> None:
    add_torch(index, "2.9.1")
    document = labels(
        a=abi(torch="2"), b=abi(torch="2.9.1"), c=abi(torch="2.9"), d=abi(torch="2.8")
    )
    add_engine(index, document)
    installs(pip, index, "engine", "engine-1.0-b", "torch-2.9.1")
    installs(pip, index, "--variant-exclude b engine", "engine-1.0-c", "torch-2.9.1")


def test_other_namespaces_rank_before(pip: Pip, index: Index) -> None:
    """R97: the machine decides first, among the labels that fit what is picked."""
    add_torch(index, "2.8.0", "2.9.1")
    document = labels(
        v2_any=on_cpu("v2", abi(torch="2")),
        v1_exact=on_cpu("v1", abi(torch="2.9.1")),
        v2_old=on_cpu("v2", abi(torch="2.8.0")),
        v3=on_cpu("v3", abi(torch="2.9.1")),
    )
    add_engine(index, document)
    installs(pip, index, "engine", "engine-1.0-v2_any", "torch-2.9.1")
    installs(pip, index, "engine torch<2.9", "engine-1.0-v2_old", "torch-2.8.0")
    wish = "--variant-exclude v2_any engine"
    installs(pip, index, wish, "engine-1.0-v1_exact", "torch-2.9.1")


def test_several_distributions_must_all_fit(pip: Pip, index: Index) -> None:
    add_torch(index, "2.8.0", "2.9.1")
    index.add(name="flash-attn", version="2.7")
    document = labels(
        both=abi(torch="2.9", flash_attn="2.7"),
        other=abi(torch="2.9", flash_attn="2.6"),
        one=abi(torch="2.9"),
    )
    add_engine(index, document, requires=("torch", "Flash.Attn"))
    installs(pip, index, "engine", "engine-1.0-both", "flash-attn-2.7", "torch-2.9.1")


def test_extras_on_both_sides(pip: Pip, torches: Index) -> None:
    torches.add(name="opt")
    add_torch(torches, "2.9.2", "2.8.1", extras={"opt": ["opt"]})
    add_engine(torches, version="2.0", extras={"fast": ["torch[opt]"]})
    installs(
        pip,
        torches,
        "engine[fast]",
        *("engine-2.0-pt29", "opt-1.0", "torch-2.9.2"),
    )
    installs(
        pip,
        torches,
        "engine[fast]#pt28",
        *("engine-2.0-pt28", "opt-1.0", "torch-2.8.1"),
    )


def test_two_that_fit_each_other(pip: Pip, index: Index) -> None:
    """E38: a circle ends by ordinary backtracking."""
    for version in ("1.0", "2.0"):
        for name, other in (("left", "right"), ("right", "left")):
            variants = labels(
                one=abi(**{other: "1.0"}), two=abi(**{other: "2.0"}), null={}
            )
            index.add(variants, name, version, plain=False, requires=[other])
    installs(pip, index, "left", "left-2.0-two", "right-2.0-two")
    installs(pip, index, "left<2", "left-1.0-two", "right-2.0-one")
    installs(pip, index, "left#one", "left-2.0-one", "right-1.0-two")


def test_a_circle_without_a_way_out_ends(pip: Pip, index: Index) -> None:
    """Each fits only a version that the other does not fit."""
    index.add(labels(x=abi(right="1")), "left", "1.0", plain=False, requires=["right"])
    index.add(labels(x=abi(left="2")), "right", "1.0", plain=False, requires=["left"])
    pip.dry(index, "left").failed()


# Other ways to pip's resolver.


def test_a_wheel_by_its_address(pip: Pip, torches: Index) -> None:
    url = f"{torches.url}engine/engine-1.0-py3-none-any-pt28.whl"
    installs(pip, torches, url, *OLD)
    installs(pip, torches, f"torch {url}", *OLD)
    pip.dry(torches, "torch==2.9.1", url).failed()
    add_engine(torches, version="2.0", requires=())
    url = f"{torches.url}engine/engine-2.0-py3-none-any-pt28.whl"
    result = pip.dry(torches, url).failed()
    assert "torch is neither installed nor required" in result.err


def test_download_takes_what_fits(pip: Pip, torches: Index, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    options = ("--dest", folder, "--index-url", torches.url)
    pip("download", *options, "engine", "torch<2.9").ok()
    assert {path.name for path in folder.glob("*.whl")} == {
        "engine-1.0-py3-none-any-pt28.whl",
        "torch-2.8.0-py3-none-any.whl",
    }


def test_without_metadata_files(pip: Pip, make_index: Any, tmp_path: Path) -> None:
    """Where pip has to download a wheel to see what it needs."""
    index = make_index(metadata=False)
    add_torch(index, "2.8.0", "2.9.1")
    index.add(name="loader", version="2.0", requires=["torch<2.9"])
    requires = (
        "torch",
        "extra28; 'abi_dependency :: torch :: 2.8' in variant_properties",
    )
    index.add(name="extra28")
    add_engine(index, requires=requires)
    target = tmp_path / "target"
    options = ("--index-url", index.url, "engine", "loader")
    result = pip.install_into(target, *options).ok()
    assert result.installed == [
        *("engine-1.0-pt28", "extra28-1.0", "loader-2.0", "torch-2.8.0")
    ]
    assert variant_of(target, "engine") == "pt28"
    record = target / "engine-1.0.dist-info" / "variant_selection.json"
    assert json.loads(record.read_text("utf-8"))["properties"] == PT28


def test_no_more_than_one_page_and_one_metadata_file(pip: Pip, torches: Index) -> None:
    """A guess that was right costs nothing."""
    pip.dry(torches, "engine").ok()
    assert sorted(torches.log) == [
        "GET engine-1.0-py3-none-any-pt29.whl.metadata",
        "GET engine-1.0-variants.json",
        "GET engine/",
        "GET torch-2.9.1-py3-none-any.whl.metadata",
        "GET torch/",
    ]


def test_a_lock_file_decides_by_what_it_lists(
    pip: Pip, torches: Index, tmp_path: Path
) -> None:
    """The lock has every label; the torch in it decides which one is taken."""
    lock = tmp_path / "pylock.toml"
    options = ("--output", lock, "--index-url", torches.url)
    pip("lock", *options, "engine", "torch<2.9").ok()
    assert "engine-1.0-py3-none-any-pt29.whl" in lock.read_text("utf-8")
    if PIP < (26, 1):
        pytest.skip("this pip does not read lock files")
    result = pip("install", "--dry-run", "-r", lock).ok()
    assert result.would_install == [*OLD]


def test_hashes_leave_only_what_they_allow(
    pip: Pip, torches: Index, tmp_path: Path
) -> None:
    names = {
        "engine": (
            "engine-1.0-py3-none-any-pt28.whl",
            "engine-1.0-py3-none-any-pt29.whl",
        ),
        "torch": ("torch-2.8.0-py3-none-any.whl",),
    }
    lines = []
    for name, files in names.items():
        paths = [torches.project(name) / file for file in files]
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
        version = files[0].split("-")[1]
        options = " ".join(f"--hash=sha256:{each}" for each in hashes)
        lines.append(f"{name}=={version} {options}\n")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("".join(lines), "utf-8")
    installs(pip, torches, f"--require-hashes -r {requirements}", *OLD)


def test_a_label_has_to_fit_each_of_several_machines(
    pip: Pip, torches: Index, tmp_path: Path
) -> None:
    document = {
        "$schema": SCHEMA_825,
        "default-priorities": {"namespace": ["x86_64"]},
        "variants": {
            f"{level}_{name}": {"x86_64": {"level": [level]}, **properties}
            for level in ("v2", "v3")
            for name, properties in {"pt28": PT28, "pt29": PT29}.items()
        },
    }
    add_engine(torches, document, "2.0")
    options = []
    for name, levels in {"new": ["v3", "v2", "v1"], "old": ["v2", "v1"]}.items():
        path = tmp_path / f"{name}.json"
        properties = {"x86_64": {"level": levels}}
        path.write_text(json.dumps({"version": 1, "properties": properties}), "utf-8")
        options.append(f"--variant-platform {path}")
    both = " ".join(options)
    installs(pip, torches, f"{both} engine", "engine-2.0-v2_pt29", "torch-2.9.1")
    expected = ("engine-2.0-v2_pt28", "torch-2.8.0")
    installs(pip, torches, f"{both} engine torch<2.9", *expected)
    installs(pip, torches, f"{options[0]} engine#v3_pt28", "engine-2.0-v3_pt28", OLD[1])


def test_other_runs_load_nothing_of_this(pip: Pip, index: Index) -> None:
    """Neither plain packages nor other labels pay for it."""
    add_torch(index, "2.9.1")
    add_engine(index, labels(v2=on_cpu("v2", {})))
    rooms = {
        "beside": ("matching", "picks"),
        "resolving": ("alternatives", "guesses", "settling"),
    }
    names = {f"{room}.{name}" for room, names in rooms.items() for name in names}

    def loaded(package: str) -> set[str]:
        timed = {"PYTHONPROFILEIMPORTTIME": "1"}
        result = pip.dry(index, package, environ=timed).ok()
        return set(re.findall(r"pip_variants\.([\w.]+)", result.err))

    last = {"torch": "resolving.resolver", "engine": "decider"}
    for package, module in last.items():
        modules = loaded(package)
        assert module in modules
        assert modules.isdisjoint(names)
    add_engine(index, version="2.0")
    assert names <= loaded("engine")


# What is installed.


@pytest.fixture
def env(own_pip: Pip, torches: Index) -> Any:
    """Run ``pip install`` in an environment, and return what it installed."""

    def install(arguments: str) -> list[str]:
        options = ("install", "--index-url", torches.url)
        result = own_pip(*options, *arguments.split()).ok()
        done = "Successfully installed" in result.out
        return result.installed if done else []

    install.pip = own_pip  # type: ignore[attr-defined]
    return install


def test_what_is_installed_stays_and_decides(env: Any, torches: Index) -> None:
    assert env("torch==2.8.0") == ["torch-2.8.0"]
    assert env("engine") == ["engine-1.0-pt28"]
    assert env("engine") == []
    assert env("--upgrade engine") == []
    # Nobody looks at engine in such a run, as ever; check tells.
    assert env("--upgrade torch") == ["torch-2.9.1"]
    assert env("engine") == []
    result = env.pip("variant", "check", "--index-url", torches.url)
    assert "needs torch 2.8.*; torch 2.9.1 is installed" in result.out
    assert result.status == 1
    assert env("--upgrade engine") == ["engine-1.0-pt29"]
    result = env.pip("variant", "check", "--index-url", torches.url)
    assert (result.status, "fits" in result.out) == (0, True), result.both


def test_a_label_is_exchanged_when_its_neighbour_is(env: Any, torches: Index) -> None:
    assert env("engine") == [*NEW]
    torches.add(name="user", requires=["engine"])
    assert env("torch==2.8.0 engine") == [*OLD]
    assert env("torch==2.9.1 user") == ["engine-1.0-pt29", "torch-2.9.1", "user-1.0"]
    assert env("torch==2.8.0") == ["torch-2.8.0"]
    assert env("engine") == []
    assert env("--upgrade engine") == ["engine-1.0-pt28"]
    assert env("--upgrade torch engine") == [*NEW]


def test_a_neighbour_that_nobody_touches(env: Any, torches: Index) -> None:
    """R97: it is there, although engine does not require it."""
    add_engine(torches, version="2.0", requires=())
    assert env("torch==2.8.0") == ["torch-2.8.0"]
    assert env("engine") == ["engine-2.0-pt28"]
    torches.add(name="loader", requires=["torch>=2.9"])
    assert env("engine loader") == ["engine-2.0-pt29", "loader-1.0", "torch-2.9.1"]


def test_an_installed_variant_that_has_no_other_label(env: Any, torches: Index) -> None:
    add_engine(torches, labels(pt28=PT28), "2.0")
    assert env("engine torch==2.8.0") == ["engine-2.0-pt28", "torch-2.8.0"]
    # Kept, and torch with it.
    torches.add(name="loader", requires=["torch", "engine"])
    assert env("--upgrade --upgrade-strategy eager loader") == ["loader-1.0"]


def test_the_legacy_resolver_looks_at_what_is_installed(
    env: Any, torches: Index
) -> None:
    legacy = "--use-deprecated=legacy-resolver engine"
    assert env("torch==2.8.0") == ["torch-2.8.0"]
    assert env(legacy) == ["engine-1.0-pt28"]


def test_explain_looks_at_what_is_installed(env: Any, torches: Index) -> None:
    def explained() -> str:
        return str(
            env.pip("variant", "explain", "--index-url", torches.url, "engine").both
        )

    assert "needs torch 2.9.*; torch is not installed, and pip decides" in explained()
    env("torch==2.8.0")
    text = explained()
    assert "needs torch 2.9.*; torch 2.8.0 is installed" in text
    assert "would be taken beside torch 2.9.*" in text

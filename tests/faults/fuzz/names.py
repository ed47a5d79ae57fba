"""Targets: names of files, and the small texts that users and publishers write."""

from __future__ import annotations

import contextlib
from urllib.parse import quote

from pip_variants import _pip, preferences, release, requirements, text, wishes
from pip_variants.index_page import MetadataLinks
from pip_variants.origins import Origin, Setting
from pip_variants.variantlib import abi_dependency, filename, parse_wheel_filename
from pip_variants.variantlib.cli._output import printable as cli_printable
from pip_variants.variantlib.errors import FilenameError, Refusal, ValidationError
from pip_variants.variantlib.markers import PropertySet, marker_names
from pip_variants.variantlib.model import Property, is_label, is_value
from pip_variants.variantlib.priorities import Pattern
from pip_variants.variantlib.publishing.indexing.names import artifact_of, version_key
from pip_variants.variantlib.publishing.project._template import fill_in, gaps
from pip_variants.variantlib.publishing.validating.conditions import parse_marker
from pip_variants.variantlib.requirement import ProviderRequirement, needed_packages
from pip_variants.variantlib.trust import Trusted

from .laws import parts, text_of, told

__all__ = [
    "fuzz_index_links",
    "fuzz_items",
    "fuzz_marker",
    "fuzz_printing",
    "fuzz_requirement",
    "fuzz_version",
    "fuzz_wheel_name",
]

_PAGE = "https://example.org/simple/demo/"
_PLACE = Origin("command line", "--variant")


def fuzz_wheel_name(data: bytes) -> None:
    """The name of a wheel comes apart and together without loss (R11, R12, R28)."""
    name = text_of(data)
    try:
        plain, label = parse_wheel_filename(name)
    except FilenameError as error:
        told(error, data)
        assert filename.label_of(name) is None
    else:
        assert filename.label_of(name) == label
        assert parse_wheel_filename(plain) == (plain, None)
        assert label is None or filename.with_label(plain, label) == name
        beside = filename.parse_index_filename(filename.index_filename(name))
        assert beside is not None
        assert beside[1] == plain.split("-")[1]
    index = filename.parse_index_filename(name)
    assert index is None or name == f"{'-'.join(index)}{filename.INDEX_SUFFIX}"
    with contextlib.suppress(FilenameError):
        artifact = artifact_of(name)
        if artifact is not None:
            # Of a project, what becomes part of a path (E34).
            assert not {"/", "\\", ".", "\0"}.intersection(artifact.project)
            assert artifact.release == (artifact.project, version_key(artifact.version))


def fuzz_index_links(data: bytes) -> None:
    """A link on a page is metadata of a release, or none of our business (R28, R31)."""
    links = [
        _pip.Link(f"{_PAGE}{quote(each)}", comes_from=_PAGE)
        for each in data.split(b"\0")[:5]
    ]
    metadata = MetadataLinks()
    others = metadata.take_from(links)
    assert all(link in links for link in others)
    for link in links:
        named = filename.parse_index_filename(link.filename)
        assert (link in others) == (named is None)
        assert named is None or metadata.find(_PAGE, *named) is not None
        release.wheel_label(link)
    metadata.hide_labelled("demo", others)


def fuzz_version(data: bytes) -> None:
    """Versions compare whatever they are, and their key stays what it is."""
    version, *values = map(text_of, data.split(b"\0"))
    key = version_key(version)
    assert version_key(f"{version}") == key
    for value in values:
        abi_dependency.fits(value, version)
    ordered = abi_dependency.newest_first(values)
    assert set(ordered) == set(values)
    assert abi_dependency.newest_first(ordered[::-1]) == ordered
    fitting = abi_dependency.fitting(values, version)
    assert set(fitting) <= set(values)
    assert abi_dependency.needed({"torch": values})


def fuzz_items(data: bytes) -> None:
    """Whatever is written for a property or a package is read, or refused with reason."""
    given = text_of(data)
    with contextlib.suppress(ValidationError):
        found = Property.parse(given)
        assert Property.parse(str(found)) == found
    for labels in (False, True):
        with contextlib.suppress(ValidationError):
            pattern = Pattern.parse(given, labels=labels)
            pattern.matches({pattern.namespace: {}})
    with contextlib.suppress(ValidationError):
        trusted = Trusted.parse(given)
        assert Trusted.parse(str(trusted)) == trusted
    try:
        provider = ProviderRequirement.parse(given)
    except ValidationError as error:
        told(error, data)
    else:
        assert _pip.canonicalize_name(provider.name) == provider.name
    with contextlib.suppress(Refusal):
        assert needed_packages([given], lambda _: True)
    with contextlib.suppress(ValidationError):
        words = dict.fromkeys(gaps(given), "x")
        assert len(fill_in(given, words)) <= len(given)
    for item in preferences.items([given]):
        assert item.strip() == item
        assert preferences.items([item]) in ((item,), ()) or "::" in item
    for key in ("variant", "force-variant"):
        with contextlib.suppress(_pip.CommandError):
            setting = Setting((given,), _PLACE)
            for wish in wishes.read_wishes([{key: setting}], key).values():
                assert all(map(is_label, wish.labels))


def fuzz_requirement(data: bytes) -> None:
    """``name==1.0#label``: the label comes off, or everything stays (F67)."""
    given = text_of(data)
    requirements.pins.clear()
    try:
        left = requirements.take_label(given, None)
    except _pip.InstallationError as error:
        told(error, data)
        return
    pinned = requirements.pins.as_mapping()
    assert left == given or given.count("#") > left.count("#")
    assert left != given or not pinned
    assert all(is_label(label) for wish in pinned.values() for label in wish.labels)
    assert all(wish.place == "command line" for wish in pinned.values())


def fuzz_marker(data: bytes) -> None:
    """What the other parser takes for a marker is one here, too."""
    given = text_of(data)
    marker_names(given)
    given in PropertySet(["cpu :: level :: v2"])  # noqa: B015 - may not raise
    try:
        condition = parse_marker(given)
    except ValidationError as error:
        told(error, data)
        assert not _is_small_marker(given), "refused what packaging reads"
        return
    properties = {"cpu": {"level": ["v2", "v1"], "flag": ["on"]}}
    can = condition.can_hold("x", properties)
    assert not list(condition.unmet([("x", properties)])) or not can or _has_or(given)
    for found in (*condition.faults(), *condition.unknown()):
        told(found, data)


def _has_or(marker: str) -> bool:
    return " or " in " ".join(marker.replace(")", ") ").replace("(", " (").split())


def _is_small_marker(given: str) -> bool:
    if len(given) > 5_000 or given.count("(") > 40:
        return False
    try:
        _pip.Marker(given)
    except (_pip.InvalidMarker, RecursionError):
        return False
    return True


def fuzz_printing(data: bytes) -> None:
    """Whatever a file holds, nothing of it steers a terminal or tells a secret."""
    given = text_of(data)
    for shown in (text.printable(given), text.unbroken(given), cli_printable(given)):
        assert all(char.isprintable() or char == "\u00a0" for char in shown)
        assert len(shown) <= 10 * len(given)
    assert len(text.printable(given)) <= 5_000
    text.wrapped(text.printable(given))
    text.message_of(ValueError(given))
    one, other = (part.strip() for part in map(text_of, parts(data, 2)))
    tight = text.tight(given, "=", ",")
    assert " =" not in tight
    assert " ," not in tight
    secret = "".join(char for char in other if char.isalnum())[:30]
    if len(secret) > 5 and secret not in one and "*" not in secret:
        user = "".join(
            char for char in one if char not in "/?#\\[]\0" and not char.isspace()
        )
        url = f"https://{user}:{secret}@example.org/x"
        assert secret not in text.without_credentials(f"in {url} it is")
    assert is_value(given) == is_label(given)

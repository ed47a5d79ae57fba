"""Where a pip in another process finds packages: as the pip that is running does.

Its own configuration is kept from it. So nothing that the user set for an installation
(``--target``, constraints, required hashes) has to do with how providers are installed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..text import without_credentials

__all__ = ["Sources", "sources_of"]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a pip has to be told.

    :param selection: arguments that decide which packages are found.
    :param transport: arguments that decide how they are fetched.
    :param variables: names and values of environment variables. Arguments can be read
        by everybody on the machine, and URLs hold passwords.
    :param before: the time that packages have to be older than, in ISO 8601.
    """

    selection: tuple[str, ...] = ()
    transport: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    before: str = ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return all arguments."""
        limit = ("--uploaded-prior-to", self.before) if self.before else ()
        return (*self.selection, *self.transport, *limit)

    @property
    def digest(self) -> str:
        """Return what stays the same as long as the same packages are found."""
        # A time that is given as an age is another one in every run.
        day = self.before.partition("T")[0]
        known = (
            *self.selection,
            day,
            *(f"{name}={text}" for name, text in self.variables),
        )
        text = "\0".join(map(without_credentials, known))
        return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def sources_of(options: Any, finder: Any) -> Sources:
    """Return what the running pip looks at.

    Requirement files can name indexes, too: this is to be called after pip read them.

    :param options: those of the command.
    :param finder: pip's finder.
    """
    links = [*finder.find_links]
    # In a variable, blanks part one from the next.
    blank = [link for link in links if len(link.split()) != 1]
    selection = [*_selection(finder)]
    for link in blank:
        selection += ["--find-links", link]
    return Sources(
        tuple(selection),
        tuple(_transport(options, finder)),
        tuple(_variables(finder, [link for link in links if link not in blank])),
        finder.uploaded_prior_to.isoformat() if finder.uploaded_prior_to else "",
    )


def _selection(finder: Any) -> Iterator[str]:
    if not finder.index_urls:
        yield "--no-index"
    yield from _releases(finder.release_control)
    if finder.prefer_binary:
        yield "--prefer-binary"


def _releases(control: Any) -> Iterator[str]:
    """Yield which packages pre-releases are taken of.

    pip has these in the order given, too, but there ``--pre`` is missing.
    """
    if control is None:
        return
    named = [("--all-releases", each) for each in control.all_releases]
    named += [("--only-final", each) for each in control.only_final]
    # What is for all takes back what is for one, so it comes first.
    for option, name in sorted(named, key=lambda item: (item[1] != ":all:", item)):
        yield from (option, name)


def _variables(finder: Any, links: Sequence[str]) -> Iterator[tuple[str, str]]:
    first, *others = finder.index_urls or [""]
    for name, texts in (
        ("PIP_INDEX_URL", [first]),
        ("PIP_EXTRA_INDEX_URL", others),
        ("PIP_FIND_LINKS", links),
    ):
        text = " ".join(texts)
        if text:
            yield name, text


def _transport(options: Any, finder: Any) -> Iterator[str]:
    """Yield what pip's own installer for builds passes on, and what it leaves out."""
    for host in finder.trusted_hosts:
        yield from ("--trusted-host", host)
    for name, value in (
        ("--cert", finder.custom_cert),
        ("--client-cert", finder.client_cert),
        ("--cache-dir", options.cache_dir),
        ("--timeout", options.timeout),
        ("--retries", options.retries),
        ("--resume-retries", options.resume_retries),
        # An empty one means that none is to be used.
        ("--proxy", finder.proxy),
    ):
        if value or (value is not None and name in _MAY_BE_EMPTY):
            yield from (name, str(value))
    if not options.cache_dir:
        yield "--no-cache-dir"
    if getattr(finder, "no_proxy_env", False):
        yield "--no-proxy-env"
    for feature in options.deprecated_features_enabled:
        if feature == "legacy-certs":
            yield from ("--use-deprecated", feature)
    yield from ("--keyring-provider", _keyring(options))


_MAY_BE_EMPTY = ("--proxy", "--timeout", "--retries", "--resume-retries")


def _keyring(options: Any) -> str:
    """Return which keyring is asked by a pip that cannot ask a person.

    By itself such a pip asks none: somebody may have to unlock it. Where the running pip
    may ask a person, so may the keyring.
    """
    provider: str = options.keyring_provider
    if provider != "auto" or options.no_input:
        return provider
    return "import" if importlib.util.find_spec("keyring") else "subprocess"

"""Which properties exist, for who makes variant wheels with this pip.

What was asked once is kept for the run. The user's policy counts as it does when wheels
are installed: first the built-in providers, then plugins that are installed, then
packages that are trusted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import _pip
from .machine import Machine
from .settings import Settings
from .trusting.sources import Sources, sources_of
from .variantlib.policy import Policy
from .variantlib.publishing.vocabulary.plugins import PluginVocabulary

if TYPE_CHECKING:
    from .variantlib.plugins.plugin import Plugin
    from .variantlib.plugins.probing import Probed
    from .variantlib.publishing.vocabulary import Vocabulary

__all__ = ["make_vocabulary"]


def make_vocabulary(settings: Settings, machine: Machine) -> Vocabulary:
    """Return who knows which properties exist.

    Optional providers are asked, too: that one is off here says nothing of the wheels
    (building draft, "Populating static properties from provider plugins"). So they are
    where a file stands for this machine, for what exists is the same on all.

    :param settings: those of the run.
    :param machine: who asks; one of other settings takes its place where trusted
        packages have to be found as pip is configured to find them.
    """
    settings = replace(settings, platforms={}, foreign_target=False)
    if settings.sources is None and settings.providers is Policy.TRUSTED:
        settings = replace(settings, sources=_configured_sources)
    asker = Machine(settings)
    # What the environment has was looked for already.
    asker.environment = machine.environment
    detector = asker.detector(settings)

    def ask(plugin: Plugin, what: str) -> Probed:
        return asker.probe(plugin, ask=what)

    return PluginVocabulary(detector.plugin_of, ask, detector.holds)


def _configured_sources() -> Sources:
    """Return where pip finds packages by its configuration alone."""
    # What is installed is installed by "pip install", whose section counts.
    command = _pip.IndexCommand("install", "")
    options, _ = command.parser.parse_args([])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)  # noqa: SLF001 - as pip's commands do
        return sources_of(options, finder)

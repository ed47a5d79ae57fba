"""What the user set, as one frozen value; options come through pip's own parser.

Because the options are pip options, ``PIP_NO_VARIANT`` and ``no-variant`` in pip.conf
mean the same without any code here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from optparse import OptionGroup, Values

__all__ = ["Settings", "add_options"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked for, for one run of pip.

    :param no_variant: variant wheels are ignored.
    :param foreign_target: the wheels are for another machine (``--platform``), so
        what this one supports says nothing.
    """

    no_variant: bool = False
    foreign_target: bool = False

    @classmethod
    def from_options(cls, options: Values) -> Settings:
        """Read what pip's option parser found on the command line and elsewhere."""
        return cls(
            no_variant=bool(getattr(options, "no_variant", False)),
            foreign_target=bool(getattr(options, "platforms", None)),
        )

    def hand_to_child_processes(self) -> None:
        """Let isolated builds, which run pip themselves, follow the same policy."""
        if self.no_variant:
            os.environ["PIP_NO_VARIANT"] = "1"


def add_options(group: OptionGroup) -> None:
    """Add our options to a command."""
    group.add_option(
        "--no-variant",
        dest="no_variant",
        action="store_true",
        default=False,
        help="Ignore variant wheels: only wheels without a variant label are used.",
    )

"""``python -m pip_variants.variantlib``: the command, whatever else has its name."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())

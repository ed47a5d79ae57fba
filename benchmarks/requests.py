"""How many requests variants add, for each version that pip looks at."""

from __future__ import annotations

import re
from pathlib import Path

from .behaviour import watch
from .environments import Sides
from .packages import SEVERAL, write_several
from .samples import Estimate
from .serving import IndexProcess
from .table import Report, Row, judge
from .variants import GPU

__all__ = ["measure"]

_METADATA = re.compile(r"/several-[^/-]+-[^/]+\.whl\.metadata 200$")


def measure(sides: Sides, work: Path) -> Report:
    """Count those of a package of which pip has to look at several versions."""
    plain, variants = work / "several-plain", work / "several"
    write_several(plain, variants=False)
    write_several(variants, variants=True)
    asked = []
    for environment, folder in ((sides.stock, plain), (sides.hooked, variants)):
        with IndexProcess(folder) as index:
            # Without its cache pip asks for everything.
            command = environment.dry_run(index.url, "several", "--no-cache-dir", **GPU)
            asked.append(watch({"": command}, index).requests[""])
    before, after = asked
    versions = sum(_METADATA.search(line) is not None for line in after)
    extra = (len(after) - len(before)) / max(1, versions)
    estimate = Estimate(extra, extra, extra)
    title = f"extra requests per version considered ({versions} of {SEVERAL})"
    key = "extra requests per version"
    return Report(
        rows=[Row(title, "1", f"{extra:g}", judge(estimate, 1), key, estimate)]
    )

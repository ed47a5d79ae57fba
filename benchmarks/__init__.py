"""The budgets of the project, measured: ``python -m benchmarks``.

Every figure is a ratio or a difference of runs that took turns in one sitting, so
that a busy machine slows both sides alike::

    documents, packages      what is decided about, and what is installed
    environments, serving    two equal environments, and an index in its own process
    samples                  taking turns; medians, quartiles, intervals
    selection, hook, installs, detection     the rows
    table, page              the verdicts, and where they are written

Nothing here passes or fails a build: timings depend on the machine.
"""

from __future__ import annotations

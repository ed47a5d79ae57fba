"""The budgets of the project, measured: ``python -m benchmarks``.

Every figure is a ratio or a difference of runs that took turns in one sitting, so
that a busy machine slows both sides alike::

    documents, shapes, packages    what is decided about, and what is installed
    deciding, _decide_script       processes that decide, of either side
    environments, serving          equal environments, and an index in its own process
    commands                       other processes: their time and their memory
    samples                        taking turns; medians, quartiles, intervals
    behaviour                      what a command does apart from taking time
    selection, growth              the choice alone, and the curve of its growth
    hook, plain, variants, requests, uv, detection, tree/     the other rows
    parts                          how often each of them runs
    table, page, machine           the verdicts, where they are written, measured on what
    recorded                       the ratios of before, and whether a run is far from them

Timings depend on the machine, so none of them passes or fails a build. ``--check`` fails
where a ratio is more than twice the recorded one.
"""

from __future__ import annotations

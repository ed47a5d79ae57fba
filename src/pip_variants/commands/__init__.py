"""pip's commands that deal with variants, one module each, and ``pip variant``.

pip finds them through its own table of commands, in which ``seams`` names them.
"""

from __future__ import annotations

__all__: list[str] = []

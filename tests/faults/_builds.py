"""The build that is ended at any moment, and that several make at once."""

from __future__ import annotations

__all__ = ["BUILD", "SHARED"]

BUILD = ("variant", "build", "--no-isolation", "--no-validate")
"""What pip is told."""

SHARED = """
[variant.matrix]
null = true
shared-builds = true

[variant.matrix.axes.level]
property = "x86_64 :: level"
values = ["v1", "v2"]
"""
"""Three wheels out of one build."""

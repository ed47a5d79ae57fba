"""pip, made to choose among wheel variants."""

__version__ = "0.1.0"

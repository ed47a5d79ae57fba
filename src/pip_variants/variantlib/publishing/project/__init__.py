"""What a project says about its variants, in ``pyproject.toml``."""

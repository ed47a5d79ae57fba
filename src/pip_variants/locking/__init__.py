"""Lock files that list variants: written by ``pip lock``, read by ``pip install``."""

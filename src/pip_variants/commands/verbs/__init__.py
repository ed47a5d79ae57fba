"""The verbs of ``pip variant``, one module each."""

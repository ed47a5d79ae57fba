"""The screen on which the user of ``pip variant prioritize`` picks an order."""

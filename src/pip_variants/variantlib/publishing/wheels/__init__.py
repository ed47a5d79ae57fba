"""Variant wheels made out of wheels, and back."""

"""Plugins of providers: found, allowed, asked in processes of their own, and checked."""

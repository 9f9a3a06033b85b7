"""Potluck: a self-hosted recipe service for households."""

__version__ = "0.1.0"

"""Plivo Voice XML as values: documents in, commands out. Pure."""

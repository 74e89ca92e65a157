"""Mixminus: a self-hosted server for multi-party phone calls, compatible with Plivo Voice XML and REST."""

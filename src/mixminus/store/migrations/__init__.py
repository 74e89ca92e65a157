"""Alembic's environment (`env.py`) and one file for each change of the tables (`versions/`)."""

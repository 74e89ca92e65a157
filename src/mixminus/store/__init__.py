"""What outlives a restart: applications and numbers, in SQLite."""

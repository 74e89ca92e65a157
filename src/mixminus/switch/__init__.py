"""The asyncio shell that introduces the pure cores to each other: it performs their commands and publishes their events."""

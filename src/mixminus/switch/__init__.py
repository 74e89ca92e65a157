"""The asyncio shell that introduces the pure cores to each other: performs their commands, publishes their events."""

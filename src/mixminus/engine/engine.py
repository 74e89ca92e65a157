"""The engine as the switch sees it: ports, rooms, plans, players and taps, from one asyncio thread.

Control calls write into a command ring that the media thread reads at the start of its next slot; nothing here waits
for the media thread.
"""

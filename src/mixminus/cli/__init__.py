"""The command line: reads the settings, builds the objects and wires them."""

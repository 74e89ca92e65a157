"""SIP (RFC 3261 and friends) without sockets or clocks: bytes and time in, bytes and events out. Pure."""

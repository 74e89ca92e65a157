"""The media plane: RTP in, jitter buffer, mix by gain matrix, RTP out, on a thread that never waits for Python."""

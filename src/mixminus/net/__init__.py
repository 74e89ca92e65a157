"""Sockets: SIP over UDP and TCP, and the pairs of UDP ports that carry RTP and RTCP."""

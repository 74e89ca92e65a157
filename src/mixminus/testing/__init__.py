"""Virtual phones that place real SIP and RTP calls and measure what they hear."""

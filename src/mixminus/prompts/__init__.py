"""What is played to callers: audio files and speech, turned into samples."""

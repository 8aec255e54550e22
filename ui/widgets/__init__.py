"""Parts shared by every screen. Each takes plain values and tells of acts by signals."""

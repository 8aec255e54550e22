"""Each migration; a released one is never changed, only followed by another."""

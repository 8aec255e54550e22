"""The Sign-off screen: what changed, checks, signature."""

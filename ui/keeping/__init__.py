"""What a team leader does with records whose time is over."""

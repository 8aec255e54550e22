"""The window round the screens: top bar, status, panes, toasts, lock, keys and help."""

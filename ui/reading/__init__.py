"""An arrived form read beside its original."""

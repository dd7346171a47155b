"""What programs send and get, one file per subject."""

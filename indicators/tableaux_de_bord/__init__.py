"""What pages, documents and notebooks show of a published base, as plain objects."""

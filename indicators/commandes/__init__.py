"""The command line, in French: `python -m indicators COMMANDE`."""

"""The application: everything between the published base and the screen."""

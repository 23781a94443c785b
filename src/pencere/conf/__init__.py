"""Settings, addresses, the web server's entry, the `pencere` command: puts the parts together, owns no facts."""

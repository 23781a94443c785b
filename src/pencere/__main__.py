"""`python -m pencere` is the `pencere` command."""

from pencere.conf.command import main

main()

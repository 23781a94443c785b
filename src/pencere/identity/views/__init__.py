"""Pages of identity: signing in and out, the second factor."""

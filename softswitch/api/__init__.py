"""How other programs talk to the running switch."""

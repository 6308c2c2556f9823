"""The `softswitch` command: one file a command, `main` puts them together."""

"""Call control: what happens between the INVITE and the last BYE. One feature, one file."""

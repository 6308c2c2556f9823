"""Other people's services: mail."""

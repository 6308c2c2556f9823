"""What happened: call events, and what is derived from them."""

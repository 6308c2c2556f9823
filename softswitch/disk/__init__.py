"""What is on disk whole or not at all, and changed in order by a thread beside the loop."""

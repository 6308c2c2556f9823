"""People who call, hold, transfer, park, pick up, confer and hang up at random, thousands of times."""

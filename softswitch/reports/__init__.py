"""Reports: questions to the database of call records, answered as tables."""

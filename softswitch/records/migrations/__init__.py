"""How the records' database comes to the shape of tables.py: one step a file in versions/, in order.

A change of tables.py needs a step; tests/records/test_migrations.py says when one is missing. Write it by
hand after the last one's example: `down_revision` is the id of the step before.
"""

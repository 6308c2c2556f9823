"""The hand-checked month in both databases, as records alone and summed up."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from softswitch.records import store, sums
from softswitch.reports.database import reading
from tests.reports.month import fill
from tests.rig.postgresql import PostgresServer

AFTER: float = 2e9
"""Long after the month."""


@pytest.fixture(scope="session")
def month_in(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, bool], URL]:
    """Where it is, by the kind of the database and whether it is summed up; each is made once."""

    @cache
    def make(database: str, summed: bool) -> URL:
        url = store.database_url(tmp_path_factory.mktemp("month"), None)
        if database == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres")
            url = store.database_url(Path(), server.create(f"month{summed:d}"))
        engine = store.open_engine(url)
        store.migrate(engine)
        with engine.begin() as connection:
            fill(connection)
        with engine.connect() as connection:
            days = sums.stale_days(connection, AFTER)
        assert days
        assert not summed or all(sums.sum_up(engine, day) for day in days)
        engine.dispose()
        return url

    return make


@pytest.fixture(params=["sqlite", "sqlite-summed", "postgresql", "postgresql-summed"])
def month(request: pytest.FixtureRequest, month_in: Callable[[str, bool], URL]) -> Iterator[Connection]:
    """As a report reads it."""
    database, _, summed = request.param.partition("-")
    with reading(month_in(database, bool(summed))) as connection:
        yield connection

"""Both databases: every test of the store runs on each."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from softswitch.records import store
from tests.rig.postgresql import PostgresServer

_names = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty database."""
    if request.param == "sqlite":
        return store.database_url(tmp_path, None)
    server: PostgresServer = request.getfixturevalue("postgres")
    return store.database_url(tmp_path, server.create(f"test{next(_names)}"))


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    """Connected to it, for looking."""
    engine = store.open_engine(url)
    yield engine
    engine.dispose()

"""Both databases: every test of the store runs on each."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from softswitch.records import store
from tests.rig.postgresql import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty database."""
    if request.param == "sqlite":
        return store.database_url(tmp_path, None)
    server: PostgresServer = request.getfixturevalue("postgres")
    return store.database_url(tmp_path, server.create(f"test_{uuid4().hex}"))


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    """Connected to it, for looking."""
    engine = store.open_engine(url)
    yield engine
    engine.dispose()

"""The hand-checked month in a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL

from softswitch.reports.database import reading
from tests.reports.month import fill


@pytest.fixture(scope="session")
def month_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In SQLite."""
    file = tmp_path_factory.mktemp("month") / "records.db"
    engine = create_engine(URL.create("sqlite", database=str(file)))
    with engine.begin() as connection:
        fill(connection)
    engine.dispose()
    return file


@pytest.fixture
def month(month_file: Path) -> Iterator[Connection]:
    """As a report reads it."""
    with reading(URL.create("sqlite", database=str(month_file))) as connection:
        yield connection

"""Mappings that nobody changes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import AfterValidator, WrapSerializer
from pydantic import SerializerFunctionWrapHandler as Inner


def _frozen(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(value))


def _thawed(value: Mapping[str, Any], inner: Inner) -> Any:
    return inner(dict(value))


FREEZE: Final = AfterValidator(_frozen)
"""Makes a mapping read-only."""
THAW: Final = WrapSerializer(_thawed)
"""Lets pydantic write it all the same."""

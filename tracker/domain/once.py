"""An attribute that is computed when somebody first asks, and then kept."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801  # a decorator, named like property
    """Like ``functools.cached_property`` but without its lock.

    Up to Python 3.11 that lock is one for all objects of a class: threads that read different notes wait for each
    other, and taking it costs more than many of the facts. Two threads that ask one object at once compute a fact
    twice, with the same result.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Value:
        value: Value = self._compute(instance)
        instance.__dict__[self._name] = value
        return value

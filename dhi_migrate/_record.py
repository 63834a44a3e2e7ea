"""`NamedTuple` at a fraction of the start-up cost: the base of all values on the path of a check.

``typing.NamedTuple`` evaluates every annotation when the class is made, which for the hundred small values of this program
is a tenth of a whole run on one file. This one makes the same classes (`collections.namedtuple` with defaults, methods and
documentation) and leaves the annotations as text. Type checkers see the standard one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - the alias is what exports it
else:
    from collections import namedtuple

    _OWN = frozenset({"__module__", "__qualname__", "__annotations__"})

    class _Maker(type):
        """Turns the body of a class that names `NamedTuple` as its base into a named tuple."""

        def __new__(mcs, name, bases, body):
            if not bases:
                return super().__new__(mcs, name, bases, body)
            fields = body.get("__annotations__", {})
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            made.__annotations__ = dict(fields)
            made.__qualname__ = body["__qualname__"]
            for key, value in body.items():
                if key not in fields and key not in _OWN:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """The base to write; no class ever really has it."""

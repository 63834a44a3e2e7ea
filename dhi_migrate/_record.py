"""`NamedTuple` at a fraction of the start-up cost: the base of all values on the path of a check.

``typing.NamedTuple`` evaluates every annotation when the class is made, and `collections.namedtuple` compiles a constructor for
it. With some hundred small classes, most of which a run never uses, that is a fifth of a whole run on one file. The classes made
here behave like those (tuples with names, defaults, ``_replace``, ``_asdict``); the annotations stay text, and the
constructor is compiled at the first call. Type checkers see the standard one.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - the alias is what exports it
else:
    try:
        from _collections import _tuplegetter as _field  # what namedtuple has on CPython
    except ImportError:

        def _field(place, text):
            """A property that gives item `place`."""
            return property(lambda self: tuple.__getitem__(self, place), doc=text)

    _tuple_new = tuple.__new__

    # One function for each number of fields: a constructor is a copy of it with the names of the fields. Compiling its text
    # instead would take thirty times as long, and a run on one file makes a hundred of them.
    _SHAPES = (
        lambda _cls: _tuple_new(_cls, ()),
        lambda _cls, a: _tuple_new(_cls, (a,)),
        lambda _cls, a, b: _tuple_new(_cls, (a, b)),
        lambda _cls, a, b, c: _tuple_new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: _tuple_new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: _tuple_new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: _tuple_new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: _tuple_new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: _tuple_new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: _tuple_new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: _tuple_new(_cls, (a, b, c, d, e, f, g, h, i, j)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k: _tuple_new(_cls, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: _tuple_new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n: _tuple_new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o: _tuple_new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p: _tuple_new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q: _tuple_new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r: _tuple_new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s: _tuple_new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t: _tuple_new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t)
        ),
    )
    _function = type(_SHAPES[0])

    def _constructor(fields, defaults, name):
        """A function like the ``__new__`` of `collections.namedtuple`: fields by place or by name."""
        space = {"_tuple_new": _tuple_new, "__builtins__": {}, "__name__": f"record_{name}"}
        if len(fields) < len(_SHAPES):
            code = _SHAPES[len(fields)].__code__.replace(co_varnames=("_cls", *fields))
            made = _function(code, space, "__new__", defaults)
        else:
            listed = "".join(f"{field}, " for field in fields)
            # the names are those of a class body in this program, so they are identifiers
            made = eval(f"lambda _cls, {listed}: _tuple_new(_cls, ({listed}))", space)  # noqa: S307 - names of fields, of our own
            made.__defaults__ = defaults
            made.__name__ = "__new__"
        return made

    def _first(cls, *args, **kwargs):
        """Compile the constructor of the class that `cls` is (or derives from), and go on with that."""
        owner = next(one for one in cls.__mro__ if "_fields" in one.__dict__)
        owner.__new__ = _constructor(owner._fields, tuple(owner._field_defaults.values()), owner.__name__)
        return owner.__new__(cls, *args, **kwargs)

    def _make(cls, iterable):
        """A new value from the values of `iterable`."""
        made = _tuple_new(cls, iterable)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **changes):
        """The same value with the fields that `changes` names changed."""
        made = _tuple_new(type(self), map(changes.pop, self._fields, self))
        if changes:
            raise ValueError(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _asdict(self):
        """The fields by their names."""
        return dict(zip(self._fields, self, strict=True))

    def _shown(self):
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({fields})"

    def _arguments(self):
        return tuple(self)

    _COMMON = {
        "__slots__": (),
        "__new__": _first,
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _asdict,
        "__repr__": _shown,
        "__getnewargs__": _arguments,
    }

    _GETTERS = []  # one for each place; a getter knows nothing of its class, so that all classes share them

    class _Maker(type):
        """Turns the body of a class that names `NamedTuple` as its base into a named tuple."""

        def __new__(mcs, name, bases, body):
            if not bases:
                return super().__new__(mcs, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            space = _COMMON | body
            space["_fields"] = space["__match_args__"] = fields
            space["_field_defaults"] = {field: body[field] for field in fields if field in body}
            while len(_GETTERS) < len(fields):
                _GETTERS.append(_field(len(_GETTERS), ""))
            space.update(zip(fields, _GETTERS, strict=False))
            return type(name, (tuple,), space)

    class NamedTuple(metaclass=_Maker):
        """The base to write; no class ever really has it."""

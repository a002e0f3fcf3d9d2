"""Statements that are composed once and carried out a thousand times a minute.

Django composes the SQL of a query anew each time, which takes ten times as long as the database needs to answer it.
What every purchase asks and writes is therefore composed once for each kind of database and kept; what goes into the
rows and comes out of them is still what the model's fields make of it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import CharField, ForeignKey, IntegerField, Model, TextField
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
_PLAIN = (CharField, TextField, IntegerField, ForeignKey)
_AS_IT_IS = (str, int, type(None))
Columns = tuple[tuple[str, Any, bool], ...]
Converters = tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]


def carry_out(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Carry out a statement that is composed once, and return its rows, if it gives any.

    Django's own cursor turns the marks of the statement into the database's each time, and sends PostgreSQL a text that
    it has to read and plan anew. Here both are done once for each connection.
    """
    return _carried_out(connections["default"], sql, parameters)


def _carried_out(connection: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    if connection.execute_wrappers or connection.queries_logged:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []
    connection.ensure_connection()
    if connection.needs_rollback:
        connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            return connection.connection.execute(_as_sqlite_marks(sql), parameters).fetchall()  # type: ignore[no-any-return]
        return _prepared(connection.connection, sql, parameters)


@lru_cache(maxsize=512)
def _as_sqlite_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def _prepared(plain: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    from psycopg import Cursor

    cursor: Any = Cursor(plain)
    cursor.execute(sql, parameters, prepare=True)
    return cursor.fetchall() if cursor.description else []


class Read(Generic[M]):
    """Rows of a model; `rest` is what follows after FROM in SQL, the table called by its own name.

    `{marks}` in it stands for as many parameters as are given. `related` names foreign keys whose rows come along, as
    select_related would bring them; each is joined under the name of its key. With `hold` the rows are kept from being
    changed by others until the transaction ends. `more` are columns worked out beside them, by SQL whose
    parameters come before those of `rest`; they become attributes of the row.
    """

    def __init__(
        self,
        model: type[M],
        rest: str,
        *,
        related: Sequence[str] = (),
        hold: bool = False,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self._model = model
        self._more = dict(more or {})
        self._rest = rest
        self._related = tuple(related)
        self._hold = hold
        self._kept: dict[tuple[str, int], str] = {}
        self._parts: dict[str, list[_Part]] = {}

    def all(self, *parameters: Any) -> list[M]:
        connection = connections["default"]
        vendor = connection.vendor
        sql = self._kept.get((vendor, len(parameters))) or self._composed(vendor, len(parameters))
        rows = _carried_out(connection, sql, parameters)
        return [self._made(self._parts[vendor], row, connection) for row in rows]

    def first(self, *parameters: Any) -> M | None:
        found = self.all(*parameters)
        return found[0] if found else None

    def any(self, *parameters: Any) -> bool:
        """Say whether there is any such row."""
        rest = self._rest.format(marks=", ".join(["%s"] * len(parameters)))
        sql = f'SELECT 1 FROM "{self._model._meta.db_table}" {rest} LIMIT 1'  # noqa: S608 - as below
        return bool(carry_out(sql, parameters))

    def _made(self, parts: "list[_Part]", row: tuple[Any, ...], connection: Any) -> M:
        main, *others = parts
        made = main.made(row, connection)
        if self._more:
            made.__dict__.update(zip(self._more, row[-len(self._more) :], strict=True))
        for part in others:
            other = part.made(row, connection) if row[part.start] is not None else None
            made._state.fields_cache[part.name] = other
        return made  # type: ignore[return-value]

    def _composed(self, vendor: str, count: int) -> str:
        table = self._model._meta.db_table
        parts = [_Part(self._model, table, "", 0)]
        joins = ""
        for name in self._related:
            key: Any = self._model._meta.get_field(name)
            parts.append(_Part(key.related_model, name, name, parts[-1].end))
            other = f'"{key.related_model._meta.db_table}"'
            joins += f' {"LEFT " if key.null else ""}JOIN {other} AS "{name}" ON "{name}".id = "{table}"."{key.column}"'
        more = [f"{sql} AS {name}" for name, sql in self._more.items()]
        columns = ", ".join([column for part in parts for column in part.columns] + more)
        rest = self._rest.format(marks=", ".join(["%s"] * (count - "".join(more).count("%s"))))
        lock = " FOR NO KEY UPDATE" if self._hold and vendor == "postgresql" else ""
        sql = f'SELECT {columns} FROM "{table}"{joins} {rest}{lock}'  # noqa: S608 - names are the models' own
        self._parts[vendor] = parts
        self._kept[vendor, count] = sql
        return sql


class _Part:
    """The columns of one model in a row, and how an instance is made of them."""

    def __init__(self, model: type[Model], alias: str, name: str, start: int) -> None:
        fields = model._meta.concrete_fields
        self.model, self.name = model, name
        self.start, self.end = start, start + len(fields)
        self.columns = [f'"{alias}"."{field.column}"' for field in fields]
        self.names = [field.attname for field in fields]
        self.converters = _converters(fields)

    def made(self, row: tuple[Any, ...], connection: Any) -> Model:
        values = list(row[self.start : self.end])
        for place, functions, column in self.converters:
            value = values[place]
            for function in functions:
                value = function(value, column, connection)
            values[place] = value
        # As Model.from_db does it, without the signals that nobody listens to.
        made = self.model.__new__(self.model)
        made.__dict__.update(zip(self.names, values, strict=True))
        made.__dict__["_state"] = state = ModelState()
        state.adding, state.db = False, connection.alias
        return made


def _converters(fields: Sequence[Any]) -> Converters:
    connection = connections["default"]
    found = []
    for place, field in enumerate(fields):
        column = field.get_col(field.model._meta.db_table)
        functions = (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        if functions:
            found.append((place, functions, column))
    return tuple(found)


def new(model: type[M], **values: Any) -> M:
    """Make a row that is yet to be inserted, as the model itself would, by the names of its columns alone.

    Django asks of each value which field it is for and tells signals of each row, to which nobody listens.
    """
    made = model.__new__(model)
    own = made.__dict__
    for name, value, is_made_anew in _defaults(model):
        own[name] = values.pop(name) if name in values else value() if is_made_anew else value
    if values:
        raise TypeError(f"{model.__name__} has no column called {', '.join(values)}.")
    own["_state"] = ModelState()
    return made


@lru_cache(maxsize=512)
def _defaults(model: type[Model]) -> tuple[tuple[str, Any, bool], ...]:
    """Return the names of the columns, what stands there by itself, and whether that is made for each row."""
    found = []
    for field in model._meta.concrete_fields:
        default: Any = field.default if field.has_default() else field.get_default()
        found.append((field.attname, default, callable(default)))
    return tuple(found)


def insert(rows: Sequence[Model], *, unless_there: bool = False) -> int:
    """Insert new rows of one model by one statement, give them their numbers, and return how many were inserted.

    With `unless_there` a row that a unique constraint does not allow is left out, and the transaction goes on.
    """
    if not rows:
        return 0
    connection = connections["default"]
    sql, columns = _inserting(type(rows[0]), len(rows), unless_there)
    values: list[Any] = []
    for row in rows:
        own = row.__dict__
        for name, field, is_plain in columns:
            value = own[name]
            if not is_plain or type(value) not in _AS_IT_IS:
                value = field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
            values.append(value)
    numbers = _carried_out(connection, sql, values)
    if len(numbers) == len(rows):
        for row, (number,) in zip(rows, numbers, strict=True):
            row.pk = number
            row._state.adding = False
            row._state.db = connection.alias
    return len(numbers)


@lru_cache(maxsize=512)
def _inserting(model: type[Model], count: int, unless_there: bool) -> tuple[str, Columns]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {marks}{conflict} RETURNING id'  # noqa: S608
    return sql, tuple((field.attname, field, isinstance(field, _PLAIN)) for field in fields)

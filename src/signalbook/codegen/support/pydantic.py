"""What the generated models are made of: unknown fields stay, absent stays absent, null is no field, and times keep their text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping  # noqa: TC003 - a copy of this module is read by Pydantic
from typing import Annotated, Any, ClassVar, Final, Self, TypeAlias, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import TypeVar

from signalbook.codegen.support import pydantic_values as values
from signalbook.reading import wire_times as times

T = TypeVar("T")
JsonObject: TypeAlias = dict[str, Any]
Number: TypeAlias = int | float
"""Any number: one without a fraction keeps all its digits."""

TOLERANT: Final = {"level": "tolerant"}
"""Give this as `context` to `model_validate` to read what has another form than documented (ids, numbers, spellings of times) all the same."""


class Null:
    """Marks an optional field whose value may be null, which is not the same as absent."""


Nullable = Annotated[T | None, Null]
"""A field that may be absent and may be null."""


class WireTime(times.WireTime):
    """See `times.WireTime`; this one also tells Pydantic how to read and write it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read at the level that the context says; write as JSON what was read."""

        def read(value: Any, info: ValidationInfo) -> Any:
            try:
                return self.read(value, tolerant=values.is_tolerant(info))
            except ValueError as error:
                raise PydanticCustomError("time", "{reason}", {"reason": str(error)}) from None

        writing = core_schema.plain_serializer_function_ser_schema(self.write, when_used="json")
        return core_schema.with_info_plain_validator_function(read, serialization=writing)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonObject:
        """Describe what the provider writes."""
        text: JsonObject = (
            {"type": "string", "pattern": self.pattern}
            if self.pattern
            else {"type": "string", "format": "date-time"}
        )
        number: JsonObject = {"type": "integer"}
        return {"anyOf": [number, text]} if self.number and self.pattern else number if self.number else text


class _JsonTextOf:
    """Reads an object from the JSON text that a string holds, and writes that text again."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Hand what the text says to the class of the object."""

        def read(value: Any, inner: ValidatorFunctionWrapHandler) -> Any:
            if isinstance(value, Model):
                return value
            try:
                model = inner(json.loads(value)) if isinstance(value, str) else None
            except ValidationError:
                raise
            except (ValueError, RecursionError):
                raise PydanticCustomError("json_text", "holds no JSON text") from None
            if not isinstance(model, Model):
                raise PydanticCustomError("json_text", "is no string with JSON text")
            return model.with_wire_text(str(value))

        def write(model: Model) -> str:
            return model.wire_text or json.dumps(
                model.to_payload(), ensure_ascii=False, separators=(",", ":")
            )

        writing = core_schema.plain_serializer_function_ser_schema(write, when_used="json")
        return core_schema.no_info_wrap_validator_function(read, handler(source), serialization=writing)


JsonText = Annotated[T, _JsonTextOf()]
"""An object that arrives as JSON text in a string."""


class Model(BaseModel, frozen=True):  # noqa: PLW1641 - Pydantic adds __hash__
    """An object of a notification. Its fields cannot be assigned; `model_copy(update=…)` makes another. A class of yours that inherits says `frozen=True`.

    Fields have Python's names, and `model_validate` reads the provider's. Fields that nobody knows are in `model_extra`, and are written back.
    A field that is not there is None, and is not written. Lists are open: a value that is not listed is read too.
    """

    model_config = ConfigDict(
        extra="allow",
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of fields, by the provider's names, of which at least one is always there."""
    _text: str | None = PrivateAttr(default=None)

    def __init__(self, /, **fields: Any) -> None:
        """Make a model by the names of its attributes; None stands for an absent field, as it does when one is read."""
        super().__init__(
            **{name: value for name, value in fields.items() if value is not None or self._may_be_null(name)}
        )

    # So that reading a payload, where null is not absent, does not come through here.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    def __eq__(self, other: object) -> bool:
        """Whether both say the same; the text that one was read from does not count."""
        if not isinstance(other, Model) or type(self) is not type(other):
            return NotImplemented
        return vars(self) == vars(other) and self.model_extra == other.model_extra

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Leave out what is absent."""
        return [(name, value) for name, value in super().__repr_args__() if value is not None]

    @property
    def wire_text(self) -> str | None:
        """The JSON text that it was read from, where it stood in a string."""
        return self._text

    def with_wire_text(self, text: str | None) -> Self:
        """Return the same model, to be written as that JSON text letter by letter; with None, as its fields say."""
        copy = super().model_copy()
        super(Model, copy).__setattr__("_text", text)
        return copy

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with some fields replaced, by the names of attributes or by the provider's; the text that it was read from is forgotten where it would no longer be true."""
        names = {field.alias: name for name, field in type(self).model_fields.items() if field.alias}
        copy = super().model_copy(
            update={names.get(name, name): value for name, value in (update or {}).items()}, deep=deep
        )
        return copy.with_wire_text(None) if update else copy

    @classmethod
    def model_validate(
        cls, obj: Any, *, by_alias: bool | None = True, by_name: bool | None = False, **options: Any
    ) -> Self:
        """Return the model of a JSON object, as `json.loads` returns it. Raises `pydantic.ValidationError`.

        Only the provider's names are read: a field `vm_name` that nobody knows is no `vmName`.
        """
        return super().model_validate(obj, by_alias=by_alias, by_name=by_name, **options)

    @classmethod
    def model_validate_json(
        cls,
        json_data: str | bytes | bytearray,
        *,
        by_alias: bool | None = True,
        by_name: bool | None = False,
        **options: Any,
    ) -> Self:
        """Return the model of a JSON text. Raises `pydantic.ValidationError`."""
        return super().model_validate_json(json_data, by_alias=by_alias, by_name=by_name, **options)

    def to_payload(self) -> JsonObject:
        """Return the JSON object that the provider would write: equal to the one that was read."""
        return self.model_dump(mode="json")

    @field_validator("*", mode="wrap")
    @classmethod
    def _read_field(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if value is None and not cls._may_be_null(str(info.field_name)):
            raise PydanticCustomError("null", "may be absent, but not null")
        try:
            read = handler(value)
        except ValidationError as error:
            whole = values.whole(value)
            if whole is not value:
                return handler(whole)
            if values.is_tolerant(info) and values.is_form(error, value):
                return value
            raise
        if isinstance(value, bool) is not isinstance(read, bool) and isinstance(value, (bool, int, float)):
            # To Python true is 1, to JSON it is not; a list may hold both.
            if not values.lists(cls.model_fields[str(info.field_name)].annotation, value):
                raise PydanticCustomError("literal", "is none of the listed values")
            return value
        return read

    @classmethod
    def _may_be_null(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return field is None or (
            field.is_required()
            or Null in field.metadata
            or field.annotation is type(None)
            or Any in (field.annotation, *get_args(field.annotation))
        )

    @model_validator(mode="after")
    def _has_one_of(self) -> Self:
        for names in self.one_of:
            fields = type(self).model_fields
            if not any(
                (fields[name].alias or name) in names for name in self.model_fields_set if name in fields
            ):
                raise PydanticCustomError("one_of", "needs one of {names}", {"names": ", ".join(names)})
        return self

    @model_serializer(mode="wrap")
    # Without a return type, so that a JSON Schema of what is written shows the fields.
    def _without_absent(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]  # noqa: ANN202
        written: JsonObject = handler(self)
        for name, field in type(self).model_fields.items():
            if getattr(self, name) is None and (
                name not in self.model_fields_set or not self._may_be_null(name)
            ):
                written.pop(field.alias if field.alias in written else name, None)
        return written


class Part(Model, frozen=True):
    """An object inside an event or an envelope."""


class Event(Model, frozen=True):
    """The body of a notification."""


class Envelope(Model, frozen=True):
    """What a delivery wraps around an event."""


BodyT = TypeVar("BodyT", bound=Event | JsonObject, default=JsonObject)
"""What an envelope carries: `Cloudmonitor[InstanceStateChange]`; without it, the JSON object as it is."""


__all__ = [
    "TOLERANT",
    "BodyT",
    "Envelope",
    "Event",
    "JsonObject",
    "JsonText",
    "Model",
    "Nullable",
    "Number",
    "Part",
    "WireTime",
]

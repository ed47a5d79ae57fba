from __future__ import annotations

import inspect

import pytest

from pip_variants.variantlib import VariantError, errors


def test_every_error_has_the_one_root() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, BaseException)
    ]
    assert len(classes) > 3
    assert all(issubclass(each, VariantError) for each in classes)


def test_a_path_is_kept_apart_and_extended_on_the_way_up() -> None:
    inner = errors.MetadataError("must be a list", ("level",))
    outer = inner.below("variants", "v3")
    assert type(outer) is errors.MetadataError
    assert outer.path == ("variants", "v3", "level")
    assert outer.message == "must be a list"
    assert str(outer) == "variants.v3.level: must be a list"


def test_a_validation_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="wrong"):
        raise errors.ValidationError("wrong")

"""Raises when it is asked."""


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even that")


def get_supported_configs() -> None:
    message = "no driver, or\nan old one"
    raise ValueError(message)


class WithoutText:
    @staticmethod
    def get_supported_configs() -> None:
        raise UnprintableError


class WithMuchText:
    @staticmethod
    def get_supported_configs() -> None:
        raise ValueError("x" * 50_000_000)


class Endless:
    @staticmethod
    def get_supported_configs() -> None:
        Endless.get_supported_configs()


class Property:
    """Raises when one looks at what it returns."""

    name = "speed"
    multi_value = False

    @property
    def values(self) -> list[str]:
        raise OSError("the file is gone")


class InTheFeature:
    @staticmethod
    def get_supported_configs() -> list[Property]:
        return [Property()]

"""The corpus knows all commands of pip and nearly all of their options."""

from __future__ import annotations

import shlex
from optparse import SUPPRESS_HELP

import pytest
from pip._internal.commands import commands_dict, create_command

from tests.faults.commands._corpus import Case, read_all

LEFT_OUT = {
    # Root would write what all Pythons of this machine read.
    "--global",
}

CASES = read_all()


def words(case: Case) -> set[str]:
    return {word.partition("=")[0] for line in case.run for word in shlex.split(line)}


def test_there_are_more_than_five_hundred_command_lines() -> None:
    assert len({line for case in CASES for line in case.run}) > 500


def test_the_names_of_cases_are_their_own() -> None:
    names = [case.id for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("short", [False, True])
def test_every_command_of_pip_runs(short: bool) -> None:
    found = set().union(*(words(case) for case in CASES if case.short >= short))
    assert set(commands_dict) - {"variant"} <= found


def test_every_option_of_pip_is_given() -> None:
    found = LEFT_OUT.union(*map(words, CASES))
    missing = {
        (command, option.get_opt_string())
        for command in set(commands_dict) - {"variant"}
        for option in create_command(command).parser.option_list_all
        if option.help != SUPPRESS_HELP
        and "variant" not in option.get_opt_string()
        and found.isdisjoint([*option._short_opts, *option._long_opts])
    }
    assert not missing

"""What ``--help`` shows on 80 columns, and what a shell that completes is offered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pip_variants.commands.variant import VERBS
from tests.kit import Pip

WIDE = {"COLUMNS": "80"}

INSTALL = """\
  --no-variant                Ignore variant wheels: only wheels without a
                              variant label are used.
  --variant <[name=]label[,label...]>
                              Take only these variants, in this order of
                              preference, among those that the machine
                              supports. NAME= limits it to one package, also
                              one that is only a dependency; without it, it is
                              for the packages that you name. May be given
                              several times.
  --force-variant <[name=]label>
                              Take this variant even if this machine does not
                              support it, to install on behalf of another one.
                              May be given several times.
  --variant-priorities <list>
                              What decides first among variants, most
                              important first, before the order of the
                              publisher: items NAMESPACE, NAMESPACE::FEATURE
                              or NAMESPACE::FEATURE::VALUE, with commas
                              between them.
  --variant-exclude <list>    Never take variants with these labels or
                              properties: labels, and items as for the
                              priorities.
  --variant-platform <file>   Choose for the machine described in this file,
                              which is what 'pip variant platform' prints
                              there as JSON. Given several times: only what
                              all of the machines support; 'pip download'
                              fetches for each of them.
  --variant-providers <policy>
                              Who may be asked what this machine supports:
                              'builtin' runs no third-party code, 'installed'
                              also asks the plugins of this environment and is
                              the default, 'trusted' also installs the
                              packages that you trust, in a folder of their
                              own, and asks them.
  --variant-trusted-providers <list>
                              The provider packages that you trust, and the
                              packages that these depend on: items NAME,
                              NAME==VERSION or NAME==VERSION#sha256=DIGITS,
                              with commas between them. With such a list,
                              'trusted' is the default policy.
  --variant-optional-providers <list>
                              Also ask about these namespaces, which packages
                              call optional.
  --variant-provider-timeout <seconds>
                              How long a provider plugin may take to answer
                              [default: 10].
"""

VARIANT = """\
  Show, steer and check how pip chooses among wheel variants.

  "pip variant VERB --help" tells more about each verb.

    explain     Tell which variant pip would take, and why.
    platform    Show which properties this machine supports.
    providers   Show who may say that; test a plugin.
    check       Check that the installed variants fit this machine.
    prioritize  Show or set what decides among variants.
    cache       Show or remove what providers answered before.
    demo        Run real pip commands against an index with variants.
    make        Make a variant wheel out of any wheel.
    unmake      Make the plain wheel again.
    inspect     Show what a wheel says about its variant.
    validate    Check wheels before you publish them.
    index       Make a folder of wheels an index for any web server.
    build       Build the variant wheels of a project.
"""

DESCRIPTIONS = {
    "explain": """\
  Tell which variant pip would take, and why.

  Lists the files of the version that pip would pick, in the order in which
  pip would take them: size, what decided between neighbours, what is missing
  on this machine, and what would change that. With -v also the properties of
  each variant. With --variant-platform, it is for the machine in that file;
  with several files there is a column for each.
""",
    "platform": """\
  Show which variant properties this machine supports, and who says so.

  With --json, the output is a platform file: --variant-platform makes pip
  choose for this machine elsewhere.
""",
    "providers": """\
  Show who may say what this machine supports.

  Without arguments, or with "list", lists the built-in providers, the
  plugins that are installed here, and the packages that you trust; no plugin
  is run. "debug" asks for one namespace and tells how it was answered. "test"
  runs a plugin and checks it for its author; the exit status is 1 when it has
  an error.
""",
    "check": """\
  Check that the installed variants fit this machine.

  Also tells where pip would take another variant of the same version today;
  --no-index leaves that out. A package that is named may be a plain one. The
  exit status is 1 when an installed variant does not fit.
""",
    "prioritize": """\
  Show or set what decides first among variants.

  A list of items, most important first, is written to pip's configuration
  file: that of this environment if it exists, else yours. An item is
  NAMESPACE, NAMESPACE::FEATURE or NAMESPACE::FEATURE::VALUE. Without a list
  you pick the order on the screen, or see it where there is no terminal.
""",
    "cache": """\
  Show what providers answered before, or remove it.

  "info" lists the answers that pip keeps, and whether they count on this
  machine now. "purge" removes them, and the provider packages that were
  installed only to be asked.
""",
    "demo": """\
  Run real pip commands against an index with variants, on this machine alone.

  The index and the environment are made in a temporary folder and removed at
  the end.
""",
    "make": """\
  Make a variant wheel out of any wheel.

  The wheel gets a label and a variant.json with its properties; all other
  files stay the same bytes. What else variant.json says, such as who provides
  the properties, comes from the table "variant" of pyproject.toml.

  The variant is given by its properties, by --null-variant, or by the name of
  a label that the project describes.
""",
    "unmake": """\
  Make the plain wheel again that a variant wheel was made of.

  The label and the variant.json are taken off; all other files are the same
  bytes. A plain wheel with other content is never replaced.
""",
    "inspect": """\
  Show what a wheel says about its variant: label, properties, metadata.

  Takes wheels and variants.json files, by path or address, and folders that
  hold some. Of a wheel on a server, only the parts that are needed are
  fetched. Nothing is judged here: that does "pip variant validate".
""",
    "validate": """\
  Check wheels, folders, metadata files and projects before you publish.

  Each finding has the number of its rule, a severity and a remedy. The exit
  status is 1 when there is an error. Of a folder, all wheels in it and below
  it are checked, each alone and those of a release together. Provider
  packages are looked for on the index.
""",
    "index": """\
  Make a folder of wheels an index that any web server can serve.

  Every release with variant wheels, in the folder or below it, gets its
  variants.json beside them; with --simple, every project gets pages. Files
  that have not changed since the last run are not read again. Where wheels
  cannot be read or contradict each other, what is published stays as it is,
  and the exit status is 1.
""",
    "build": """\
  Build the variant wheels of a project.

  The matrix of the project says which: the table variant.matrix in its
  pyproject.toml, or without one the labels in variant.variants. The project's
  own build backend builds them, in an isolated environment, out of one sdist.

  Wheels that an earlier run has made are kept, as long as what they are made of
  is the same. In the end, the index-level metadata is written beside them.
""",
}

OWN_OPTIONS = {
    "platform": """\
  --json                      Print the outcome as JSON.
  --refresh                   Ask every provider again, whatever the cache
                              holds.
""",
    "providers": """\
  --json                      Print the outcome as JSON.
""",
    "prioritize": """\
  --user                      Change your configuration file.
  --site                      Change this environment's configuration file.
  --global                    Change the system-wide configuration file.
  --unset                     Remove the list from the file.
  --list                      Only show the lists that are set, with the place
                              of each.
  --json                      Print the outcome as JSON.
""",
    "cache": """\
  --json                      Print the outcome as JSON.
""",
    "demo": """\
  --serve                     Keep the demo index running and print its URL.
  --port <n>                  The port to serve on [default: any free port].
""",
    "validate": """\
  --json                      Output data in a machine-readable JSON format.
  --strict                    Let warnings count as errors do for the exit
                              status.
  --ignore <rule>             Leave out the findings of this rule, such as
                              R44. May be given several times.
  --no-provider-check         Do not look for provider packages on the index.
""",
    "make": """\
  -p, --property <property>   A property of the variant, 'namespace :: feature
                              :: value'. May be given several times.
  --null-variant              Make the variant without properties, which fits
                              every machine.
  --variant-label <label>     The label [default: eight hexadecimal digits
                              made of the properties]. Without properties:
                              take those that the project gives this label.
  --pyproject-toml <file>     Where the [variant] table is [default:
                              pyproject.toml in the working directory, if it
                              has one].
  --no-validate               Do not check that the properties exist.
  -f, --file <file>           A wheel, as if it stood among the arguments.
  -o, --output-directory <dir>
                              Where the new wheels go [default: beside the
                              wheel].
  --json                      Print the outcome as JSON.
""",
    "unmake": """\
  -f, --file <file>           A wheel, as if it stood among the arguments.
  -o, --output-directory <dir>
                              Where the new wheels go [default: beside the
                              wheel].
  --json                      Print the outcome as JSON.
""",
    "index": """\
  --simple <folder>           Also write the pages of a simple index into this
                              folder, as HTML and JSON, and the core metadata
                              beside each wheel.
  --watch                     Go on until Ctrl-C, and publish what changes. A
                              file that still grows waits, and its project
                              with it.
  --interval <seconds>        How often --watch looks at
                              the folder [default: 2].
  --refresh                   Read every file again, also those that seem
                              unchanged.
  --json                      Print the outcome as JSON.
""",
    "build": """\
  -o, --outdir <dir>          Where the wheels go [default: dist in the
                              folder of the project].
  --list                      Show what would be built, and build nothing.
  --only <label>              Build only these labels, with commas between
                              them; '*' stands for anything in one. May be
                              given several times.
  --exclude <label>           Do not build these labels. '*' leaves only the
                              wheel without a label.
  -j, --jobs <n>              How many builds run at once [default: 1].
  -C, --config-setting <key=value>
                              A config setting for the build backend, in all
                              builds. May be given several times.
  --fresh                     Build everything again, whatever was built
                              before.
  --prune                     Remove the wheels of this release that earlier
                              runs have made and the matrix does not have any
                              more.
  --no-isolation              Build in this environment, which must have all
                              build requirements.
  --no-validate               Check neither that the properties exist nor the
                              wheels in the end.
  --json                      Print the outcome as JSON.
""",
}

USAGES = {
    "explain": [
        "explain [options] <requirement> ...",
        "explain [options] <wheel> ...",
        "explain [options] <folder> ...",
    ],
    "platform": ["platform [options]"],
    "providers": [
        "providers [list] [options]",
        "providers debug [options] <namespace>",
        "providers test [options] <module>[:<object>]",
    ],
    "check": ["check [options] [<package> ...]"],
    "prioritize": [
        "prioritize [<file-option>] [<item> ...]",
        "prioritize [<file-option>] --unset",
        "prioritize --list | --json",
    ],
    "cache": ["cache info [options]", "cache purge [options]"],
    "demo": ["demo [--serve [--port N]]"],
    "make": ["make [options] <wheel> ..."],
    "unmake": ["unmake [options] <wheel> ..."],
    "inspect": [
        "inspect [options] <wheel> ...",
        "inspect [options] <variants.json> ...",
        "inspect [options] <folder> ...",
    ],
    "validate": [
        "validate [options] <wheel> ...",
        "validate [options] <folder> ...",
        "validate [options] <variants.json> ...",
        "validate [options] pyproject.toml",
    ],
    "index": ["index [options] <folder>"],
    "build": ["build [options] [<project folder or sdist>]"],
}


def part(text: str, title: str) -> str:
    """Return a part of a help text, without blanks at the ends of lines."""
    text = "\n".join(line.rstrip() for line in text.splitlines())
    (found,) = re.findall(
        rf"^{title}:\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL
    )
    return f"{found.rstrip()}\n"


def help_of(pip: Pip, *words: str) -> str:
    return pip(*words, "--help", environ=WIDE).ok().out


def complete(pip: Pip, line: str, *, cwd: Path | None = None) -> list[str]:
    """Return what a shell would offer for the last word of a line."""
    words = line.split(" ")
    environ = {
        "PIP_AUTO_COMPLETE": "1",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    return pip(environ=environ, cwd=cwd).out.split()


@pytest.mark.parametrize("command", ["install", "download", "wheel", "lock"])
def test_our_part_of_the_help_of_a_command(pip: Pip, command: str) -> None:
    assert part(help_of(pip, command), "Variant Options") == INSTALL


def test_the_help_of_pip_names_the_command(pip: Pip) -> None:
    shown = pip("help", environ=WIDE).ok().out
    assert re.search(r"^  variant  +Show how pip chooses among", shown, re.MULTILINE)


def test_the_help_of_variant(pip: Pip) -> None:
    for shown in (help_of(pip, "variant"), pip("help", "variant", environ=WIDE).out):
        assert part(shown, "Description") == VARIANT
        assert _usages(shown) == [f"{verb} [options]" for verb in VERBS]


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb(pip: Pip, verb: str) -> None:
    shown = help_of(pip, "variant", verb)
    assert part(shown, "Description") == DESCRIPTIONS[verb]
    assert _usages(shown) == USAGES[verb]
    if verb in OWN_OPTIONS:
        title = f"{verb.capitalize()} Options"
        assert part(shown, title) == OWN_OPTIONS[verb]


def _usages(shown: str) -> list[str]:
    # The path of this Python may be so long that a line is broken.
    (text,) = re.findall(r"^Usage:(.*?)^Description:", shown, re.MULTILINE | re.DOTALL)
    flat = " ".join(text.split())
    return [each.strip() for each in re.split(r"\S+ -m pip variant ", flat)[1:]]


@pytest.mark.parametrize("verb", ["explain", "check"])
def test_verbs_that_look_at_an_index_take_its_options(pip: Pip, verb: str) -> None:
    shown = help_of(pip, "variant", verb)
    for option in ("--index-url", "--find-links", "--json", "--variant-platform"):
        assert f" {option} " in shown


def test_every_verb_knows_json(pip: Pip) -> None:
    for verb in VERBS:
        if verb != "demo":
            assert "  --json  " in help_of(pip, "variant", verb)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            (),
            "no verb given; choose one of: build, cache, check, demo, explain, ",
        ),
        (("list",), "unknown verb 'list'; choose one of: build, cache, check, "),
    ],
)
def test_no_such_verb(pip: Pip, args: tuple[str, ...], message: str) -> None:
    result = pip("variant", *args).failed()
    assert result.err.startswith(f"ERROR: {message}")
    assert result.status == 1


@pytest.mark.parametrize(
    "words",
    [
        "--retries 1 variant platform",
        "--cache-dir check variant platform",
        "--python PYTHON variant platform",
        "variant --retries 1 platform",
        "variant --retries=1 platform",
        "variant --variant-platform FILE platform",
        "variant --json platform",
        "-q variant platform",
        "variant -q platform",
    ],
)
def test_options_stand_where_they_like(pip: Pip, tmp_path: Path, words: str) -> None:
    file = tmp_path / "machine.json"
    file.write_text('{"properties": {}}')
    line = words.replace("PYTHON", str(pip.python)).replace("FILE", str(file))
    pip(*line.split()).ok()


@pytest.mark.parametrize("option", ["-q", "--retries=1", "--no-input"])
def test_no_such_verb_after_an_option(pip: Pip, option: str) -> None:
    result = pip("variant", option, "nope").failed()
    assert result.err.startswith("ERROR: unknown verb 'nope'")


def test_no_such_option(pip: Pip) -> None:
    result = pip("variant", "check", "--nope")
    assert result.status == 2
    assert "no such option: --nope" in result.err


OURS = [
    "--variant=",
    "--variant-exclude=",
    "--variant-optional-providers=",
    "--variant-platform=",
    "--variant-priorities=",
    "--variant-provider-timeout=",
    "--variant-providers=",
    "--variant-trusted-providers=",
]

OURS_OF_PROVIDERS = ["--variant-provider-timeout=", "--variant-providers="]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("pip varia", ["variant"]),
        ("pip variant p", ["platform", "prioritize", "providers"]),
        ("pip variant ex", ["explain"]),
        ("pip variant explain --variant", OURS),
        ("pip --quiet variant check --variant", OURS),
        ("pip variant explain --js", ["--json"]),
        ("pip variant platform --js", ["--json"]),
        ("pip variant platform --ref", ["--refresh"]),
        ("pip variant providers --variant-p", OURS_OF_PROVIDERS),
        ("pip variant prioritize --un", ["--unset"]),
        ("pip variant demo --se", ["--serve"]),
        ("pip variant explain --index-u", ["--index-url="]),
        ("pip install --variant", OURS),
        ("pip install --no-v", ["--no-variant"]),
        ("pip install --force-v", ["--force-variant="]),
        ("pip download --variant-pl", ["--variant-platform="]),
        ("pip variant nope --js", []),
    ],
)
def test_completion(pip: Pip, line: str, offered: list[str]) -> None:
    assert sorted(complete(pip, line)) == sorted(offered)


def test_all_verbs_are_offered(pip: Pip) -> None:
    assert set(VERBS) <= set(complete(pip, "pip variant "))


def test_platform_files_are_offered(pip: Pip, tmp_path: Path) -> None:
    (tmp_path / "gpu.json").write_text("{}")
    for command in ("install", "variant explain"):
        line = f"pip {command} --variant-platform g"
        assert complete(pip, line, cwd=tmp_path) == ["gpu.json"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_of_pip(pip: Pip, shell: str) -> None:
    assert "PIP_AUTO_COMPLETE" in pip("completion", f"--{shell}").ok().out

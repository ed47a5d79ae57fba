"""The rules of the house, checked by reading the source.

The house has two floors (docs/development/architecture.md): ``variantlib`` below,
which any installer could use, and the modules above it, which extend pip.
"""

import ast
import doctest
import importlib
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
TOP = "pip_variants"
GROUND = f"{TOP}.variantlib"

LONGEST_MODULE = 400

# From top to bottom; an import may stay on its storey or go down.
STOREYS = (
    ("_runner", "commands", "demo"),
    ("_startup",),
    ("explaining", "locking", "seams", "validation"),
    ("resolving",),
    ("finder", "install_report", "preparer", "replacements"),
    ("order",),
    ("folder", "records"),
    ("dependencies",),
    ("report",),
    ("decisions",),
    ("build_backend", "building", "decider", "vocabulary"),
    ("machine", "notes"),
    ("choice",),
    ("release_metadata",),
    ("folding",),
    ("index_page", "installed", "requirements", "settings"),
    ("release",),
    ("target", "trusting", "wishes"),
    ("preferences",),
    ("project_file",),
    ("options", "origins"),
    ("adoption", "beside", "cache_folder", "exchange", "patching", "range_reader"),
    ("fetching", "picking"),
    ("_leash", "inheritance", "leashed", "network_problems"),
    ("_pip", "text", "variantlib"),
)

# A command is where arguments come from and output goes to; the probe is one, too.
GROUND_COMMANDS = ("cli", "_probe", "__main__")
PROCESS_STATE = {
    "os": ("environ", "environb", "getenv", "getenvb", "getcwd", "getcwdb"),
    "sys": ("executable", "stdout", "stderr"),
    "Path": ("cwd",),
}


class Module(NamedTuple):
    """One source file, parsed."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        if self.path.stem == "__init__":
            return self.name
        return self.name.rpartition(".")[0]

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")


class Import(NamedTuple):
    """One imported name, made absolute: ``from . import x`` in ``a.b`` is ``a.x``."""

    target: str
    line: int


@cache
def modules() -> dict[str, Module]:
    found = {}
    for path in sorted((SRC / TOP).rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found[name] = Module(name, path, text, ast.parse(text, str(path)))
    return found


def ground_modules() -> list[Module]:
    return [m for m in modules().values() if f"{m.name}.".startswith(f"{GROUND}.")]


def is_type_checking(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    return ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk everything that can run, so not what only a type checker reads."""
    for child in ast.iter_child_nodes(tree):
        if is_type_checking(child):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                yield other
                yield from running_nodes(other)
        else:
            yield child
            yield from running_nodes(child)


def imports(module: Module) -> Iterator[Import]:
    for node in running_nodes(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.package.split(".")
                above = above[: len(above) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield from (Import(f"{base}.{a.name}", node.lineno) for a in node.names)


def own_imports(module: Module) -> set[str]:
    """Return our modules that *module* imports, itself left out."""
    known = modules()
    found = set()
    for target, _ in imports(module):
        # The last part may be a name in a module, or a module in a package.
        for name in (target, target.rpartition(".")[0]):
            if name in known:
                found.add(name)
                break
    return found - {module.name}


def circles() -> list[list[str]]:
    """Return every group of modules that import each other (Tarjan)."""
    edges = {name: sorted(own_imports(module)) for name, module in modules().items()}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in edges[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for name in edges:
        if name not in index:
            visit(name)
    return groups


def storey(name: str) -> int:
    """Return how far below the top *name* stands; all import the package itself."""
    _, *below = name.split(".")
    for depth, names in enumerate(STOREYS):
        if below and below[0] in names:
            return depth
    return len(STOREYS)


def nothing_of(found: Iterable[str]) -> None:
    """Fail with one line for each thing found."""
    lines = list(found)
    assert not lines, "\n".join(["", *lines])


def test_the_walk_finds_the_package() -> None:
    assert TOP in modules()


def test_the_ground_floor_imports_the_standard_library_alone() -> None:
    allowed = sys.stdlib_module_names
    nothing_of(
        f"{module.name}:{line}: {target}"
        for module in ground_modules()
        for target, line in imports(module)
        if target.partition(".")[0] not in allowed
        and not f"{target}.".startswith(f"{GROUND}.")
    )


def test_the_ground_floor_takes_the_state_of_the_process_as_arguments() -> None:
    found = []
    for module in ground_modules():
        if module.parts[-1] in GROUND_COMMANDS or "cli" in module.parts:
            continue
        for node in running_nodes(module.tree):
            match node:
                case ast.Attribute(value=ast.Name(id=owner), attr=name):
                    hit = name in PROCESS_STATE.get(owner, ())
                case ast.Attribute(value=ast.Attribute(attr="Path"), attr="cwd"):
                    hit = True
                case ast.ImportFrom(module=str(owner), names=names):
                    hit = any(a.name in PROCESS_STATE.get(owner, ()) for a in names)
                case ast.Call(func=ast.Name(id="print")):
                    hit = True
                case _:
                    continue
            if hit:
                found.append(f"{module.name}:{node.lineno}: {ast.unparse(node)}")
    nothing_of(found)


def test_only_the_doors_name_the_inside_of_pip() -> None:
    allowed = (f"{TOP}._pip", f"{TOP}.seams")
    found = []
    for module in modules().values():
        if module.name in allowed:
            continue
        text = module.text
        if module.name == f"{TOP}._startup":
            # The one name that it waits for.
            text = text.replace("pip._internal.cli.main", "")
        if "pip._internal" in text or any(
            target.startswith("pip._internal") for target, _ in imports(module)
        ):
            found.append(module.name)
    nothing_of(found)


def test_no_modules_import_each_other_in_a_circle() -> None:
    nothing_of(" <-> ".join(circle) for circle in circles())


def test_every_module_has_its_storey() -> None:
    named = [name for names in STOREYS for name in names]
    assert len(named) == len(set(named))
    assert set(named) == {m.parts[1] for m in modules().values() if m.name != TOP}


def test_imports_run_downwards() -> None:
    nothing_of(
        f"{module.name} imports {name}"
        for module in modules().values()
        for name in sorted(own_imports(module))
        if storey(name) < storey(module.name)
    )


def test_no_module_is_too_long() -> None:
    lengths = sorted(
        ((len(m.text.splitlines()), m.name) for m in modules().values()), reverse=True
    )
    longest = ", ".join(f"{name}: {lines}" for lines, name in lengths[:3])
    assert lengths[0][0] <= LONGEST_MODULE, f"the longest modules: {longest}"


def test_every_public_module_lists_its_names() -> None:
    found = []
    for module in modules().values():
        if module.name == TOP or any(part.startswith("_") for part in module.parts):
            continue
        targets = {
            target.id
            for node in module.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (
                node.targets if isinstance(node, ast.Assign) else [node.target]
            )
            if isinstance(target, ast.Name)
        }
        # The __init__ of a folder may be a docstring and nothing to list.
        only_text = all(isinstance(node, ast.Expr) for node in module.tree.body)
        if "__all__" not in targets and not only_text:
            found.append(module.name)
    nothing_of(found)


def test_nothing_is_left_undone_in_the_source() -> None:
    # Put together here, so that this file does not find itself.
    undone = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    nothing_of(
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in (SRC, ROOT / "tests")
        for path in sorted(folder.rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if undone.search(line)
    )


def test_pip_is_the_only_dependency_at_run_time() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        dependencies = tomllib.load(file)["project"]["dependencies"]
    names = [re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0] for text in dependencies]
    assert names == ["pip"]


def test_samples_in_the_docstrings_of_the_ground_floor_are_true() -> None:
    failed = []
    for module in ground_modules():
        if module.parts[-1] in GROUND_COMMANDS:
            continue
        if doctest.testmod(importlib.import_module(module.name)).failed:
            failed.append(module.name)
    nothing_of(failed)

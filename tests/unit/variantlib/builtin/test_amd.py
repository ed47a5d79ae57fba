"""AMD's GPUs and ROCm, on recorded machines (PROVIDERS 1.2)."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import Detected, Host
from pip_variants.variantlib.builtin.amd import (
    FORCE_GFX,
    FORCE_ROCM,
    OVERRIDE_GFX,
    ROCM_PATH,
    detect,
)
from pip_variants.variantlib.model import is_value

NODES = "sys/class/kfd/kfd/topology/nodes"
CPU = 0


def record(
    root: Path, *numbers: int, rocm: str | None = None, device: bool = True
) -> None:
    """Record a machine by the numbers of its nodes and the file of ROCm."""
    for node, number in enumerate(numbers):
        folder = root / NODES / str(node)
        folder.mkdir(parents=True)
        text = f"simd_count 80\ngfx_target_version {number}\nvendor_id 4098\n"
        (folder / "properties").write_text(text, encoding="utf-8")
    if device:
        (root / "dev").mkdir()
        (root / "dev/kfd").touch()
    if rocm is not None:
        info = root / "opt/rocm/.info"
        info.mkdir(parents=True)
        (info / "version").write_text(rocm, encoding="utf-8")


def ask(root: Path, environ: Mapping[str, str] | None = None) -> Detected:
    return detect(Host("Linux", "x86_64", environ or {}, root))


def found(
    root: Path, environ: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the features, of an answer that must not warn."""
    detected = ask(root, environ)
    assert detected.warnings == ()
    return dict(detected.features)


class TestArchitectures:
    @pytest.mark.parametrize(
        ("number", "name"),
        [
            (80003, "gfx803"),
            (90000, "gfx900"),
            (90006, "gfx906"),
            (90008, "gfx908"),
            (90010, "gfx90a"),
            (90012, "gfx90c"),
            (90402, "gfx942"),
            (90500, "gfx950"),
            (100300, "gfx1030"),
            (100306, "gfx1036"),
            (110000, "gfx1100"),
            (110501, "gfx1151"),
            (120001, "gfx1201"),
        ],
    )
    def test_a_number_of_the_kernel_has_a_name(
        self, tmp_path: Path, number: int, name: str
    ) -> None:
        record(tmp_path, CPU, number)
        assert found(tmp_path) == {"gfx_arch": (name,)}

    def test_each_is_there_once_in_the_order_of_text(self, tmp_path: Path) -> None:
        record(tmp_path, CPU, CPU, 90010, 110000, 90010, 90402)
        assert found(tmp_path) == {"gfx_arch": ("gfx1100", "gfx90a", "gfx942")}

    def test_a_cpu_is_no_gpu(self, tmp_path: Path) -> None:
        record(tmp_path, CPU, CPU)
        assert ask(tmp_path) == Detected(())

    def test_one_that_nobody_has_listed_does_not_hide_the_others(
        self, tmp_path: Path
    ) -> None:
        record(tmp_path, 100306, 110000)
        assert found(tmp_path) == {"gfx_arch": ("gfx1036", "gfx1100")}

    def test_without_the_device_a_container_has_no_gpu(self, tmp_path: Path) -> None:
        record(tmp_path, CPU, 90402, device=False)
        assert ask(tmp_path) == Detected(())

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "simd_count 80\n",
            "gfx_target_version\n",
            "gfx_target_version -1\n",
            "gfx_target_version 90010x\n",
            "gfx_target_version 9999999999\n",
            "gfx_target_version 42\n",
            "gfx_target_version 91600\n",
            "gfx_target_version 90016\n",
            "x gfx_target_version 90010\n",
        ],
    )
    def test_a_node_without_a_name_is_left_out(self, tmp_path: Path, text: str) -> None:
        record(tmp_path, 90402, CPU)
        (tmp_path / NODES / "1/properties").write_text(text, encoding="utf-8")
        (tmp_path / NODES / "2").mkdir()  # with nothing that can be read
        assert found(tmp_path) == {"gfx_arch": ("gfx942",)}

    def test_other_systems_are_not_asked(self, tmp_path: Path) -> None:
        record(tmp_path, 90402, rocm="6.4.1")
        for system in ("Windows", "Darwin", "FreeBSD"):
            assert detect(Host(system, "x86_64", {}, tmp_path)) == Detected(())


class TestRocm:
    @pytest.mark.parametrize(
        ("text", "version"),
        [
            ("6.4.1-83\n", "6.4"),
            ("7.0.0", "7.0"),
            ("7.10.0\n", "7.10"),
            ("5.7", "5.7"),
            (" 06.04.1\n", "6.4"),
        ],
    )
    def test_it_is_just_one_version(
        self, tmp_path: Path, text: str, version: str
    ) -> None:
        record(tmp_path, rocm=text)
        assert found(tmp_path) == {"rocm_version": (version,)}

    @pytest.mark.parametrize("text", ["", "6", "rocm 6.4", "6.", "6.1234", "6.x"])
    def test_anything_else_is_no_version(self, tmp_path: Path, text: str) -> None:
        record(tmp_path, rocm=text)
        assert ask(tmp_path) == Detected(())

    def test_it_comes_after_the_architectures(self, tmp_path: Path) -> None:
        record(tmp_path, CPU, 90402, rocm="6.4.1-83")
        assert list(found(tmp_path).items()) == [
            ("gfx_arch", ("gfx942",)),
            ("rocm_version", ("6.4",)),
        ]

    @pytest.mark.parametrize("path", ["/usr/lib/rocm", "/usr/lib/rocm/"])
    def test_a_variable_says_where_it_is(self, tmp_path: Path, path: str) -> None:
        record(tmp_path, rocm="6.4.1")
        info = tmp_path / "usr/lib/rocm/.info"
        info.mkdir(parents=True)
        (info / "version").write_text("7.1.0", encoding="utf-8")
        assert found(tmp_path, {ROCM_PATH: path}) == {"rocm_version": ("7.1",)}
        assert found(tmp_path, {ROCM_PATH: ""}) == {"rocm_version": ("6.4",)}
        assert found(tmp_path, {ROCM_PATH: "/nowhere"}) == {}

    def test_a_path_that_is_not_absolute_is_a_warning(self, tmp_path: Path) -> None:
        record(tmp_path, rocm="6.4.1")
        warning = (
            f"{ROCM_PATH}='rocm' is no absolute path, so that the version of ROCm is "
            "not known."
        )
        assert ask(tmp_path, {ROCM_PATH: "rocm"}) == Detected((), (warning,))


class TestForced:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("gfx1100", ["gfx1100"]),
            ("gfx942,gfx1100", ["gfx942", "gfx1100"]),
            (" gfx942; gfx90a\tgfx1100,,gfx942 ", ["gfx942", "gfx90a", "gfx1100"]),
            ("GFX90A", ["gfx90a"]),
        ],
    )
    def test_architectures_keep_their_order(
        self, tmp_path: Path, text: str, names: list[str]
    ) -> None:
        record(tmp_path, 120001)
        assert found(tmp_path, {FORCE_GFX: text}) == {"gfx_arch": tuple(names)}

    @pytest.mark.parametrize(
        "text", ["abc", " ", ",", "gfx", "gfx90z", "gfx90a:xnack+", "gfx90a,1100"]
    )
    def test_what_is_no_architecture_is_a_warning_and_nothing(
        self, tmp_path: Path, text: str
    ) -> None:
        record(tmp_path, 90402, rocm="6.4.1")
        warning = (
            f"{FORCE_GFX}={text!r} is no list of GPU architectures; give some like "
            "gfx90a or gfx1100,gfx1201."
        )
        assert ask(tmp_path, {FORCE_GFX: text}) == Detected((), (warning,))

    @pytest.mark.parametrize(
        ("text", "version"),
        [("6.4.0", "6.4"), ("7.2.1", "7.2"), ("6.4", "6.4"), (" 06.3.1 ", "6.3")],
    )
    def test_a_version_takes_the_place_of_the_file(
        self, tmp_path: Path, text: str, version: str
    ) -> None:
        record(tmp_path, rocm="7.1.0")
        assert found(tmp_path, {FORCE_ROCM: text}) == {"rocm_version": (version,)}

    @pytest.mark.parametrize("text", ["abc", "6", "6.", "6.4.1.2", "6.4rc1", " "])
    def test_what_is_no_version_is_a_warning_and_nothing(
        self, tmp_path: Path, text: str
    ) -> None:
        record(tmp_path, 90402, rocm="7.1.0")
        warning = f"{FORCE_ROCM}={text!r} is no version of ROCm; give one like 6.4."
        assert ask(tmp_path, {FORCE_ROCM: text}) == Detected((), (warning,))

    def test_both_work_on_any_system(self) -> None:
        environ = {FORCE_GFX: "gfx1100", FORCE_ROCM: "6.4.0"}
        assert detect(Host("Windows", "AMD64", environ)) == Detected(
            (("gfx_arch", ("gfx1100",)), ("rocm_version", ("6.4",)))
        )

    def test_empty_is_unset(self, tmp_path: Path) -> None:
        record(tmp_path, 90402, rocm="6.4.1")
        forced = {FORCE_GFX: "", FORCE_ROCM: "", OVERRIDE_GFX: ""}
        assert ask(tmp_path, forced) == ask(tmp_path)

    def test_two_mistakes_are_two_warnings(self, tmp_path: Path) -> None:
        detected = ask(tmp_path, {FORCE_GFX: "abc", FORCE_ROCM: "abc"})
        assert detected.features == ()
        assert len(detected.warnings) == 2


class TestOverride:
    """ROCm's own variable: libraries then see another GPU than there is."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [("10.3.0", "gfx1030"), ("9.0.10", "gfx90a"), (" 11.0.0 ", "gfx1100")],
    )
    def test_it_stands_for_every_gpu(
        self, tmp_path: Path, text: str, name: str
    ) -> None:
        record(tmp_path, CPU, 100301, 110003)
        assert found(tmp_path, {OVERRIDE_GFX: text}) == {"gfx_arch": (name,)}

    def test_it_makes_no_gpu_where_there_is_none(self, tmp_path: Path) -> None:
        record(tmp_path, CPU)
        for text in ("10.3.0", "abc"):
            assert ask(tmp_path, {OVERRIDE_GFX: text}) == Detected(())

    def test_a_forced_architecture_goes_first(self, tmp_path: Path) -> None:
        record(tmp_path, 100301)
        environ = {OVERRIDE_GFX: "10.3.0", FORCE_GFX: "gfx942"}
        assert found(tmp_path, environ) == {"gfx_arch": ("gfx942",)}

    @pytest.mark.parametrize("text", ["gfx1030", "10.3", "10.16.0", "0.3.0", "1.2.3.4"])
    def test_anything_else_is_a_warning(self, tmp_path: Path, text: str) -> None:
        record(tmp_path, 100301)
        warning = (
            f"{OVERRIDE_GFX}={text!r} is no version of a GPU architecture; give three "
            "numbers like 10.3.0, the last two below 16."
        )
        assert ask(tmp_path, {OVERRIDE_GFX: text}) == Detected((), (warning,))


@given(
    st.dictionaries(
        st.sampled_from([FORCE_GFX, FORCE_ROCM, OVERRIDE_GFX, ROCM_PATH]),
        st.text()
        | st.from_regex(r"\Agfx[0-9a-f]+([,; ]gfx[0-9a-f]+)*\Z")
        | st.from_regex(r"\A[0-9]+\.[0-9]+(\.[0-9]+)?\Z"),
    )
)
def test_no_environment_makes_it_raise_or_break_r10(environ: dict[str, str]) -> None:
    detected = detect(Host("Linux", "x86_64", environ))
    for _, values in detected.features:
        assert values
        assert all(is_value(value) for value in values)
        assert len({*values}) == len(values)
    assert all(text.isprintable() for text in detected.warnings)

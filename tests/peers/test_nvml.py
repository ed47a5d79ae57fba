"""What is asked of NVML, beside NVIDIA's own binding for Python.

No NVIDIA GPU is tried: both ask the same library of ours, with recorded answers. What
the two must agree on is how its functions are called. Run with: nox -s peers
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("pynvml") is None:
    pytest.skip("needs the published one: nox -s peers", allow_module_level=True)

pytestmark = pytest.mark.skipif(
    platform.system() != "Linux" or shutil.which("cc") is None,
    reason="needs a C compiler on Linux",
)

THEIRS = """
import json, pynvml
pynvml.nvmlInit()
handles = map(pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount()))
capabilities = []
for handle in handles:
    try:
        capabilities.append(pynvml.nvmlDeviceGetCudaComputeCapability(handle))
    except pynvml.NVMLError:
        pass
print(json.dumps([pynvml.nvmlSystemGetCudaDriverVersion_v2(), capabilities]))
"""
OURS = """
import json
from pip_variants.variantlib.builtin import Host, nvidia
found = nvidia.query(Host("Linux", "x86_64", {}))
print(json.dumps(found and [found.driver, found.capabilities]))
"""

C_LIBRARY = """
struct device { int major, minor; };
static struct device devices[] = {DEVICES};
static int ready = 0;
int nvmlInit_v2(void) { ready = 1; return 0; }
int nvmlInitWithFlags(unsigned int flags) { return nvmlInit_v2(); }
int nvmlShutdown(void) { ready = 0; return 0; }
const char *nvmlErrorString(int status) { return "recorded"; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) {
    *version = DRIVER; return ready ? 0 : 1;
}
int nvmlDeviceGetCount_v2(unsigned int *count) {
    *count = sizeof devices / sizeof *devices; return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, struct device **device) {
    *device = &devices[index]; return 0;
}
int nvmlDeviceGetCudaComputeCapability(struct device *device, int *major, int *minor) {
    *major = device->major; *minor = device->minor;
    return device->major ? 0 : 3;
}
"""


@pytest.mark.parametrize(
    ("driver", "capabilities"),
    [
        (12080, [(9, 0)]),
        (13010, [(12, 1), (8, 6)]),
        (12060, [(7, 5), (0, 0), (10, 3)]),  # the second does not tell
    ],
)
def test_both_read_the_same(
    tmp_path: Path, driver: int, capabilities: list[tuple[int, int]]
) -> None:
    devices = ",".join(f"{{{major}, {minor}}}" for major, minor in capabilities)
    text = C_LIBRARY.replace("DEVICES", devices).replace("DRIVER", str(driver))
    source = tmp_path / "nvml.c"
    source.write_text(text, encoding="utf-8")
    library = str(tmp_path / "libnvidia-ml.so.1")
    command = ["cc", "-shared", "-fPIC", "-o", library, str(source)]
    subprocess.run(command, check=True, timeout=60)
    environ = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}

    def answer(code: str) -> object:
        command = [sys.executable, "-c", code]
        result = subprocess.run(
            command, stdout=subprocess.PIPE, env=environ, check=True, timeout=60
        )
        return json.loads(result.stdout)

    told = [list(each) for each in capabilities if each[0]]
    assert answer(THEIRS) == answer(OURS) == [driver, told]

"""Print the oldest versions that pyproject.toml allows, one requirement a line, for pip.

Torch alone is the constraints' own: its oldest builds on the index carry gigabytes of CUDA.
"""

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"].values()
for line in [*project["dependencies"], *(line for extra in extras for line in extra)]:
    name, oldest = re.fullmatch(r"([\w.\[\]-]+)>=([\d.]+)(?:,.*)?", line).groups()
    if name != "torch":
        print(f"{name}=={oldest}")
constraints = Path("constraints.txt").read_text(encoding="utf-8")
print(re.search(r"^torch==.+$", constraints, re.MULTILINE)[0])

"""Writes which libraries an installation runs, as a bill of materials (CycloneDX 1.6): `make sbom`.

It is made of requirements/base.txt, with the licences that the installed libraries state. The same libraries make the
same file: there is no time in it, and its number follows from its content.
"""

import re
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements" / "base.txt"
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)")
_DIRECT = "-r requirements/base.in"


@dataclass
class Pin:
    """One line of the requirements: a library, its version, the hashes of its files, and who needs it."""

    name: str
    version: str
    hashes: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)


def main() -> int:
    """Write the bill of materials to the file named, by default var/sbom.json."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "sbom.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(bill(pins(REQUIREMENTS.read_text())), encoding="utf-8")
    print(target)  # noqa: T201 the tool's answer
    return 0


def pins(requirements: str) -> list[Pin]:
    """Return what a file of requirements pins, with hashes and comments as `uv pip compile` writes them."""
    found: list[Pin] = []
    for line in requirements.splitlines():
        if pin := _PIN.match(line):
            found.append(Pin(pin[1], pin[2]))
        elif hashed := re.search(r"--hash=sha256:([0-9a-f]{64})", line):
            found[-1].hashes.append(hashed[1])
        elif needed := re.match(r"\s+#\s+(?:via\s+)?(\S.*)$", line):
            found[-1].via += [needed[1]] if needed[1] != "via" else []
    return found


def bill(pinned: list[Pin]) -> str:
    """Return the bill of materials as JSON."""
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, "".join(f"{pin.name}=={pin.version}\n" for pin in pinned)))
    bom.metadata.timestamp = None  # type: ignore[assignment]
    root = Component(
        name="perron",
        version=metadata("perron")["Version"],
        type=ComponentType.APPLICATION,
        bom_ref="perron",
        licenses=[LicenseFactory().make_from_string("EUPL-1.2")],
    )
    bom.metadata.component = root
    components = {pin.name.lower(): _component(pin) for pin in pinned}
    bom.components.update(components.values())
    bom.register_dependency(root, [components[pin.name.lower()] for pin in pinned if _DIRECT in pin.via])
    for name, component in components.items():
        needs = [components[pin.name.lower()] for pin in pinned if name in map(str.lower, pin.via)]
        bom.register_dependency(component, needs)
    return _without_time(JsonV1Dot6(bom).output_as_string(indent=2)) + "\n"


def _component(pin: Pin) -> Component:
    return Component(
        name=pin.name,
        version=pin.version,
        type=ComponentType.LIBRARY,
        bom_ref=BomRef(f"{pin.name}@{pin.version}"),
        purl=PackageURL("pypi", None, pin.name.lower().replace("_", "-"), pin.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.hashes],
        licenses=list(_licences(pin.name)),
    )


def _licences(name: str) -> list[License]:
    """Return what a library says of its licence: an SPDX expression, else the names of its classifiers."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return []
    if expression := said.get("License-Expression"):
        return [LicenseFactory().make_from_string(expression)]
    classifiers = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier", []) if each.startswith("License")]
    names = classifiers or [(said.get("License") or "").splitlines()[0]] if (said.get("License") or classifiers) else []
    return [LicenseFactory().make_with_name(each[:120]) for each in names if each]


def _without_time(bill: str) -> str:
    return re.sub(r'\n\s*"timestamp": "[^"]*",?', "", bill)


if __name__ == "__main__":
    sys.exit(main())

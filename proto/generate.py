"""Regenerates proto/generated from every .proto under proto/clew, or checks that nothing needs it.

    python proto/generate.py            write proto/generated anew
    python proto/generate.py --check    write nothing; fail if generated code is stale, a proto breaks
                                        the style in buf.yaml, or callers of the last release would break

Nothing here needs a network. `buf/validate/validate.proto` is published only through a registry, but the
protovalidate wheel carries its compiled descriptor, and that is what our protos are compiled against.
`google/rpc` and its like come with googleapis-common-protos and are not generated again.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import google.rpc
import grpc_tools
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

# Private, and the only place where the descriptor is. The lock pins the wheel; if a newer one moves it,
# this import fails at once.
from protovalidate._gen.buf.validate import validate_pb

PROTO = Path(__file__).resolve().parent
GENERATED = PROTO / "generated"
VALIDATE = "buf/validate/validate.proto"
# Not resolved: the tools stand beside the virtual environment's own `python`, which is a link.
TOOLS = Path(sys.executable).parent


class Failed(Exception):
    """A tool refused; its own words have been printed."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if anything is amiss")
    check = arguments.parse_args().check
    try:
        with tempfile.TemporaryDirectory(dir=PROTO, prefix=".generating-") as folder:
            fresh = generate(PROTO, Path(folder))
            if not check:
                replace(GENERATED, fresh)
                print(f"proto/generated: {len(files_in(GENERATED))} files.")
                return 0
            stale = differences(fresh, GENERATED)
            if stale:
                print("proto/generated is not what the protos say; run `make proto`:", file=sys.stderr)
                print("\n".join(stale), file=sys.stderr)
                return 1
            print("proto/generated is current.")
            image = compile_image(PROTO, Path(folder) / "image.binpb")
            buf("lint", str(image))
            print("The protos keep the style in proto/buf.yaml.")
            check_against_last_release(image, Path(folder))
    except Failed:
        return 1
    return 0


def generate(root: Path, folder: Path) -> Path:
    """Generates into an empty folder, so that nothing of a deleted proto stays, and returns it."""
    image = FileDescriptorSet.FromString(compile_image(root, folder / "image.binpb").read_bytes())
    ours = [file.name for file in image.file if file.name.startswith("clew/")]
    with_services = [file.name for file in image.file if file.name in ours and file.service]

    out = folder / "generated"
    out.mkdir()
    protoc(root, folder, f"--python_out={out}", f"--pyi_out={out}", *ours, VALIDATE)
    if with_services:
        protoc(
            root,
            folder,
            f"--grpc_python_out={out}",
            f"--plugin=protoc-gen-mypy_grpc={TOOLS / 'protoc-gen-mypy_grpc'}",
            # Everything here runs on asyncio. With both kinds, the asynchronous stub is a class that exists
            # for the type checker only and cannot be imported when the program runs.
            f"--mypy_grpc_out=quiet,only_async:{out}",
            *with_services,
        )
    return out


def compile_image(root: Path, image: Path) -> Path:
    """Compiles every proto of ours, with comments and all it imports, into one descriptor set."""
    ours = sorted(path.relative_to(root).as_posix() for path in (root / "clew").rglob("*.proto"))
    if not ours:
        print("There is no .proto under proto/clew.", file=sys.stderr)
        raise Failed
    with_comments = ["--include_imports", "--include_source_info"]
    protoc(root, image.parent, *with_comments, f"--descriptor_set_out={image}", *ours)
    return image


def protoc(root: Path, folder: Path, *arguments: str) -> None:
    validate = folder / "validate.binpb"
    validate.write_bytes(validate_descriptors().SerializeToString(deterministic=True))
    bundled = Path(next(iter(grpc_tools.__path__))) / "_proto"
    common = Path(next(iter(google.rpc.__path__))).parents[1]
    found = [f"-I{root}", f"-I{bundled}", f"-I{common}", f"--descriptor_set_in={validate}"]
    run(sys.executable, "-m", "grpc_tools.protoc", *found, *arguments)


def validate_descriptors() -> FileDescriptorSet:
    """`buf/validate/validate.proto` and what it imports, each after what it needs."""
    found: dict[str, FileDescriptorProto] = {}

    def visit(file: Any) -> None:
        for dependency in file.dependencies:
            visit(dependency)
        descriptor = FileDescriptorProto.FromString(file.proto.to_binary())
        found.setdefault(descriptor.name, descriptor)

    visit(validate_pb.desc())
    return FileDescriptorSet(file=found.values())


def check_against_last_release(image: Path, folder: Path) -> None:
    """Refuses what callers of the last release could not live with."""
    described = git("describe", "--tags", "--abbrev=0", "--match", "v*")
    if described.returncode:
        print("There is no release tag (v*) yet, so there is nothing that the protos could break.")
        return
    tag = described.stdout.decode().strip()
    archive = git("archive", "--format=tar", tag, "--", "proto/clew")
    if archive.returncode:
        print(f"{tag} has no protos, so there is nothing that ours could break.")
        return
    released = folder / "released"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(released, filter="data")
    before = compile_image(released / "proto", folder / "released.binpb")
    buf("breaking", str(image), "--against", str(before))
    print(f"The protos break no caller of {tag}.")


def replace(old: Path, new: Path) -> None:
    if old.exists():
        shutil.rmtree(old)
    new.rename(old)


def differences(fresh: Path, committed: Path) -> list[str]:
    expected, present = files_in(fresh), files_in(committed)
    both = expected.keys() & present.keys()
    return [
        *(f"  missing    {name}" for name in sorted(expected.keys() - present.keys())),
        *(f"  left over  {name}" for name in sorted(present.keys() - expected.keys())),
        *(f"  differs    {name}" for name in sorted(both) if expected[name] != present[name]),
    ]


def files_in(folder: Path) -> dict[str, bytes]:
    """Contents by path; `__pycache__` is Python's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def buf(command: str, *arguments: str) -> None:
    run(str(TOOLS / "buf"), command, *arguments, "--config", str(PROTO / "buf.yaml"))


def run(*command: str) -> None:
    if subprocess.run(command, check=False).returncode:
        raise Failed


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(PROTO.parent), *arguments], capture_output=True, check=False)


if __name__ == "__main__":
    sys.exit(main())

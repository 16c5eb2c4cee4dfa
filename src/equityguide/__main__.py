"""The command line: `python -m equityguide COMMAND`. Each command is also a target of the Makefile."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

SITE = Path("_build", "html")


def book(arguments: argparse.Namespace) -> int:
    from equityguide.site.build import build

    build(Path.cwd(), lite=not arguments.without_lite)
    return 0


def trainer(arguments: argparse.Namespace) -> int:
    from equityguide.site.build import build
    from equityguide.site.editions import TRAINER

    build(Path.cwd(), lite=not arguments.without_lite, edition=TRAINER)
    return 0


def assignments(arguments: argparse.Namespace) -> int:
    from equityguide.site.assignments import progress, write

    try:
        packed = write(Path.cwd(), progress)
    finally:
        progress("")
    print(f"The packages are in {packed}.")
    return 0


def handouts(arguments: argparse.Namespace) -> int:
    from equityguide.site.assignments import progress
    from equityguide.site.printing import make

    make(Path.cwd(), progress, lite=not arguments.without_lite)
    return 0


def whole(arguments: argparse.Namespace) -> int:
    from equityguide.site.assignments import progress
    from equityguide.site.whole import make

    for path in make(Path.cwd(), progress, lite=not arguments.without_lite):
        print(f"The printed book is {path}.")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    from equityguide.site.serve import serve

    serve(Path.cwd() / SITE, arguments.port)
    return 0


def test(arguments: argparse.Namespace) -> int:
    from equityguide.site.environment import run_tests

    return run_tests(Path.cwd(), full=arguments.full)


def worksheets(arguments: argparse.Namespace) -> int:
    from equityguide.worksheets.learner import write

    for path in write(Path.cwd()):
        print(f"wrote {path.relative_to(Path.cwd())}")
    return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="python -m equityguide", description="Build, read and check the book.")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for name, run, said in (
        ("book", book, "execute every chapter and build the site into _build/html"),
        ("trainer", trainer, "build the trainer's edition, with the worksheets' solutions, into _build/trainer"),
        ("assignments", assignments, "pack chapters (SCORM 1.2) and worksheets (zip) into _build/assignments"),
        ("handouts", handouts, "build the book, then print handouts, worksheets and slides to PDF into the site"),
        ("print", whole, "build the book, then print all of it to one PDF, _build/closing-the-gap.pdf"),
        ("serve", serve, "show the built site on this machine"),
        ("test", test, "build the book and run the tests, without the full matrix"),
        ("test-full", test, "run all tests"),
        ("worksheets", worksheets, "write the learner's copies and the solutions from exercises/source"),
    ):
        command = commands.add_parser(name, help=said, description=said)
        command.set_defaults(run=run, full=name == "test-full")
        if name in ("book", "trainer", "handouts", "print"):
            said = f"leave out the worksheets that run in the browser (make {name} LITE=0)"
            command.add_argument("--without-lite", action="store_true", help=said)
        if name == "serve":
            command.add_argument("--port", type=int, default=8000, help="the port to serve on (8000)")
    return top


def main() -> int:
    """Run one command; 0 if it went well, 1 with a message if not, 130 after Ctrl-C."""
    # As Ctrl-C: what was begun is undone before the process ends.
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = parser().parse_args()
    try:
        run: int = arguments.run(arguments)
        return run
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

"""advisor engines: what can serve a decoder, and what trains."""

from __future__ import annotations

from advisor.catalog.engine import Engine
from advisor.catalog.load import engines
from advisor.cli._catalog import catalogue


def row(engine: Engine) -> tuple[str, ...]:
    parts = [part for part in (engine.serving, engine.training) if part is not None]
    uses = ("serves",) if engine.serving else ()
    return (
        engine.id,
        " and ".join((*uses, *(("trains",) if engine.training else ()))),
        f"{parts[0].step_ms.expected:g} ms" if parts else "",
        engine.title,
        parts[0].source.as_of if parts else "",
    )


COMMAND = catalogue(
    "engines",
    "engine",
    "list the engines that serve and train; with ID, every figure of one and its source",
    ("id", "use", "host time of a step", "name", "as of"),
    row,
    engines,
)

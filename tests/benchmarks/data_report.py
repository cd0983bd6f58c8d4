"""How fast `advisor data` reads, what memory it takes, and how well it finds near duplicates.

Run by hand: `python -m tests.benchmarks.data_report [ROWS]`, by default a million. Prints, for each
format, wall and processor seconds, rows a second and peak memory of a process of its own; then
precision and recall of near duplicates against the exact Jaccard similarity of all pairs, for
lines of real text and for rows of real digits with known edits, and for pictures re-encoded,
resized and both.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from PIL import Image

from advisor.duplicates import DEFAULT_SIMILARITY
from advisor.duplicates.near import SignatureStore, minhash
from advisor.duplicates.token_sets import PERMUTATIONS
from advisor.measurement.data.inspection import Options, inspect
from advisor.measurement.data.samples import SampleReader, shingles
from tests.support.data_sets import DIGITS, digits_rows, picture

COLUMNS = 12
TEXT = DIGITS.parent / "python_reference_train.txt"
_MIB = 1 << 20
# The kernel's own figure: what `resource` tells of a child is at least what its parent took.
PROGRAM = """
import pathlib, sys, time
from advisor.cli.main import run
code = run(sys.argv[1:], lambda *_: 0)
(peak,) = [x for x in pathlib.Path("/proc/self/status").read_text().split("\\n") if "VmHWM" in x]
sys.stderr.write(f"{time.process_time()} {peak.split()[1]}")
sys.exit(code)
"""
Flags = npt.NDArray[np.bool_]


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(rows: int) -> pa.Table:
    """Rows of which each tenth repeats the one before it: ten numbers, a word and a label."""
    random_numbers = np.random.default_rng(0)
    source = np.arange(rows) - (np.arange(rows) % 10 == 9)
    columns: dict[str, object] = {
        f"x{n}": random_numbers.normal(size=rows).round(4)[source] for n in range(COLUMNS - 2)
    }
    cities = np.array([f"city {n}" for n in range(50)])
    columns["city"] = cities[random_numbers.integers(0, 50, rows)[source]]
    columns["label"] = np.array(["a", "b", "c"])[random_numbers.integers(0, 3, rows)[source]]
    return pa.table(columns)


def write_json_lines(data: pa.Table, file: Path) -> None:
    with file.open("w") as stream:
        for batch in data.to_batches(10_000):
            stream.writelines(f"{json.dumps(row)}\n" for row in batch.to_pylist())


def time_of(file: Path, rows: int, *options: str) -> None:
    """Run the command in a process of its own and print what it took."""
    command = [sys.executable, "-c", PROGRAM, "data", str(file), "--json", *options]
    start = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    wall = time.perf_counter() - start
    found = json.loads(ran.stdout)
    assert found["samples"] == rows
    share = found["duplicates"]["exact"] / (rows // 10)
    processor, peak_kib = map(float, ran.stderr.split())
    show(
        f"{file.name + ' ' + ' '.join(options):28} {file.stat().st_size / _MIB:7.0f} MiB  "
        f"wall {wall:6.1f} s  processor {processor:6.1f} s  {rows / wall:9,.0f} rows/s  "
        f"peak {peak_kib / 1024:6.0f} MiB  exact duplicates found {share:.4f}"
    )


def speed(rows: int, folder: Path) -> None:
    data = table(rows)
    pa_csv.write_csv(data, folder / "rows.csv")
    pq.write_table(data, folder / "rows.parquet")
    write_json_lines(data, folder / "rows.jsonl")
    pa_csv.write_csv(data.slice(0, rows // 10), folder / "tenth.csv")
    del data
    time_of(folder / "tenth.csv", rows // 10)
    for name in ("rows.csv", "rows.parquet", "rows.jsonl"):
        time_of(folder / name, rows)
    time_of(folder / "rows.csv", rows, "--exact-only")


def exact_flags(sets: Sequence[frozenset[str]], similarity: float) -> Flags:
    """Whether an earlier set has so high a Jaccard similarity, by counting common tokens."""
    holders: dict[str, list[int]] = {}
    flags = np.zeros(len(sets), np.bool_)
    for place, tokens in enumerate(sets):
        common = Counter(other for token in tokens for other in holders.get(token, ()))
        flags[place] = any(
            count / (len(tokens) + len(sets[other]) - count) >= similarity
            for other, count in common.items()
        )
        for token in tokens:
            holders.setdefault(token, []).append(place)
    return flags


def found_flags(columns: dict[str, pa.Array], folder: Path) -> tuple[Flags, list[frozenset[str]]]:
    """What is flagged, and the sets that were compared."""
    reader = SampleReader()
    cells = reader.cells(columns)
    store = SignatureStore(folder, minhash(DEFAULT_SIMILARITY, PERMUTATIONS))
    store.add(reader.signatures(columns, cells))
    every = np.ones(len(next(iter(columns.values()))), np.bool_)
    flags, _ = store.alike_an_earlier(every, lambda fraction: None)
    if list(columns) == ["text"]:
        return flags, [frozenset(shingles(text)) for text in columns["text"].to_pylist()]
    rows = zip(*(column.to_pylist() for column in cells.values()), strict=True)
    return flags, [frozenset(row) for row in rows]


def compared(name: str, columns: dict[str, pa.Array]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found, sets = found_flags(columns, Path(folder))
    for similarity in (DEFAULT_SIMILARITY, 0.85, 0.9):
        true = exact_flags(sets, similarity)
        recall = (found & true).sum() / true.sum()
        show(
            f"{name}: {len(sets):,} samples, {true.sum():,} of similarity ≥ {similarity}: "
            f"recall {recall:.4f}"
        )
    for similarity in (DEFAULT_SIMILARITY, 0.75, 0.7):
        true = exact_flags(sets, similarity)
        precision = (found & true).sum() / found.sum()
        show(
            f"{name}: {found.sum():,} flagged, of similarity ≥ {similarity}: "
            f"precision {precision:.4f}"
        )


def edited_texts() -> list[str]:
    """Paragraphs of real text, each followed by one with 0 to 12% of its words replaced."""
    chance = random.Random(0)
    texts = [" ".join(part.split()) for part in TEXT.read_text().split("\n\n")]
    texts = [text for text in texts if len(text.split()) >= 20]
    edited: list[str] = []
    for text in texts:
        words = text.split()
        for place in range(len(words)):
            if chance.random() < 0.12 * (len(edited) % 9) / 8:
                words[place] = f"word{chance.randrange(10_000)}"
        edited.append(" ".join(words))
    return texts + edited


def edited_digits() -> dict[str, pa.Array]:
    """Real digits, and each again with 1 to 12 of its 64 pixels changed."""
    chance = random.Random(0)
    rows = [list(row[:-1]) for row in digits_rows()]
    for row in [list(row) for row in rows]:
        for place in chance.sample(range(64), chance.randrange(1, 13)):
            row[place] = row[place] + 17
        rows.append(row)
    return {
        f"pixel{number}": pa.array(list(map(str, column)), pa.large_string())
        for number, column in enumerate(zip(*rows, strict=True))
    }


def as_jpeg(image: Image.Image) -> Image.Image:
    content = io.BytesIO()
    image.convert("RGB").save(content, "JPEG", quality=60)
    return Image.open(content)


def smaller(image: Image.Image) -> Image.Image:
    return image.resize((image.width * 4 // 5, image.height * 4 // 5))


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG of quality 60": as_jpeg,
    "four fifths of the size": smaller,
    "both": lambda image: as_jpeg(smaller(image)),
}


def digits_pictures() -> list[Image.Image]:
    pixels = np.array(digits_rows())[:500, :-1].reshape(-1, 8, 8)
    scaled = (pixels * (255 / pixels.max())).astype(np.uint8)
    return [Image.fromarray(each).resize((64, 64), Image.Resampling.BICUBIC) for each in scaled]


def pictures(name: str, originals: Sequence[Image.Image]) -> None:
    """Recall of variants, and how many of unrelated pictures are taken for duplicates."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        save(originals, root, "a")
        alone = inspect(root, Options(), lambda text, fraction: None).duplicates
        show(f"{name}: {len(originals):,} pictures, taken for duplicates: {alone.near}")
        for variant, change in VARIANTS.items():
            save(map(change, originals), root, "b")
            both = inspect(root, Options(), lambda text, fraction: None).duplicates
            new = (both.near or 0) + both.exact - (alone.near or 0) - alone.exact
            show(f"{name}: {variant}: recall {new / len(originals):.4f}")


def save(images: Iterable[Image.Image], folder: Path, prefix: str) -> None:
    for number, image in enumerate(images):
        image.save(folder / f"{prefix}{number:04}.png")


def main(arguments: Sequence[str]) -> None:
    rows = int(arguments[0]) if arguments else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        speed(rows, Path(folder))
    compared("text", {"text": pa.array(edited_texts(), pa.large_string())})
    compared("digits", edited_digits())
    pictures("smooth pictures", [picture(seed) for seed in range(500)])
    pictures("detailed pictures", [picture(seed, cells=20) for seed in range(500)])
    pictures("digits", digits_pictures())


if __name__ == "__main__":
    main(sys.argv[1:])

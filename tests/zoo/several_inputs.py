"""Transformers models that take more than tokens or one image, with those inputs."""

from __future__ import annotations

from typing import Any

import torch

Facts = dict[str, Any]
Inputs = dict[str, torch.Tensor]


def _image(size: int) -> torch.Tensor:
    return torch.empty(1, 3, size, size, device="meta")


def _tokens(length: int) -> torch.Tensor:
    return torch.zeros(1, length, dtype=torch.long, device="meta")


_RESNET_50 = {
    "model_type": "resnet",
    "depths": [3, 4, 6, 3],
    "hidden_sizes": [256, 512, 1024, 2048],
    "out_features": ["stage4"],
}

SEVERAL_INPUTS: dict[str, tuple[Facts, Inputs]] = {
    "whisper-small": (
        {
            "model_type": "whisper",
            "architectures": ["WhisperForConditionalGeneration"],
            "d_model": 768,
            "encoder_layers": 12,
            "decoder_layers": 12,
            "encoder_attention_heads": 12,
            "decoder_attention_heads": 12,
            "encoder_ffn_dim": 3072,
            "decoder_ffn_dim": 3072,
            "vocab_size": 51865,
        },
        {
            "input_features": torch.empty(1, 80, 3000, device="meta"),
            "decoder_input_ids": _tokens(64),
        },
    ),
    "wav2vec2-base": (
        {
            "model_type": "wav2vec2",
            "architectures": ["Wav2Vec2ForCTC"],
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "vocab_size": 32,
        },
        {"input_values": torch.empty(1, 160_000, device="meta")},
    ),
    "clip-vit-base-32": (
        {
            "model_type": "clip",
            "architectures": ["CLIPModel"],
            "text_config": {"num_hidden_layers": 12},
            "vision_config": {"num_hidden_layers": 12},
        },
        {"input_ids": _tokens(77), "pixel_values": _image(224)},
    ),
    "detr-resnet-50": (
        {
            "model_type": "detr",
            "architectures": ["DetrForObjectDetection"],
            "use_timm_backbone": False,
            "use_pretrained_backbone": False,
            "backbone": None,
            "backbone_config": _RESNET_50,
            "encoder_layers": 6,
            "decoder_layers": 6,
        },
        {
            "pixel_values": _image(800),
            "pixel_mask": torch.ones(1, 800, 800, dtype=torch.long, device="meta"),
        },
    ),
    "sam-vit-base": (
        {
            "model_type": "sam",
            "architectures": ["SamModel"],
            "vision_config": {"num_hidden_layers": 12},
        },
        {"pixel_values": _image(1024), "input_points": torch.empty(1, 1, 1, 2, device="meta")},
    ),
}

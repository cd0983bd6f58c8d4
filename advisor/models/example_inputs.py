"""Example inputs for a transformers model, from what its configuration says it reads."""

from __future__ import annotations

from typing import Any

import torch

from advisor.errors import UsageError

DECODER_TOKENS = 512
ENCODER_TOKENS = 128


def example_inputs(module: Any, origin: str) -> dict[str, torch.Tensor]:
    """Keyword inputs of one sample on the module's device.

    Token ids are (1, 512) for models that generate text, (1, 128) for encoders and, on both sides,
    for encoder-decoders; pixels are (1, channels, height, width) in the module's dtype.

    Raises UsageError for other inputs (speech, time series, several images).
    """
    config, device = module.config, module.device
    if module.main_input_name == "pixel_values":
        shape = (1, getattr(config, "num_channels", 3), *_image_size(config, origin))
        return {"pixel_values": torch.zeros(shape, dtype=module.dtype, device=device)}
    if module.main_input_name != "input_ids":
        raise UsageError(
            f"{origin}: {type(module).__name__} reads {module.main_input_name!r}; from a config "
            "advisor makes inputs for 'input_ids' and 'pixel_values'. Use a factory that returns "
            "(module, inputs) instead"
        )
    generates = module.can_generate() and not config.is_encoder_decoder
    tokens = DECODER_TOKENS if generates else ENCODER_TOKENS
    limit = getattr(config.get_text_config(), "max_position_embeddings", None)
    if isinstance(limit, int) and limit > 0:
        tokens = min(tokens, limit)
    token_ids = torch.zeros((1, tokens), dtype=torch.long, device=device)
    if config.is_encoder_decoder:
        return {"input_ids": token_ids, "decoder_input_ids": token_ids}
    return {"input_ids": token_ids}


def _image_size(config: Any, origin: str) -> tuple[int, int]:
    size = getattr(config, "image_size", None)
    if size is None:
        raise UsageError(
            f"{origin}: {config.model_type!r} does not state its 'image_size'; use a factory that "
            "returns (module, inputs)"
        )
    if isinstance(size, int):
        return size, size
    height, width = size
    return int(height), int(width)

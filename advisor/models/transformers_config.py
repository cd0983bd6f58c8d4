"""A model of the transformers library, built from its `config.json` on the meta device.

No weights are read unless asked for, so a model of any size is built in seconds. Weights come from
safetensors alone; code that comes with a model runs only where the caller says so.
"""

from __future__ import annotations

import difflib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import transformers
from huggingface_hub.errors import StrictDataclassError

from advisor.errors import ModelError, UsageError
from advisor.models.blocks import with_chain
from advisor.models.config_bounds import check_complete, check_figures
from advisor.models.config_files import ConfigFacts, find_cached_folder, read_config_folder
from advisor.models.decoder_shape import decoder_shape
from advisor.models.example_inputs import example_inputs
from advisor.models.loaded import LoadedModel

PREFIX = "hf:"
# What constructors of the library raise on figures that do not fit together.
_CONSTRUCTOR_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    StrictDataclassError,
    TypeError,
    ValueError,
)


def load(reference: str, *, weights: bool, trust_remote_code: bool) -> LoadedModel:
    """Load `hf:NAME`, `hf:FOLDER` or a folder; see `from_facts` for what is raised."""
    place = reference.removeprefix(PREFIX)
    folder = Path(place).expanduser()
    if not folder.is_dir():
        folder = find_cached_folder(place)
    source = read_config_folder(folder)
    return from_facts(reference, source, weights=weights, trust_remote_code=trust_remote_code)


def from_facts(
    reference: str, source: ConfigFacts, *, weights: bool, trust_remote_code: bool
) -> LoadedModel:
    """Build the model that a configuration describes, in the configuration's own dtype.

    Raises UsageError where the configuration is not one that can be built here, ModelError where
    its safetensors are missing or do not fit.
    """
    started = time.perf_counter()
    builder = _Builder(source, trust_remote_code)
    config = builder.config()
    module = builder.with_weights(config) if weights else builder.on_meta(config)
    loaded = _loaded(reference, module, builder)
    return replace(loaded, construction_s=time.perf_counter() - started)


def _loaded(reference: str, module: Any, builder: _Builder) -> LoadedModel:
    generates = module.can_generate() and not module.config.is_encoder_decoder
    loaded = LoadedModel(
        reference=reference,
        module=module.eval(),
        keyword_inputs=example_inputs(module, builder.source.origin),
        decoder=decoder_shape(module.config) if generates else None,
        weights="meta" if module.device.type == "meta" else "trained",
    )
    return with_chain(loaded, follows_config=True)


@dataclass(frozen=True)
class _Builder:
    """One configuration, and whether code that comes with it may run."""

    source: ConfigFacts
    trust_remote_code: bool

    def config(self) -> Any:
        """The library's configuration object, its dtype resolved to a torch dtype."""
        try:
            config = self._own_config() or self._remote_config()
        except _CONSTRUCTOR_ERRORS as error:
            raise UsageError(f"{self.source.origin}: {_first_line(error)}") from error
        config.dtype = self._dtype(config)
        return config

    def on_meta(self, config: Any) -> Any:
        """The module without values: shapes and dtypes only."""
        try:
            with torch.device("meta"):
                if self._is_remote():
                    return self._remote_class().from_config(config, trust_remote_code=True)
                return self._model_class(config)._from_config(  # noqa: SLF001 - AutoModel's own way
                    config, dtype=config.dtype
                )
        except _CONSTRUCTOR_ERRORS as error:
            raise UsageError(
                f"{self.source.origin}: {config.model_type!r} cannot be built from it: "
                f"{_first_line(error)}"
            ) from error

    def with_weights(self, config: Any) -> Any:
        """The module with its values from the safetensors of the folder."""
        folder = self.source.folder
        if folder is None:
            raise UsageError(f"{self.source.origin}: holds no weights; give hf:NAME or a folder")
        options = {
            "config": config,
            "dtype": config.dtype,
            "local_files_only": True,
            "use_safetensors": True,
            "output_loading_info": True,
        }
        if self._is_remote():
            model_class, options["trust_remote_code"] = self._remote_class(), True
        else:
            model_class = self._model_class(config)
        try:
            module, report = model_class.from_pretrained(str(folder), **options)
        except _CONSTRUCTOR_ERRORS as error:
            raise ModelError(
                f"{folder}: weights cannot be loaded from safetensors: {_first_line(error)}"
            ) from error
        # The library would fill these with random values and only warn.
        if missing := sorted(report["missing_keys"]):
            raise ModelError(
                f"{folder}: the safetensors lack {len(missing)} of the weights of "
                f"{model_class.__name__}, {missing[0]!r} for one"
            )
        return module

    def _own_config(self) -> Any:
        """A configuration that the library itself knows; None where code comes with the model."""
        model_type = self.source.facts["model_type"]
        known = transformers.CONFIG_MAPPING
        if model_type in known:
            check_figures(self.source.facts, self.source.origin)
            config = known[model_type].from_dict(dict(self.source.facts))
            aliases = known[model_type].attribute_map
            check_complete(self.source.facts, aliases, config, self.source.origin)
            return config
        if self._is_remote():
            return None
        hint = ""
        if "auto_map" in self.source.facts:
            hint = "; it comes with code of its own, which runs only with --trust-remote-code"
        close = difflib.get_close_matches(model_type, known.keys(), n=1)
        raise UsageError(
            f"{self.source.origin}: transformers {transformers.__version__} does not know the "
            f"model_type {model_type!r}{f' (close: {close[0]!r})' if close else ''}{hint}"
        )

    def _remote_config(self) -> Any:
        return transformers.AutoConfig.from_pretrained(
            str(self.source.folder), trust_remote_code=True, local_files_only=True
        )

    def _remote_class(self) -> Any:
        """The library's loader of the first model that the folder's code offers."""
        offered = (name for name in self.source.facts["auto_map"] if name.startswith("AutoModel"))
        return getattr(transformers, next(offered, "AutoModel"))

    def _is_remote(self) -> bool:
        return (
            self.trust_remote_code
            and self.source.folder is not None
            and "auto_map" in self.source.facts
            and self.source.facts["model_type"] not in transformers.CONFIG_MAPPING
        )

    def _model_class(self, config: Any) -> Any:
        """The class that `architectures` names, else one that generates text, else the base."""
        for name in config.architectures or ():
            model_class = getattr(transformers, str(name), None)
            if isinstance(model_class, type) and issubclass(
                model_class, transformers.PreTrainedModel
            ):
                return model_class
        for mapping in (
            transformers.MODEL_FOR_CAUSAL_LM_MAPPING,
            transformers.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
            transformers.MODEL_MAPPING,
        ):
            if type(config) in mapping:
                return mapping[type(config)]
        raise UsageError(f"{self.source.origin}: no model class for {config.model_type!r}")

    def _dtype(self, config: Any) -> torch.dtype:
        stated = config.dtype or config.get_text_config().dtype or torch.float32
        dtype = getattr(torch, stated, None) if isinstance(stated, str) else stated
        if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
            raise UsageError(
                f"{self.source.origin}: dtype {stated!r} is not one; use 'float32', 'bfloat16' or "
                "'float16'"
            )
        return dtype


def _first_line(error: BaseException) -> str:
    """The error's kind and the head of its message, which in this library can fill a page."""
    head, colon, rest = str(error).strip().partition(":\n")
    line = rest.strip().partition("\n")[0] if colon else ""
    return f"{type(error).__name__}: {head.partition(chr(10))[0]}{f': {line}' if line else ''}"

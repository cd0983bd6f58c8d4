"""profiles/*.toml become validated frozen dataclasses here."""

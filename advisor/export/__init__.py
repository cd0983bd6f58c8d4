"""One file a format; each declares `EXPORTER`. Same audit, same bytes."""

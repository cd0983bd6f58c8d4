"""One file a rule, named after the waste that it sees; each declares `RULE`."""

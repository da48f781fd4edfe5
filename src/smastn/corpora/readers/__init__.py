"""One module a corpus: every `CorpusDefinition` at module level here is found by its name."""

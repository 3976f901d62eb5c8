"""What the diagnosis found, in sentences: evidence, then judgement, then advice (J-2)."""

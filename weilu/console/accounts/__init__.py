"""Who gets in: first run, invitations, sign-in, people and their roles, one's own account (I-1)."""

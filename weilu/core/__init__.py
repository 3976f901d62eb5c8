"""Mechanism without a word of the glossary: workspaces, access, event log, worker, jobs, errors.

`models` the tables; `access` roles and rights; `log` announcing; `reactions` the registry of who
reacts; `worker` delivery; `jobs` what time starts; `ids` number ranges; `clock` the time; `sql`
the few statements that differ between the databases; `errors` the tree of expected failures;
`shared` what all processes remember for a while.
"""

"""Chat history brought in from files (K-4): looked at, answered, run, cancelled, undone.

`actions` what a person may do; `look` finds out what files hold; `run` reads them in, resumably;
`echoes` tells what is already known without ids; `undo` takes an import back but for what others
brought too, `sweep` removes who and what is then left behind; `naming` proposes a group's name.
"""

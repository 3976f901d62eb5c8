"""Chat-export formats (handbook K-4), one folder each and one line in `registry`.

`opening` turns dropped files, folders and archives into entries and finds the format of each by
content; `lines` decodes text and tables in constant memory; `gathering` and `local_time` are what
readers of local-time line formats share; `chinese_notices` and `placeholders` read what the
platforms write where a message would stand.
"""

"""The community page, the rows behind its numbers, groups side by side, downloads (J-1).

Map
- asked      what the address asks for, as a `Look`; links that keep it
- links      addresses of members, messages and the search, wherever those pages are
- parts      Sheet (a small table, also of the workbook) and Part (one section of the page)
- words      sentences: what the page knows, names of stages and of parts of the day
- talk, crowd, replies, flow   builders of parts; `registry` puts them in order
- views      the pages; rows: the lists behind numbers; sides: groups; settings: names and zone
- downloads  the workbook and the report; svg draws charts for paper
"""

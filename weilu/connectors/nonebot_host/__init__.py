"""The process in which NoneBot2 runs: one ASGI server for all OneBot connections (K-4).

NoneBot2 2.5 with its FastAPI driver carries the door; events are handed on as they come over the
wire, before NoneBot would make event objects of them or look for matchers. `weilu gateway --host
nonebot` runs it around a gateway; no other process imports NoneBot.
"""

"""All WeChat CSV formats, in the order they are registered."""

from __future__ import annotations

from weilu.connectors.formats.wechat_csv import chatlog, memotrace, pywxdump

FORMATS = (*memotrace.FORMATS, *pywxdump.FORMATS, *chatlog.FORMATS)

"""WeCom (企业微信) customer groups: callbacks, lists, mass messages that staff confirm (K-4).

After the documentation of developer.work.weixin.qq.com (2026-01). The encryption of callbacks is
judged by wechatpy's in the tests, calls by a small server of the same API. Not tried: WeCom itself.
Messages of members cannot be read: that needs the paid archive, which is not built in.
"""

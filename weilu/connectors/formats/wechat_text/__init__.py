"""WeChat as text: MemoTrace (留痕), WeFlow and its kin, and chatlog (handbook K-4)."""

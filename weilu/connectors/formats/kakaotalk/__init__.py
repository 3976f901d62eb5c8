"""KakaoTalk's exports of computers and phones, Korean and English (handbook K-4)."""

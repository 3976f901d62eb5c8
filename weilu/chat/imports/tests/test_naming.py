"""Names of groups out of names of files, as exporters write them."""

from __future__ import annotations

import pytest

from weilu.chat.imports.naming import clean_name, name_from_path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("茶友群聊天记录.txt", "茶友群"),
        ("聊天记录-茶友群-2026-01-31.txt", "茶友群"),
        ("茶友一群(123456789).txt", "茶友一群"),
        ("WhatsApp Chat with Tea friends.txt", "Tea friends"),
        ("WhatsApp Chat - Tea friends.zip/_chat.txt", "Tea friends"),
        ("与茶友群的 WhatsApp 聊天.txt", "茶友群"),
        ("Chat de WhatsApp con Amigos del té.txt", "Amigos del té"),
        ("Conversa do WhatsApp com Amigos do chá.txt", "Amigos do chá"),
        ("WhatsApp Chat mit Teefreunde.txt", "Teefreunde"),
        ("Discussion WhatsApp avec Thé.txt", "Thé"),
        ("[LINE] 茶友群的聊天.txt", "茶友群"),
        ("[LINE]お茶会とのトーク.txt", "お茶会"),
        ("ChatExport_2026-01-31/result.json", "result"),
        ("茶友群/ChatExport_2026-01-31/result.json", "茶友群"),
        ("group_茶友群_123456789_20260131_120000.json", "茶友群"),
        ("tea_2026-01-31_messages.csv", "tea"),
        ("#tea_20260102.log", "#tea"),
        ("2026年1月31日 茶友群.txt", "茶友群"),
        ("tea house (2).txt", "tea house"),
        ("_chat.txt", "_chat"),
        ("2-_chat.txt", "2-_chat"),
        ("茶友群/wechatmsg.csv", "茶友群"),
        ("茶友群.zip/whatsapp_android.txt", "茶友群"),
        ("微信/留痕/茶友群.csv", "茶友群"),
        ("wechatmsg.csv", "wechatmsg"),
        ("24 Hours Tea.txt", "24 Hours Tea"),
        ("", ""),
    ],
)
def test_what_exporters_add_is_taken_away(path: str, name: str) -> None:
    assert name_from_path(path) == name


def test_names_stay_within_their_length() -> None:
    assert clean_name("茶" * 300 + ".txt") == "茶" * 200


def test_a_name_of_an_archive_that_no_file_could_have_is_cut_at_once() -> None:
    assert clean_name("茶" + " " * 60_000 + "!") == "茶"

"""Every way in, by HTTP, and what those without a right get."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.webauthn.internal import auth as passkeys
from django.test import Client, override_settings
from django.urls import reverse
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from weilu.core import people
from weilu.core.access import Actor, Role
from weilu.core.models import Invitation, Seat, User, Workspace
from weilu.core.tests.cast import Person, person, settle

PASSWORD = "a stove in the snow"


@pytest.fixture
def shop(workspace: Workspace) -> dict[Role, Person]:
    """One person for each role."""
    return {role: person(workspace, f"the_{role.value}", role) for role in Role}


@pytest.mark.django_db
def test_the_first_link_opens_signed_in_and_asks_for_a_password(client: Client) -> None:
    url = reverse("start", args=[people.create_first_link()])
    assert client.head(url).status_code == 405
    assert client.get(url).headers["Location"] == "/"
    assert "/account/login/" in Client().get("/welcome").headers["Location"]
    assert 'href="/welcome"' in client.get("/").content.decode()
    typed = {"username": "chen", "email": "chen@example.org", "password": PASSWORD}
    assert client.post("/welcome", typed).headers["Location"] == "/"
    assert 'href="/welcome"' not in client.get("/").content.decode()
    assert client.get("/settings/account").status_code == 200
    assert Client().get(url).status_code == 404
    for login in ("chen", "Chen@example.org"):
        later = Client()
        later.post(reverse("account_login"), {"login": login, "password": PASSWORD})
        assert later.get("/settings/account").status_code == 200, login


@pytest.mark.django_db
def test_a_weak_password_is_refused_and_nothing_saved(client: Client) -> None:
    client.get(reverse("start", args=[people.create_first_link()]))
    typed = {"username": "chen", "email": "chen@example.org", "password": "12345678"}
    assert client.post("/welcome", typed).status_code == 200
    assert User.objects.values_list("username", "email").get() == ("owner", "")


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client: Client) -> None:
    typed = {"username": "x", "email": "x@example.org", "password1": PASSWORD}
    client.post(reverse("account_signup"), {**typed, "password2": PASSWORD})
    assert not User.objects.exists()


def test_an_invitation_by_link_gives_the_seat(shop: dict[Role, Person]) -> None:
    host = shop[Role.MANAGER].client()
    html = host.post("/settings/people/invite", {"role": "analyst"}).content.decode()
    found = re.search(r"http://testserver(/invitation/[\w-]+)", html)
    assert found
    guest = Client()
    assert guest.get(found[1]).status_code == 200
    typed = {"username": "li", "email": "li@example.org", "password": PASSWORD}
    taken = {**typed, "username": "the_owner"}
    assert guest.post(found[1], taken).status_code == 200
    assert guest.post(found[1], typed).headers["Location"] == "/"
    assert Seat.objects.get(user__username="li").role == "analyst"
    assert Client().get(found[1]).status_code == 404


def test_somebody_with_an_account_takes_the_seat_with_it(
    shop: dict[Role, Person], stranger: Person
) -> None:
    actor = Actor(shop[Role.OWNER].seat.workspace_id, Role.OWNER)
    _row, token = people.invite(actor, role=Role.OPERATOR)
    assert stranger.client().post(f"/invitation/{token}/take").headers["Location"] == "/"
    assert Seat.objects.filter(user=stranger.user).count() == 2


def test_roles_are_changed_and_seats_taken_only_within_reach(shop: dict[Role, Person]) -> None:
    manager = shop[Role.MANAGER].client()
    owner, analyst = shop[Role.OWNER].seat, shop[Role.ANALYST].seat
    assert manager.post(f"/settings/people/{owner.pk}/remove").status_code == 403
    assert (
        manager.post(f"/settings/people/{analyst.pk}/role", {"role": "operator"}).status_code == 302
    )
    analyst.refresh_from_db()
    assert analyst.role == "operator"
    assert shop[Role.OWNER].client().post(f"/settings/people/{owner.pk}/remove").status_code == 409
    assert manager.post(f"/settings/people/{analyst.pk}/remove").status_code == 302
    assert Seat.objects.count() == 3


def test_the_workspace_is_the_owners(shop: dict[Role, Person]) -> None:
    typed = {"name": "Winter", "time_zone": "Asia/Tokyo"}
    assert shop[Role.MANAGER].client().post("/settings/workspace", typed).status_code == 403
    assert shop[Role.OWNER].client().post("/settings/workspace", typed).status_code == 302
    assert Workspace.objects.values_list("name", "time_zone").get() == ("Winter", "Asia/Tokyo")


def try_often(client: Client, times: int = 12) -> int:
    """That many wrong passwords; the status of the last answer."""
    wrong = {"login": "the_owner", "password": "wrong"}
    return [client.post(reverse("account_login"), wrong).status_code for _ in range(times)][-1]


def test_after_too_many_wrong_passwords_the_right_one_waits_too(shop: dict[Role, Person]) -> None:
    client = Client()
    try_often(client)
    right = {"login": "the_owner", "password": "a long enough password"}
    client.post(reverse("account_login"), right)
    assert client.get("/settings/account").status_code == 302


@pytest.mark.parametrize("limit", [None, "2/m/ip"])
def test_who_tries_too_often_is_told_that_the_door_is_shut(
    shop: dict[Role, Person], limit: str | None
) -> None:
    """In the same words, whichever of the two ways of counting tries comes first."""
    client = Client()
    with override_settings(ACCOUNT_RATE_LIMITS={"login_failed": limit}):
        assert try_often(client, 5 if limit is None else 3) == 429
        answer = client.post(reverse("account_login"), {"login": "the_owner", "password": "x"})
    assert (answer.status_code, "weilu link" in answer.content.decode()) == (429, True)


@pytest.mark.parametrize("limits", [{"login_failed": None}, {"login_failed": "10/m/ip"}])
def test_behind_a_proxy_nobody_is_shut_out_by_what_others_try(
    shop: dict[Role, Person], limits: dict[str, str | None]
) -> None:
    """Both ways of counting tries go by whom the proxy saw, not by the proxy."""
    right = {"login": "the_owner", "password": "a long enough password"}
    with override_settings(TRUSTED_PROXIES=1, ACCOUNT_RATE_LIMITS=limits):
        # What the one at the door claims of itself in front of it makes no other of it.
        tries = [Client(headers={"x-forwarded-for": f"10.0.0.{n}, 198.51.100.7"}) for n in range(9)]
        for one in tries:
            try_often(one)
        shut, others = tries[-1], Client(headers={"x-forwarded-for": "203.0.113.9"})
        answers = [one.post(reverse("account_login"), right) for one in (shut, others)]
        opened = [one.get("/settings/account").status_code for one in (shut, others)]
    assert answers[0].status_code != 302
    assert opened == [302, 200]


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password"],
)
@pytest.mark.django_db
def test_pages_before_the_door_open(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "people",
        "workspace_settings",
        "account",
        "welcome",
        "account_logout",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_behind_the_door_open_without_inline_code(
    shop: dict[Role, Person], name: str, language: str
) -> None:
    client = shop[Role.OWNER].client()
    answer = client.get(reverse(name), follow=True, headers={"accept-language": language})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "style=" not in html
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert all('type="application/json"' in script for script in scripts)
    assert f'lang="{language}"' in html


def test_strangers_reach_nothing_of_this_workspace(
    shop: dict[Role, Person], stranger: Person
) -> None:
    actor = Actor(shop[Role.OWNER].seat.workspace_id, Role.OWNER)
    row, _token = people.invite(actor, role=Role.OPERATOR)
    seat = shop[Role.OPERATOR].seat
    client = stranger.client()
    for url in (
        f"/settings/people/{seat.pk}/role",
        f"/settings/people/{seat.pk}/remove",
        f"/settings/invitations/{row.pk}/withdraw",
    ):
        assert client.post(url, {"role": "analyst"}).status_code == 404, url
    assert "the_owner" not in client.get("/settings/people").content.decode()
    assert Seat.objects.count() == 5
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_sign_in_asks_in_our_words_and_offers_no_mail(client: Client) -> None:
    page = client.get("/account/login/", headers={"accept-language": "en"}).content.decode()
    assert "User name or e-mail" in page
    assert "/account/password/reset/" in page
    lost = client.get("/account/password/reset/", headers={"accept-language": "en"})
    assert "Weilu sends no mail" in lost.content.decode()
    assert "<form" not in lost.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    typed = {"email": "owner@example.org"}
    assert client.post("/account/password/reset/", typed).status_code == 405
    for closed in ("email/", "confirm-email/", "password/reset/done/", "login/code/confirm/"):
        assert client.get(f"/account/{closed}").status_code == 404, closed


@pytest.mark.django_db
def test_the_owner_needs_no_mail_address(client: Client) -> None:
    client.get(reverse("start", args=[people.create_first_link()]))
    answer = client.post(
        "/welcome", {"username": "owner", "email": "", "password": "tea stove winter eve"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get()
    assert user.email == ""
    assert user.check_password("tea stove winter eve")


@pytest.mark.django_db
def test_passkeys_and_codes_are_part_of_the_settings(client: Client) -> None:
    settle(client, "owner")
    page = client.get("/account/2fa/").content.decode()
    assert 'class="rail' in page
    assert "Two-step sign-in and passkeys" in page


def test_a_colleague_who_lost_the_password_gets_a_link_to_a_new_one(
    shop: dict[Role, Person],
) -> None:
    lost = shop[Role.OPERATOR]
    phone = lost.client()
    assert phone.get("/").status_code == 200
    html = shop[Role.MANAGER].client().post(f"/settings/people/{lost.seat.pk}/link")
    found = re.search(r"http://testserver(/start/[\w-]+)", html.content.decode())
    assert found
    # A chat looks at what it is sent, and so may somebody's thumb: that uses nothing up.
    for _look in range(2):
        page = Client().get(found[1])
        assert page.status_code == 200
        assert "sessionid" not in page.cookies
    browser = Client()
    assert browser.post(found[1]).headers["Location"] == "/welcome"
    typed = {"username": "the_operator", "email": "", "password": PASSWORD}
    assert browser.post("/welcome", typed).headers["Location"] == "/"
    assert browser.get("/settings/account").status_code == 200
    assert phone.get("/").status_code == 302, "sessions elsewhere end"
    assert Client().get(found[1]).status_code == 404


def test_without_a_link_a_new_password_needs_the_old_one(shop: dict[Role, Person]) -> None:
    operator = shop[Role.OPERATOR]
    client = operator.client()
    typed = {"username": "the_operator", "email": "", "password": PASSWORD}
    assert client.get("/welcome").headers["Location"] == reverse("account_change_password")
    assert client.post("/welcome", typed).headers["Location"] == reverse("account_change_password")
    operator.user.refresh_from_db()
    assert not operator.user.check_password(PASSWORD)


def test_an_address_nobody_proved_is_no_hindrance_to_a_second_step(
    shop: dict[Role, Person],
) -> None:
    owner = shop[Role.OWNER]
    EmailAddress.objects.create(user=owner.user, email=owner.user.email, verified=False)
    client = owner.client()
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        typed = {"password": "a long enough password", "next": reverse(name)}
        answer = client.post(reverse("account_reauthenticate"), typed)
        assert answer.headers["Location"] == reverse(name)
        assert client.get(reverse(name)).status_code == 200, name


def test_what_an_app_grows_from_waits_sealed_and_its_first_code_opens(
    shop: dict[Role, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([1000]))
    client, url = shop[Role.OWNER].client(), reverse("mfa_activate_totp")
    client.post(reverse("account_reauthenticate"), {"password": "a long enough password"})
    shown = client.get(url).context["form"].secret
    waiting = client.session[auth.SECRET_SESSION_KEY]
    assert waiting.startswith("sealed:")
    assert shown not in waiting
    again = client.post(url, {"code": "12"})
    assert again.context["form"].secret == shown, "a mistyped code asks for no second scan"
    assert client.session[auth.SECRET_SESSION_KEY].startswith("sealed:")
    right = auth.format_hotp_value(auth.hotp_value(shown, 1000))
    answer = client.post(url, {"code": right})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert auth.SECRET_SESSION_KEY not in client.session
    kept = Authenticator.objects.get(user=shop[Role.OWNER].user, type="totp")
    assert auth.decrypt(kept.data["secret"]) == shown


def test_the_second_step_offers_a_passkey_to_whoever_has_one(
    shop: dict[Role, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = shop[Role.OWNER]
    auth.TOTP.activate(owner.user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    typed = {"login": owner.user.username, "password": "a long enough password"}

    def second_step() -> str:
        page = Client().post(
            reverse("account_login"), typed, headers={"accept-language": "en"}, follow=True
        )
        return page.content.decode()

    shown = second_step()
    assert "The second step" in shown
    assert "Use a passkey instead" not in shown
    key = ES256.from_ctap1(b"\x04" + b"k" * 64)  # type: ignore[no-untyped-call]  # fido2 leaves it without
    phone = AttestedCredentialData.create(Aaguid.NONE, b"phone", key)
    monkeypatch.setattr(passkeys, "get_credentials", lambda _user: [phone])
    assert "Use a passkey instead" in second_step()


def test_passkeys_are_listed_in_our_words(shop: dict[Role, Person]) -> None:
    owner = shop[Role.OWNER]
    known = {"type": "public-key", "id": "", "rawId": ""}
    Authenticator.objects.create(
        user=owner.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "the telephone", "credential": {**known, "clientExtensionResults": {}}},
    )
    page = owner.client().get(reverse("mfa_list_webauthn"), headers={"accept-language": "en"})
    words = page.content.decode()
    assert "the telephone" in words
    assert "never used" in words
    assert "Rename" in words


@pytest.mark.django_db
def test_the_address_of_a_form_opened_as_a_page_says_so(client: Client) -> None:
    browser = {"accept": "text/html", "accept-language": "en"}
    answer = client.get("/workspace", headers=browser)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "only takes what a form sends" in answer.content.decode()
    assert client.get("/workspace").content == b"", "programs get what they got"


def test_numbers_and_forms_beyond_all_measure_are_told(shop: dict[Role, Person]) -> None:
    client = shop[Role.OWNER].client()
    for url in (f"/messages/{2**63}/", f"/communities/{10**30}/", f"/members/{2**63}/"):
        assert client.get(url).status_code == 404, url
    answer = client.post("/settings/account", {"username": "x" * (6 * 1024 * 1024)})
    assert answer.status_code == 413
    assert client.get("/settings/account").status_code == 200

//! The doors before the doors: signing in and out, invitations, one's own account.

use askama::Template;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_kernel::{Id, Moment};
use espalier_web::{
    Door, Doors, Form, Frame, Lobby, Page, Path, Problems, Query, Scope, WebError, client_address,
    session_cookie,
};
use serde::Deserialize;

use crate::access::Account;
use crate::account::{self, Invited, SignInLine, TokenLine};
use crate::hashing::{self, Claim};
use crate::person::PersonId;
use crate::{import, reach, trail};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/sign-in", get(show_sign_in).post(create_sign_in))
        .route("/sign-out", post(end_sign_in))
        .route("/invitations/{secret}", get(show_invitation).post(accept_invitation))
        .route("/me/account", get(show_account))
        .route("/me/account/password", post(change_password))
        .route("/me/account/sign-ins/{id}/end", post(end_one_sign_in))
        .route("/me/account/tokens", post(create_token))
        .route("/me/account/tokens/{id}/end", post(end_token))
}

#[derive(Debug, Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    email: String,
    back: String,
    problems: Problems,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SignInQuery {
    back: String,
}

/// Only a place in this house can be gone back to.
fn safe_back(back: &str) -> String {
    // Browsers leave tabs and line ends out of an address, so that a lone slash may become two.
    let is_plain = back.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let is_ours = back.starts_with('/') && !back.starts_with("//") && is_plain;
    if is_ours { back.to_owned() } else { "/".to_owned() }
}

async fn show_sign_in(lobby: Lobby, Query(query): Query<SignInQuery>) -> Response {
    let back = safe_back(&query.back);
    if lobby.viewer.is_some() {
        return Redirect::to(&back).into_response();
    }
    let frame = lobby.frame("Sign in");
    Page(SignInPage { frame, email: String::new(), back, problems: Problems::none() }).into_response()
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct SignInForm {
    email: String,
    password: String,
    back: String,
}

async fn create_sign_in(
    parts: Parts,
    lobby: Lobby,
    Form(form): Form<SignInForm>,
) -> Result<Response, WebError> {
    let Lobby { mut tx, kit, .. } = lobby;
    let now = kit.now();
    let email = form.email.trim().to_lowercase();
    let address = client_address(&parts, &kit.settings.proxies).to_string();
    let known: Option<(PersonId, String, Option<String>)> =
        tx.first(&account::CREDENTIALS, &[&email, &now.date()]).await?;
    let kept = known.as_ref().and_then(|(_, _, kept)| kept.clone());
    let claim = Claim { key: &email, address: &address };
    let proved = hashing::prove(&kit, tx, claim, form.password, kept).await?;
    match (known, proved) {
        (Some((person, _, _)), Some(attempt)) => {
            let mut tx = kit.store.write().await?;
            attempt.take_back(&mut tx).await?;
            let secret = account::sign_in(&mut tx, &kit.mint, person, &device(&parts), now).await?;
            tx.commit().await?;
            let cookie = session_cookie(&kit, Some(&secret));
            Ok(([(SET_COOKIE, cookie)], Redirect::to(&safe_back(&form.back))).into_response())
        }
        (Some(_) | None, _) => {
            let problems = Problems::one(
                "email",
                "This address and password do not go together. Check both, or ask an administrator for a new invitation.",
            );
            let lobby = Lobby { viewer: None, tx: kit.store.read().await?, kit };
            let page = SignInPage {
                frame: lobby.frame("Sign in"),
                email: form.email,
                back: safe_back(&form.back),
                problems,
            };
            Ok(Page(page).refused())
        }
    }
}

fn device(parts: &Parts) -> String {
    let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    account::device_of(agent)
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end_sign_in(door: Door, Form(Nothing {}): Form<Nothing>) -> Result<Response, WebError> {
    let Door { viewer, mut tx, kit } = door;
    tx.run(&account::END_SIGN_IN, &[&viewer.passage, &viewer.person, &viewer.now]).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, session_cookie(&kit, None))], Redirect::to("/sign-in")).into_response())
}

#[derive(Debug, Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    frame: Frame,
    is_first: bool,
    name: String,
    email: String,
    time_zone: String,
    problems: Problems,
}

async fn show_invitation(lobby: Lobby, Path(secret): Path<String>) -> Result<Page<InvitationPage>, WebError> {
    let Lobby { viewer, mut tx, kit } = lobby;
    let now = kit.now();
    let invited = account::invited(&mut tx, &secret, now, now.date()).await?.ok_or(WebError::NotFound)?;
    let lobby = Lobby { viewer, tx, kit };
    let frame = lobby.frame("Welcome");
    Ok(Page(invitation_page(frame, &invited, InvitationForm::default(), Problems::none())))
}

fn invitation_page(
    frame: Frame,
    invited: &Invited,
    form: InvitationForm,
    problems: Problems,
) -> InvitationPage {
    let is_first = invited.is_first_administrator();
    let (name, email) =
        if is_first { (form.name, form.email) } else { (invited.name.clone(), invited.email.clone()) };
    let time_zone = if form.time_zone.is_empty() { "UTC".to_owned() } else { form.time_zone };
    InvitationPage { frame, is_first, name, email, time_zone, problems }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InvitationForm {
    name: String,
    email: String,
    time_zone: String,
    password: String,
    again: String,
}

impl InvitationForm {
    fn problems(&self, invited: &Invited) -> Problems {
        let mut problems = Problems::none();
        let (mut name, mut email) = (invited.name.as_str(), invited.email.as_str());
        if invited.is_first_administrator() {
            (name, email) = (&self.name, &self.email);
            if name.trim().is_empty() {
                problems.add("name", "Tell us your name.");
            }
            if !import::is_address(email.trim()) {
                problems.add("email", "This is not an e-mail address.");
            }
            if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
                problems.add("time_zone", "This is not a time zone; use a name such as Europe/Stockholm.");
            }
        }
        if let Some(problem) = account::password_problem(&self.password, name, email) {
            problems.add("password", problem);
        } else if self.password != self.again {
            problems.add("again", "The two passwords are not the same.");
        }
        problems
    }
}

async fn accept_invitation(
    parts: Parts,
    lobby: Lobby,
    Path(secret): Path<String>,
    Form(form): Form<InvitationForm>,
) -> Result<Response, WebError> {
    let Lobby { viewer, mut tx, kit } = lobby;
    let now = kit.now();
    let invited = account::invited(&mut tx, &secret, now, now.date()).await?.ok_or(WebError::NotFound)?;
    let problems = form.problems(&invited);
    if !problems.is_empty() {
        let lobby = Lobby { viewer, tx, kit };
        return Ok(Page(invitation_page(lobby.frame("Welcome"), &invited, form, problems)).refused());
    }
    drop(tx);
    let hash = hashing::hash(form.password.clone()).await?;
    let mut tx = kit.store.write().await?;
    if tx.run(&account::USE_INVITATION, &[&invited.invitation, &now]).await? == 0 {
        return Err(WebError::NotFound);
    }
    // A mail that was sent twice holds two links; neither opens anything any more.
    tx.run(&account::END_INVITATIONS, &[&invited.person, &now]).await?;
    if invited.is_first_administrator() {
        let name = form.name.trim();
        let email = form.email.trim().to_lowercase();
        let sort_key = espalier_kernel::folded(name);
        tx.run(&account::SET_IDENTITY, &[&invited.person, &name, &sort_key, &email, &form.time_zone]).await?;
    }
    let before: Option<(Option<String>,)> = tx.first(&account::PASSWORD, &[&invited.person]).await?;
    if before.is_some_and(|(kept,)| kept.is_some()) {
        let (person, path) = (invited.person.id(), reach::way_in_path(invited.invitation));
        trail::note_way_in(&mut tx, &kit.mint, now, (person, person), trail::WAY_IN_USED).await?;
        espalier_notify::tell(&mut tx, &kit.mint, now, person, &reach::WAY_IN_USED, &path).await?;
    }
    tx.run(&account::SET_PASSWORD, &[&invited.person, &Some(hash), &now]).await?;
    // Whoever had the old password is out, and so are programs that they gave a token.
    let nobody = Id::from_bits(0);
    tx.run(&account::END_OTHER_SIGN_INS, &[&invited.person, &nobody, &now]).await?;
    tx.run(&account::END_TOKENS, &[&invited.person, &now]).await?;
    let kind = &crate::access::ACCOUNT;
    trail::note_by(&mut tx, &kit.mint, now, invited.person.id(), "join", kind, invited.person.id()).await?;
    let sign_in = account::sign_in(&mut tx, &kit.mint, invited.person, &device(&parts), now).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, session_cookie(&kit, Some(&sign_in)))], Redirect::to("/")).into_response())
}

#[derive(Debug, Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    sign_ins: Vec<SignInView>,
    tokens: Vec<TokenView>,
    new_token: Option<String>,
    has_password: bool,
    problems: Problems,
}

#[derive(Debug)]
struct SignInView {
    id: Id,
    device: String,
    since: String,
    seen: String,
    is_this: bool,
}

#[derive(Debug)]
struct TokenView {
    id: Id,
    name: String,
    may: &'static str,
    until: String,
}

async fn show_account(mut door: Door) -> Result<Page<AccountPage>, WebError> {
    account_page(&mut door, None, Problems::none()).await.map(Page)
}

async fn account_page(
    door: &mut Door,
    new_token: Option<String>,
    problems: Problems,
) -> Result<AccountPage, WebError> {
    let frame = door.frame("Account and sign-ins", "");
    let Door { viewer, tx, .. } = door;
    viewer.permit::<Account>(tx, Action::Read, viewer.person, State::Open).await?;
    let said = |moment: Moment| {
        let day = espalier_web::day_in_words(moment.date_in(&viewer.zone), viewer.today);
        let time = viewer.zone.to_datetime(moment.timestamp()).time();
        format!("{day}, {:02}:{:02}", time.hour(), time.minute())
    };
    let idle_since = viewer.now.plus_seconds(-account::IDLE_SECONDS);
    let sign_ins: Vec<SignInLine> =
        tx.all(&account::SIGN_INS, &[&viewer.person, &viewer.now, &idle_since]).await?;
    let tokens: Vec<TokenLine> = tx.all(&account::TOKENS, &[&viewer.person, &viewer.now]).await?;
    let password: Option<(Option<String>,)> = tx.first(&account::PASSWORD, &[&viewer.person]).await?;
    Ok(AccountPage {
        frame,
        sign_ins: sign_ins
            .into_iter()
            .map(|line| SignInView {
                since: said(line.proved_at),
                seen: said(line.seen_at),
                is_this: line.id == viewer.passage,
                id: line.id,
                device: line.device,
            })
            .collect(),
        tokens: tokens
            .into_iter()
            .map(|line| TokenView {
                id: line.id,
                name: line.name,
                may: match line.scope {
                    Scope::Read => "may read",
                    Scope::Write => "may read and change",
                },
                until: said(line.expires_at),
            })
            .collect(),
        new_token,
        has_password: password.is_some_and(|(kept,)| kept.is_some()),
        problems,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasswordForm {
    current: String,
    password: String,
    again: String,
}

async fn change_password(
    parts: Parts,
    mut door: Door,
    Form(form): Form<PasswordForm>,
) -> Result<Response, WebError> {
    door.viewer.permit::<Account>(&mut door.tx, Action::Write, door.viewer.person, State::Open).await?;
    let kept: Option<(Option<String>,)> = door.tx.first(&account::PASSWORD, &[&door.viewer.person]).await?;
    let kept = kept.and_then(|(kept,)| kept);
    // The database is not held while passwords are compared and made; permission is asked for once more afterwards.
    let Door { viewer, tx, kit } = door;
    let mut problems = Problems::none();
    let mut is_right = kept.is_none();
    if kept.is_some() {
        let (key, address) =
            (account::proof_key(viewer.person), client_address(&parts, &kit.settings.proxies).to_string());
        let claim = Claim { key: &key, address: &address };
        if let Some(attempt) = hashing::prove(&kit, tx, claim, form.current, kept).await? {
            let mut tx = kit.store.write().await?;
            attempt.take_back(&mut tx).await?;
            tx.commit().await?;
            is_right = true;
        }
    } else {
        drop(tx);
    }
    if !is_right {
        problems.add("current", "This is not your password now.");
    } else if let Some(problem) = account::password_problem(&form.password, &viewer.name, "") {
        problems.add("password", problem);
    } else if form.password != form.again {
        problems.add("again", "The two passwords are not the same.");
    }
    if !problems.is_empty() {
        let mut door = Door { viewer, tx: kit.store.read().await?, kit };
        return Ok(Page(account_page(&mut door, None, problems).await?).refused());
    }
    let hash = hashing::hash(form.password).await?;
    let mut tx = kit.store.write().await?;
    viewer.permit::<Account>(&mut tx, Action::Write, viewer.person, State::Open).await?;
    tx.run(&account::SET_PASSWORD, &[&viewer.person, &Some(hash), &viewer.now]).await?;
    tx.run(&account::END_OTHER_SIGN_INS, &[&viewer.person, &viewer.passage, &viewer.now]).await?;
    tx.run(&account::END_TOKENS, &[&viewer.person, &viewer.now]).await?;
    trail::note(&mut tx, &kit.mint, &viewer, "change-password", &crate::access::ACCOUNT, viewer.person)
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/me/account").into_response())
}

async fn end_one_sign_in(
    mut door: Door,
    Path(id): Path<Id>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    door.viewer.permit::<Account>(&mut door.tx, Action::Write, door.viewer.person, State::Open).await?;
    if door.tx.run(&account::END_SIGN_IN, &[&id, &door.viewer.person, &door.viewer.now]).await? == 0 {
        return Err(WebError::NotFound);
    }
    door.tx.commit().await?;
    Ok(Redirect::to("/me/account"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenForm {
    name: String,
    scope: String,
    days: String,
}

async fn create_token(mut door: Door, Form(form): Form<TokenForm>) -> Result<Response, WebError> {
    door.viewer.permit::<Account>(&mut door.tx, Action::Write, door.viewer.person, State::Open).await?;
    let mut problems = Problems::none();
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        problems.add("name", "Say what the token is for, in at most 100 characters.");
    }
    let scope = form.scope.parse::<Scope>();
    if scope.is_err() {
        problems.add("scope", "Choose what the token may do.");
    }
    let days = form.days.parse::<i64>().ok().filter(|days| (1..=365).contains(days));
    if days.is_none() {
        problems.add("days", "Choose between 1 and 365 days.");
    }
    let (Ok(scope), Some(days), true) = (scope, days, problems.is_empty()) else {
        return Ok(Page(account_page(&mut door, None, problems).await?).refused());
    };
    let secret = door.kit.mint.secret();
    let Door { viewer, tx, kit } = &mut door;
    tx.run(
        &account::ADD_TOKEN,
        &[
            &kit.mint.id(viewer.now),
            &espalier_web::Passage::hash_of_secret(&secret),
            &viewer.person,
            &name,
            &scope,
            &viewer.now,
            &viewer.now.plus_seconds(days * 86_400),
        ],
    )
    .await?;
    trail::note(tx, &kit.mint, viewer, "make-token", &crate::access::ACCOUNT, viewer.person).await?;
    let page = account_page(&mut door, Some(secret.reveal()), Problems::none()).await?;
    door.tx.commit().await?;
    Ok(Page(page).into_response())
}

async fn end_token(
    mut door: Door,
    Path(id): Path<Id>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    door.viewer.permit::<Account>(&mut door.tx, Action::Write, door.viewer.person, State::Open).await?;
    if door.tx.run(&account::END_TOKEN, &[&id, &door.viewer.person, &door.viewer.now]).await? == 0 {
        return Err(WebError::NotFound);
    }
    door.tx.commit().await?;
    Ok(Redirect::to("/me/account"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:1",
            "",
            "/\t/evil.example",
            "/\u{b}x",
            "/ /x",
        ] {
            assert_eq!(safe_back(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(safe_back("/people?q=a"), "/people?q=a");
    }
}

//! The inbox, how somebody wants to be told, and the page that turns mail off.

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_kernel::{Id, Moment};
use espalier_store::Tx;
use espalier_web::{
    Door, Doors, Form, Frame, Kit, Lobby, Page, Path, Problems, Query, Viewer, WebError, day_in_words,
};
use serde::Deserialize;

use crate::access::Notice;
use crate::choices::Quiet;
use crate::notice::{NoticeKind, Pace};
use crate::queries::{self, NoticeId, NoticeLine};
use crate::tell::{CALENDAR, CHAT, ESSENTIAL, MAIL, choosing};
use crate::{Outside, feed};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/inbox", get(show_inbox))
        .route("/me/inbox/reading", post(read_all))
        .route("/me/inbox/{id}/reading", post(read_one))
        .route("/me/notices", get(show_choices).post(save_choices))
        .route("/unsubscribe/{key}", get(show_unsubscribe).post(unsubscribe))
}

#[derive(Debug, Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    lines: Vec<NoticeView>,
    has_unread: bool,
    older: Option<NoticeId>,
    is_first: bool,
}

#[derive(Debug)]
struct NoticeView {
    line: NoticeLine,
    kind: &'static NoticeKind,
    day: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Before {
    before: Option<NoticeId>,
}

async fn show_inbox(
    mut door: Door,
    Extension(outside): Extension<Outside>,
    Query(query): Query<Before>,
) -> Result<Page<InboxPage>, WebError> {
    let frame = door.frame("Inbox", "today");
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<Notice>(tx, Action::Read, viewer.person, State::Open).await?;
    let (lines, has_more) = queries::inbox(tx, &permit, viewer.person, query.before).await?;
    let older = lines.last().filter(|_| has_more).map(|line| line.id);
    let lines: Vec<NoticeView> = lines
        .into_iter()
        .map(|line| NoticeView {
            kind: outside.kinds.of(&line.kind),
            day: day_in_words(line.made_at.date_in(&viewer.zone), viewer.today),
            line,
        })
        .collect();
    let has_unread = lines.iter().any(|view| view.line.read_at.is_none());
    Ok(Page(InboxPage { frame, lines, has_unread, older, is_first: query.before.is_none() }))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

/// Reading a notice leads to what it is about.
async fn read_one(
    mut door: Door,
    Path(id): Path<NoticeId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Notice>(tx, Action::Write, viewer.person, State::Open).await?;
    let found: Option<(String,)> = tx.first(&queries::PATH, &[&id, &viewer.person]).await?;
    let (path,) = found.ok_or(WebError::NotFound)?;
    tx.run(&queries::READ, &[&id, &viewer.person, &viewer.now]).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&path))
}

async fn read_all(mut door: Door, Form(Nothing {}): Form<Nothing>) -> Result<Redirect, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Notice>(tx, Action::Write, viewer.person, State::Open).await?;
    tx.run(&queries::READ_ALL, &[&viewer.person, &viewer.now]).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/inbox"))
}

/// What the page of choices shows beside what is kept.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    problems: Problems,
    typed: Option<ChoiceForm>,
    feed: Option<String>,
}

impl Shown {
    /// The address of a feed that was just made.
    pub fn feed(address: String) -> Self {
        Self { feed: Some(address), ..Self::default() }
    }
}

#[derive(Debug, Template)]
#[template(path = "notices.html")]
pub(crate) struct ChoicesPage {
    frame: Frame,
    form: ChoiceForm,
    problems: Problems,
    has_mail: bool,
    has_chat: bool,
    hosts: String,
    zone: String,
    feed_since: Option<String>,
    feed: Option<String>,
}

impl ChoicesPage {
    #[expect(clippy::unused_self, reason = "templates ask their page")]
    fn paces(&self) -> &'static [Pace] {
        Pace::ALL
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChoiceForm {
    mail: String,
    chat: String,
    chat_url: String,
    calendar: String,
    quiet_from: String,
    quiet_until: String,
}

pub(crate) async fn choices_page(
    door: &mut Door,
    outside: &Outside,
    shown: Shown,
) -> Result<ChoicesPage, WebError> {
    let frame = door.frame("How you are told", "today");
    let Door { viewer, tx, .. } = door;
    viewer.permit::<Notice>(tx, Action::Read, viewer.person, State::Open).await?;
    let kept = choosing(tx, viewer.person).await?;
    let time = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let quiet = kept.choices.quiet;
    let form = shown.typed.unwrap_or_else(|| ChoiceForm {
        mail: kept.choices.mail.map_or_else(String::new, |pace| pace.word().to_owned()),
        chat: if kept.choices.is_chat_on { "on".to_owned() } else { String::new() },
        chat_url: kept.chat_url,
        calendar: if kept.choices.is_calendar_on { "on".to_owned() } else { String::new() },
        quiet_from: quiet.map(|quiet| time(quiet.from())).unwrap_or_default(),
        quiet_until: quiet.map(|quiet| time(quiet.until())).unwrap_or_default(),
    });
    let feed_since =
        feed::since(tx, viewer).await?.map(|at| day_in_words(at.date_in(&viewer.zone), viewer.today));
    Ok(ChoicesPage {
        frame,
        form,
        problems: shown.problems,
        has_mail: kept.has_mail,
        has_chat: kept.has_chat,
        hosts: format!("An incoming webhook as Slack and its kin offer it, at {}.", outside.hosts.names()),
        zone: zone_name(viewer),
        feed_since,
        feed: shown.feed,
    })
}

fn zone_name(viewer: &Viewer) -> String {
    viewer.zone.iana_name().unwrap_or("UTC").to_owned()
}

async fn show_choices(
    mut door: Door,
    Extension(outside): Extension<Outside>,
) -> Result<Page<ChoicesPage>, WebError> {
    Ok(Page(choices_page(&mut door, &outside, Shown::default()).await?))
}

/// What was typed, understood.
struct Understood {
    mail: Option<Pace>,
    chat_url: String,
    is_chat_on: bool,
    is_calendar_on: bool,
    quiet: Option<Quiet>,
}

impl ChoiceForm {
    fn understand(&self, outside: &Outside) -> Result<Understood, Problems> {
        let mut problems = Problems::none();
        let mail = match self.mail.as_str() {
            "" => None,
            word => {
                let pace = word.parse().ok();
                if pace.is_none() {
                    problems.add("mail", "Choose how soon.");
                }
                pace
            }
        };
        let (is_chat_on, chat_url) = (self.chat == "on", self.chat_url.trim().to_owned());
        if is_chat_on && outside.hosts.place(&chat_url).is_none() {
            problems.add(
                "chat_url",
                "This is no address of a chat that may be used here. Copy the whole address of the webhook.",
            );
        }
        let minutes = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            Some(hour.parse::<i64>().ok()? * 60 + minute.get(..2)?.parse::<i64>().ok()?)
        };
        let quiet = match (self.quiet_from.trim(), self.quiet_until.trim()) {
            ("", "") => None,
            (from, until) => {
                let quiet =
                    minutes(from).zip(minutes(until)).and_then(|(from, until)| Quiet::new(from, until));
                if quiet.is_none() {
                    problems
                        .add("quiet_from", "Give both a beginning and another time as the end, or neither.");
                }
                quiet
            }
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Understood { mail, chat_url, is_chat_on, is_calendar_on: self.calendar == "on", quiet })
    }
}

async fn save_choices(
    mut door: Door,
    Extension(outside): Extension<Outside>,
    Form(form): Form<ChoiceForm>,
) -> Result<Response, WebError> {
    let Understood { mail, chat_url, is_chat_on, is_calendar_on, quiet } = match form.understand(&outside) {
        Ok(understood) => understood,
        Err(problems) => {
            let shown = Shown { problems, typed: Some(form), feed: None };
            return Ok(Page(choices_page(&mut door, &outside, shown).await?).refused());
        }
    };
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Notice>(tx, Action::Write, viewer.person, State::Open).await?;
    let word = |is_on| if is_on { "on" } else { "off" };
    let (from, until) = (quiet.map(Quiet::from), quiet.map(Quiet::until));
    tx.run(
        &queries::CHOOSE,
        &[
            &viewer.person,
            &mail,
            &word(is_chat_on),
            &chat_url,
            &word(is_calendar_on),
            &from,
            &until,
            &zone_name(viewer),
            &viewer.now,
        ],
    )
    .await?;
    for (channel, is_off) in
        [(MAIL, mail == Some(Pace::Off)), (CHAT, !is_chat_on), (CALENDAR, !is_calendar_on)]
    {
        if is_off {
            drop_waiting(tx, viewer.person, channel, viewer.now).await?;
        }
    }
    door.tx.commit().await?;
    Ok(Redirect::to("/me/notices").into_response())
}

/// What waits on a way that somebody turned off is not sent; the inbox has it.
async fn drop_waiting(tx: &mut Tx, person: Id, channel: &str, now: Moment) -> Result<(), WebError> {
    tx.run(&queries::DROP_WAITING, &[&person, &channel, &now, &ESSENTIAL]).await?;
    Ok(())
}

#[derive(Debug, Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage {
    frame: Frame,
    key: String,
    is_done: bool,
}

async fn key_holder(tx: &mut Tx, key: &str) -> Result<Id, WebError> {
    let found: Option<(Id,)> = tx.first(&queries::KEY_PERSON, &[&key]).await?;
    found.map(|(person,)| person).ok_or(WebError::NotFound)
}

/// Looking changes nothing: mail programs look at links before people do.
async fn show_unsubscribe(
    mut lobby: Lobby,
    Path(key): Path<String>,
) -> Result<Page<UnsubscribePage>, WebError> {
    key_holder(&mut lobby.tx, &key).await?;
    Ok(Page(UnsubscribePage { frame: lobby.frame("No more mail"), key, is_done: false }))
}

/// `POST /unsubscribe/{key}`: the button, and what mail programs send by themselves (RFC 8058). The key is the proof, so
/// it needs no sign-in and no secret of a form.
async fn unsubscribe(lobby: Lobby, Path(key): Path<String>) -> Result<Page<UnsubscribePage>, WebError> {
    let frame = lobby.frame("No more mail");
    let Lobby { mut tx, kit, .. } = lobby;
    let now = Kit::now(&kit);
    let person = key_holder(&mut tx, &key).await?;
    tx.run(&queries::TURN_OFF, &[&person, &now]).await?;
    for channel in [MAIL, CALENDAR] {
        drop_waiting(&mut tx, person, channel, now).await?;
    }
    tx.commit().await?;
    Ok(Page(UnsubscribePage { frame, key, is_done: true }))
}

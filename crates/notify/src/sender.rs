//! Sends what waits. Any number of processes may: each takes some under a lease, sends them, and writes down how that
//! went. Whoever dies in between leaves the lease to run out, and somebody else sends the same under the same name: a
//! message may come twice then, never not at all, and mail programs show it once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use espalier_kernel::{Clock, Id, Mint, Moment};
use espalier_store::{Fault, Store, Tx};
use espalier_web::Later;
use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use lettre::message::Mailbox;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::attempt::{self, DeliveryState, Outcome};
use crate::chat::{self, Hosts};
use crate::choices::Choices;
use crate::mail::{IsCalledOff, Letter, LetterFault, Told};
use crate::notice::{Kinds, Need};
use crate::queries::{self, AppointmentLine, ChosenBy, Claimed, DeliveryId};
use crate::tell::{CALENDAR, CANCEL, CHAT, MAIL, REQUEST};

/// How much is taken at once, at most.
const BATCH: usize = 200;
/// How many are on their way at the same time, unless the operator chose.
pub const CONNECTIONS: u16 = 12;
/// How many take and send beside each other.
const LANES: usize = 2;
/// How many messages one connection has at most of what is taken at once.
const IN_A_ROW: usize = 33;
/// How long the other side may take for one message.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the taken is ours: longer than all of it can take, with every answer as late as it may be.
const LEASE: i64 = 900;
const _: () =
    assert!(IN_A_ROW as u64 * PATIENCE.as_secs() < LEASE.unsigned_abs(), "a lease outlasts what it is for");
/// What was sent is remembered for so long.
const MEMORY: i64 = 30 * 24 * 60 * 60;

/// Somebody to whom something goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The person.
    pub person: Id,
    /// Their name, for those who see to it that messages arrive.
    pub name: String,
    /// Where mail reaches them.
    pub email: String,
    /// Whether they are here: have not left, and their account is open.
    pub is_here: bool,
}

/// Whoever knows the people: asked when something is sent, so that it goes to where they are then.
pub trait Directory: Send + Sync {
    /// What is known of these people now.
    fn find<'a>(
        &'a self,
        tx: &'a mut Tx,
        people: &'a [Id],
        now: Moment,
    ) -> Later<'a, Result<Vec<Recipient>, Fault>>;

    /// The path of a new door for somebody who needs one to get in. It is made when the mail is written, so that its
    /// secret is kept nowhere.
    fn make_door<'a>(
        &'a self,
        tx: &'a mut Tx,
        mint: &'a Mint,
        person: Id,
        now: Moment,
    ) -> Later<'a, Result<String, Fault>>;
}

/// What the operator chose about mail.
#[derive(Debug, Clone)]
pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
    connections: usize,
}

/// The mail server or the sender cannot be understood. What was typed is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMailServer {
    /// The server.
    #[error(
        "the mail server is not understood; write smtp://HOST:25, smtp://NAME:PASSWORD@HOST:587?tls=required or smtps://NAME:PASSWORD@HOST"
    )]
    Url,
    /// The sender.
    #[error("the sender of mail is not understood; write Espalier <espalier@example.org>")]
    From,
}

impl MailServer {
    /// A server, from whom mail comes, and how many connections there may be at the same time.
    ///
    /// # Errors
    ///
    /// When one of them is not understood.
    pub fn new(url: &str, from: &str, connections: u16) -> Result<Self, NoMailServer> {
        Self::with_patience(url, from, connections, PATIENCE)
    }

    /// The same with another time that an answer may take.
    ///
    /// # Errors
    ///
    /// When one of them is not understood.
    pub fn with_patience(
        url: &str,
        from: &str,
        connections: u16,
        patience: Duration,
    ) -> Result<Self, NoMailServer> {
        let connections = connections.max(1);
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| NoMailServer::Url)?
            .timeout(Some(patience))
            .pool_config(PoolConfig::new().max_size(connections.into()))
            .build();
        let from = from.parse().map_err(|_| NoMailServer::From)?;
        Ok(Self { transport, from, patience, connections: connections.into() })
    }
}

/// What sends, and with what.
#[derive(Clone)]
pub struct Sender {
    /// The database.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// New ids and secrets.
    pub mint: Mint,
    /// The address under which people reach the server.
    pub base_url: String,
    /// All kinds of notices.
    pub kinds: Kinds,
    /// Whoever knows the people.
    pub directory: Arc<dyn Directory>,
    /// The mail server, if there is one.
    pub mail: Option<MailServer>,
    /// Where chat may be told.
    pub hosts: Hosts,
}

/// What was taken to be sent, with all that is needed to do it outside of any transaction.
struct Batch {
    lease: Id,
    jobs: Vec<(Claimed, Job)>,
}

/// One thing to do.
enum Job {
    /// A mail, written.
    Mail(Box<Result<lettre::Message, LetterFault>>),
    /// A place to tell, and what.
    Chat(chat::Place, String),
    /// Not now: it is quiet where they are.
    Wait(Moment),
    /// There is nothing to do.
    Over(Outcome),
}

impl Sender {
    /// Sends all that is due. Says how much was taken to be sent.
    ///
    /// # Errors
    ///
    /// When the database fails; the next call, by whomever, goes on.
    pub async fn drain(&self) -> Result<usize, Fault> {
        let lanes = self.lanes();
        let mut all = 0;
        loop {
            // Together again each time: more may have come since a lane found nothing.
            let taken = try_join_all(lanes.iter().map(|wide| self.take(*wide))).await?;
            match taken.into_iter().sum() {
                0 => return Ok(all),
                some => all += some,
            }
        }
    }

    /// How many may be on their way in each lane: together as many as there may be connections.
    fn lanes(&self) -> Vec<usize> {
        let wide = self.mail.as_ref().map_or(usize::from(CONNECTIONS), |server| server.connections);
        (0..LANES).map(|lane| (wide + lane) / LANES).filter(|wide| *wide > 0).collect()
    }

    /// Takes some and sends them, so many at a time.
    async fn take(&self, wide: usize) -> Result<usize, Fault> {
        let Some(batch) = self.claim(BATCH.min(wide * IN_A_ROW)).await? else { return Ok(0) };
        let count = batch.jobs.len();
        self.work(batch, wide).await?;
        Ok(count)
    }

    /// Forgets what was sent long ago.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget(&self) -> Result<u64, Fault> {
        let mut tx = self.store.write().await?;
        let before = self.clock.now().plus_seconds(-MEMORY);
        let forgotten = tx.run(&queries::FORGET, &[&before]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    /// Takes some of what is due and writes the mails, in one transaction.
    async fn claim(&self, most: usize) -> Result<Option<Batch>, Fault> {
        let now = self.clock.now();
        let lease = self.mint.id(now);
        let mut tx = self.store.write().await?;
        tx.lock("deliveries").await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        if tx.run(&queries::CLAIM, &[&lease, &now.plus_seconds(LEASE), &now, &most]).await? == 0 {
            return Ok(None);
        }
        let claimed: Vec<Claimed> = tx.all(&queries::CLAIMED, &[&lease]).await?;
        let mut known = self.learn(&mut tx, lease, &claimed, now).await?;
        let mut jobs = Vec::with_capacity(claimed.len());
        for one in claimed {
            let job = self.prepare(&mut tx, &mut known, &one, now).await?;
            jobs.push((one, job));
        }
        tx.commit().await?;
        Ok(Some(Batch { lease, jobs }))
    }

    /// All that the taken needs, asked once for all of it.
    async fn learn(&self, tx: &mut Tx, lease: Id, claimed: &[Claimed], now: Moment) -> Result<Known, Fault> {
        let mut people: Vec<Id> = claimed.iter().map(|one| one.person).collect();
        people.sort_unstable();
        people.dedup();
        let found = self.directory.find(tx, &people, now).await?;
        let mut known = Known {
            recipients: found.into_iter().map(|one| (one.person, one)).collect(),
            ..Known::default()
        };
        for (delivery, kind, path) in tx.all(&queries::CLAIMED_NOTICES, &[&lease]).await? {
            known.notices.entry(delivery).or_default().push((kind, path));
        }
        for chosen in tx.all::<ChosenBy>(&queries::CLAIMED_CHOICES, &[&lease]).await? {
            known.choices.insert(chosen.person, chosen);
        }
        known.keys = tx.all(&queries::CLAIMED_KEYS, &[&lease]).await?.into_iter().collect();
        Ok(known)
    }

    async fn prepare(
        &self,
        tx: &mut Tx,
        known: &mut Known,
        one: &Claimed,
        now: Moment,
    ) -> Result<Job, Fault> {
        let Some(recipient) = known.recipients.get(&one.person) else {
            return Ok(Job::Over(Outcome::Dropped));
        };
        let email = recipient.email.clone();
        let kind = self.kinds.of(&one.kind);
        let is_essential = kind.need == Need::Essential;
        if !recipient.is_here && !is_essential {
            return Ok(Job::Over(Outcome::Dropped));
        }
        let choices = known.choices.get(&one.person).map(|chosen| &chosen.choices);
        // Quiet hours may have begun since it was due, or have been chosen since.
        if let Some(loud) = choices.map(|choices: &Choices| choices.loud(now))
            && loud > now
            && !is_essential
            && one.channel != CALENDAR
        {
            return Ok(Job::Wait(loud));
        }
        match one.channel.as_str() {
            MAIL => {
                let Some(server) = &self.mail else { return Ok(Job::Over(Outcome::Dropped)) };
                let told = if is_essential {
                    let path = self.directory.make_door(tx, &self.mint, one.person, now).await?;
                    vec![self.told(&one.kind, path)]
                } else {
                    let notices = known.notices.remove(&one.id).unwrap_or_default();
                    notices.into_iter().map(|(kind, path)| self.told(&kind, path)).collect()
                };
                let key = if is_essential { None } else { Some(self.key(tx, known, one.person).await?) };
                Ok(self.letter(server, one, told, key.as_deref(), None, (now, &email)))
            }
            CALENDAR => {
                let Some(server) = &self.mail else { return Ok(Job::Over(Outcome::Dropped)) };
                let meeting: Option<AppointmentLine> =
                    tx.first(&queries::APPOINTMENT, &[&one.about.as_str()]).await?;
                let Some(meeting) = meeting else { return Ok(Job::Over(Outcome::Dropped)) };
                let (is_called_off, title, sentence) = match one.kind.as_str() {
                    REQUEST => (
                        IsCalledOff::No,
                        calendar_title(one.kind.as_str()),
                        "A time is set. This mail brings it to your calendar.",
                    ),
                    _ => (
                        IsCalledOff::Yes,
                        calendar_title(one.kind.as_str()),
                        "The meeting does not take place as it stood in your calendar.",
                    ),
                };
                let told = vec![Told { title, sentence, action: "Look at it", path: meeting.path.clone() }];
                let key = self.key(tx, known, one.person).await?;
                Ok(self.letter(server, one, told, Some(&key), Some((&meeting, is_called_off)), (now, &email)))
            }
            CHAT => {
                let url = known.choices.get(&one.person).map(|chosen| chosen.chat_url.as_str());
                let Some(place) = url.and_then(|url| self.hosts.place(url)) else {
                    return Ok(Job::Over(Outcome::Dropped));
                };
                let notices = known.notices.remove(&one.id).unwrap_or_default();
                let text: Vec<String> = notices
                    .iter()
                    .map(|(kind, path)| format!("{}: {}{path}", self.kinds.of(kind).title, self.base_url))
                    .collect();
                Ok(Job::Chat(place, serde_json::json!({ "text": text.join("\n") }).to_string()))
            }
            _ => Ok(Job::Over(Outcome::Dropped)),
        }
    }

    fn told(&self, kind: &str, path: String) -> Told {
        let kind = self.kinds.of(kind);
        Told { title: kind.title, sentence: kind.sentence, action: kind.action, path }
    }

    fn letter(
        &self,
        server: &MailServer,
        one: &Claimed,
        told: Vec<Told>,
        key: Option<&str>,
        meeting: Option<(&AppointmentLine, IsCalledOff)>,
        (now, email): (Moment, &str),
    ) -> Job {
        // Whatever it told is gone, for instance because somebody was erased.
        if told.is_empty() {
            return Job::Over(Outcome::Dropped);
        }
        let (base_url, from) = (self.base_url.as_str(), &server.from);
        let letter = Letter { delivery: one.id, now, base_url, from, told, key, meeting };
        Job::Mail(Box::new(letter.write(email)))
    }

    /// The key that turns somebody's mail off, made when their first mail is written.
    async fn key(&self, tx: &mut Tx, known: &mut Known, person: Id) -> Result<String, Fault> {
        if let Some(key) = known.keys.get(&person) {
            return Ok(key.clone());
        }
        let key = self.mint.secret().reveal();
        tx.run(&queries::ADD_KEY, &[&person, &key]).await?;
        known.keys.insert(person, key.clone());
        Ok(key)
    }

    async fn work(&self, batch: Batch, wide: usize) -> Result<(), Fault> {
        let Batch { lease, jobs } = batch;
        // A server that is not there, or refuses all of us, is asked once and not for each message.
        let wants_mail = jobs.iter().any(|(_, job)| matches!(job, Job::Mail(_)));
        let closed = if wants_mail { self.closed().await } else { None };
        let results: Vec<(Claimed, Result<Outcome, Moment>)> = futures_util::stream::iter(jobs)
            .map(async |(one, job)| {
                let outcome = match job {
                    Job::Mail(mail) => match (&closed, *mail) {
                        (_, Err(_)) => Ok(Outcome::Never("address".to_owned())),
                        (Some(answer), Ok(_)) => Ok(Outcome::Later(answer.clone())),
                        (None, Ok(mail)) => Ok(self.post(mail).await),
                    },
                    Job::Chat(place, text) => Ok(chat::tell(&place, text, &one.id.to_string()).await),
                    Job::Wait(until) => Err(until),
                    Job::Over(outcome) => Ok(outcome),
                };
                (one, outcome)
            })
            .buffer_unordered(wide)
            .collect()
            .await;
        self.settle(lease, results).await
    }

    /// Why the mail server takes nothing from us just now, if so.
    async fn closed(&self) -> Option<String> {
        let server = self.mail.as_ref()?;
        match tokio::time::timeout(server.patience, server.transport.test_connection()).await {
            Ok(Ok(true)) => None,
            Ok(Err(error)) => {
                Some(error.status().map_or("lost".to_owned(), |code| u16::from(code).to_string()))
            }
            Ok(Ok(false)) => Some("lost".to_owned()),
            Err(_) => Some("silent".to_owned()),
        }
    }

    async fn post(&self, mail: lettre::Message) -> Outcome {
        let Some(server) = &self.mail else { return Outcome::Dropped };
        match tokio::time::timeout(server.patience, server.transport.send(mail)).await {
            Ok(Ok(_)) => Outcome::Sent,
            Ok(Err(error)) => attempt::of_mail(error.status().map(u16::from)),
            Err(_) => Outcome::Later("silent".to_owned()),
        }
    }

    /// Writes down how it went, for those that are still ours.
    async fn settle(&self, lease: Id, results: Vec<(Claimed, Result<Outcome, Moment>)>) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let (mut sent, mut later, mut never) = (0_usize, 0_usize, 0_usize);
        for (one, outcome) in results {
            let (state, answer) = match outcome {
                Ok(Outcome::Sent) => {
                    sent += 1;
                    continue;
                }
                Err(until) => {
                    tx.run(&queries::PUT_OFF, &[&one.id, &lease, &until]).await?;
                    continue;
                }
                Ok(Outcome::Later(answer)) => match attempt::next_try(one.since_at, one.attempts, now) {
                    Some(due) => {
                        later += 1;
                        tx.run(&queries::PUT_BACK, &[&one.id, &lease, &due, &answer]).await?;
                        continue;
                    }
                    None => (DeliveryState::Dead, answer),
                },
                Ok(Outcome::Never(answer)) => (DeliveryState::Dead, answer),
                Ok(Outcome::Dropped) => (DeliveryState::Dropped, String::new()),
            };
            never += usize::from(state == DeliveryState::Dead);
            tx.run(&queries::END, &[&one.id, &lease, &state, &answer, &now]).await?;
        }
        tx.run(&queries::SENT, &[&lease, &now]).await?;
        tx.commit().await?;
        tracing::info!(sent, later, never, "sent what was due");
        Ok(())
    }
}

/// What a mail about a meeting is called.
pub(crate) fn calendar_title(word: &str) -> &'static str {
    if word == CANCEL { "A meeting is called off" } else { "A meeting for your calendar" }
}

/// What is known about all that was taken.
#[derive(Default)]
struct Known {
    recipients: HashMap<Id, Recipient>,
    notices: HashMap<DeliveryId, Vec<(String, String)>>,
    choices: HashMap<Id, ChosenBy>,
    keys: HashMap<Id, String>,
}

//! What is asked about notices. Reading somebody's own wants a permit.

use espalier_access::Permit;
use espalier_kernel::{Id, Moment, id};
use espalier_store::{Fault, FromRow, Row, Tx, queries};
use jiff::tz::TimeZone;

use crate::access::{Delivery, Notice};
use crate::choices::{Choices, Quiet};

id! {
    /// Something somebody is told.
    pub struct NoticeId;
}

id! {
    /// Something that is sent. It names the message for good, however often it is tried.
    pub struct DeliveryId;
}

/// The columns of a [`Choosing`] of the person `$1`.
macro_rules! choosing {
    () => {
        "select c.mail, coalesce(c.chat, 'off'), coalesce(c.chat_url, ''), coalesce(c.calendar, 'on'), c.quiet_from, \
         c.quiet_until, coalesce(c.time_zone, 'UTC'), \
         cast((select count(*) from notice_channel n where n.name = 'mail') as bigint), \
         cast((select count(*) from notice_channel n where n.name = 'chat') as bigint) \
         from (select cast($1 as text) as id) as p left join notice_choice c on c.person = p.id"
    };
}

queries! {
    /// Somebody is told, unless they were told the same within a day.
    ADD_NOTICE = "insert into notice (id, person, kind, path, made_on, made_at, read_at) \
                  select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text), cast($5 as text), \
                  cast($6 as text), null where not exists (select 1 from notice n where n.person = $2 and n.kind = $3 \
                  and n.path = $4 and n.made_at > $7) on conflict (person, kind, path, made_on) do nothing";
    /// How somebody wants to be told, and which ways are open.
    CHOOSING = choosing!();
    /// Something is to be sent; once for each bundle.
    ADD_DELIVERY = "insert into delivery (id, person, channel, kind, bundle, about, state, since_at, due_at, attempts, \
                    lease, leased_until, answer, ended_at) values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, 0, null, \
                    null, '', null) on conflict (person, channel, bundle) do nothing";
    /// What a delivery tells.
    ADD_TO_BUNDLE = "insert into delivery_notice (delivery, notice) select d.id, cast($4 as text) from delivery d \
                     where d.person = $1 and d.channel = $2 and d.bundle = $3";
    /// What waits to tell this and nothing else.
    UNSEND = "delete from delivery where person = $1 and state = 'waiting' and id in (select n.delivery from delivery_notice n \
              join notice t on t.id = n.notice where t.person = $1 and t.kind = $2 and t.path = $3) \
              and not exists (select 1 from delivery_notice n join notice t on t.id = n.notice \
              where n.delivery = delivery.id and (t.kind <> $2 or t.path <> $3))";
    /// It is not in the inbox any more, and in no digest.
    UNTELL = "delete from notice where person = $1 and kind = $2 and path = $3";
    /// Which ways out are open.
    CHANNELS = "select name, since_at from notice_channel order by name";
    /// A way out is open.
    OPEN_CHANNEL = "insert into notice_channel (name, since_at) values ($1, $2) on conflict (name) do nothing";
    /// A way out is closed.
    CLOSE_CHANNEL = "delete from notice_channel where name = $1";
    /// What would have gone there stays in the inbox.
    DROP_CHANNEL = "update delivery set state = 'dropped', ended_at = $2 where channel = $1 and state = 'waiting'";

    /// Somebody's notices, newest first, from a place on.
    INBOX = "select id, kind, path, made_at, read_at from notice where person = $1 and id < $2 order by id desc limit 51";
    /// One of them.
    PATH = "select path from notice where id = $1 and person = $2";
    /// One is read.
    READ = "update notice set read_at = $3 where id = $1 and person = $2 and read_at is null";
    /// All are read.
    READ_ALL = "update notice set read_at = $2 where person = $1 and read_at is null";
    /// How many are not, up to a hundred.
    UNREAD = "select cast(count(*) as bigint) from (select 1 from notice where person = $1 and read_at is null limit 100) as u";

    /// What somebody chose.
    CHOOSE = "insert into notice_choice (person, mail, chat, chat_url, calendar, quiet_from, quiet_until, time_zone, \
              changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (person) do update set \
              mail = excluded.mail, chat = excluded.chat, chat_url = excluded.chat_url, calendar = excluded.calendar, \
              quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, \
              time_zone = excluded.time_zone, changed_at = excluded.changed_at";
    /// Mail is turned off by whoever holds the key.
    TURN_OFF = "insert into notice_choice (person, mail, chat, chat_url, calendar, quiet_from, quiet_until, time_zone, \
                changed_at) values ($1, 'off', 'off', '', 'off', null, null, 'UTC', $2) \
                on conflict (person) do update set mail = 'off', calendar = 'off', changed_at = excluded.changed_at";
    /// Somebody is elsewhere now.
    MOVE = "update notice_choice set time_zone = $2 where person = $1 and time_zone <> $2";
    /// What waits for somebody and was not tried yet.
    UNTRIED = "select id, bundle, due_at from delivery where person = $1 and state = 'waiting' and lease is null \
               and attempts = 0 and channel <> 'calendar' and about <> 'essential' order by id";
    /// It is due at another time.
    MOVE_DUE = "update delivery set due_at = $2, since_at = $2 where id = $1 and state = 'waiting' and lease is null";
    /// What waits for somebody on a way that they turned off.
    DROP_WAITING = "update delivery set state = 'dropped', ended_at = $3 where person = $1 and channel = $2 \
                    and state = 'waiting' and about <> $4";
    /// A key that turns mail off.
    ADD_KEY = "insert into unsubscribe_key (person, key) values ($1, $2) on conflict (person) do nothing";
    /// Somebody's key.
    KEY = "select key from unsubscribe_key where person = $1";
    /// Whose key it is.
    KEY_PERSON = "select person from unsubscribe_key where key = $1";

    /// Takes some of what is due: nobody else has it until the lease is over.
    CLAIM = "update delivery set lease = $1, leased_until = $2, attempts = attempts + 1 where id in ( \
             select d.id from delivery d where d.state = 'waiting' and d.due_at <= $3 \
             and (d.leased_until is null or d.leased_until <= $3) order by d.due_at, d.id limit $4) \
             and state = 'waiting' and (leased_until is null or leased_until <= $3)";
    /// What was taken.
    CLAIMED = "select id, person, channel, kind, about, since_at, due_at, attempts from delivery where lease = $1 and state = 'waiting' \
               order by due_at, id";
    /// What the taken tell.
    CLAIMED_NOTICES = "select n.delivery, t.kind, t.path from delivery_notice n join delivery d on d.id = n.delivery \
                       join notice t on t.id = n.notice where d.lease = $1 and d.state = 'waiting' \
                       order by n.delivery, n.notice";
    /// How those chose to whom it goes.
    CLAIMED_CHOICES = "select c.person, c.mail, c.chat, c.chat_url, c.calendar, c.quiet_from, c.quiet_until, c.time_zone \
                       from notice_choice c where c.person in (select d.person from delivery d where d.lease = $1)";
    /// The keys that stand in their mails.
    CLAIMED_KEYS = "select k.person, k.key from unsubscribe_key k where k.person in (select d.person from delivery d where d.lease = $1)";
    /// Not sent, and due again later.
    PUT_BACK = "update delivery set due_at = $3, answer = $4, lease = null, leased_until = null \
                where id = $1 and lease = $2";
    /// Not tried at all: the hour is quiet.
    PUT_OFF = "update delivery set due_at = $3, since_at = $3, attempts = attempts - 1, lease = null, leased_until = null \
               where id = $1 and lease = $2";
    /// Over, one way or the other.
    END = "update delivery set state = $3, answer = $4, ended_at = $5, lease = null, leased_until = null \
           where id = $1 and lease = $2";
    /// All that is left of the taken was sent.
    SENT = "update delivery set state = 'sent', answer = '', ended_at = $2, lease = null, leased_until = null \
            where lease = $1 and state = 'waiting'";
    /// What could not be sent, newest first.
    DEAD = "select id, person, channel, kind, since_at, ended_at, attempts, answer from delivery where state = 'dead' \
            and id < $1 order by id desc limit 51";
    /// What could not be sent, counted.
    COUNT_DEAD = "select cast(count(*) as bigint) from delivery where state = 'dead'";
    /// Sent again.
    TRY_AGAIN = "update delivery set state = 'waiting', since_at = $2, due_at = $2, attempts = 0, ended_at = null, lease = null, \
                 leased_until = null where id = $1 and state = 'dead'";
    /// What is long over is forgotten.
    FORGET = "delete from delivery where state in ('sent', 'dropped') and ended_at < $1";

    /// When people meet.
    APPOINTMENT = "select id, path, starts_at, minutes, sequence, called_off_at, changed_at from appointment where id = $1";
    /// Kept or changed.
    SET_APPOINTMENT = "insert into appointment (id, path, starts_at, minutes, sequence, called_off_at, changed_at) \
                       values ($1, $2, $3, $4, 0, null, $5) on conflict (id) do update set path = excluded.path, \
                       starts_at = excluded.starts_at, minutes = excluded.minutes, called_off_at = null, \
                       sequence = appointment.sequence + 1, changed_at = excluded.changed_at";
    /// Called off.
    CALL_OFF = "update appointment set called_off_at = $2, changed_at = $2, sequence = sequence + 1 \
                where id = $1 and called_off_at is null";
    /// Who comes.
    GUESTS = "select person from appointment_guest where appointment = $1 and ended_at is null order by person";
    /// The meetings to come of somebody.
    AHEAD = "select a.id from appointment a join appointment_guest g on g.appointment = a.id where g.person = $1 \
             and g.ended_at is null and a.called_off_at is null and a.starts_at > $2 order by a.id";
    /// Somebody comes.
    ADD_GUEST = "insert into appointment_guest (appointment, person, ended_at) values ($1, $2, null) \
                 on conflict (appointment, person) do update set ended_at = null";
    /// Somebody does not come any more.
    END_GUEST = "update appointment_guest set ended_at = $3 where appointment = $1 and person = $2 and ended_at is null";
    /// An invitation that a later one makes needless.
    DROP_INVITATIONS = "update delivery set state = 'dropped', ended_at = $3 where about = $1 and person = $2 \
                        and state = 'waiting' and lease is null";
    /// What somebody's calendar shows, the next first.
    AGENDA = "select a.id, a.path, a.starts_at, a.minutes, a.sequence, a.called_off_at, a.changed_at from appointment a \
              join appointment_guest g on g.appointment = a.id where g.person = $1 and g.ended_at is null \
              and a.called_off_at is null and a.starts_at > $2 order by a.starts_at, a.id limit 500";
    /// A new feed, in place of any earlier one.
    SET_FEED = "insert into calendar_feed (person, secret_hash, made_at) values ($1, $2, $3) on conflict (person) \
                do update set secret_hash = excluded.secret_hash, made_at = excluded.made_at";
    /// The feed ends.
    END_FEED = "delete from calendar_feed where person = $1";
    /// Since when somebody has a feed.
    FEED = "select made_at from calendar_feed where person = $1";
    /// Whose feed a secret opens.
    FEED_PERSON = "select person from calendar_feed where secret_hash = $1";
}

/// What somebody chose, and which ways are open.
#[derive(Debug, Clone, Default)]
pub struct Choosing {
    /// What they chose.
    pub choices: Choices,
    /// Where their chat is told.
    pub chat_url: String,
    /// Whether mail can be sent.
    pub has_mail: bool,
    /// Whether chat can be told.
    pub has_chat: bool,
}

fn read_choices(row: &mut Row<'_>) -> Result<(Choices, String), Fault> {
    let mail = row.take()?;
    let chat: String = row.take()?;
    let chat_url: String = row.take()?;
    let calendar: String = row.take()?;
    let (from, until): (Option<i64>, Option<i64>) = (row.take()?, row.take()?);
    let zone: String = row.take()?;
    let choices = Choices {
        mail,
        is_chat_on: chat == "on" && !chat_url.is_empty(),
        is_calendar_on: calendar == "on",
        quiet: from.zip(until).and_then(|(from, until)| Quiet::new(from, until)),
        zone: TimeZone::get(&zone).unwrap_or(TimeZone::UTC),
    };
    Ok((choices, chat_url))
}

impl FromRow for Choosing {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        let (choices, chat_url) = read_choices(row)?;
        let (mail, chat): (i64, i64) = (row.take()?, row.take()?);
        Ok(Self { choices, chat_url, has_mail: mail > 0, has_chat: chat > 0 })
    }
}

/// What somebody chose to whom something goes.
#[derive(Debug, Clone)]
pub(crate) struct ChosenBy {
    pub person: Id,
    pub choices: Choices,
    pub chat_url: String,
}

impl FromRow for ChosenBy {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        let person = row.take()?;
        let (choices, chat_url) = read_choices(row)?;
        Ok(Self { person, choices, chat_url })
    }
}

/// A notice in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// Its id.
    pub id: NoticeId,
    /// The word of its kind.
    pub kind: String,
    /// Where to look.
    pub path: String,
    /// Since when.
    pub made_at: Moment,
    /// When it was read.
    pub read_at: Option<Moment>,
}

impl FromRow for NoticeLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            kind: row.take()?,
            path: row.take()?,
            made_at: row.take()?,
            read_at: row.take()?,
        })
    }
}

/// Something that was taken to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: DeliveryId,
    /// To whom.
    pub person: Id,
    /// Which way.
    pub channel: String,
    /// The word of its kind.
    pub kind: String,
    /// The appointment, for the calendar.
    pub about: String,
    /// Since when it is due.
    pub since_at: Moment,
    /// When it was due now.
    pub due_at: Moment,
    /// How often it was tried, this time counted.
    pub attempts: i64,
}

impl FromRow for Claimed {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            person: row.take()?,
            channel: row.take()?,
            kind: row.take()?,
            about: row.take()?,
            since_at: row.take()?,
            due_at: row.take()?,
            attempts: row.take()?,
        })
    }
}

/// Something that could not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLine {
    /// Its id.
    pub id: DeliveryId,
    /// To whom.
    pub person: Id,
    /// Which way.
    pub channel: String,
    /// The word of its kind.
    pub kind: String,
    /// Since when.
    pub since_at: Moment,
    /// When it was given up.
    pub ended_at: Option<Moment>,
    /// How often it was tried.
    pub attempts: i64,
    /// What the other side answered.
    pub answer: String,
}

impl FromRow for DeadLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            person: row.take()?,
            channel: row.take()?,
            kind: row.take()?,
            since_at: row.take()?,
            ended_at: row.take()?,
            attempts: row.take()?,
            answer: row.take()?,
        })
    }
}

/// When people meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentLine {
    /// The record it is about.
    pub id: Id,
    /// Where to look.
    pub path: String,
    /// When it begins.
    pub starts_at: Moment,
    /// How long it takes.
    pub minutes: i64,
    /// Raised with each change.
    pub sequence: i64,
    /// When it was called off.
    pub called_off_at: Option<Moment>,
    /// When it last changed.
    pub changed_at: Moment,
}

impl FromRow for AppointmentLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            path: row.take()?,
            starts_at: row.take()?,
            minutes: row.take()?,
            sequence: row.take()?,
            called_off_at: row.take()?,
            changed_at: row.take()?,
        })
    }
}

/// The most lines of a page.
pub const SCREEN: usize = 50;

/// Sorts after every id.
pub(crate) const LAST: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzz";

/// One screen of somebody's notices, and whether there are more.
///
/// # Errors
///
/// When the database fails.
pub async fn inbox(
    tx: &mut Tx,
    _: &Permit<Notice>,
    person: Id,
    before: Option<NoticeId>,
) -> Result<(Vec<NoticeLine>, bool), Fault> {
    let before = before.map_or_else(|| LAST.to_owned(), |id| id.to_string());
    let mut lines: Vec<NoticeLine> = tx.all(&INBOX, &[&person, &before]).await?;
    let has_more = lines.len() > SCREEN;
    lines.truncate(SCREEN);
    Ok((lines, has_more))
}

/// One screen of what could not be sent, and whether there is more.
///
/// # Errors
///
/// When the database fails.
pub async fn dead(
    tx: &mut Tx,
    _: &Permit<Delivery>,
    before: Option<DeliveryId>,
) -> Result<(Vec<DeadLine>, bool), Fault> {
    let before = before.map_or_else(|| LAST.to_owned(), |id| id.to_string());
    let mut lines: Vec<DeadLine> = tx.all(&DEAD, &[&before]).await?;
    let has_more = lines.len() > SCREEN;
    lines.truncate(SCREEN);
    Ok((lines, has_more))
}

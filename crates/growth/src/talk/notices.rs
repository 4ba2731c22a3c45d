//! What the two of a talk are told, and when. Nobody else is told anything, and nothing that is told says whose talk it
//! is or what stands in it.

use espalier_kernel::{Date, Id, Mint, Moment, words};
use espalier_notify::{Appointment, Need, NoticeKind, Pace};
use espalier_store::{Bind, Fault, FromRow, Row, Store, Tx};

use super::queries::{self, TalkLine};
use super::{TalkId, TalkState};

const fn kind(
    word: &'static str,
    title: &'static str,
    sentence: &'static str,
    action: &'static str,
) -> NoticeKind {
    NoticeKind { word, title, sentence, action, need: Need::Chosen, pace: Pace::AtOnce }
}

/// Somebody else planned it.
pub static PLANNED: NoticeKind = kind(
    "talk-planned",
    "A development talk is planned with you",
    "A development talk is planned with you. Find a quiet hour to prepare it; what you write is yours alone until both are done.",
    "Look at the talk",
);
/// The other side handed in.
pub static OTHER_DONE: NoticeKind = kind(
    "talk-other-done",
    "The other side of a talk is ready",
    "The other side has prepared a development talk. It opens when you are done as well.",
    "Prepare the talk",
);
/// Both did.
pub static OPENED: NoticeKind = kind(
    "talk-open",
    "A development talk is open",
    "Both of you are done preparing. You can read each other’s view now, and meet.",
    "Open the talk",
);
/// The other side signed.
pub static SIGNED: NoticeKind = kind(
    "talk-signed",
    "The other side has signed a talk",
    "The other side has signed what you agreed on in a development talk.",
    "Look at the talk",
);
/// Somebody wants a partner's view.
pub static ASKED: NoticeKind = kind(
    "talk-asked",
    "Somebody asks how you see their work",
    "Somebody asks you for a few words about their work, for their development talk. You are free to say no.",
    "Read the question",
);
static SOON: NoticeKind = kind(
    "talk-soon",
    "A development talk is due within two weeks",
    "A development talk is due within two weeks. An hour to prepare it is best found now.",
    "Look at the talk",
);
static NEAR: NoticeKind = kind(
    "talk-near",
    "A development talk is due in a few days",
    "A development talk is due in a few days.",
    "Look at the talk",
);
static OVERDUE: NoticeKind = kind(
    "talk-overdue",
    "A development talk is past its day",
    "A development talk is past its day. Only the two of you know. Find a new time, or call it off.",
    "Look at the talk",
);

/// All kinds of notices about talks.
pub static KINDS: &[&NoticeKind] =
    &[&PLANNED, &OTHER_DONE, &OPENED, &SIGNED, &ASKED, &SOON, &NEAR, &OVERDUE, &super::cadence::AGAIN];

/// How long a talk takes in calendars.
const MINUTES: i64 = 60;
/// Talks that are past their day for longer are not spoken of any more.
const LONG_PAST: i32 = 60;

/// Tells somebody about a talk.
pub(super) async fn tell(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    person: Id,
    kind: &'static NoticeKind,
    talk: TalkId,
) -> Result<(), Fault> {
    espalier_notify::tell(tx, mint, now, person, kind, &format!("/talks/{talk}")).await
}

/// Puts the time of a talk into the calendars of its two, or takes it out.
pub(super) async fn appoint(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    line: &TalkLine,
    at: Option<Moment>,
) -> Result<(), Fault> {
    let guests: Vec<Id> = std::iter::once(line.person).chain(line.holder).collect();
    let path = format!("/talks/{}", line.id);
    let wanted =
        Appointment { record: line.id.id(), path: &path, starts_at: at, minutes: MINUTES, guests: &guests };
    espalier_notify::appoint(tx, mint, now, &wanted).await
}

words! {
    /// What a talk is spoken of for, each once.
    pub enum Stage {
        /// A round planned it.
        Planned = "planned",
        /// It is due within two weeks.
        Soon = "soon",
        /// It is due within three days.
        Near = "near",
        /// It is past its day.
        Overdue = "overdue",
    }
}

impl Stage {
    /// The first and the last day on which a talk may be due to be spoken of at this stage.
    fn days(self, today: Date) -> (Date, Date) {
        match self {
            Self::Planned => (today, today.plus_days(36_500)),
            Self::Soon => (today.plus_days(4), today.plus_days(14)),
            Self::Near => (today, today.plus_days(3)),
            Self::Overdue => (today.plus_days(-LONG_PAST), today.plus_days(-1)),
        }
    }

    /// Whether it is still news: whoever plans a talk for next week knows that it is due within two.
    fn is_news(self, made_on: Date, due_on: Date) -> bool {
        match self {
            Self::Planned | Self::Overdue => true,
            Self::Soon => due_on.days_since(made_on) > 14,
            Self::Near => due_on.days_since(made_on) > 3,
        }
    }

    const fn kind(self) -> &'static NoticeKind {
        match self {
            Self::Planned => &PLANNED,
            Self::Soon => &SOON,
            Self::Near => &NEAR,
            Self::Overdue => &OVERDUE,
        }
    }
}

struct Near {
    talk: TalkId,
    person: Id,
    holder: Option<Id>,
    due_on: Date,
    made_at: Moment,
}

impl FromRow for Near {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            talk: row.take()?,
            person: row.take()?,
            holder: row.take()?,
            due_on: row.take()?,
            made_at: row.take()?,
        })
    }
}

/// Speaks of all talks whose day comes near or is past, to both sides, each once; and of those that a round planned, to
/// whom they are about. Goes in small steps, each whole: whatever was broken off goes on where it was. Says how many.
///
/// # Errors
///
/// When the database fails; the next call goes on.
pub async fn remind(store: &Store, mint: &Mint, now: Moment) -> Result<usize, Fault> {
    let mut spoken = 0;
    for &stage in Stage::ALL {
        for state in [TalkState::Planned, TalkState::Open] {
            let mut after = (stage.days(now.date()).0, String::new());
            while let Some((done, last)) = step(store, mint, now, (stage, state), &after).await? {
                spoken += done;
                after = last;
            }
        }
    }
    Ok(spoken)
}

/// The day and the id of the last talk that was spoken of.
type Last = (Date, String);

async fn step(
    store: &Store,
    mint: &Mint,
    now: Moment,
    (stage, state): (Stage, TalkState),
    after: &Last,
) -> Result<Option<(usize, Last)>, Fault> {
    let today = now.date();
    let (first, last) = stage.days(today);
    let statement = if stage == Stage::Planned { &queries::TO_ANNOUNCE } else { &queries::TO_REMIND };
    // What is open was announced when it was planned.
    if stage == Stage::Planned && state != TalkState::Planned {
        return Ok(None);
    }
    let values: [&dyn Bind; 7] = [&first, &today, &last, &stage, &state, &after.0, &after.1];
    // Mostly there is nothing to say, and nobody has to wait for that.
    if store.read().await?.all::<Near>(statement, &values).await?.is_empty() {
        return Ok(None);
    }
    let mut tx = store.write().await?;
    tx.lock("talk reminders").await?;
    let talks: Vec<Near> = tx.all(statement, &values).await?;
    for near in &talks {
        tx.run(&queries::REMINDED, &[&near.talk, &stage, &now]).await?;
        if stage.is_news(near.made_at.date(), near.due_on) {
            for person in std::iter::once(near.person).chain(near.holder) {
                tell(&mut tx, mint, now, person, stage.kind(), near.talk).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(talks.last().map(|near| (talks.len(), (near.due_on, near.talk.to_string()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_before_and_after_belongs_to_one_stage_at_most() {
        let today: Date = "2026-03-02".parse().unwrap();
        let at = |away: i32| -> Vec<Stage> {
            let due = today.plus_days(away);
            let fits = |stage: &Stage| {
                let (first, last) = stage.days(today);
                *stage != Stage::Planned && first <= due && due <= last
            };
            Stage::ALL.iter().copied().filter(fits).collect()
        };
        assert_eq!(at(15), []);
        assert_eq!((at(14), at(4)), (vec![Stage::Soon], vec![Stage::Soon]));
        assert_eq!((at(3), at(0)), (vec![Stage::Near], vec![Stage::Near]));
        assert_eq!((at(-1), at(-60)), (vec![Stage::Overdue], vec![Stage::Overdue]));
        assert_eq!(at(-61), []);
    }

    #[test]
    fn whoever_plans_a_talk_for_next_week_is_not_told_that_it_is_near() {
        let made: Date = "2026-03-02".parse().unwrap();
        assert!(!Stage::Soon.is_news(made, made.plus_days(7)));
        assert!(Stage::Near.is_news(made, made.plus_days(7)));
        assert!(!Stage::Near.is_news(made, made.plus_days(3)));
        assert!(Stage::Soon.is_news(made, made.plus_days(15)));
    }
}

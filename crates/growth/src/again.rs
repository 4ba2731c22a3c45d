//! A question that nobody answered is spoken of once more after a week, and never again: what a partner is asked about a
//! talk, feedback that somebody asks for, evidence that a colleague is asked to confirm.

use espalier_kernel::{Id, Mint, Moment};
use espalier_notify::{Need, NoticeKind, Pace};
use espalier_store::{Fault, Statement, Store, queries};

const fn kind(word: &'static str, sentence: &'static str) -> NoticeKind {
    NoticeKind {
        word,
        title: "A question still waits for you",
        sentence,
        action: "Read the question",
        need: Need::Chosen,
        pace: Pace::AtOnce,
    }
}

/// A partner has not answered.
pub static INPUT: NoticeKind = kind(
    "talk-asked-again",
    "A week ago somebody asked you for a few words about their work. You are free to say no; we do not ask again.",
);
/// Feedback was asked for and not given.
pub static FEEDBACK: NoticeKind = kind(
    "feedback-asked-again",
    "A week ago somebody asked you for feedback. You are free to say no; we do not ask again.",
);
/// A colleague has not confirmed evidence, or said no.
pub static CORROBORATION: NoticeKind = kind(
    "evidence-asked-again",
    "A week ago somebody asked you to confirm what they did. You are free to say no; we do not ask again.",
);

/// All kinds of notices about questions that wait.
pub static KINDS: &[&NoticeKind] = &[&INPUT, &FEEDBACK, &CORROBORATION];

/// Who was told it before is told by their inbox: it keeps what it was told longer than [`LATEST`].
macro_rules! untold {
    ($person:literal, $path:literal) => {
        concat!(
            " and (p.left_on is null or p.left_on > $4) and not exists (select 1 from notice n where n.person = ",
            $person,
            " and n.kind = $3 and n.path = ",
            $path,
            ") order by 3, 2 limit 100"
        )
    };
}

queries! {
    /// Partners who were asked in a span of time and have not answered.
    INPUTS = concat!(
        "select i.partner, '/talks/inputs/' || i.id, i.asked_at from talk_input i join talk t on t.id = i.talk \
         join person p on p.id = i.partner where i.asked_at > $1 and i.asked_at <= $2 and i.given_at is null \
         and i.declined_at is null and t.state in ('planned', 'open')",
        untold!("i.partner", "'/talks/inputs/' || i.id")
    );
    /// Colleagues whose feedback was asked for in a span of time and who have not answered.
    FEEDBACKS = concat!(
        "select f.giver, '/feedback/' || f.id, f.asked_at from feedback f join person p on p.id = f.giver \
         where f.asked_at > $1 and f.asked_at <= $2 and f.state = 'draft'",
        untold!("f.giver", "'/feedback/' || f.id")
    );
    /// Colleagues who were asked in a span of time to confirm evidence and have not answered.
    CORROBORATIONS = concat!(
        "select k.person, '/corroborations/' || k.id, k.asked_at from corroboration k join person p on p.id = k.person \
         where k.asked_at > $1 and k.asked_at <= $2 and k.standing = 'asked'",
        untold!("k.person", "'/corroborations/' || k.id")
    );
}

const DAY: i64 = 86_400;
/// After so many days a question is spoken of again.
const AFTER: i64 = 7;
/// Questions that nobody reminded of for so many days are left alone: nothing is said weeks late.
const LATEST: i64 = 21;

/// Speaks of all questions that have waited for a week, each once. Goes in small steps, each whole. Says how many.
///
/// # Errors
///
/// When the database fails; the next call goes on.
pub async fn remind(store: &Store, mint: &Mint, now: Moment) -> Result<usize, Fault> {
    let mut spoken = 0;
    for (statement, kind) in [(&INPUTS, &INPUT), (&FEEDBACKS, &FEEDBACK), (&CORROBORATIONS, &CORROBORATION)] {
        loop {
            let done = step(store, mint, now, (statement, kind)).await?;
            if done == 0 {
                break;
            }
            spoken += done;
        }
    }
    Ok(spoken)
}

async fn step(
    store: &Store,
    mint: &Mint,
    now: Moment,
    (statement, kind): (&Statement, &'static NoticeKind),
) -> Result<usize, Fault> {
    type Waiting = Vec<(Id, String, Moment)>;
    let (first, last, today) = (now.plus_seconds(-LATEST * DAY), now.plus_seconds(-AFTER * DAY), now.date());
    // Mostly there is nothing to say, and nobody has to wait for that.
    let waiting: Waiting = store.read().await?.all(statement, &[&first, &last, &kind.word, &today]).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut tx = store.write().await?;
    tx.lock("questions that wait").await?;
    let waiting: Waiting = tx.all(statement, &[&first, &last, &kind.word, &today]).await?;
    for (person, path, _) in &waiting {
        espalier_notify::tell(&mut tx, mint, now, *person, kind, path).await?;
    }
    tx.commit().await?;
    Ok(waiting.len())
}

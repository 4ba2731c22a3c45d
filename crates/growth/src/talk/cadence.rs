//! How often rounds of talks come again, and whom it reminds. The house plans nothing by itself: whoever began a round looks at
//! the next one and begins it.

use espalier_kernel::{Date, Id, Mint, Moment};
use espalier_notify::{Need, NoticeKind, Pace};
use espalier_store::{Fault, Store, queries};
use jiff::ToSpan as _;

use super::CycleId;

/// How often, in months, and how people say it; the first is what a new round has.
pub const CADENCES: [(i64, &str); 5] = [
    (6, "twice a year"),
    (4, "three times a year"),
    (3, "every quarter"),
    (12, "once a year"),
    (0, "only this once"),
];

/// So many days before the next talks are due, it is time to plan them.
const BEFORE: i32 = 56;

/// By when the talks of the next round are due.
#[must_use]
pub fn next_on(due_on: Date, months: i64) -> Option<Date> {
    (months > 0).then(|| Date::from(due_on.civil().saturating_add(months.months())))
}

/// How people say how often.
#[must_use]
pub fn in_words(months: i64) -> &'static str {
    CADENCES.iter().find(|(known, _)| *known == months).map_or("now and then", |(_, words)| words)
}

/// It is time to plan the next one.
pub static AGAIN: NoticeKind = NoticeKind {
    word: "round-again",
    title: "Time to plan the next round",
    sentence: "The talks of the next round are due in eight weeks. Look at what a round would do, and begin it when it is right.",
    action: "Plan the next round",
    need: Need::Chosen,
    pace: Pace::AtOnce,
};

queries! {
    /// Rounds after which nobody has begun another, with the next due in a span of days, and who began them.
    DUE = "select c.id, c.started_by from talk_cycle c join person p on p.id = c.started_by where c.next_on > $1 \
           and c.next_on <= $2 and c.state <> 'staged' and (p.left_on is null or p.left_on > $1) \
           and not exists (select 1 from talk_cycle n where coalesce(n.team, '') = coalesce(c.team, '') \
           and n.due_on > c.due_on) and not exists (select 1 from notice o where o.person = c.started_by \
           and o.kind = $3 and o.path = '/talks/rounds?after=' || c.id) order by c.next_on, c.id limit 50";
}

/// Speaks of each round whose next one is to be planned, once. Says how many.
///
/// # Errors
///
/// When the database fails; the next call goes on.
pub async fn remind(store: &Store, mint: &Mint, now: Moment) -> Result<usize, Fault> {
    let (today, until) = (now.date(), now.date().plus_days(BEFORE));
    let due: Vec<(CycleId, Id)> = store.read().await?.all(&DUE, &[&today, &until, &AGAIN.word]).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut tx = store.write().await?;
    tx.lock("talk cycles").await?;
    let due: Vec<(CycleId, Id)> = tx.all(&DUE, &[&today, &until, &AGAIN.word]).await?;
    for (id, person) in &due {
        let path = format!("/talks/rounds?after={id}");
        espalier_notify::tell(&mut tx, mint, now, *person, &AGAIN, &path).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_due_on_the_same_day_of_a_later_month() {
        let next = |day: &str, months| next_on(day.parse().unwrap(), months).map(|day| day.to_string());
        assert_eq!(next("2026-05-30", 6).as_deref(), Some("2026-11-30"));
        assert_eq!(next("2026-08-31", 6).as_deref(), Some("2027-02-28"));
        assert_eq!(next("2027-08-31", 6).as_deref(), Some("2028-02-29"));
        assert_eq!(next("2026-03-02", 0), None);
    }

    #[test]
    fn twice_a_year_comes_first_and_each_has_its_words() {
        assert_eq!(CADENCES[0], (6, "twice a year"));
        assert_eq!(
            (in_words(3), in_words(0), in_words(5)),
            ("every quarter", "only this once", "now and then")
        );
    }
}

//! What the answer of another server means, and when to try again.

use espalier_kernel::{Moment, words};

words! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// It is to be sent.
        Waiting = "waiting",
        /// The other side has taken it.
        Sent = "sent",
        /// The other side never will; an administrator can look and send it again.
        Dead = "dead",
        /// Nobody wants it any more: they have left, or a later one says it all.
        Dropped = "dropped",
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has taken it.
    Sent,
    /// Not now.
    Later(String),
    /// Never, as far as the other side is concerned.
    Never(String),
    /// There is nobody to send it to any more.
    Dropped,
}

/// The longest pause between two attempts.
const LONGEST: i64 = 4 * 60 * 60;
/// After so long it is given up.
const PATIENCE: i64 = 4 * 24 * 60 * 60;

/// What a mail server's code means for the message. None: the connection was lost or the server silent, and nobody
/// knows whether it was taken, so it is sent again under the same name.
#[must_use]
pub fn of_mail(code: Option<u16>) -> Outcome {
    match code {
        None => Outcome::Later("lost".to_owned()),
        Some(200..300) => Outcome::Sent,
        // It refuses us, not the message: whoever runs the house has to mend that.
        Some(code @ 530..540) => Outcome::Later(code.to_string()),
        Some(code @ 500..600) => Outcome::Never(code.to_string()),
        Some(code) => Outcome::Later(code.to_string()),
    }
}

/// What an HTTP status means. Nobody is followed elsewhere.
#[must_use]
pub fn of_web(status: u16) -> Outcome {
    match status {
        200..300 => Outcome::Sent,
        408 | 425 | 429 | 500..600 => Outcome::Later(status.to_string()),
        _ => Outcome::Never(status.to_string()),
    }
}

/// When to try again after so many attempts of something that has been due since a moment; nothing when it is time to
/// give up.
#[must_use]
pub fn next_try(due_since: Moment, attempts: i64, now: Moment) -> Option<Moment> {
    if now.seconds_since(due_since) >= PATIENCE {
        return None;
    }
    let doubled = u32::try_from(attempts.clamp(1, 8)).unwrap_or(8) - 1;
    Some(now.plus_seconds((60 * 4_i64.pow(doubled)).min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_says_later_is_asked_later_and_one_that_says_no_is_not() {
        assert_eq!(of_mail(Some(250)), Outcome::Sent);
        assert_eq!(of_mail(Some(451)), Outcome::Later("451".to_owned()));
        assert_eq!(of_mail(Some(550)), Outcome::Never("550".to_owned()));
        assert_eq!(of_mail(Some(535)), Outcome::Later("535".to_owned()));
        assert_eq!(of_mail(None), Outcome::Later("lost".to_owned()));
        assert_eq!(of_web(204), Outcome::Sent);
        assert_eq!(of_web(503), Outcome::Later("503".to_owned()));
        assert_eq!(of_web(302), Outcome::Never("302".to_owned()));
        assert_eq!(of_web(404), Outcome::Never("404".to_owned()));
    }

    #[test]
    fn pauses_grow_to_four_hours_and_end_after_four_days() {
        let start: Moment = "2026-03-02T09:00:00Z".parse().unwrap();
        let pauses: Vec<i64> =
            (1..=7).map(|nth| next_try(start, nth, start).unwrap().seconds_since(start)).collect();
        assert_eq!(pauses, [60, 240, 960, 3840, 14_400, 14_400, 14_400]);
        let (mut now, mut attempts) = (start, 0);
        while let Some(next) = next_try(start, attempts + 1, now) {
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(attempts, 28);
        assert!(now.seconds_since(start) < 5 * 24 * 60 * 60);
    }
}

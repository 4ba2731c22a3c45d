//! When somebody is told: how soon they want mail, and in which hours they want quiet, where they are.

use espalier_kernel::{Date, Moment};
use jiff::ToSpan as _;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use crate::notice::{Need, NoticeKind, Pace};

/// Hours in which nothing is sent, as minutes after midnight where the person is. They may span midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    from: i64,
    until: i64,
}

/// When a digest goes out.
const MORNING: Time = Time::constant(8, 0, 0, 0);
/// A digest is closed so long before it goes, so that nothing is added while it is sent.
const CLOSED: i64 = 600;

impl Quiet {
    /// Hours from one minute of the day until another; nothing when they are the same or no minutes of a day.
    #[must_use]
    pub fn new(from: i64, until: i64) -> Option<Self> {
        let day = 0..24 * 60;
        (day.contains(&from) && day.contains(&until) && from != until).then_some(Self { from, until })
    }

    /// From when.
    #[must_use]
    pub const fn from(self) -> i64 {
        self.from
    }

    /// Until when.
    #[must_use]
    pub const fn until(self) -> i64 {
        self.until
    }

    fn covers(self, time: Time) -> bool {
        let minute = i64::from(time.hour()) * 60 + i64::from(time.minute());
        if self.from < self.until {
            (self.from..self.until).contains(&minute)
        } else {
            minute >= self.from || minute < self.until
        }
    }

    /// The first moment from now on that is not quiet.
    #[must_use]
    pub fn first_loud(self, now: Moment, zone: &TimeZone) -> Moment {
        let local = zone.to_datetime(now.timestamp());
        if !self.covers(local.time()) {
            return now;
        }
        let (hour, minute) = (self.until / 60, self.until % 60);
        let end = Time::midnight() + hour.hours().minutes(minute);
        let day = if end > local.time() { local.date() } else { local.date().saturating_add(1.day()) };
        let end = day.to_datetime(end);
        // Where clocks are set back, the hour comes twice: the first may be over.
        let first = moment(end, zone, Turn::First);
        let found = if first > now { first } else { moment(end, zone, Turn::Second) };
        // And it may be over twice, when the clocks jumped across it: then quiet is over.
        found.max(now)
    }
}

#[derive(Clone, Copy)]
enum Turn {
    First,
    Second,
}

/// When clocks in a zone show a time. A time that they jump over is taken as much later as they jump.
fn moment(time: DateTime, zone: &TimeZone, turn: Turn) -> Moment {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let found = match turn {
        Turn::First => ambiguous.compatible(),
        Turn::Second => ambiguous.later(),
    };
    found.map_or_else(|_| Moment::from(jiff::Timestamp::MAX), Moment::from)
}

/// What somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// How soon mail; nothing where they leave it to each kind.
    pub mail: Option<Pace>,
    /// Whether chat is told.
    pub is_chat_on: bool,
    /// Whether meetings are sent to their calendar.
    pub is_calendar_on: bool,
    /// When they want quiet.
    pub quiet: Option<Quiet>,
    /// Where they are.
    pub zone: TimeZone,
}

impl Default for Choices {
    fn default() -> Self {
        Self { mail: None, is_chat_on: false, is_calendar_on: true, quiet: None, zone: TimeZone::UTC }
    }
}

/// When something is sent, and what it is gathered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Moment,
    /// The digest it goes into; none where it goes alone.
    pub bundle: Option<String>,
}

impl Choices {
    /// When a mail about a notice of this kind is due, if one is wanted.
    #[must_use]
    pub fn mail_due(&self, kind: &NoticeKind, now: Moment) -> Option<Due> {
        if kind.need == Need::Essential {
            return Some(Due { at: now, bundle: None });
        }
        match self.mail.unwrap_or(kind.pace) {
            Pace::AtOnce => Some(Due { at: self.loud(now), bundle: None }),
            Pace::Daily => Some(self.digest("daily", now, |_| true)),
            Pace::Weekly => Some(self.digest("weekly", now, |day| day.civil().weekday() == Weekday::Monday)),
            Pace::Off => None,
        }
    }

    /// When chat is told, if that is wanted.
    #[must_use]
    pub fn chat_due(&self, kind: &NoticeKind, now: Moment) -> Option<Due> {
        let is_wanted = self.is_chat_on && kind.need == Need::Chosen;
        is_wanted.then(|| Due { at: self.loud(now), bundle: None })
    }

    /// The first moment from now on that is not quiet for them.
    #[must_use]
    pub fn loud(&self, now: Moment) -> Moment {
        self.quiet.map_or(now, |quiet| quiet.first_loud(now, &self.zone))
    }

    /// When what waits is due, after somebody moved: a digest on the morning of its day, all else as soon as it is loud.
    #[must_use]
    pub fn due_again(&self, bundle: &str, now: Moment) -> Moment {
        let day = bundle.split_once(' ').and_then(|(_, day)| day.parse::<Date>().ok());
        let morning =
            day.map_or(now, |day| moment(day.civil().to_datetime(MORNING), &self.zone, Turn::First));
        self.loud(morning.max(now))
    }

    fn digest(&self, word: &str, now: Moment, fits: impl Fn(Date) -> bool) -> Due {
        let mut day = now.date_in(&self.zone);
        loop {
            let at = moment(day.civil().to_datetime(MORNING), &self.zone, Turn::First);
            if fits(day) && at.seconds_since(now) > CLOSED {
                return Due { at: self.loud(at), bundle: Some(format!("{word} {day}")) };
            }
            day = day.plus_days(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::UNKNOWN;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn stockholm() -> TimeZone {
        TimeZone::get("Europe/Stockholm").unwrap()
    }

    static CHOSEN: NoticeKind = NoticeKind { pace: Pace::AtOnce, ..UNKNOWN };
    static ESSENTIAL: NoticeKind = NoticeKind { need: Need::Essential, ..UNKNOWN };

    fn quiet(from: i64, until: i64) -> Choices {
        Choices { quiet: Quiet::new(from * 60, until * 60), zone: stockholm(), ..Choices::default() }
    }

    #[test]
    fn a_quiet_night_ends_in_the_morning_where_the_person_is() {
        let choices = quiet(20, 7);
        for (now, told) in [
            ("2026-03-02T18:59:59Z", "2026-03-02T18:59:59Z"),
            ("2026-03-02T19:00:00Z", "2026-03-03T06:00:00Z"),
            ("2026-03-03T02:00:00Z", "2026-03-03T06:00:00Z"),
            ("2026-03-03T06:00:00Z", "2026-03-03T06:00:00Z"),
        ] {
            assert_eq!(choices.mail_due(&CHOSEN, at(now)).unwrap().at, at(told), "{now}");
        }
    }

    #[test]
    fn quiet_hours_follow_the_clock_when_it_is_set_forward_or_back() {
        let choices = quiet(20, 7);
        // On 29 March clocks jump from two to three: seven o'clock comes an hour sooner.
        assert_eq!(choices.loud(at("2026-03-28T22:00:00Z")), at("2026-03-29T05:00:00Z"));
        // On 25 October they go back: it comes an hour later.
        assert_eq!(choices.loud(at("2026-10-24T22:00:00Z")), at("2026-10-25T06:00:00Z"));
    }

    #[test]
    fn quiet_until_an_hour_that_is_jumped_over_or_comes_twice_ends_once() {
        let half_past_two = Choices { quiet: Quiet::new(60, 150), zone: stockholm(), ..Choices::default() };
        // 02:30 does not exist on 29 March; quiet ends when clocks would have shown it: at 03:30.
        assert_eq!(half_past_two.loud(at("2026-03-29T00:30:00Z")), at("2026-03-29T01:30:00Z"));
        // 02:30 comes at 00:30 and at 01:30 UTC on 25 October.
        assert_eq!(half_past_two.loud(at("2026-10-25T00:10:00Z")), at("2026-10-25T00:30:00Z"));
        assert_eq!(half_past_two.loud(at("2026-10-25T01:10:00Z")), at("2026-10-25T01:30:00Z"));
        assert_eq!(half_past_two.loud(at("2026-10-25T01:30:00Z")), at("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn what_is_essential_waits_for_nobody_and_cannot_be_turned_off() {
        let choices = Choices { mail: Some(Pace::Off), ..quiet(0, 23) };
        let now = at("2026-03-02T09:00:00Z");
        assert_eq!(choices.mail_due(&ESSENTIAL, now), Some(Due { at: now, bundle: None }));
        assert_eq!(choices.mail_due(&CHOSEN, now), None);
    }

    #[test]
    fn a_digest_goes_out_at_eight_and_gathers_until_shortly_before() {
        let daily = Choices { mail: Some(Pace::Daily), zone: stockholm(), ..Choices::default() };
        let weekly = Choices { mail: Some(Pace::Weekly), ..daily.clone() };
        let due = |choices: &Choices, now| choices.mail_due(&CHOSEN, at(now)).unwrap();
        let first = due(&daily, "2026-03-28T12:00:00Z");
        assert_eq!(
            first,
            Due { at: at("2026-03-29T06:00:00Z"), bundle: Some("daily 2026-03-29".to_owned()) }
        );
        assert_eq!(due(&daily, "2026-03-29T05:30:00Z"), first);
        assert_eq!(due(&daily, "2026-03-29T05:55:00Z").bundle.unwrap(), "daily 2026-03-30");
        assert_eq!(due(&weekly, "2026-03-29T05:55:00Z").at, at("2026-03-30T06:00:00Z"));
    }

    #[test]
    fn what_waits_follows_somebody_who_moves() {
        let choices = quiet(20, 7);
        let now = at("2026-03-02T22:00:00Z");
        assert_eq!(choices.due_again("01khdp1pm0v33xs65vdmvefzn0", now), at("2026-03-03T06:00:00Z"));
        assert_eq!(choices.due_again("daily 2026-03-04", now), at("2026-03-04T07:00:00Z"));
        // Where it is morning already, it is due now.
        assert_eq!(
            choices.due_again("daily 2026-03-02", at("2026-03-02T09:00:00Z")),
            at("2026-03-02T09:00:00Z")
        );
    }

    #[test]
    fn hours_that_are_none_are_no_quiet_hours() {
        assert_eq!(Quiet::new(60, 60), None);
        assert_eq!(Quiet::new(-1, 60), None);
        assert_eq!(Quiet::new(0, 24 * 60), None);
    }
}

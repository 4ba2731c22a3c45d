use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A calendar day, written `2026-03-02`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(jiff::civil::Date);

/// The text is not a day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a date; write it as year, month and day, for example 2026-03-02")]
pub struct NotADate(String);

impl Date {
    /// The day of the calendar library.
    #[must_use]
    pub const fn civil(self) -> jiff::civil::Date {
        self.0
    }

    /// The day `days` later, or earlier when negative; the calendar's last day when it would end.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days.days()))
    }

    /// Days from `earlier` until this one.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        earlier.0.until(self.0).map_or(0, |span| span.get_days())
    }
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self(date)
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        // The calendar library also reads dates with times behind them; a day is a day and nothing else.
        if text.len() != 10 {
            return Err(NotADate(text.to_owned()));
        }
        text.parse().map(Self).map_err(|_| NotADate(text.to_owned()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A point in time, to the microsecond, written `2026-03-02T08:30:00.000000Z` so that it sorts as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

/// The text is not a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a point in time; write it as 2026-03-02T08:30:00Z")]
pub struct NotAMoment(String);

impl Moment {
    /// The moment as the calendar library knows it.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_millisecond(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The calendar day it is then in a time zone.
    #[must_use]
    pub fn date_in(self, zone: &TimeZone) -> Date {
        Date(zone.to_datetime(self.0).date())
    }

    /// The calendar day it is then in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        self.date_in(&TimeZone::UTC)
    }

    /// So many seconds later, or earlier when negative.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(
            self.0
                .saturating_add(SignedDuration::from_secs(seconds))
                .expect("a duration has no calendar units"),
        )
    }

    /// Whole seconds from `earlier` until this moment.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.duration_since(earlier.0).as_secs()
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        let micros = timestamp.as_microsecond();
        Self(Timestamp::from_microsecond(micros).expect("a timestamp cut to microseconds stays in range"))
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        text.parse::<Timestamp>().map(Self::from).map_err(|_| NotAMoment(text.to_owned()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The clock as a value: the system's in the binary, a fixed one in tests, a shifted one in the demo.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The operating system's clock.
    System,
    /// Always this moment.
    Fixed(Moment),
    /// The operating system's clock, so many seconds ahead.
    Ahead {
        /// Seconds to add; negative for the past.
        seconds: i64,
    },
}

impl Clock {
    /// What time it is.
    #[must_use]
    pub fn now(self) -> Moment {
        match self {
            Self::System => system_now(),
            Self::Fixed(moment) => moment,
            Self::Ahead { seconds } => system_now().plus_seconds(seconds),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
fn system_now() -> Moment {
    Timestamp::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_sort_as_text_even_on_the_full_second() {
        let whole: Moment = "2026-03-02T08:30:00Z".parse().unwrap();
        let later: Moment = "2026-03-02T08:30:00.5Z".parse().unwrap();
        assert_eq!(whole.to_string(), "2026-03-02T08:30:00.000000Z");
        assert!(whole.to_string() < later.to_string());
    }

    #[test]
    fn the_day_depends_on_where_you_are() {
        let evening: Moment = "2026-03-02T23:30:00Z".parse().unwrap();
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        assert_eq!(evening.date().to_string(), "2026-03-02");
        assert_eq!(evening.date_in(&tokyo).to_string(), "2026-03-03");
    }

    #[test]
    fn a_date_with_a_time_behind_it_is_not_a_day() {
        assert!("2026-03-02T08:00".parse::<Date>().is_err());
        assert!("2026-02-30".parse::<Date>().is_err());
        assert!("2.3.2026".parse::<Date>().is_err());
    }

    #[test]
    fn days_between_count_across_a_leap_day() {
        let before: Date = "2028-02-28".parse().unwrap();
        let after: Date = "2028-03-01".parse().unwrap();
        assert_eq!(after.days_since(before), 2);
        assert_eq!(before.plus_days(2), after);
    }
}

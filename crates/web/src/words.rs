use espalier_kernel::Date;
use jiff::civil::Weekday;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day as people say it, seen from today: "today", "Thursday, in 3 days", "Monday 16 March, in 14 days", "2 June 2026".
#[must_use]
pub fn day_in_words(day: Date, today: Date) -> String {
    match day.days_since(today) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        away @ 2..=6 => format!("{}, in {away} days", weekday(day)),
        away @ 7..=27 => {
            let (on, month) = (day.civil().day(), month_name(day));
            format!("{} {on} {month}, in {away} days", weekday(day))
        }
        away @ -6..=-2 => format!("{}, {} days ago", weekday(day), -away),
        _ => full_day(day),
    }
}

/// A day in full: "2 March 2026".
#[must_use]
pub fn full_day(day: Date) -> String {
    format!("{} {}", day.civil().day(), month_in_words(day))
}

/// The month of a day: "March 2026".
#[must_use]
pub fn month_in_words(day: Date) -> String {
    let civil = day.civil();
    format!("{} {}", month_name(day), civil.year())
}

fn month_name(day: Date) -> &'static str {
    MONTHS[usize::from(day.civil().month().unsigned_abs()) - 1]
}

fn weekday(day: Date) -> &'static str {
    match day.civil().weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// A count with its noun: "no people", "1 person", "1,204 people".
#[must_use]
pub fn count_of(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(count)),
    }
}

fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn near_days_are_said_as_people_say_them() {
        let today = day("2026-03-02");
        for (date, words) in [
            ("2026-03-02", "today"),
            ("2026-03-03", "tomorrow"),
            ("2026-03-01", "yesterday"),
            ("2026-03-05", "Thursday, in 3 days"),
            ("2026-02-26", "Thursday, 4 days ago"),
            ("2026-03-16", "Monday 16 March, in 14 days"),
            ("2026-03-30", "30 March 2026"),
            ("2026-12-31", "31 December 2026"),
        ] {
            assert_eq!(day_in_words(day(date), today), words);
        }
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(count_of(0, "person", "people"), "no people");
        assert_eq!(count_of(1, "person", "people"), "1 person");
        assert_eq!(count_of(1_234_567, "person", "people"), "1,234,567 people");
    }
}

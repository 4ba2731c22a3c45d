//! Calendars as other programs read them (RFC 5545, RFC 5546): an invitation, its end, and a feed. Every time is in UTC,
//! so that no table of time zones has to be believed. What stands in them is written here, so no content can.

use std::fmt::Write as _;

use espalier_kernel::Moment;

use crate::queries::AppointmentLine;

/// What every meeting is called.
pub const TITLE: &str = "Development meeting";

/// What a calendar is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method<'a> {
    /// A mail that asks somebody to come.
    Request {
        /// Who asks: the sender of the mail.
        from: &'a str,
        /// Who is asked.
        to: &'a str,
    },
    /// A mail that says they need not.
    Cancel {
        /// Who says so.
        from: &'a str,
        /// To whom.
        to: &'a str,
    },
    /// A feed.
    Publish,
}

impl Method<'_> {
    /// The word in the calendar and in the head of the mail.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request { .. } => "REQUEST",
            Self::Cancel { .. } => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// A calendar with these meetings, at a server of this address.
#[must_use]
pub fn write(method: Method<'_>, base_url: &str, meetings: &[AppointmentLine]) -> String {
    let mut out = Lines(String::new());
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//Espalier//Espalier//EN");
    out.line(&format!("METHOD:{}", method.word()));
    if method == Method::Publish {
        out.line("X-WR-CALNAME:Espalier");
        out.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    }
    for meeting in meetings {
        event(&mut out, method, base_url, meeting);
    }
    out.line("END:VCALENDAR");
    out.0
}

fn event(out: &mut Lines, method: Method<'_>, base_url: &str, meeting: &AppointmentLine) {
    let host = host_of(base_url);
    out.line("BEGIN:VEVENT");
    out.line(&format!("UID:{}@{host}", meeting.id));
    out.line(&format!("SEQUENCE:{}", meeting.sequence));
    out.line(&format!("DTSTAMP:{}", utc(meeting.changed_at)));
    out.line(&format!("DTSTART:{}", utc(meeting.starts_at)));
    out.line(&format!("DTEND:{}", utc(meeting.starts_at.plus_seconds(meeting.minutes * 60))));
    out.line(&format!("SUMMARY:{TITLE}"));
    out.line("CLASS:PRIVATE");
    out.line(&format!("URL:{base_url}{}", meeting.path));
    match method {
        Method::Request { from, to } => {
            out.line(&format!("ORGANIZER;CN=Espalier:mailto:{from}"));
            out.line(&format!("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{to}"));
            out.line("STATUS:CONFIRMED");
        }
        Method::Cancel { from, to } => {
            out.line(&format!("ORGANIZER;CN=Espalier:mailto:{from}"));
            out.line(&format!("ATTENDEE:mailto:{to}"));
            out.line("STATUS:CANCELLED");
        }
        Method::Publish => out.line("STATUS:CONFIRMED"),
    }
    out.line("END:VEVENT");
}

/// The name of a server in its address: what makes our names unlike those of other servers.
#[must_use]
pub fn host_of(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() { "espalier" } else { host }
}

fn utc(moment: Moment) -> String {
    moment.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Lines that end as the format wants, folded at 75 bytes.
struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        let mut width = 0;
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            if width + letter.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                width = 1;
            }
            let _ = write!(self.0, "{letter}");
            width += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting() -> AppointmentLine {
        AppointmentLine {
            id: espalier_kernel::Id::from_bits(7),
            path: "/talks/7".to_owned(),
            starts_at: "2026-03-29T00:30:00Z".parse().unwrap(),
            minutes: 60,
            sequence: 2,
            called_off_at: None,
            changed_at: "2026-03-02T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_meeting_has_a_neutral_title_a_lasting_name_and_times_in_utc() {
        let text = write(Method::Publish, "https://espalier.example:8443/x", &[meeting()]);
        for line in [
            "UID:00000000000000000000000007@espalier.example",
            "SEQUENCE:2",
            "DTSTART:20260329T003000Z",
            "DTEND:20260329T013000Z",
            "SUMMARY:Development meeting",
            "URL:https://espalier.example:8443/x/talks/7",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line}\n{text}");
        }
    }

    #[test]
    fn long_lines_are_folded_and_nothing_breaks_out_of_a_line() {
        let to = format!("{}é@example.org\r\nX-EVIL:1", "a".repeat(90));
        let text = write(Method::Request { from: "e@example.org", to: &to }, "http://x", &[meeting()]);
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.contains("\r\nX-EVIL"));
        assert!(text.replace("\r\n ", "").contains(&format!("{}é@example.orgX-EVIL:1", "a".repeat(90))));
    }
}

//! The evidence log: what somebody did and what came of it, in their own words, with the statements it supports and
//! whoever was there to confirm it. No clock, no database.

pub mod access;
pub mod actions;
pub mod api;
pub mod claims;
pub mod confirm;
pub mod confirm_pages;
pub mod coverage;
pub mod demo;
pub mod files;
pub mod keeping;
pub mod notices;
pub mod pages;
pub mod queries;
pub mod sheet;
pub mod support;

use espalier_kernel::{Date, id, words};

id! {
    /// A piece of evidence.
    pub struct EvidenceId;
}

id! {
    /// What somebody was asked to confirm.
    pub struct CorroborationId;
}

words! {
    /// What became of a request to confirm.
    pub enum Reply {
        /// Nothing yet.
        Asked = "asked",
        /// It was so.
        Confirmed = "confirmed",
        /// It was so, and there is something to add or set right.
        Amended = "amended",
        /// They would rather not say.
        Declined = "declined",
    }
}

impl Reply {
    /// What its owner reads behind a name.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            Self::Asked => "is asked",
            Self::Confirmed => "confirms it",
            Self::Amended => "confirms it with a remark",
            Self::Declined => "would rather not say",
        }
    }
}

/// How far a piece of evidence is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nobody was asked, or nobody has answered with yes.
    Alone,
    /// Somebody is asked.
    Asked,
    /// Somebody confirmed it, and it reads otherwise now.
    Changed,
    /// Somebody confirmed it with a remark.
    Amended,
    /// Somebody confirmed it as it reads.
    Confirmed,
}

impl Standing {
    /// From the number that the database works out, the highest that holds.
    #[must_use]
    pub const fn of(number: i64) -> Self {
        match number {
            4 => Self::Confirmed,
            3 => Self::Amended,
            2 => Self::Changed,
            1 => Self::Asked,
            _ => Self::Alone,
        }
    }

    /// The word in the API and in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alone => "unconfirmed",
            Self::Asked => "asked",
            Self::Changed => "changed-since",
            Self::Amended => "amended",
            Self::Confirmed => "confirmed",
        }
    }

    /// What pages say.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Alone => "",
            Self::Asked => "somebody is asked to confirm it",
            Self::Changed => "changed since it was confirmed",
            Self::Amended => "confirmed with a remark",
            Self::Confirmed => "confirmed by somebody who was there",
        }
    }

    /// Whether somebody stands behind it as it reads.
    #[must_use]
    pub const fn is_corroborated(self) -> bool {
        matches!(self, Self::Amended | Self::Confirmed)
    }
}

/// The longest text of one field.
pub const LONGEST: usize = 10_000;
/// The longest link.
pub const LONGEST_LINK: usize = 2_000;
/// The most statements that one piece of evidence supports.
pub const MOST_STATEMENTS: usize = 20;
/// The most people who are asked about one piece of evidence.
pub const MOST_ASKED: usize = 10;
/// For so many days somebody can answer.
pub const OPEN_DAYS: i64 = 30;

/// Why something cannot be done with evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such statement.
    #[error("There is no such statement in your framework.")]
    StrangeStatement,
    /// Too many.
    #[error("One piece of evidence supports at most 20 statements. Choose those for which it says the most.")]
    TooManyStatements,
    /// Answered already.
    #[error("You have answered this already. Thank you.")]
    Answered,
    /// Too late.
    #[error(
        "This request has run out: answers are taken for 30 days. If it still matters, ask for a new one."
    )]
    RunOut,
    /// A remark without words.
    #[error("Write in a few words what you would add or set right.")]
    NoRemark,
    /// No choice.
    #[error("Choose one of the three answers.")]
    NoAnswer,
    /// Too long.
    #[error("Use at most 10,000 characters.")]
    TooLong,
}

/// A piece of evidence as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The day it happened.
    pub happened_on: Date,
    /// In which situation.
    pub situation: String,
    /// What they did.
    pub deed: String,
    /// What came of it.
    pub effect: String,
    /// Where more is found.
    pub link: String,
}

impl Written {
    /// What is wrong with it: field and sentence. Nothing when it can be kept.
    #[must_use]
    pub fn wrong(&self, today: Date) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        if self.deed.trim().is_empty() {
            wrong.push(("deed", "Write what you did; everything else can follow later."));
        }
        if self.happened_on > today {
            wrong.push(("happened_on", "This day has not come yet. Choose the day it happened."));
        }
        for (field, text) in [("situation", &self.situation), ("deed", &self.deed), ("effect", &self.effect)]
        {
            if text.chars().count() > LONGEST {
                wrong.push((field, "Use at most 10,000 characters."));
            }
        }
        if !self.link.is_empty() && !is_link(&self.link) {
            wrong.push(("link", "Write a whole address that begins with https:// or http://."));
        }
        wrong
    }

    /// It as one text, as others read it.
    #[must_use]
    pub fn words(&self) -> String {
        [&self.situation, &self.deed, &self.effect]
            .into_iter()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Whether a text is an address that a browser may be sent to.
#[must_use]
pub fn is_link(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    text.chars().count() <= LONGEST_LINK
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(deed: &str, link: &str) -> Written {
        Written {
            happened_on: "2026-03-02".parse().unwrap(),
            situation: String::new(),
            deed: deed.to_owned(),
            effect: String::new(),
            link: link.to_owned(),
        }
    }

    #[test]
    fn one_sentence_is_enough_and_tomorrow_is_not_evidence() {
        let today: Date = "2026-03-02".parse().unwrap();
        assert_eq!(written("I led the retro.", "").wrong(today), []);
        assert_eq!(written(" ", "").wrong(today)[0].0, "deed");
        assert_eq!(written("x", "").wrong(today.plus_days(-1))[0].0, "happened_on");
        assert_eq!(written(&"ä".repeat(LONGEST), "").wrong(today), []);
        assert_eq!(written(&"ä".repeat(LONGEST + 1), "").wrong(today)[0].0, "deed");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        for link in ["https://wiki.example/a?b#c", "HTTP://x", "http://[::1]:8080/"] {
            assert!(is_link(link), "{link}");
        }
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//x.example",
            "https://",
            "https:///x",
            "https://a b",
            "https://me@x.example",
            "ftp://x",
            " https://x",
            "https://x\n",
        ] {
            assert!(!is_link(text), "{text}");
        }
    }

    #[test]
    fn parts_that_were_left_out_leave_no_gap() {
        let mut one = written("I led the retro.", "");
        assert_eq!(one.words(), "I led the retro.");
        one.effect = "They ran the next one.".to_owned();
        assert_eq!(one.words(), "I led the retro.\nThey ran the next one.");
    }
}

//! What a notice is: a kind written down in the source, and a place to look. It carries no content and no name.

use espalier_kernel::words;

words! {
    /// How soon somebody wants mail.
    pub enum Pace {
        /// As it happens.
        AtOnce = "at-once",
        /// Once a day, in the morning.
        Daily = "daily",
        /// Once a week, on Monday morning.
        Weekly = "weekly",
        /// Never; the inbox has it all the same.
        Off = "off",
    }
}

impl Pace {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::AtOnce => "at once",
            Self::Daily => "once a day, at eight",
            Self::Weekly => "once a week, on Monday at eight",
            Self::Off => "never",
        }
    }
}

/// Whether somebody can do without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Without it they could not get in: it is always sent, at once.
    Essential,
    /// Each decides for themselves.
    Chosen,
}

/// A sort of notice. Everything that leaves the house about it stands here, so it can hold no content.
#[derive(Debug, PartialEq, Eq)]
pub struct NoticeKind {
    /// The word in the database.
    pub word: &'static str,
    /// The subject of a mail and the line in the inbox, in neutral words.
    pub title: &'static str,
    /// What it means, in a sentence.
    pub sentence: &'static str,
    /// What the link says.
    pub action: &'static str,
    /// Whether it can be turned off.
    pub need: Need,
    /// How soon mail goes to somebody who chose nothing.
    pub pace: Pace,
}

/// The kinds of all rooms, joined by the application.
#[derive(Debug, Clone, Copy)]
pub struct Kinds(pub &'static [&'static NoticeKind]);

/// What is shown of a kind that this version of the program does not know.
pub static UNKNOWN: NoticeKind = NoticeKind {
    word: "unknown",
    title: "Something is new",
    sentence: "Something is new for you in Espalier.",
    action: "Look at it",
    need: Need::Chosen,
    pace: Pace::Off,
};

impl Kinds {
    /// The kind of this word.
    #[must_use]
    pub fn of(self, word: &str) -> &'static NoticeKind {
        self.0.iter().find(|kind| kind.word == word).copied().unwrap_or(&UNKNOWN)
    }
}

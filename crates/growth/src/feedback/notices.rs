//! What people are told about feedback: that somebody asks for theirs, and that there is some for them.

use espalier_notify::{Need, NoticeKind, Pace};

/// Somebody asks.
pub static ASKED: NoticeKind = NoticeKind {
    word: "feedback-asked",
    title: "Somebody asks for your feedback",
    sentence: "Somebody asks you for feedback. A few words are enough, and you are free to say no.",
    action: "Read the question",
    need: Need::Chosen,
    pace: Pace::AtOnce,
};
/// Somebody gave some.
pub static GIVEN: NoticeKind = NoticeKind {
    word: "feedback-given",
    title: "There is feedback for you",
    sentence: "A colleague has given you feedback. Open it when you have a quiet moment.",
    action: "Look at it",
    need: Need::Chosen,
    pace: Pace::AtOnce,
};

/// All kinds of notices about feedback.
pub static KINDS: &[&NoticeKind] = &[&ASKED, &GIVEN];

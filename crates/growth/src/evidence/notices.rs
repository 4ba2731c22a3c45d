//! What people are told about evidence: that a colleague asks them to confirm some.

use espalier_notify::{Need, NoticeKind, Pace};

/// Somebody asks.
pub static ASKED: NoticeKind = NoticeKind {
    word: "evidence-asked",
    title: "A colleague asks what you saw",
    sentence: "A colleague asks you to confirm what they did. One tap is enough, and you are free to say no.",
    action: "Read it",
    need: Need::Chosen,
    pace: Pace::AtOnce,
};

/// All kinds of notices about evidence.
pub static KINDS: &[&NoticeKind] = &[&ASKED];

//! Names of nodes. An id is what identity rests on: never the text, the order, the title or the number.

use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt, str::FromStr};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Why a piece of text cannot serve as an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" cannot be an id: ids are 1 to 120 letters a-z, digits, '-', '_' and '.', not beginning with '.'"
)]
pub struct NotAnId(pub String);

fn is_fit(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 120
        && !text.starts_with('.')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Lower-case words joined by dashes; what has no Latin letters gets a short digest instead, so that it
/// is the same each time.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c == '\'' || c == '\u{2019}' {
            // An apostrophe joins: "team's" is one word.
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let mut short: String = out.chars().take(60).collect();
    while short.ends_with('-') {
        short.pop();
    }
    if short.is_empty() { format!("n{}", crate::words::short_digest(text)) } else { short }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is, when it is fit to be an id.
            pub fn new(text: impl Into<String>) -> Result<Self, NotAnId> {
                let text = text.into();
                if is_fit(&text) { Ok(Self(text)) } else { Err(NotAnId(text)) }
            }

            /// An id made from a title: always the same for the same title.
            pub fn from_title(title: &str) -> Self {
                Self(slug(title))
            }

            /// Keeps a foreign id when it is fit, and makes one from it otherwise.
            pub fn from_foreign(text: &str) -> Self {
                if is_fit(text) { Self(text.to_owned()) } else { Self::from_title(text) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// A stand-in, for building nodes field by field.
        impl Default for $name {
            fn default() -> Self {
                Self("unnamed".to_owned())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::new(text)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Self::new(text)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    )+};
}

ids! {
    /// Names a track, level, pillar, competency, scale, point, rule or archetype. Unique among its own kind.
    NodeId,
    /// Names one statement, across everything a framework says and across all its versions.
    StatementId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_always_gives_the_same_id() {
        assert_eq!(NodeId::from_title("💬 Communication & Teamwork"), "communication-teamwork");
        assert_eq!(NodeId::from_title("Façade Ärende"), "facade-arende");
        assert_eq!(NodeId::from_title("開発者"), NodeId::from_title("開発者"));
        assert!(NodeId::new(NodeId::from_title("開発者").as_str()).is_ok());
    }

    #[test]
    fn an_id_never_leaves_its_folder() {
        assert!(NodeId::new("../x").is_err());
        assert!(NodeId::new(".git").is_err());
        assert!(NodeId::new("").is_err());
    }
}

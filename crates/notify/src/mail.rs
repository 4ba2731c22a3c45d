//! A mail: plain words and the same with a layout, from one page. It holds a title, a sentence and a link, all of them
//! written in the source.

use std::time::{Duration, SystemTime};

use askama::Template;
use espalier_kernel::Moment;
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};

use crate::calendar::{self, Method};
use crate::queries::{AppointmentLine, DeliveryId};

/// One thing that a mail tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub title: &'static str,
    pub sentence: &'static str,
    pub action: &'static str,
    pub path: String,
}

/// A mail on its way out, without its address.
#[derive(Debug)]
pub(crate) struct Letter<'a> {
    pub delivery: DeliveryId,
    pub now: Moment,
    pub base_url: &'a str,
    pub from: &'a Mailbox,
    /// What it tells.
    pub told: Vec<Told>,
    /// The key that turns mail off; none in what is essential.
    pub key: Option<&'a str>,
    /// A meeting, and whether it is called off.
    pub meeting: Option<(&'a AppointmentLine, IsCalledOff)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsCalledOff {
    Yes,
    No,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct PlainMail<'a> {
    base_url: &'a str,
    told: &'a [Told],
    key: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct LaidOutMail<'a> {
    title: &'a str,
    base_url: &'a str,
    told: &'a [Told],
    key: Option<&'a str>,
}

/// Why a mail could not be written. Its text holds nothing of the mail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LetterFault {
    #[error("the address is none")]
    Address,
    #[error("the mail could not be put together")]
    Parts,
}

impl Letter<'_> {
    /// The subject: the title of what it tells, or that it gathers several.
    pub fn title(&self) -> &'static str {
        match self.told.as_slice() {
            [one] => one.title,
            _ => "What is new for you",
        }
    }

    /// The whole mail, for an address.
    pub fn write(&self, to: &str) -> Result<Message, LetterFault> {
        let address = to.parse().map_err(|_| LetterFault::Address)?;
        let seconds = u64::try_from(self.now.as_millisecond() / 1000).unwrap_or_default();
        let host = self.from.email.domain();
        let builder = Message::builder()
            .message_id(Some(format!("<{}@{host}>", self.delivery)))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(self.title());
        let (base_url, told, key) = (self.base_url, self.told.as_slice(), self.key);
        let plain = PlainMail { base_url, told, key }.render().map_err(|_| LetterFault::Parts)?;
        let laid_out = LaidOutMail { title: self.title(), base_url, told, key }
            .render()
            .map_err(|_| LetterFault::Parts)?;
        let mut parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("part-{}", self.delivery))
            .singlepart(SinglePart::plain(plain))
            .singlepart(SinglePart::html(laid_out));
        if let Some((meeting, is_called_off)) = self.meeting {
            let from = self.from.email.to_string();
            let method = match is_called_off {
                IsCalledOff::No => Method::Request { from: &from, to },
                IsCalledOff::Yes => Method::Cancel { from: &from, to },
            };
            let text = calendar::write(method, base_url, std::slice::from_ref(meeting));
            let kind = format!("text/calendar; charset=utf-8; method={}", method.word());
            let kind = ContentType::parse(&kind).map_err(|_| LetterFault::Parts)?;
            parts = parts.singlepart(SinglePart::builder().header(kind).body(text));
        }
        let mut mail = builder.multipart(parts).map_err(|_| LetterFault::Parts)?;
        let mut head = |name: &'static str, value: String| {
            mail.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        };
        // Programs that answer mail by themselves leave this one alone.
        head("Auto-Submitted", "auto-generated".to_owned());
        if let Some(key) = key {
            head("List-Unsubscribe", format!("<{base_url}/unsubscribe/{key}>"));
            head("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned());
        }
        Ok(mail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(from: &Mailbox) -> Letter<'_> {
        let told = Told {
            title: "A title",
            sentence: "A sentence.",
            action: "Look at it",
            path: "/talks/7".to_owned(),
        };
        Letter {
            delivery: DeliveryId::new(espalier_kernel::Id::from_bits(9)),
            now: "2026-03-02T09:00:00Z".parse().unwrap(),
            base_url: "https://espalier.example",
            from,
            told: vec![told],
            key: Some("key"),
            meeting: None,
        }
    }

    fn text(letter: &Letter<'_>) -> String {
        String::from_utf8(letter.write("ada@example.org").unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_mail_says_the_same_in_both_forms_and_can_be_turned_off_at_once() {
        let from: Mailbox = "Espalier <espalier@example.org>".parse().unwrap();
        let mail = text(&letter(&from));
        for part in [
            "Message-ID: <00000000000000000000000009@example.org>\r\n",
            "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n",
            "Subject: A title\r\n",
            "List-Unsubscribe: <https://espalier.example/unsubscribe/key>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(mail.contains(part), "{part}\n{mail}");
        }
        assert_eq!(mail.matches("A sentence.").count(), 2, "{mail}");
        assert_eq!(mail, text(&letter(&from)), "tried again, it is the same mail");
    }

    #[test]
    fn a_mail_that_says_it_can_be_dark_has_colours_for_it() {
        let told = [Told { title: "A title", sentence: "A sentence.", action: "Look", path: "/".to_owned() }];
        let page =
            LaidOutMail { title: "A title", base_url: "https://espalier.example", told: &told, key: None };
        let page = page.render().unwrap();
        assert!(
            page.contains("content=\"light dark\"") && page.contains("(prefers-color-scheme: dark)"),
            "{page}"
        );
        for class in ["class=\"act\"", "class=\"foot\""] {
            assert!(page.contains(class), "{class} has a colour in the dark: {page}");
        }
    }

    #[test]
    fn what_is_essential_has_nothing_to_turn_off() {
        let from: Mailbox = "espalier@example.org".parse().unwrap();
        let mail = text(&Letter { key: None, ..letter(&from) });
        assert!(!mail.contains("List-Unsubscribe"), "{mail}");
        assert!(!mail.contains("/unsubscribe/"), "{mail}");
    }

    #[test]
    fn an_address_cannot_add_a_line_to_the_head() {
        let from: Mailbox = "espalier@example.org".parse().unwrap();
        for to in ["ada@example.org\r\nBcc: eve@example.org", "nobody", ""] {
            assert!(matches!(letter(&from).write(to), Err(LetterFault::Address)), "{to}");
        }
    }
}

//! Confirming evidence: a colleague is asked in the app, anybody else by a link that is shown once. Whoever is asked
//! reads what it read like when they were asked, and answers once within 30 days.

use espalier_access::{Action, State};
use espalier_kernel::{Id, Mint, Moment, Secret};
use espalier_people::shares;
use espalier_store::Tx;
use espalier_web::{Passage, Problems, Viewer, WebError};

use super::access::Corroboration;
use super::queries::{self, AskedRow, EvidenceRow, LinkRow, RequestRow};
use super::{CorroborationId, EvidenceId, LONGEST, MOST_ASKED, OPEN_DAYS, Refusal, Reply, actions, notices};
use crate::again;

/// For so long a link still shows whoever answered what they said: a day.
const THANKS_SECONDS: i64 = 86_400;

/// Somebody was asked: by a secret when they have no account here.
#[derive(Debug)]
pub struct Asked {
    /// Whom.
    pub name: String,
    /// What opens the request for them.
    pub secret: Option<Secret>,
}

/// Asks somebody who was there, by name or address.
///
/// # Errors
///
/// What is wrong with the form, inside.
pub async fn ask(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: EvidenceId,
    typed: &str,
) -> Result<Result<Asked, Problems>, WebError> {
    let (_, row, _) = actions::find_for(tx, viewer, Action::Decide, id).await?;
    let typed = typed.trim();
    let already: Vec<AskedRow> = tx.all(&queries::ASKED, &[&id]).await?;
    if already.len() >= MOST_ASKED {
        return Ok(Err(Problems::one("who", "Ten people are asked about this already.")));
    }
    let wrong = |sentence: &str| Ok(Err(Problems::one("who", sentence)));
    match shares::pick(tx, viewer, typed).await? {
        Ok(one) if one.id() == viewer.person => wrong("Ask somebody else than yourself who was there."),
        Ok(one) => {
            let name = name_of(tx, one.id()).await?;
            if already.iter().any(|asked| asked.name == name && asked.reply == Reply::Asked) {
                return wrong("You have asked them already, and they have not answered yet.");
            }
            put(
                tx,
                viewer,
                mint,
                &row,
                Whom { name: &name, email: "", person: Some(one.id()), secret: None },
            )
            .await?;
            Ok(Ok(Asked { name, secret: None }))
        }
        Err(_) if is_address(typed) => {
            let secret = mint.secret();
            let email = typed.to_lowercase();
            put(
                tx,
                viewer,
                mint,
                &row,
                Whom { name: &email, email: &email, person: None, secret: Some(secret) },
            )
            .await?;
            Ok(Ok(Asked { name: email, secret: Some(secret) }))
        }
        Err(sentence) => wrong(sentence),
    }
}

/// Who is asked.
struct Whom<'a> {
    name: &'a str,
    email: &'a str,
    person: Option<Id>,
    secret: Option<Secret>,
}

async fn put(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    row: &EvidenceRow,
    whom: Whom<'_>,
) -> Result<(), WebError> {
    let id = CorroborationId::new(mint.id(viewer.now));
    let hash = whom.secret.as_ref().map(Passage::hash_of_secret);
    tx.run(
        &queries::ASK,
        &[
            &id,
            &row.id,
            &hash,
            &whom.name,
            &whom.email,
            &whom.person,
            &row.revision,
            &row.written.happened_on,
            &row.written.words(),
            &row.written.link,
            &viewer.now,
            &viewer.now.plus_seconds(OPEN_DAYS * 86_400),
        ],
    )
    .await?;
    if let Some(person) = whom.person {
        let path = format!("/corroborations/{id}");
        espalier_notify::tell(tx, mint, viewer.now, person, &notices::ASKED, &path).await?;
    }
    Ok(())
}

async fn name_of(tx: &mut Tx, person: Id) -> Result<String, WebError> {
    let found: Option<(String,)> = tx.first(&queries::NAME, &[&person]).await?;
    found.map(|(name,)| name).ok_or(WebError::NotFound)
}

/// Whether a text looks like an e-mail address.
fn is_address(text: &str) -> bool {
    text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
}

/// Takes a request back that was not answered.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none.
pub async fn unask(
    tx: &mut Tx,
    viewer: &Viewer,
    id: EvidenceId,
    request: CorroborationId,
) -> Result<(), WebError> {
    actions::find_for(tx, viewer, Action::Decide, id).await?;
    let whom: Option<(Option<Id>,)> = tx.first(&queries::WHOM, &[&request, &id]).await?;
    if tx.run(&queries::UNASK, &[&request, &id]).await? == 0 {
        return Err(WebError::NotFound);
    }
    if let Some((Some(person),)) = whom {
        let path = format!("/corroborations/{request}");
        for kind in [&notices::ASKED, &again::CORROBORATION] {
            espalier_notify::untell(tx, person, kind, &path).await?;
        }
    }
    Ok(())
}

/// What waits for the viewer to confirm: the request, and who asks.
///
/// # Errors
///
/// When the database fails.
pub async fn waiting(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<(CorroborationId, String)>, WebError> {
    viewer.permit::<Corroboration>(tx, Action::Discover, viewer.person, State::Draft).await?;
    Ok(tx.all(&queries::WAITING, &[&viewer.person, &viewer.now]).await?)
}

/// A request to a colleague, for an action.
///
/// # Errors
///
/// [`WebError::NotFound`] for everybody else; a refusal when it is answered and the action would change it.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: CorroborationId,
) -> Result<RequestRow, WebError> {
    let facts: Option<(Option<Id>, Reply)> = tx.first(&queries::REQUEST_FACTS, &[&id]).await?;
    let (person, reply) = facts.ok_or(WebError::NotFound)?;
    let person = person.ok_or(WebError::NotFound)?;
    let state = if reply == Reply::Asked { State::Draft } else { State::Ended };
    if viewer.try_permit::<Corroboration>(tx, action, person, state).await?.is_none() {
        viewer.permit::<Corroboration>(tx, Action::Read, person, state).await?;
        return Err(Refusal::Answered.into());
    }
    tx.first(&queries::REQUEST, &[&id]).await?.ok_or(WebError::NotFound)
}

/// What a link shows to somebody without an account.
#[derive(Debug)]
pub enum Opened {
    /// It waits for an answer: what it is about, and whose it is.
    Waiting(Box<RequestRow>, Id),
    /// It was answered within the last day: the answer alone.
    Answered(Reply, String),
    /// Its time is over; nothing of it is shown any more.
    RunOut,
}

/// A request that a secret opens, for somebody without an account. The secret is the permission: it was made for this
/// one request, opens nothing else, and closes with the answer or after its time.
///
/// # Errors
///
/// [`WebError::NotFound`] when it opens nothing.
pub async fn opened(tx: &mut Tx, secret: &str, now: Moment) -> Result<Opened, WebError> {
    let link: Option<LinkRow> = tx.first(&queries::BY_SECRET, &[&Passage::hash_of(secret)]).await?;
    let link = link.ok_or(WebError::NotFound)?;
    match link.reply {
        Reply::Asked if link.expires_at <= now => Ok(Opened::RunOut),
        Reply::Asked => {
            let row = tx.first(&queries::REQUEST, &[&link.id]).await?.ok_or(WebError::NotFound)?;
            Ok(Opened::Waiting(Box::new(row), link.owner))
        }
        Reply::Confirmed | Reply::Amended | Reply::Declined => {
            let is_fresh =
                link.answered_at.is_some_and(|answered| now.seconds_since(answered) < THANKS_SECONDS);
            if is_fresh { Ok(Opened::Answered(link.reply, link.words)) } else { Err(WebError::NotFound) }
        }
    }
}

/// Answers a request that was found for this.
///
/// # Errors
///
/// A refusal when it is answered already or has run out, or a remark has no words.
pub async fn answer(
    tx: &mut Tx,
    now: Moment,
    row: &RequestRow,
    reply: &str,
    words: &str,
) -> Result<(), WebError> {
    if row.reply != Reply::Asked {
        return Err(Refusal::Answered.into());
    }
    if row.expires_at <= now {
        return Err(Refusal::RunOut.into());
    }
    let words = words.trim();
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    let reply = match reply.parse() {
        Ok(Reply::Asked) | Err(_) => return Err(Refusal::NoAnswer.into()),
        Ok(Reply::Amended) if words.is_empty() => return Err(Refusal::NoRemark.into()),
        // Who confirms and adds a word has added a remark.
        Ok(Reply::Confirmed) if !words.is_empty() => Reply::Amended,
        Ok(reply) => reply,
    };
    if tx.run(&queries::ANSWER, &[&row.id, &reply, &words, &now]).await? == 0 {
        return Err(Refusal::Answered.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for (text, is) in [
            ("maria@partner.example", true),
            ("Maria Lind", false),
            ("@partner.example", false),
            ("maria@partner", false),
            ("maria@@partner.example", false),
            ("a b@partner.example", false),
        ] {
            assert_eq!(is_address(text), is, "{text}");
        }
    }
}

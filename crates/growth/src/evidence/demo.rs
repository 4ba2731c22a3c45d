//! A year and a half of evidence of an invented person, some of it confirmed.

use espalier_framework::Framework;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Bind as _, Id, Mint, Moment};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx};

use super::claims::pillar_of;
use super::queries;
use super::{CorroborationId, EvidenceId, OPEN_DAYS, Reply};
use crate::actions::asked;

const DAY: i64 = 86_400;

/// What happened, and what came of it.
const DEEDS: [(&str, &str, &str); 12] = [
    (
        "Two teams shared one release and blamed each other for it.",
        "I brought both to one board and asked each to say what it needed from the other.",
        "They kept the board after I had left, and the release after next had no night shift.",
    ),
    (
        "",
        "I wrote a guide for the first planning day of a new team.",
        "Three teams used it without asking me.",
    ),
    (
        "A lead wanted a forecast that nobody could give.",
        "I showed the spread of the last ten weeks instead of one date.",
        "The date became a range, and the range held.",
    ),
    ("The retro had become a list of complaints.", "I asked for one thing each that went well, first.", ""),
    (
        "A new colleague was silent in every meeting.",
        "I asked her before the meeting what she would like to say, and made room for it.",
        "She led the next refinement herself.",
    ),
    (
        "",
        "I said in front of the department that my own experiment had failed, and what I learnt.",
        "Two others did the same the week after.",
    ),
    (
        "Two leads disagreed in the room about who decides.",
        "I named the disagreement and asked both to write down what they would decide alone.",
        "They found four decisions out of twenty that both claimed, and settled those.",
    ),
    (
        "",
        "I ran a workshop on slicing work small, with our own backlog as the material.",
        "Cycle time of that team went down over the next month.",
    ),
    (
        "A team had stopped to look at its own limits.",
        "I drew its board on paper and counted with them what was waiting.",
        "They set a limit themselves.",
    ),
    (
        "",
        "I listened to a colleague who was about to resign, and did not give advice.",
        "He asked for a second talk.",
    ),
    (
        "The yearly plan left no room for learning.",
        "I wrote a page with data from four teams and asked for one day in ten.",
        "Two of four teams got it as an experiment.",
    ),
    (
        "",
        "I facilitated the department’s offsite with thirty people.",
        "Every group left with one thing it does differently on Monday.",
    ),
];

/// Writes the log; the last piece waits for a colleague to confirm it.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    (framework, version): (&Framework, VersionId),
    (person, colleague): (PersonId, PersonId),
) -> Result<(), Fault> {
    let statements = asked(framework, "coach");
    let count = 3 * DEEDS.len();
    for place in 0..count {
        // Every fortnight, the last one five days ago.
        let at = now.plus_seconds(-DAY * (5 + 15 * i64::try_from(count - 1 - place).unwrap_or(0)));
        let (situation, deed, effect) = DEEDS[place % DEEDS.len()];
        let id = EvidenceId::new(mint.id(at));
        let link = if place % 5 == 1 { "https://wiki.demo.example/notes" } else { "" };
        let on = at.date();
        tx.run(&queries::ADD, &[&id, &person, &on, &situation, &deed, &effect, &link, &at]).await?;
        let of_these = (0..2 + place % 2).filter_map(|step| {
            let at = (place * 5 + step * 7) % (statements.len() / 2).max(1);
            statements.get(at).copied()
        });
        let mut rows: Vec<Vec<espalier_kernel::Value<'static>>> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for statement in of_these.filter(|one| known.insert(one.id.clone())) {
            rows.push(vec![
                id.bind().into_owned(),
                person.bind().into_owned(),
                framework.id.as_str().bind().into_owned(),
                version.bind().into_owned(),
                statement.id.as_str().bind().into_owned(),
                pillar_of(framework, statement).bind().into_owned(),
                on.bind().into_owned(),
            ]);
        }
        let columns = ["evidence", "person", "framework", "version", "statement", "pillar", "happened_on"];
        tx.insert_many("evidence_claim", &columns, &rows).await?;
        let words = [situation, deed, effect].into_iter().filter(|part| !part.is_empty());
        let words = words.collect::<Vec<_>>().join("\n");
        match place % 4 {
            _ if place + 1 == count => {
                ask(tx, mint, at, (id, on), (&words, link), colleague.id()).await?;
            }
            1 => {
                let request = ask(tx, mint, at, (id, on), (&words, link), colleague.id()).await?;
                let (reply, said) = match place % 8 {
                    1 => (Reply::Confirmed, ""),
                    _ => (Reply::Amended, "It was the whole team that made it last."),
                };
                tx.run(&queries::ANSWER, &[&request, &reply, &said, &at.plus_seconds(2 * DAY)]).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn ask(
    tx: &mut Tx,
    mint: &Mint,
    at: Moment,
    (evidence, on): (EvidenceId, espalier_kernel::Date),
    (words, link): (&str, &str),
    colleague: Id,
) -> Result<CorroborationId, Fault> {
    let id = CorroborationId::new(mint.id(at));
    let name: Option<(String,)> = tx.first(&queries::NAME, &[&colleague]).await?;
    let name = name.map(|(name,)| name).unwrap_or_default();
    tx.run(
        &queries::ASK,
        &[
            &id,
            &evidence,
            &Option::<String>::None,
            &name,
            &"",
            &Some(colleague),
            &1_i64,
            &on,
            &words,
            &link,
            &at,
            &at.plus_seconds(OPEN_DAYS * DAY),
        ],
    )
    .await?;
    Ok(id)
}

//! What each side does alone before a talk: look at the level point by point, with the evidence beside it, and hand
//! it in sealed. When both have, the talk opens.

use espalier_access::{Action, State};
use espalier_framework::{Competency, Framework, NodeId, Subject};
use espalier_governance::library::{self, Copy};
use espalier_governance::queries::VersionId;
use espalier_kernel::{Date, Id, Mint};
use espalier_people::access::Level;
use espalier_people::person::{PersonId, level_on};
use espalier_store::{Fault, FromRow, Row, Tx};
use espalier_web::{Viewer, WebError};

use super::access::Preparation;
use super::queries::{self, PreparationLine, Prepared, PreparedRow, TalkLine};
use super::{ItemKind, LONGEST, Refusal, Side, TalkId, TalkState, actions, notices};
use crate::actions::asked;
use crate::assessment::{Answer, both_notes};

/// How far back evidence is brought in: a year and a half.
const LOOK_BACK: i32 = 548;

/// A level of a version in force, to pin a talk to.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The version.
    pub version: VersionId,
    /// The framework.
    pub framework: String,
    /// Its name.
    pub framework_name: String,
    /// The level.
    pub level: String,
    /// Its name.
    pub level_name: String,
}

/// The level somebody holds today, where it is one of a framework in force.
///
/// # Errors
///
/// When the database fails.
pub async fn level_of(tx: &mut Tx, viewer: &Viewer, person: Id) -> Result<Option<Pin>, WebError> {
    let Some(permit) = viewer.try_permit::<Level>(tx, Action::Read, person, State::Open).await? else {
        return Ok(None);
    };
    let history = espalier_people::queries::levels(tx, &permit, PersonId::new(person)).await?;
    let Some(entry) = level_on(&history, viewer.today) else { return Ok(None) };
    match pin(tx, viewer, &entry.framework, &entry.level).await {
        Err(WebError::NotFound) => Ok(None),
        other => other.map(Some),
    }
}

/// A level of the version in force.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none.
pub async fn pin(tx: &mut Tx, viewer: &Viewer, framework: &str, level: &str) -> Result<Pin, WebError> {
    let copy = library::take(tx, viewer, framework, None, None).await?;
    let level = copy.framework().level(level).ok_or(WebError::NotFound)?;
    Ok(Pin {
        version: copy.line.id,
        framework: framework.to_owned(),
        framework_name: copy.framework().name.clone(),
        level: level.id.to_string(),
        level_name: espalier_governance::matrix::title(level),
    })
}

/// Says which level a talk looks at, where nobody wrote one down.
///
/// # Errors
///
/// A refusal when there is one already.
pub async fn choose_level(
    tx: &mut Tx,
    viewer: &Viewer,
    id: TalkId,
    framework: &str,
    level: &str,
) -> Result<(), WebError> {
    let (_, line, side) = actions::find_for(tx, viewer, Action::Write, id).await?;
    side.ok_or(WebError::NotFound)?;
    if line.state != TalkState::Planned {
        return Err(Refusal::AlreadyOpen.into());
    }
    let pin = pin(tx, viewer, framework, level).await?;
    let pinned = tx
        .run(
            &queries::PIN,
            &[&id, &pin.version, &pin.framework, &pin.framework_name, &pin.level, &pin.level_name],
        )
        .await?;
    if pinned == 0 { Err(Refusal::LevelFixed.into()) } else { Ok(()) }
}

/// One thing that a talk looks at.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A statement.
    Statement(&'a espalier_framework::Statement),
    /// A competency.
    Competency(&'a espalier_framework::Competency),
}

impl Item<'_> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Statement(one) => one.id.as_str(),
            Self::Competency(one) => one.id.as_str(),
        }
    }

    /// The name of the topmost pillar around it; empty where it stands outside of all.
    #[must_use]
    pub fn pillar(&self, framework: &Framework) -> String {
        let top = |id: &NodeId| framework.top_of(id.as_str()).map(|pillar| pillar.name.clone());
        let around = |competency: &Competency| competency.pillar.as_ref().and_then(top);
        let found = match self {
            Self::Statement(one) => match &one.at.subject {
                Subject::None => None,
                Subject::Pillar(id) => top(id),
                Subject::Competency(id) => framework.competency(id.as_str()).and_then(around),
            },
            Self::Competency(one) => around(one),
        };
        found.unwrap_or_default()
    }
}

/// What a talk looks at one by one, in the order of the framework.
#[must_use]
pub fn items<'a>(framework: &'a Framework, line: &TalkLine) -> Vec<Item<'a>> {
    let statements = asked(framework, &line.level);
    match line.item_kind {
        ItemKind::Statement => statements.into_iter().map(Item::Statement).collect(),
        ItemKind::Competency => framework
            .competencies
            .iter()
            .filter(|competency| {
                framework.asked_point(&line.level, competency.id.as_str()).is_some()
                    || statements
                        .iter()
                        .any(|one| one.at.subject == Subject::Competency(competency.id.clone()))
            })
            .map(Item::Competency)
            .collect(),
    }
}

/// Whether a talk looks at something.
#[must_use]
pub fn is_asked(copy: &Copy, line: &TalkLine, item: &str) -> bool {
    items(copy.framework(), line).iter().any(|one| one.id() == item)
}

/// The viewer's own preparation of a talk, which may not have begun.
#[derive(Debug)]
pub struct Own {
    /// The talk.
    pub line: TalkLine,
    /// On which side.
    pub side: Side,
    /// Since when, and whether it is handed in.
    pub begun: Option<PreparationLine>,
    /// What it says.
    pub prepared: Prepared,
}

/// The viewer's own preparation.
///
/// # Errors
///
/// [`WebError::NotFound`] for anybody who is on neither side.
pub async fn own(tx: &mut Tx, viewer: &Viewer, id: TalkId) -> Result<Own, WebError> {
    let (_, line, side) = actions::find_for(tx, viewer, Action::Read, id).await?;
    let side = side.ok_or(WebError::NotFound)?;
    let begun: Option<PreparationLine> = tx.first(&queries::PREPARATION, &[&id, &viewer.person]).await?;
    let state = state_of(begun.as_ref());
    let permit = viewer.permit::<Preparation>(tx, Action::Read, viewer.person, state).await?;
    let prepared = queries::prepared(tx, &permit, id, viewer.person).await?;
    Ok(Own { line, side, begun, prepared })
}

fn state_of(begun: Option<&PreparationLine>) -> State {
    if begun.is_some_and(|line| line.sealed_at.is_some()) { State::Sealed } else { State::Draft }
}

/// A preparation that can still be written.
async fn find_draft(tx: &mut Tx, viewer: &Viewer, id: TalkId) -> Result<(TalkLine, Side), WebError> {
    let (_, line, side) = actions::find_for(tx, viewer, Action::Write, id).await?;
    let side = side.ok_or(WebError::NotFound)?;
    if line.state != TalkState::Planned {
        return Err(Refusal::AlreadyOpen.into());
    }
    let begun: Option<PreparationLine> = tx.first(&queries::PREPARATION, &[&id, &viewer.person]).await?;
    let state = state_of(begun.as_ref());
    if viewer.try_permit::<Preparation>(tx, Action::Write, viewer.person, state).await?.is_none() {
        return Err(Refusal::Sealed.into());
    }
    tx.run(&queries::BEGIN, &[&id, &viewer.person, &side, &viewer.now]).await?;
    Ok((line, side))
}

/// What was typed about one item.
#[derive(Debug, Clone)]
pub struct Written {
    /// The statement or competency.
    pub item: String,
    /// What is said.
    pub state: Answer,
    /// In which words.
    pub note: String,
    /// The revision that was on the page.
    pub revision: i64,
}

/// An answer given or changed. When another window was faster, both notes are kept.
///
/// # Errors
///
/// A refusal when the preparation is handed in, the talk is open, or it does not look at this.
pub async fn answer(
    tx: &mut Tx,
    viewer: &Viewer,
    id: TalkId,
    written: Written,
) -> Result<PreparedRow, WebError> {
    let (line, _) = find_draft(tx, viewer, id).await?;
    let copy = actions::framework(tx, &line).await?;
    if !is_asked(&copy, &line, &written.item) {
        return Err(Refusal::StrangeItem.into());
    }
    if written.note.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    let kept: Option<PreparedRow> = tx.first(&queries::ANSWER, &[&id, &viewer.person, &written.item]).await?;
    let note = match &kept {
        Some(kept) if kept.revision != written.revision && kept.note != written.note => {
            both_notes(&kept.note, &written.note)
        }
        _ => written.note,
    };
    let row = PreparedRow {
        item: written.item,
        state: written.state,
        note,
        revision: kept.map_or(0, |kept| kept.revision) + 1,
    };
    tx.run(
        &queries::SET_ANSWER,
        &[&id, &viewer.person, &row.item, &row.state, &row.note, &row.revision, &viewer.now],
    )
    .await?;
    Ok(row)
}

/// Hands the preparation in. Nobody can read it before the other has done the same; then both open together.
///
/// # Errors
///
/// A refusal when nothing was said, or nobody holds the talk.
pub async fn seal(tx: &mut Tx, viewer: &Viewer, mint: &Mint, id: TalkId) -> Result<TalkState, WebError> {
    let (line, side) = find_draft(tx, viewer, id).await?;
    let holder = line.holder.ok_or(Refusal::NoHolder)?;
    let copy = actions::framework(tx, &line).await?;
    let permit = viewer.permit::<Preparation>(tx, Action::Decide, viewer.person, State::Draft).await?;
    let prepared = queries::prepared(tx, &permit, id, viewer.person).await?;
    if prepared.answers.iter().all(|row| row.state == Answer::NotObserved && row.note.trim().is_empty()) {
        return Err(Refusal::Empty.into());
    }
    if side == Side::Person {
        cite(tx, viewer, &line, &copy).await?;
    }
    tx.run(&queries::SEAL, &[&id, &viewer.person, &viewer.now]).await?;
    let other = if side == Side::Person { holder } else { line.person };
    if tx.first::<(Id,)>(&queries::IS_SEALED, &[&id, &other]).await?.is_none() {
        notices::tell(tx, mint, viewer.now, other, &notices::OTHER_DONE, id).await?;
        return Ok(TalkState::Planned);
    }
    tx.run(&queries::OPEN, &[&id, &viewer.now, &holder]).await?;
    notices::tell(tx, mint, viewer.now, other, &notices::OPENED, id).await?;
    Ok(TalkState::Open)
}

/// Takes a preparation back to write on, before the other has handed theirs in.
///
/// # Errors
///
/// A refusal when the talk is open.
pub async fn unseal(tx: &mut Tx, viewer: &Viewer, id: TalkId) -> Result<(), WebError> {
    let (_, line, side) = actions::find_for(tx, viewer, Action::Write, id).await?;
    side.ok_or(WebError::NotFound)?;
    if line.state != TalkState::Planned {
        return Err(Refusal::AlreadyOpen.into());
    }
    tx.run(&queries::UNSEAL, &[&id, &viewer.person]).await?;
    tx.run(&queries::FORGET_EVIDENCE, &[&id, &viewer.person]).await?;
    Ok(())
}

/// A piece of evidence in the person's log for a statement of the framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// The statement.
    pub statement: String,
    /// The piece of evidence.
    pub evidence: Id,
    /// Its day.
    pub happened_on: Date,
    /// In which situation.
    pub situation: String,
    /// What the person did.
    pub deed: String,
    /// What came of it.
    pub effect: String,
    /// Where more is found.
    pub link: String,
    /// Whether somebody confirmed it.
    pub standing: String,
}

impl FromRow for LogRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            statement: row.take()?,
            evidence: row.take()?,
            happened_on: row.take()?,
            situation: row.take()?,
            deed: row.take()?,
            effect: row.take()?,
            link: row.take()?,
            standing: row.take()?,
        })
    }
}

impl LogRow {
    /// The piece of evidence as one text.
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

/// The viewer's evidence for what a talk looks at, of the last year and a half.
///
/// # Errors
///
/// When the database fails.
pub async fn log(tx: &mut Tx, viewer: &Viewer, line: &TalkLine) -> Result<Vec<LogRow>, Fault> {
    let since = viewer.today.plus_days(-LOOK_BACK);
    tx.all(&queries::LOG, &[&viewer.person, &line.framework, &since]).await
}

/// The item of a talk under which evidence for a statement stands.
#[must_use]
pub fn item_of(framework: &Framework, line: &TalkLine, statement: &str) -> Option<String> {
    match line.item_kind {
        ItemKind::Statement => Some(statement.to_owned()),
        ItemKind::Competency => match &framework.statement(statement)?.at.subject {
            Subject::Competency(competency) => Some(competency.to_string()),
            Subject::None | Subject::Pillar(_) => None,
        },
    }
}

/// Keeps the person's evidence with the talk as it reads now.
async fn cite(tx: &mut Tx, viewer: &Viewer, line: &TalkLine, copy: &Copy) -> Result<(), WebError> {
    let framework = copy.framework();
    let known = items(framework, line);
    let mut seen = std::collections::HashSet::new();
    let rows: Vec<Vec<espalier_kernel::Value>> = log(tx, viewer, line)
        .await?
        .into_iter()
        .filter_map(|row| {
            let item = item_of(framework, line, &row.statement)?;
            let is_ours = known.iter().any(|one| one.id() == item);
            (is_ours && seen.insert((item.clone(), row.evidence))).then(|| {
                use espalier_kernel::Bind as _;
                vec![
                    line.id.bind().into_owned(),
                    viewer.person.bind().into_owned(),
                    item.bind().into_owned(),
                    row.evidence.bind().into_owned(),
                    row.happened_on.bind().into_owned(),
                    row.words().bind().into_owned(),
                    row.link.bind().into_owned(),
                    row.standing.bind().into_owned(),
                ]
            })
        })
        .collect();
    let columns = ["talk", "author", "item", "evidence", "happened_on", "words", "link", "standing"];
    tx.insert_many("preparation_evidence", &columns, &rows).await?;
    Ok(())
}

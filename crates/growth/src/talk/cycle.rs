//! Talks made for many at once. Looked at first, then made in small steps while everybody works on, and there for
//! all at the same moment.

use std::collections::HashMap;

use espalier_access::{Action, State};
use espalier_governance::library::{self, Copy};
use espalier_governance::matrix::title;
use espalier_kernel::{Bind, Date, Id, Mint, Moment, words};
use espalier_people::access::ORGANISATION;
use espalier_people::person::TeamId;
use espalier_people::trail;
use espalier_store::{Fault, FromRow, Row, Store, Tx, queries};
use espalier_web::{Viewer, WebError};

use super::access::{TALK_CYCLE, TalkCycle};
use super::{CycleId, ItemKind, TalkId, cadence};

words! {
    /// Where a round stands.
    pub enum CycleState {
        /// Its talks are being made and exist for nobody yet.
        Staged = "staged",
        /// Its talks are there.
        Open = "open",
        /// It is over.
        Closed = "closed",
    }
}

impl CycleState {
    /// How the rules call it.
    #[must_use]
    pub const fn access(self) -> State {
        match self {
            Self::Staged => State::Draft,
            Self::Open => State::Open,
            Self::Closed => State::Ended,
        }
    }
}

/// How many talks are made while the database's one writer is held: some ten milliseconds of work.
const STEP: i64 = 400;

/// Whose talks a round makes: members who have not left, in the team or inside it, without a talk under way.
macro_rules! scope {
    () => {
        " from person p left join team t on t.id = p.team where p.kind = 'member' \
         and (p.left_on is null or p.left_on > $1) and ($2 = '' or substr(t.path, 1, length($2)) = $2) \
         and not exists (select 1 from talk k where k.person = p.id and k.state in ('planned', 'open'))"
    };
}

/// The columns of a [`CycleLine`].
macro_rules! line {
    () => {
        "select c.id, c.name, c.team, coalesce(t.name, ''), coalesce(t.path, ''), c.due_on, c.item_kind, c.state, \
         c.planned, c.made, c.made_up_to, c.started_at, c.opened_at, c.months, c.next_on from talk_cycle c left join team t on t.id = c.team"
    };
}

/// What a list of rounds reads, to be narrowed by the rules.
pub const LINE: &str = line!();

queries! {
    /// How many a round would make, how many of them nobody leads, and how many have no level.
    PREVIEW = concat!(
        "select cast(count(*) as bigint), cast(coalesce(sum(case when exists (select 1 from reporting_line l \
         where l.person = p.id and l.from_on <= $1 and (l.until_on is null or l.until_on > $1)) then 0 else 1 end), 0) as bigint), \
         cast(coalesce(sum(case when exists (select 1 from level_entry e where e.person = p.id and e.since_on <= $1) \
         then 0 else 1 end), 0) as bigint)",
        scope!()
    );
    /// The next of them, with the level they hold.
    NEXT = concat!(
        "select q.id, e.framework, e.level from (select p.id",
        scope!(),
        " and p.id > $3 order by p.id limit $4) q left join level_entry e on e.id = (select n.id from level_entry n \
         where n.person = q.id and n.since_on <= $1 order by n.since_on desc, n.id desc limit 1) order by q.id"
    );
    /// The same round, begun a moment ago.
    SAME = "select id from talk_cycle where name = $1 and coalesce(team, '') = $2 and due_on = $3 and item_kind = $4 \
            and state <> 'closed' and started_at > $5 order by id limit 1";
    /// A round begins.
    ADD = "insert into talk_cycle (id, name, team, due_on, item_kind, state, planned, made, made_up_to, started_by, \
           started_at, opened_at, closed_at, months, next_on) values ($1, $2, $3, $4, $5, 'staged', $6, 0, '', $7, $8, \
           null, null, $9, $10)";
    /// Some more of its talks are made.
    MADE = "update talk_cycle set made = made + $2, made_up_to = $3 where id = $1 and state = 'staged'";
    /// All are made: they are there from now on.
    SWITCH = "update talk_cycle set state = 'open', opened_at = $2, planned = made where id = $1 and state = 'staged'";
    /// It is over. Talks that were not held stay planned or open for their two.
    CLOSE = "update talk_cycle set state = 'closed', closed_at = $2 where id = $1 and state = 'open'";
    /// Rounds whose talks are being made, the oldest first.
    STAGED = "select c.id from talk_cycle c where c.state = 'staged' order by c.started_at, c.id limit 20";
    /// One round.
    ONE = concat!(line!(), " where c.id = $1");
    /// A team's path.
    TEAM_PATH = "select path from team where id = $1 and ended_on is null";
}

/// A round of talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleLine {
    /// Its id.
    pub id: CycleId,
    /// What people call it.
    pub name: String,
    /// For which team, or for everybody.
    pub team: Option<TeamId>,
    /// The team's name.
    pub team_name: String,
    /// Where the team is.
    pub team_path: String,
    /// By when the talks should be held.
    pub due_on: Date,
    /// What is looked at one by one.
    pub item_kind: ItemKind,
    /// Where it stands.
    pub state: CycleState,
    /// How many talks it will have.
    pub planned: i64,
    /// How many are made.
    pub made: i64,
    /// The last person for whom one was made.
    pub made_up_to: String,
    /// When it began.
    pub started_at: Moment,
    /// Since when they are there.
    pub opened_at: Option<Moment>,
    /// After how many months the next is due; none for once.
    pub months: i64,
    /// By when.
    pub next_on: Option<Date>,
}

impl FromRow for CycleLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            name: row.take()?,
            team: row.take()?,
            team_name: row.take()?,
            team_path: row.take()?,
            due_on: row.take()?,
            item_kind: row.take()?,
            state: row.take()?,
            planned: row.take()?,
            made: row.take()?,
            made_up_to: row.take()?,
            started_at: row.take()?,
            opened_at: row.take()?,
            months: row.take()?,
            next_on: row.take()?,
        })
    }
}

impl CycleLine {
    /// What its rules are about: the team, or everybody.
    #[must_use]
    pub fn subject(&self) -> Id {
        self.team.map_or(ORGANISATION, |team| team.id())
    }
}

/// What is wanted of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What people call it.
    pub name: String,
    /// For which team, or for everybody.
    pub team: Option<TeamId>,
    /// By when the talks should be held.
    pub due_on: Date,
    /// What is looked at one by one.
    pub item_kind: ItemKind,
    /// After how many months the next is due; none for once.
    pub months: i64,
}

/// What a round would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// How many talks.
    pub talks: i64,
    /// How many of them for somebody whom nobody leads.
    pub without_manager: i64,
    /// How many for somebody without a level.
    pub without_level: i64,
}

async fn path_of(tx: &mut Tx, team: Option<TeamId>) -> Result<String, WebError> {
    match team {
        None => Ok(String::new()),
        Some(team) => {
            let found: Option<(String,)> = tx.first(&TEAM_PATH, &[&team]).await?;
            found.map(|(path,)| path).ok_or(WebError::NotFound)
        }
    }
}

/// Whether the viewer may make a round for a team or for everybody.
///
/// # Errors
///
/// [`WebError::NotFound`] when it is not in their scope.
pub async fn may_make(tx: &mut Tx, viewer: &Viewer, team: Option<TeamId>) -> Result<(), WebError> {
    let subject = team.map_or(ORGANISATION, |team| team.id());
    viewer.permit::<TalkCycle>(tx, Action::Write, subject, State::Draft).await.map(drop)
}

/// What a round would do, without doing it.
///
/// # Errors
///
/// [`WebError::NotFound`] when the team is not in the viewer's scope.
pub async fn preview(tx: &mut Tx, viewer: &Viewer, wanted: &Wanted) -> Result<Preview, WebError> {
    may_make(tx, viewer, wanted.team).await?;
    let path = path_of(tx, wanted.team).await?;
    let found: Option<(i64, i64, i64)> = tx.first(&PREVIEW, &[&viewer.today, &path]).await?;
    let (talks, without_manager, without_level) = found.unwrap_or_default();
    Ok(Preview { talks, without_manager, without_level })
}

/// Begins a round. Its talks are made by the house itself, a few at a time, and nobody sees any before all are there. A
/// second click within ten minutes begins no second one.
///
/// # Errors
///
/// [`WebError::NotFound`] when the team is not in the viewer's scope.
pub async fn start(tx: &mut Tx, viewer: &Viewer, mint: &Mint, wanted: &Wanted) -> Result<CycleId, WebError> {
    let preview = preview(tx, viewer, wanted).await?;
    tx.lock("talk cycles").await?;
    let team = wanted.team.map(|team| team.to_string()).unwrap_or_default();
    let since = viewer.now.plus_seconds(-600);
    let same: [&dyn Bind; 5] = [&wanted.name, &team, &wanted.due_on, &wanted.item_kind, &since];
    if let Some((id,)) = tx.first::<(CycleId,)>(&SAME, &same).await? {
        return Ok(id);
    }
    let id = CycleId::new(mint.id(viewer.now));
    tx.run(
        &ADD,
        &[
            &id,
            &wanted.name,
            &wanted.team,
            &wanted.due_on,
            &wanted.item_kind,
            &preview.talks,
            &viewer.person,
            &viewer.now,
            &wanted.months,
            &cadence::next_on(wanted.due_on, wanted.months),
        ],
    )
    .await?;
    trail::note(
        tx,
        mint,
        viewer,
        "start-talk-cycle",
        &TALK_CYCLE,
        wanted.team.map_or(ORGANISATION, |team| team.id()),
    )
    .await?;
    Ok(id)
}

/// A round, for an action.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: CycleId,
) -> Result<CycleLine, WebError> {
    let line: CycleLine = tx.first(&ONE, &[&id]).await?.ok_or(WebError::NotFound)?;
    viewer.permit::<TalkCycle>(tx, action, line.subject(), line.state.access()).await?;
    Ok(line)
}

/// A round is over.
///
/// # Errors
///
/// [`WebError::NotFound`] when it is not in the viewer's scope.
pub async fn close(tx: &mut Tx, viewer: &Viewer, id: CycleId) -> Result<(), WebError> {
    find_for(tx, viewer, Action::Decide, id).await?;
    tx.run(&CLOSE, &[&id, &viewer.now]).await?;
    Ok(())
}

/// Makes the talks of all rounds that wait for them, step by step. Whatever was begun and broken off goes on where it
/// was; any number of processes may do it at once.
///
/// # Errors
///
/// When the database fails; the next call goes on.
pub async fn make_all(store: &Store, mint: &Mint, now: Moment) -> Result<usize, Fault> {
    let staged: Vec<(CycleId,)> = store.read().await?.all(&STAGED, &[]).await?;
    let mut made = 0;
    for (id,) in staged {
        while let Some(count) = step(store, mint, now, id).await? {
            made += count;
        }
    }
    Ok(made)
}

/// One step: some talks in one short transaction, or the switch when all are made. Gives nothing when nothing is left.
async fn step(store: &Store, mint: &Mint, now: Moment, id: CycleId) -> Result<Option<usize>, Fault> {
    let mut tx = store.write().await?;
    tx.lock(&format!("talk-cycle {id}")).await?;
    let Some(line) = tx.first::<CycleLine>(&ONE, &[&id]).await? else { return Ok(None) };
    if line.state != CycleState::Staged {
        return Ok(None);
    }
    let today = now.date();
    let people: Vec<(Id, Option<String>, Option<String>)> =
        tx.all(&NEXT, &[&today, &line.team_path, &line.made_up_to, &STEP]).await?;
    let Some((last, _, _)) = people.last() else {
        tx.run(&SWITCH, &[&id, &now]).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let last = last.to_string();
    let levels = levels(&mut tx).await?;
    let rows: Vec<Vec<espalier_kernel::Value<'static>>> = people
        .into_iter()
        .map(|(person, framework, level)| {
            let held = framework.zip(level);
            let pin = held.as_ref().and_then(|held| levels.get(held));
            let text = |text: &str| text.bind().into_owned();
            vec![
                TalkId::new(mint.id(now)).bind().into_owned(),
                id.bind().into_owned(),
                person.bind().into_owned(),
                false.bind().into_owned(),
                pin.map(|pin| pin.version).bind().into_owned(),
                text(pin.map_or("", |pin| pin.framework.as_str())),
                text(pin.map_or("", |pin| pin.framework_name.as_str())),
                text(pin.map_or("", |pin| pin.level.as_str())),
                text(pin.map_or("", |pin| pin.level_name.as_str())),
                line.item_kind.bind().into_owned(),
                text("planned"),
                line.due_on.bind().into_owned(),
                now.bind().into_owned(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "cycle",
        "person",
        "is_chosen",
        "version",
        "framework",
        "framework_name",
        "level",
        "level_name",
        "item_kind",
        "state",
        "due_on",
        "made_at",
    ];
    tx.insert_many("talk", &columns, &rows).await?;
    let count = rows.len();
    tx.run(&MADE, &[&id, &i64::try_from(count).unwrap_or(i64::MAX), &last]).await?;
    tx.commit().await?;
    Ok(Some(count))
}

type Held = (String, String);

/// Every level of every framework in force, to pin talks to.
async fn levels(tx: &mut Tx) -> Result<HashMap<Held, super::prepare::Pin>, Fault> {
    let mut levels = HashMap::new();
    for Copy { line, edition } in library::in_force(tx).await? {
        for level in edition.framework.all_levels() {
            let pin = super::prepare::Pin {
                version: line.id,
                framework: line.framework.clone(),
                framework_name: edition.framework.name.clone(),
                level: level.id.to_string(),
                level_name: title(level),
            };
            levels.insert((line.framework.clone(), level.id.to_string()), pin);
        }
    }
    Ok(levels)
}

use std::collections::HashMap;

use espalier_kernel::{Bind as _, Date, Id, Mint, Moment, Value, folded, words_of};
use espalier_store::{Fault, FromRow, Row as DbRow, Tx, queries};

use super::plan::team_path;
use super::{Existing, Field, Plan, Row};
use crate::person::{PersonId, TeamId};

queries! {
    /// Those who moved, and whose quiet hours did not yet.
    ZONES_APART = "select c.person, p.time_zone from notice_choice c join person p on p.id = c.person \
                   where c.time_zone <> p.time_zone order by c.person";
    /// Everybody, in the words of the file.
    EVERYBODY = "select p.email, p.id, p.name, p.job_title, p.pronouns, p.location, p.time_zone, p.working_hours, \
                 p.languages, p.started_on, p.left_on, p.kind, p.team, m.email \
                 from person p left join reporting_line l on l.person = p.id and l.until_on is null \
                 left join person m on m.id = l.manager order by p.id";
    /// All teams.
    TEAMS = "select id, name, path, parent from team where ended_on is null order by path";
    /// Everybody's newest level.
    NEWEST_LEVELS = "select p.email, e.framework, e.track, e.level, e.since_on from level_entry e \
                     join person p on p.id = e.person where not exists (select 1 from level_entry n \
                     where n.person = e.person and (n.since_on, n.id) > (e.since_on, e.id)) order by e.id";
    /// A person changed by the import.
    UPDATE = "update person set name = $2, sort_key = $3, job_title = $4, pronouns = $5, location = $6, \
              time_zone = $7, working_hours = $8, languages = $9, started_on = $10, left_on = $11, \
              left_known_on = case when $11 = left_on then left_known_on when $11 < $14 then $14 else $11 end, \
              kind = $12, team = $13, version = version + 1 where id = $1";
    /// The line to a manager ends.
    END_LINE = "update reporting_line set until_on = $2 where person = $1 and until_on is null";
    /// The words of a person are found anew.
    FORGET_WORDS = "delete from person_word where person = $1";
}

/// Who is here, in the words of the file, by e-mail address.
///
/// # Errors
///
/// When the database fails.
pub async fn existing(tx: &mut Tx) -> Result<HashMap<String, Existing>, Fault> {
    let teams = teams(tx).await?;
    let team_names: HashMap<TeamId, String> =
        teams.iter().map(|(names, team)| (team.id, names.clone())).collect();
    let everybody: Vec<Known> = tx.all(&EVERYBODY, &[]).await?;
    let mut people: HashMap<String, Existing> = everybody
        .into_iter()
        .map(|known| (known.email.clone(), Existing { cells: known.cells(&team_names) }))
        .collect();
    let levels: Vec<(String, String, String, String, String)> = tx.all(&NEWEST_LEVELS, &[]).await?;
    for (email, framework, track, level, since) in levels {
        if let Some(person) = people.get_mut(&email) {
            person.cells.insert(Field::Framework, framework);
            person.cells.insert(Field::Track, track);
            person.cells.insert(Field::Level, level);
            person.cells.insert(Field::LevelSince, since);
        }
    }
    Ok(people)
}

struct Known {
    email: String,
    id: PersonId,
    texts: [String; 7],
    started_on: Option<String>,
    left_on: Option<String>,
    kind: String,
    team: Option<TeamId>,
    manager: Option<String>,
}

const TEXTS: [Field; 7] = [
    Field::Name,
    Field::JobTitle,
    Field::Pronouns,
    Field::Location,
    Field::TimeZone,
    Field::WorkingHours,
    Field::Languages,
];

impl FromRow for Known {
    fn from_row(row: &mut DbRow<'_>) -> Result<Self, Fault> {
        Ok(Self {
            email: row.take()?,
            id: row.take()?,
            texts: [
                row.take()?,
                row.take()?,
                row.take()?,
                row.take()?,
                row.take()?,
                row.take()?,
                row.take()?,
            ],
            started_on: row.take()?,
            left_on: row.take()?,
            kind: row.take()?,
            team: row.take()?,
            manager: row.take()?,
        })
    }
}

impl Known {
    fn cells(self, team_names: &HashMap<TeamId, String>) -> HashMap<Field, String> {
        let mut cells: HashMap<Field, String> = TEXTS.into_iter().zip(self.texts).collect();
        cells.insert(Field::Email, self.email);
        cells.insert(Field::StartedOn, self.started_on.unwrap_or_default());
        cells.insert(Field::LeftOn, self.left_on.unwrap_or_default());
        cells.insert(Field::Kind, self.kind);
        cells.insert(Field::Manager, self.manager.unwrap_or_default());
        let team = self.team.and_then(|team| team_names.get(&team).cloned());
        cells.insert(Field::Team, team.unwrap_or_default());
        cells
    }
}

#[derive(Clone)]
struct KnownTeam {
    id: TeamId,
    path: String,
}

/// All teams by their names from the outermost in: `Engineering / Platform`.
async fn teams(tx: &mut Tx) -> Result<HashMap<String, KnownTeam>, Fault> {
    let rows: Vec<(TeamId, String, String, Option<TeamId>)> = tx.all(&TEAMS, &[]).await?;
    let mut names: HashMap<TeamId, String> = HashMap::with_capacity(rows.len());
    let mut teams = HashMap::with_capacity(rows.len());
    // Sorted by path, a team comes after those around it.
    for (id, name, path, parent) in rows {
        let full = match parent.and_then(|parent| names.get(&parent)) {
            Some(around) => format!("{around} / {name}"),
            None => name,
        };
        names.insert(id, full.clone());
        teams.insert(full, KnownTeam { id, path });
    }
    Ok(teams)
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// People added.
    pub new: usize,
    /// People changed.
    pub changed: usize,
    /// Teams added.
    pub teams: usize,
}

/// Does what a plan says, wholly or not at all.
///
/// # Errors
///
/// When the database fails.
pub async fn apply(
    tx: &mut Tx,
    plan: &Plan,
    mint: &Mint,
    now: Moment,
    actor: Option<Id>,
) -> Result<Applied, Fault> {
    let today = now.date();
    let everybody: Vec<Known> = tx.all(&EVERYBODY, &[]).await?;
    let mut ids: HashMap<String, PersonId> =
        everybody.iter().map(|known| (known.email.clone(), known.id)).collect();
    let before: HashMap<PersonId, Known> = everybody.into_iter().map(|known| (known.id, known)).collect();
    for row in &plan.new {
        ids.insert(row.email.clone(), PersonId::new(mint.id(now)));
    }
    let rows = || plan.new.iter().chain(plan.changed.iter().map(|(row, _)| row));
    let (teams, new_teams) = make_teams(tx, rows(), mint, now).await?;

    let mut batch = Batch::default();
    for row in &plan.new {
        batch.person(row, ids[&row.email], &teams, &today.to_string());
    }
    for (row, changes) in &plan.changed {
        let id = ids[&row.email];
        update(tx, row, &before[&id], &teams, today).await?;
        if changes.iter().any(|change| matches!(change.field, Field::Name | Field::JobTitle)) {
            tx.run(&FORGET_WORDS, &[&id]).await?;
            batch.words(row, id, Some(&before[&id]));
        }
        if changes.iter().any(|change| change.field == Field::Manager) {
            tx.run(&END_LINE, &[&id, &today]).await?;
        }
    }
    for row in &plan.new {
        let started = row.get(Field::StartedOn).filter(|day| !day.is_empty());
        let from = started.map_or_else(|| today.to_string(), str::to_owned);
        batch.line(mint.id(now), row, &ids, from);
        batch.level(mint.id(now), row, ids[&row.email], today, now, actor);
    }
    for (row, changes) in &plan.changed {
        let changes = |fields: &[Field]| changes.iter().any(|change| fields.contains(&change.field));
        if changes(&[Field::Manager]) {
            batch.line(mint.id(now), row, &ids, today.to_string());
        }
        if changes(&[Field::Level, Field::Track, Field::Framework, Field::LevelSince]) {
            batch.level(mint.id(now), row, ids[&row.email], today, now, actor);
        }
    }
    batch.write(tx).await?;
    // Only those who chose how they are told have hours that could move.
    let apart: Vec<(Id, String)> = tx.all(&ZONES_APART, &[]).await?;
    for (person, zone) in apart {
        espalier_notify::moved(tx, now, person, &zone).await?;
    }
    Ok(Applied { new: plan.new.len(), changed: plan.changed.len(), teams: new_teams })
}

/// Adds the teams that are named and not here yet, with those around them.
async fn make_teams<'a>(
    tx: &mut Tx,
    rows: impl Iterator<Item = &'a Row>,
    mint: &Mint,
    now: Moment,
) -> Result<(HashMap<String, KnownTeam>, usize), Fault> {
    let mut known = teams(tx).await?;
    let mut new: Vec<Vec<Value<'static>>> = Vec::new();
    for row in rows {
        let Some(cell) = row.get(Field::Team) else { continue };
        if known.contains_key(cell) {
            continue;
        }
        let mut full = String::new();
        let mut parent: Option<KnownTeam> = None;
        for name in team_path(cell) {
            full = if full.is_empty() { name.clone() } else { format!("{full} / {name}") };
            let team = known.get(&full).cloned().unwrap_or_else(|| {
                let id = TeamId::new(mint.id(now));
                let around = parent.as_ref().map_or("/", |parent| parent.path.as_str());
                let team = KnownTeam { id, path: format!("{around}{id}/") };
                new.push(vec![
                    text(id.to_string()),
                    text(name.clone()),
                    text(folded(&name)),
                    parent
                        .as_ref()
                        .map_or(Value::Null(espalier_kernel::Shape::Text), |p| text(p.id.to_string())),
                    text(team.path.clone()),
                ]);
                known.insert(full.clone(), team.clone());
                team
            });
            parent = Some(team);
        }
    }
    tx.insert_many("team", &["id", "name", "sort_key", "parent", "path"], &new).await?;
    Ok((known, new.len()))
}

async fn update(
    tx: &mut Tx,
    row: &Row,
    before: &Known,
    teams: &HashMap<String, KnownTeam>,
    today: Date,
) -> Result<(), Fault> {
    let [name, job_title, pronouns, location, time_zone, working_hours, languages] =
        std::array::from_fn(|place| row.get(TEXTS[place]).unwrap_or(&before.texts[place]));
    let day = |field: Field, before: &Option<String>| match row.get(field) {
        Some(day) => (!day.is_empty()).then(|| day.to_owned()),
        None => before.clone(),
    };
    let kind = row.get(Field::Kind).filter(|kind| !kind.is_empty()).unwrap_or(&before.kind);
    let team = match row.get(Field::Team) {
        Some(cell) => teams.get(cell).map(|team| team.id),
        None => before.team,
    };
    let started = day(Field::StartedOn, &before.started_on);
    let left = day(Field::LeftOn, &before.left_on);
    tx.run(
        &UPDATE,
        &[
            &before.id,
            &name,
            &folded(name),
            &job_title,
            &pronouns,
            &location,
            &time_zone,
            &working_hours,
            &languages,
            &started,
            &left,
            &kind,
            &team,
            &today,
        ],
    )
    .await?;
    Ok(())
}

/// Rows on their way into the tables, gathered so that few statements carry many.
#[derive(Default)]
struct Batch {
    people: Vec<Vec<Value<'static>>>,
    /// Word, sort key, person.
    words: Vec<[String; 3]>,
    lines: Vec<Vec<Value<'static>>>,
    levels: Vec<Vec<Value<'static>>>,
}

fn text(text: impl Into<String>) -> Value<'static> {
    Value::Text(text.into().into())
}

fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Text(words) => text(words.into_owned()),
        _ => Value::Null(espalier_kernel::Shape::Text),
    }
}

impl Batch {
    fn person(&mut self, row: &Row, id: PersonId, teams: &HashMap<String, KnownTeam>, today: &str) {
        let cell = |field: Field| row.get(field).unwrap_or_default();
        let or = |field: Field, otherwise: &str| {
            text(if cell(field).is_empty() { otherwise } else { cell(field) })
        };
        let day = |field: Field| Some(cell(field)).filter(|day| !day.is_empty()).map(str::to_owned);
        let team = row.get(Field::Team).and_then(|team| teams.get(team)).map(|team| team.id.to_string());
        self.people.push(vec![
            text(id.to_string()),
            text(cell(Field::Name)),
            text(folded(cell(Field::Name))),
            or(Field::Kind, "member"),
            text(row.email.clone()),
            text(cell(Field::Pronouns)),
            text(cell(Field::JobTitle)),
            owned(team.bind()),
            text(cell(Field::Location)),
            or(Field::TimeZone, "UTC"),
            text(cell(Field::WorkingHours)),
            text(cell(Field::Languages)),
            owned(day(Field::StartedOn).bind()),
            owned(day(Field::LeftOn).bind()),
            owned(day(Field::LeftOn).map(|left| left.max(today.to_owned())).bind()),
            Value::Whole(1),
        ]);
        self.words(row, id, None);
    }

    /// A person is found by the words of their name, their title and the part of their address before the @.
    fn words(&mut self, row: &Row, id: PersonId, before: Option<&Known>) {
        let cell = |field: Field, place: usize| {
            row.get(field).or_else(|| before.map(|known| known.texts[place].as_str())).unwrap_or_default()
        };
        let name = cell(Field::Name, 0);
        let sort_key = folded(name);
        let address = row.email.split('@').next().unwrap_or_default();
        for word in words_of(&format!("{name} {} {address}", cell(Field::JobTitle, 1))) {
            self.words.push([word, sort_key.clone(), id.to_string()]);
        }
    }

    fn line(&mut self, id: Id, row: &Row, ids: &HashMap<String, PersonId>, from_on: String) {
        let Some(manager) = row.get(Field::Manager).and_then(|manager| ids.get(manager)) else { return };
        self.lines.push(vec![
            text(id.to_string()),
            text(ids[&row.email].to_string()),
            text(manager.to_string()),
            text(from_on),
        ]);
    }

    fn level(&mut self, id: Id, row: &Row, person: PersonId, today: Date, now: Moment, actor: Option<Id>) {
        let cell = |field: Field| row.get(field).unwrap_or_default();
        if cell(Field::Level).is_empty() {
            return;
        }
        let since = Some(cell(Field::LevelSince)).filter(|day| !day.is_empty());
        self.levels.push(vec![
            text(id.to_string()),
            text(person.to_string()),
            text(cell(Field::Framework)),
            text(cell(Field::Track)),
            text(cell(Field::Level)),
            text(since.map_or_else(|| today.to_string(), str::to_owned)),
            owned(actor.bind()),
            text(now.to_string()),
        ]);
    }

    async fn write(mut self, tx: &mut Tx) -> Result<(), Fault> {
        const PERSON: &[&str] = &[
            "id",
            "name",
            "sort_key",
            "kind",
            "email",
            "pronouns",
            "job_title",
            "team",
            "location",
            "time_zone",
            "working_hours",
            "languages",
            "started_on",
            "left_on",
            "left_known_on",
            "version",
        ];
        tx.insert_many("person", PERSON, &self.people).await?;
        // In the order of their key, neighbours in the index are written one after the other.
        self.words.sort_unstable();
        let words: Vec<Vec<Value<'static>>> =
            self.words.into_iter().map(|word| word.map(text).to_vec()).collect();
        tx.insert_many("person_word", &["word", "sort_key", "person"], &words).await?;
        tx.insert_many("reporting_line", &["id", "person", "manager", "from_on"], &self.lines).await?;
        let level = &["id", "person", "framework", "track", "level", "since_on", "set_by", "set_at"];
        tx.insert_many("level_entry", level, &self.levels).await
    }
}

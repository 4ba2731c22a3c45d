//! The pages of rounds: begin one after looking at what it would do, follow it by states and never by contents, and
//! what leads see of those below them: counts of groups of five or more.

use std::sync::OnceLock;

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, Policy, State, Terms};
use espalier_kernel::{Bind, Date, Id};
use espalier_people::access::ORGANISATION;
use espalier_people::person::TeamId;
use espalier_store::{Fault, Statement, Tx, queries};
use espalier_web::{
    Door, Doors, Form, Frame, Page, Path, Problems, Query, Viewer, WebError, count_of, day_in_words,
};
use serde::Deserialize;

use super::access::{TALK_CYCLE, TALK_STATE, TalkProgress};
use super::cadence::{CADENCES, in_words};
use super::cycle::{self, CycleLine, CycleState, Preview, Wanted};
use super::groups::{GroupCount, Sum, shown};
use super::{CycleId, ItemKind, TalkState};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/talks/rounds", get(show_rounds).post(create_round))
        .route("/talks/rounds/{id}", get(show_round))
        .route("/talks/rounds/{id}/end", post(end_round))
        .route("/talks/below", get(show_below))
}

/// Planned, open and signed talks `t`.
macro_rules! sums {
    () => {
        "select cast(coalesce(sum(case when t.state = 'planned' then 1 else 0 end), 0) as bigint), \
         cast(coalesce(sum(case when t.state = 'open' then 1 else 0 end), 0) as bigint), \
         cast(coalesce(sum(case when t.state = 'signed' then 1 else 0 end), 0) as bigint) "
    };
}

queries! {
    /// How far the talks are of everybody below those whom somebody leads directly, one line for each of the latter.
    BELOW = "with recursive below (root, id, depth) as (select l.person, l.person, cast(0 as bigint) from reporting_line l \
             where l.manager = $1 and l.from_on <= $2 and (l.until_on is null or l.until_on > $2) \
             union select below.root, l.person, below.depth + 1 from below join reporting_line l on l.manager = below.id \
             where below.depth < 40 and l.from_on <= $2 and (l.until_on is null or l.until_on > $2)) \
             select r.id, r.name, cast(count(*) as bigint), \
             cast(coalesce(sum(case when k.state = 'planned' then 1 else 0 end), 0) as bigint), \
             cast(coalesce(sum(case when k.state = 'open' then 1 else 0 end), 0) as bigint), \
             cast(coalesce(sum(case when k.state = 'signed' then 1 else 0 end), 0) as bigint) \
             from below b join person r on r.id = b.root join person p on p.id = b.id \
             left join talk k on k.id = (select n.id from talk n where n.person = b.id and n.state <> 'called-off' \
             and (n.cycle is null or exists (select 1 from talk_cycle c where c.id = n.cycle and c.state <> 'staged')) \
             order by n.due_on desc, n.id desc limit 1) \
             where b.depth > 0 and b.id <> $1 and (p.left_on is null or p.left_on > $2) \
             group by r.id, r.name, r.sort_key order by r.sort_key, r.id";
    /// Whether anybody whom somebody leads leads others.
    LEADS_LEADS = "select l.id from reporting_line l where l.manager = $1 and l.from_on <= $2 and (l.until_on is null \
                   or l.until_on > $2) and exists (select 1 from reporting_line b where b.manager = l.person \
                   and b.from_on <= $2 and (b.until_on is null or b.until_on > $2)) limit 1";
    /// How far the talks of a round are.
    COUNT_ALL = concat!(sums!(), "from talk t where t.cycle = $1");
    /// Those of people who left. Nobody is in a round of whom it was known on the day `$3` on which it began.
    COUNT_LEFT = concat!(
        sums!(),
        "from person p cross join talk t where p.left_known_on >= $3 and p.left_on <= $2 and t.cycle = $1 \
         and t.person = p.id"
    );
}

#[derive(Debug, Template)]
#[template(path = "rounds.html")]
struct RoundsPage {
    frame: Frame,
    rounds: Vec<RoundView>,
    teams: Vec<(TeamId, String)>,
    typed: RoundForm,
    preview: Option<PreviewView>,
    problems: Problems,
}

#[derive(Debug)]
struct RoundView {
    line: CycleLine,
    due: String,
    rhythm: &'static str,
    /// By when the next one’s talks are due.
    next: Option<String>,
}

#[derive(Debug)]
struct PreviewView {
    counts: Preview,
    talks: String,
    without_manager: String,
    without_level: String,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct RoundForm {
    pub(super) name: String,
    pub(super) team: String,
    pub(super) due_on: String,
    pub(super) item_kind: String,
    pub(super) months: String,
    /// What the button said: look first, or do it.
    pub(super) step: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoundsQuery {
    /// The round after which another is planned.
    after: String,
}

async fn show_rounds(mut door: Door, Query(query): Query<RoundsQuery>) -> Result<Page<RoundsPage>, WebError> {
    let mut typed = RoundForm { due_on: door.viewer.today.plus_days(56).to_string(), ..RoundForm::default() };
    if let Ok(id) = query.after.parse() {
        let before = cycle::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
        typed.team = before.team.map(|team| team.to_string()).unwrap_or_default();
        typed.due_on = before.next_on.map_or(typed.due_on, |day| day.to_string());
        typed.item_kind = before.item_kind.to_string();
        typed.months = before.months.to_string();
    }
    rounds_page(&mut door, typed, None, Problems::none()).await.map(Page)
}

async fn rounds_page(
    door: &mut Door,
    typed: RoundForm,
    preview: Option<Preview>,
    problems: Problems,
) -> Result<RoundsPage, WebError> {
    let frame = door.frame("Rounds of talks", "talks");
    let Door { viewer, tx, .. } = door;
    let (rounds, teams) = listed(tx, viewer).await?;
    let lasts: Vec<bool> = rounds
        .iter()
        .map(|line| !rounds.iter().any(|other| other.team == line.team && other.due_on > line.due_on))
        .collect();
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    Ok(RoundsPage {
        frame,
        rounds: rounds
            .into_iter()
            .zip(lasts)
            .map(|(line, is_last)| RoundView {
                due: day_in_words(line.due_on, viewer.today),
                rhythm: in_words(line.months),
                next: line.next_on.filter(|_| is_last).map(|day| day_in_words(day, viewer.today)),
                line,
            })
            .collect(),
        teams,
        typed,
        preview: preview.map(|counts| PreviewView {
            counts,
            talks: count_of(count(counts.talks), "talk", "talks"),
            without_manager: count_of(count(counts.without_manager), "person", "people"),
            without_level: count_of(count(counts.without_level), "person", "people"),
        }),
        problems,
    })
}

/// The rounds that the viewer may follow, and the teams for which they may begin one.
///
/// # Errors
///
/// [`WebError::NotFound`] without any scope.
pub(super) async fn listed(
    tx: &mut Tx,
    viewer: &Viewer,
) -> Result<(Vec<CycleLine>, Vec<(TeamId, String)>), WebError> {
    let narrowed = narrowed(viewer.policy());
    let rounds: Vec<CycleLine> = tx.all(&narrowed.rounds, &[&viewer.person, &viewer.today]).await?;
    let teams: Vec<(TeamId, String)> = tx.all(&narrowed.teams, &[&viewer.person, &viewer.today]).await?;
    let is_for_all = cycle::may_make(tx, viewer, None).await.is_ok();
    if !is_for_all && teams.is_empty() {
        return Err(WebError::NotFound);
    }
    Ok((rounds, teams))
}

pub(super) fn wanted(form: &RoundForm, today: Date) -> Result<Wanted, Problems> {
    let mut problems = Problems::none();
    let name = form.name.trim();
    if name.is_empty() {
        problems.add("name", "Give the round a name, for example Spring 2026.");
    } else if name.chars().count() > 100 {
        problems.add("name", "Use at most 100 characters.");
    }
    let due_on = match form.due_on.trim().parse::<Date>() {
        Ok(day) if day <= today => Err("Choose a day after today.".to_owned()),
        Ok(day) => Ok(day),
        Err(fault) => Err(format!("{fault}.")),
    };
    let team = match form.team.as_str() {
        "" => Ok(None),
        typed => typed.parse::<TeamId>().map(Some).map_err(|_| "Choose a team, or everybody."),
    };
    if let Err(sentence) = &due_on {
        problems.add("due_on", sentence.clone());
    }
    if let Err(sentence) = team {
        problems.add("team", sentence);
    }
    match (due_on, team, problems.is_empty()) {
        (Ok(due_on), Ok(team), true) => Ok(Wanted {
            months: cadence_of(&form.months),
            name: name.to_owned(),
            team,
            due_on,
            item_kind: form.item_kind.parse().unwrap_or(ItemKind::Statement),
        }),
        _ => Err(problems),
    }
}

/// How often was chosen; twice a year unless something else was.
fn cadence_of(typed: &str) -> i64 {
    let known = CADENCES.iter().map(|(months, _)| *months).find(|months| months.to_string() == typed);
    known.unwrap_or(CADENCES[0].0)
}

async fn create_round(mut door: Door, Form(form): Form<RoundForm>) -> Result<Response, WebError> {
    let wanted = match wanted(&form, door.viewer.today) {
        Ok(wanted) => wanted,
        Err(problems) => return Ok(Page(rounds_page(&mut door, form, None, problems).await?).refused()),
    };
    let Door { viewer, tx, kit } = &mut door;
    if form.step != "begin" {
        let preview = cycle::preview(tx, viewer, &wanted).await?;
        return Ok(Page(rounds_page(&mut door, form, Some(preview), Problems::none()).await?).into_response());
    }
    let id = cycle::start(tx, viewer, &kit.mint, &wanted).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/rounds/{id}")).into_response())
}

/// One round: how far it is, and whose talks are how far.
#[derive(Debug, Template)]
#[template(path = "round.html")]
struct RoundPage {
    frame: Frame,
    line: CycleLine,
    due: String,
    counts: Vec<(&'static str, i64)>,
    people: Vec<(Id, String, TalkState)>,
    next: Option<(String, String)>,
    state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoundQuery {
    state: String,
    after: String,
    id: String,
}

const SCREEN: usize = 50;

/// From how many talks on it is quicker to go through everybody by name until a screen is full than to sort the talks:
/// about the root of a screen times a hundred thousand people.
const MANY: i64 = 2_000;

/// The statements of a round that are narrowed by the rules, made once.
struct Narrowed {
    /// Whose talks are how far: for few talks, and for many.
    people: [Statement; 2],
    /// The same for those who may follow everybody's.
    everybody: [Statement; 2],
    counts: Statement,
    /// Of oneself and those above oneself, the talks that even those may not follow who may follow everybody's.
    beyond: Statement,
    rounds: Statement,
    teams: Statement,
}

/// The viewer `$1` and everybody above them on the day `$2`.
pub(super) const ABOVE: &str = "with recursive above (id, depth) as (select p.id, cast(0 as bigint) from person p where p.id = $1 \
                                union select l.manager, above.depth + 1 from above join reporting_line l on l.person = above.id \
                                where above.depth < 40 and l.from_on <= $2 and (l.until_on is null or l.until_on > $2))";

/// Whatever else is asked of a person is asked of the talk's, so that it is asked of those alone who have one.
const PEOPLE: &str = "where held.cycle = $3 and held.person = p.id and ($4 = '' or held.state = $4) \
                      and (p.sort_key, p.id) > ($5, $6) and held.state <> 'called-off' \
                      and not exists (select 1 from person l where l.id = held.person and l.left_on <= $2)";

fn people(names: [&'static str; 2], with: &str, may: &str) -> [Statement; 2] {
    let what = "select p.id, p.name, p.sort_key, held.state from";
    let end = format!("{PEOPLE} and {may} order by p.sort_key, p.id limit {}", SCREEN + 1);
    let [few, many] = names;
    [
        Statement::compose(few, format!("{with} {what} talk held cross join person p {end}")),
        Statement::compose(many, format!("{with} {what} person p cross join talk held {end}")),
    ]
}

fn narrowed(policy: &Policy) -> &'static Narrowed {
    static NARROWED: OnceLock<Narrowed> = OnceLock::new();
    NARROWED.get_or_init(|| {
        let terms = Terms { viewer: "$1", subject: "p.id", record: "t.id", today: "$2", state: "'open'" };
        let may = policy.sql(&TALK_STATE, Action::Read, terms);
        let of_held = Terms { subject: "held.person", record: "held.id", ..terms };
        let may_read = policy.sql(&TALK_STATE, Action::Read, of_held);
        let of_round = Terms { subject: "coalesce(c.team, '00000000000000000000000000')", record: "c.id", ..terms };
        let may_follow = policy.sql(&TALK_CYCLE, Action::Read, of_round);
        let of_team = Terms { subject: "x.id", record: "''", ..terms };
        let may_make = policy.sql(&TALK_CYCLE, Action::Write, of_team);
        Narrowed {
            rounds: Statement::compose(
                "ROUNDS",
                format!("{} where {may_follow} order by c.started_at desc, c.id desc limit 100", cycle::LINE),
            ),
            teams: Statement::compose(
                "ROUND_TEAMS",
                format!(
                    "select x.id, x.name from team x where x.ended_on is null and {may_make} order by x.path limit 500"
                ),
            ),
            people: people(["ROUND_OF_FEW", "ROUND_OF_MANY"], "", &may_read),
            everybody: people(
                ["ROUND_OF_ALL_FEW", "ROUND_OF_ALL_MANY"],
                ABOVE,
                &format!("(held.person not in (select above.id from above) or {may_read})"),
            ),
            counts: Statement::compose(
                "ROUND_COUNTS",
                format!(
                    "{} from talk t join person p on p.id = t.person where t.cycle = $3 \
                     and (p.left_on is null or p.left_on > $2) and {may}",
                    sums!()
                ),
            ),
            beyond: Statement::compose(
                "ROUND_BEYOND",
                format!(
                    "{ABOVE} \
                     {} from person p cross join talk t where p.id in (select above.id from above) and t.cycle = $3 \
                     and t.person = p.id and (p.left_on is null or p.left_on > $2) and not {may}",
                    sums!()
                ),
            ),
        }
    })
}

/// The statements that are put together from the rules, for the test that prepares each on both engines.
#[must_use]
pub fn composed(policy: &Policy) -> [Statement; 8] {
    let narrowed = narrowed(policy);
    let ([few, many], [all_few, all_many]) = (narrowed.people, narrowed.everybody);
    [few, many, all_few, all_many, narrowed.counts, narrowed.beyond, narrowed.rounds, narrowed.teams]
}

/// How many talks of a round are planned, open and signed, of those that the viewer may follow.
///
/// # Errors
///
/// When the database fails.
pub async fn counts(tx: &mut Tx, viewer: &Viewer, line: &CycleLine) -> Result<[i64; 3], Fault> {
    let narrowed = narrowed(viewer.policy());
    let (today, round) = (&viewer.today, line.id);
    if !follows_all(tx, viewer).await? {
        return counts_one_by_one(tx, viewer, round).await;
    }
    let mut counts = one(tx, &COUNT_ALL, &[&round]).await?;
    let left = one(tx, &COUNT_LEFT, &[&round, today, &line.started_at.date()]).await?;
    let beyond = one(tx, &narrowed.beyond, &[&viewer.person, today, &round]).await?;
    for ((count, left), beyond) in counts.iter_mut().zip(left).zip(beyond) {
        *count -= left + beyond;
    }
    Ok(counts)
}

/// Whoever may follow the whole organisation may follow everybody in it but themselves and those above them, so that
/// the rules are asked about these few and not about thousands.
async fn follows_all(tx: &mut Tx, viewer: &Viewer) -> Result<bool, Fault> {
    let all = viewer.try_permit::<TalkProgress>(tx, Action::Discover, ORGANISATION, State::Open).await?;
    Ok(all.is_some())
}

/// The same, asked of the rules person by person: what [`counts`] must be equal to.
///
/// # Errors
///
/// When the database fails.
pub async fn counts_one_by_one(tx: &mut Tx, viewer: &Viewer, round: CycleId) -> Result<[i64; 3], Fault> {
    one(tx, &narrowed(viewer.policy()).counts, &[&viewer.person, &viewer.today, &round]).await
}

async fn one(tx: &mut Tx, statement: &Statement, values: &[&dyn Bind]) -> Result<[i64; 3], Fault> {
    let (planned, open, signed) = tx.first(statement, values).await?.unwrap_or_default();
    Ok([planned, open, signed])
}

async fn show_round(
    mut door: Door,
    Path(id): Path<CycleId>,
    Query(query): Query<RoundQuery>,
) -> Result<Page<RoundPage>, WebError> {
    let line = cycle::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let frame = door.frame(line.name.clone(), "talks");
    let Door { viewer, tx, .. } = &mut door;
    let mut page = RoundPage {
        frame,
        due: day_in_words(line.due_on, viewer.today),
        counts: Vec::new(),
        people: Vec::new(),
        next: None,
        state: query.state.parse::<TalkState>().map(|state| state.word().to_owned()).unwrap_or_default(),
        line,
    };
    // What is being made exists for nobody yet.
    if page.line.state == CycleState::Staged {
        return Ok(Page(page));
    }
    let states = [TalkState::Planned, TalkState::Open, TalkState::Signed].map(TalkState::word);
    page.counts = states.into_iter().zip(counts(tx, viewer, &page.line).await?).collect();
    let narrowed = narrowed(viewer.policy());
    let [few, many] = if follows_all(tx, viewer).await? { &narrowed.everybody } else { &narrowed.people };
    let listed = if page.line.made < MANY { few } else { many };
    let mut people: Vec<(Id, String, String, TalkState)> =
        tx.all(listed, &[&viewer.person, &viewer.today, &id, &page.state, &query.after, &query.id]).await?;
    if people.len() > SCREEN {
        people.truncate(SCREEN);
        page.next = people.last().map(|(id, _, sort_key, _)| (sort_key.clone(), id.to_string()));
    }
    page.people = people.into_iter().map(|(id, name, _, state)| (id, name, state)).collect();
    Ok(Page(page))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end_round(
    mut door: Door,
    Path(id): Path<CycleId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    cycle::close(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/rounds/{id}")))
}

/// How far the talks are below those whom somebody leads.
#[derive(Debug, Template)]
#[template(path = "talks-below.html")]
struct BelowPage {
    frame: Frame,
    groups: Vec<(Id, GroupCount)>,
    rest: Option<GroupCount>,
}

/// Whether there is anything below those whom the viewer leads.
pub(super) async fn leads_leads(tx: &mut Tx, viewer: &Viewer) -> Result<bool, Fault> {
    let found: Option<(Id,)> = tx.first(&LEADS_LEADS, &[&viewer.person, &viewer.today]).await?;
    Ok(found.is_some())
}

async fn show_below(mut door: Door) -> Result<Page<BelowPage>, WebError> {
    let frame = door.frame("How far talks are", "talks");
    let Door { viewer, tx, .. } = &mut door;
    let rows: Vec<(Id, String, i64, i64, i64, i64)> =
        tx.all(&BELOW, &[&viewer.person, &viewer.today]).await?;
    if rows.is_empty() {
        return Err(WebError::NotFound);
    }
    let groups: Vec<(Id, GroupCount)> = rows
        .into_iter()
        .map(|(lead, name, people, planned, open, signed)| {
            (lead, GroupCount { name, people, planned, open, signed })
        })
        .collect();
    let (groups, rest) = shown(groups, Sum::Untold);
    Ok(Page(BelowPage { frame, groups, rest }))
}

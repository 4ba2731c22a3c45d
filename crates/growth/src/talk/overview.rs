//! How far talks are, team by team, and how many people have begun to use what is here: for HR in scope, in groups of five or
//! more, and nothing of content.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use askama::Template;
use axum::routing::get;
use espalier_access::{Action, Permit, Policy, State, Terms};
use espalier_kernel::{Bind, Date, Id, Moment};
use espalier_people::access::ORGANISATION;
use espalier_people::person::TeamId;
use espalier_store::{Fault, Statement, Tx, queries};
use espalier_web::{Door, Doors, Frame, Page, Query, Remembered, Viewer, WebError, month_in_words};
use serde::Deserialize;

use super::access::{TALK_STATE, TalkProgress};
use super::groups::{FEWEST, GroupCount, Sum, alone, shown};

/// The routes of this file.
pub fn doors() -> Doors {
    let remembered = Arc::new(Remembered::new(MINUTE));
    let show = move |door, query| show_overview(door, query, remembered.clone());
    Doors::new().route("/talks/overview", get(show))
}

/// For so long somebody sees what was counted for them: it is worked out from everybody.
const MINUTE: Duration = Duration::from_secs(60);

/// By viewer, team and day.
type Counted = Remembered<(Id, String, Date), Figures>;

/// How far back a talk counts as one of this time.
const DAYS: i32 = 274;

/// One person `p` with how far their newest talk since `$2` is, beneath the path `$1`.
macro_rules! newest {
    () => {
        "from person p left join team t on t.id = p.team left join talk k on k.id = (select n.id from talk n \
         where n.person = p.id and n.state <> 'called-off' and n.due_on >= $2 \
         and (n.cycle is null or exists (select 1 from talk_cycle c where c.id = n.cycle and c.state <> 'staged')) \
         order by n.due_on desc, n.id desc limit 1) \
         where p.kind = 'member' and (p.left_on is null or p.left_on > $3) \
         and ($1 = '' or substr(t.path, 1, length($1)) = $1)"
    };
}

macro_rules! sums {
    () => {
        "cast(count(*) as bigint), cast(coalesce(sum(case when k.state = 'planned' then 1 else 0 end), 0) as bigint), \
         cast(coalesce(sum(case when k.state = 'open' then 1 else 0 end), 0) as bigint), \
         cast(coalesce(sum(case when k.state = 'signed' then 1 else 0 end), 0) as bigint) "
    };
}

/// Everybody `p` who is here on the day `$1`.
macro_rules! members {
    () => {
        "from person p where p.kind = 'member' and (p.left_on is null or p.left_on > $1)"
    };
}

queries! {
    /// Team by team, how far the newest talks are.
    BY_TEAM = concat!(
        "select coalesce(t.path, ''), ",
        sums!(),
        newest!(),
        " group by coalesce(t.path, '')"
    );
    /// How many people there are, team by team.
    PEOPLE = "select coalesce(t.path, ''), cast(count(*) as bigint) from person p left join team t on t.id = p.team \
              where p.kind = 'member' and (p.left_on is null or p.left_on > $1) group by coalesce(t.path, '')";
    /// The teams directly inside a team, or at the top.
    INSIDE = "select id, name from team where (case when $1 = '' then parent is null else parent = $1 end) \
              order by sort_key, id limit 5000";
    /// One team.
    TEAM = "select id, name, path, coalesce(parent, '') from team where id = $1 and ended_on is null";
    /// In which month people first finished a self-assessment.
    ASSESSED = concat!(
        "select substr(q.first, 1, 7), cast(count(*) as bigint) from (select (select min(a.finished_at) from assessment a \
         where a.person = p.id and a.finished_at is not null) as first ",
        members!(),
        ") q where q.first is not null group by substr(q.first, 1, 7) order by 1"
    );
    /// In which month people first opened a talk.
    TALKED = concat!(
        "select substr(q.first, 1, 7), cast(count(*) as bigint) from (select (select min(k.opened_at) from talk k \
         where k.person = p.id and k.opened_at is not null) as first ",
        members!(),
        ") q where q.first is not null group by substr(q.first, 1, 7) order by 1"
    );
    /// In which month people's first evidence is from.
    NOTED = concat!(
        "select substr(q.first, 1, 7), cast(count(*) as bigint) from (select (select min(e.happened_on) from evidence e \
         where e.person = p.id) as first ",
        members!(),
        ") q where q.first is not null group by substr(q.first, 1, 7) order by 1"
    );
    /// How many people there are.
    MEMBERS = concat!("select cast(count(*) as bigint) ", members!());
    /// The month in which the first framework came into force.
    ROLLED_OUT = "select substr(min(published_at), 1, 7) from framework_version where published_at is not null";
}

/// What of oneself and those above oneself stands in the counts and may not.
fn beyond(policy: &Policy) -> &'static Statement {
    static BEYOND: OnceLock<Statement> = OnceLock::new();
    BEYOND.get_or_init(|| {
        let terms = Terms { viewer: "$4", subject: "p.id", record: "''", today: "$3", state: "'open'" };
        let may = policy.sql(&TALK_STATE, Action::Discover, terms);
        let above = super::cycle_pages::ABOVE.replace("$1", "$4").replace("$2", "$3");
        let text = format!(
            "{above} select coalesce(t.path, ''), {}{} and p.id in (select above.id from above) and not {may} \
             group by coalesce(t.path, '')",
            sums!(),
            newest!()
        );
        Statement::compose("OVERVIEW_BEYOND", text)
    })
}

/// The statement that is put together from the rules, for the test that prepares each on both engines.
#[must_use]
pub fn composed(policy: &Policy) -> [Statement; 1] {
    [*beyond(policy)]
}

/// How many people did something at least once, as it is told: steps of five, and nothing that points at a few.
#[must_use]
pub fn told(count: i64, of: i64) -> String {
    if count == 0 {
        "nobody".to_owned()
    } else if count < FEWEST {
        "fewer than five".to_owned()
    } else if of - count < FEWEST {
        "nearly everybody".to_owned()
    } else {
        format!("at least {}", count - count % FEWEST)
    }
}

#[derive(Debug, Template)]
#[template(path = "talks-overview.html")]
struct OverviewPage {
    frame: Frame,
    name: String,
    up: Option<String>,
    is_all: bool,
    figures: Figures,
    /// When it was counted.
    at: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OverviewQuery {
    team: String,
}

/// What is looked at: a team, or everybody.
#[derive(Debug, Default)]
struct Place {
    id: String,
    name: String,
    path: String,
    parent: String,
}

/// What was counted, and when.
#[derive(Debug, Clone)]
struct Figures {
    groups: Vec<(Option<TeamId>, GroupCount)>,
    rest: Option<GroupCount>,
    people: i64,
    /// Month by month, newest first: assessed, talked, noted.
    adoption: Adoption,
    at: Moment,
}

async fn show_overview(
    mut door: Door,
    Query(query): Query<OverviewQuery>,
    counted: Arc<Counted>,
) -> Result<Page<OverviewPage>, WebError> {
    let frame = door.frame("How far we are", "talks");
    let Door { viewer, tx, .. } = &mut door;
    let place = find(tx, &query.team).await?;
    let subject = if place.id.is_empty() { Ok(ORGANISATION) } else { place.id.parse::<Id>() };
    let subject = subject.map_err(|_| WebError::NotFound)?;
    let permit: Permit<TalkProgress> = viewer.permit(tx, Action::Discover, subject, State::Open).await?;
    let key = (viewer.person, place.id.clone(), viewer.today);
    let figures = counted.get(key, count(tx, viewer, &permit, &place)).await?;
    let up = (!place.id.is_empty()).then(|| match place.parent.as_str() {
        "" => "/talks/overview".to_owned(),
        parent => format!("/talks/overview?team={parent}"),
    });
    let at = viewer.zone.to_datetime(figures.at.timestamp()).strftime("%H:%M").to_string();
    Ok(Page(OverviewPage { frame, is_all: place.id.is_empty(), name: place.name, up, figures, at }))
}

async fn count(
    tx: &mut Tx,
    viewer: &Viewer,
    permit: &Permit<TalkProgress>,
    place: &Place,
) -> Result<Figures, Fault> {
    let beyond: Vec<(String, i64, i64, i64, i64)> = {
        let (since, today) = (viewer.today.plus_days(-DAYS), viewer.today);
        tx.all(beyond(viewer.policy()), &[&"", &since, &today, &viewer.person]).await?
    };
    let mut groups = Vec::new();
    if is_counted(tx, viewer, &beyond, &place.path).await? {
        let inside: Vec<(TeamId, String)> = tx.all(&INSIDE, &[&place.id]).await?;
        groups = in_groups(&inside, &by_path(tx, viewer, permit, &place.path, &beyond).await?, &place.path);
    }
    let (groups, rest) = shown(groups, sum_of(&place.path));
    // A team alone would tell by subtraction who is in none of it: how many have begun is told of all.
    let (people, adoption) =
        if place.id.is_empty() { adoption(tx, viewer, permit).await? } else { (0, Vec::new()) };
    Ok(Figures { groups, rest, people, adoption, at: viewer.now })
}

/// Which part of a team's inside a path belongs to: a team directly in it, or nothing for those directly here.
fn part_of<'a>(path: &'a str, inside: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(inside)?.trim_start_matches('/');
    rest.split('/').next()
}

/// A team’s counts stand on the page of the team around it; those of everybody stand nowhere.
const fn sum_of(path: &str) -> Sum {
    if path.is_empty() { Sum::Untold } else { Sum::Known }
}

/// Whether a team, and each one around it, may be counted alone: otherwise what is inside it would tell, by subtracting,
/// of those who are not.
async fn is_counted(
    tx: &mut Tx,
    viewer: &Viewer,
    beyond: &[(String, i64, i64, i64, i64)],
    path: &str,
) -> Result<bool, Fault> {
    let mut people: BTreeMap<String, i64> =
        tx.all::<(String, i64)>(&PEOPLE, &[&viewer.today]).await?.into_iter().collect();
    for (path, count, ..) in beyond {
        *people.entry(path.clone()).or_default() -= count;
    }
    Ok(is_alone(&people, path))
}

fn is_alone(people: &BTreeMap<String, i64>, path: &str) -> bool {
    let mut around = String::new();
    path.split('/').filter(|part| !part.is_empty()).all(|team| {
        let mut parts: BTreeMap<&str, i64> = BTreeMap::new();
        for (path, count) in people {
            if let Some(part) = part_of(path, &around) {
                *parts.entry(part).or_default() += count;
            }
        }
        let counts: Vec<i64> = parts.values().copied().collect();
        let is_alone =
            parts.keys().zip(alone(&counts, sum_of(&around))).any(|(part, alone)| *part == team && alone);
        around = if around.is_empty() { format!("/{team}/") } else { format!("{around}{team}/") };
        is_alone
    })
}

/// Team by team, and those who are in none of them.
fn in_groups(
    inside: &[(TeamId, String)],
    by_path: &BTreeMap<String, Counts>,
    here: &str,
) -> Vec<(Option<TeamId>, GroupCount)> {
    let mut parts: BTreeMap<&str, GroupCount> = BTreeMap::new();
    for (path, counts) in by_path {
        let part = part_of(path, here).unwrap_or_default();
        parts.entry(part).or_insert_with(|| GroupCount::named("Directly here")).add(*counts);
    }
    let mut groups: Vec<(Option<TeamId>, GroupCount)> = inside
        .iter()
        .filter_map(|(id, name)| {
            let group = parts.remove(id.to_string().as_str())?;
            Some((Some(*id), GroupCount { name: name.clone(), ..group }))
        })
        .collect();
    groups.extend(parts.into_values().map(|group| (None, group)));
    groups.retain(|(_, group)| group.people > 0);
    groups
}

async fn find(tx: &mut Tx, team: &str) -> Result<Place, WebError> {
    if team.is_empty() {
        return Ok(Place { name: "Everybody".to_owned(), ..Place::default() });
    }
    let found: Option<(String, String, String, String)> = tx.first(&TEAM, &[&team]).await?;
    let (id, name, path, parent) = found.ok_or(WebError::NotFound)?;
    Ok(Place { id, name, path, parent })
}

/// People, planned, open and signed.
type Counts = (i64, i64, i64, i64);

async fn by_path(
    tx: &mut Tx,
    viewer: &Viewer,
    _: &Permit<TalkProgress>,
    path: &str,
    beyond: &[(String, i64, i64, i64, i64)],
) -> Result<BTreeMap<String, Counts>, Fault> {
    let (since, today) = (viewer.today.plus_days(-DAYS), viewer.today);
    let rows: Vec<(String, i64, i64, i64, i64)> = tx.all(&BY_TEAM, &[&path, &since, &today]).await?;
    let mut counts: BTreeMap<String, Counts> =
        rows.into_iter().map(|(path, a, b, c, d)| (path, (a, b, c, d))).collect();
    for (path, people, planned, open, signed) in beyond {
        if let Some(count) = counts.get_mut(path) {
            *count = (count.0 - people, count.1 - planned, count.2 - open, count.3 - signed);
        }
    }
    Ok(counts)
}

/// What people begin with.
const BEGUN: [&str; 3] = ["finished a self-assessment", "opened a talk", "noted evidence"];

/// Month by month, how many have begun with each.
type Adoption = Vec<(String, [(&'static str, String); 3])>;

/// From how many people on it is told how many began.
const ENOUGH: i64 = 20;

async fn adoption(tx: &mut Tx, viewer: &Viewer, _: &Permit<TalkProgress>) -> Result<(i64, Adoption), Fault> {
    let values: [&dyn Bind; 1] = [&viewer.today];
    let (people,) = tx.first::<(i64,)>(&MEMBERS, &values).await?.unwrap_or_default();
    let began: Option<(Option<String>,)> = tx.first(&ROLLED_OUT, &[]).await?;
    let Some(began) = began.and_then(|(month,)| month).filter(|_| people >= ENOUGH) else {
        return Ok((people, Vec::new()));
    };
    let mut firsts: Vec<Vec<(String, i64)>> = Vec::new();
    for statement in [&ASSESSED, &TALKED, &NOTED] {
        firsts.push(tx.all(statement, &values).await?);
    }
    let months = months(&began, viewer.today);
    let rows = months.into_iter().map(|month| {
        let until = |first: &Vec<(String, i64)>| -> i64 {
            let key = month.to_string().chars().take(7).collect::<String>();
            first.iter().filter(|(at, _)| *at <= key).map(|(_, count)| count).sum()
        };
        let mut counts = firsts.iter().map(|first| told(until(first), people));
        let mut next = || counts.next().unwrap_or_default();
        (month_in_words(month), BEGUN.map(|did| (did, next())))
    });
    Ok((people, that_changed(rows.collect())))
}

/// The first month and those in which something changed, newest first.
fn that_changed(mut rows: Adoption) -> Adoption {
    rows.dedup_by(|later, before| later.1 == before.1);
    rows.reverse();
    rows
}

/// The first days of the months from one to today, two years of them at most.
fn months(began: &str, today: Date) -> Vec<Date> {
    let this = Date::from(today.civil().first_of_month());
    let mut months = vec![this];
    let first = format!("{began}-01");
    while let Some(last) = months.last().copied().filter(|last| last.to_string() > first && months.len() < 24)
    {
        months.push(Date::from(last.plus_days(-1).civil().first_of_month()));
    }
    months.reverse();
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_told_points_at_a_few() {
        let told: Vec<String> = [0, 1, 4, 5, 9, 10, 55, 56, 60].map(|count| told(count, 60)).to_vec();
        let nearly = "nearly everybody".to_owned();
        assert_eq!(told[..3], ["nobody", "fewer than five", "fewer than five"]);
        assert_eq!(told[3..7], ["at least 5", "at least 5", "at least 10", "at least 55"]);
        assert_eq!(told[7..], [nearly.clone(), nearly]);
    }

    #[test]
    fn a_team_is_counted_when_nothing_around_it_tells_of_a_few() {
        let people = |these: &[(&str, i64)]| -> BTreeMap<String, i64> {
            these.iter().map(|(path, count)| ((*path).to_owned(), *count)).collect()
        };
        // One is alone directly in yak: five others in it are not counted apart from them, nor is anything inside.
        let yak = people(&[("", 9), ("/yak/", 1), ("/yak/in/", 5), ("/yak/in/deep/", 7), ("/zed/", 30)]);
        assert!(is_alone(&yak, "") && is_alone(&yak, "/zed/") && is_alone(&yak, "/yak/"));
        assert!(!is_alone(&yak, "/yak/in/") && !is_alone(&yak, "/yak/in/deep/"));
        let whole = people(&[("/yak/", 5), ("/yak/in/", 5), ("/yak/in/deep/", 5)]);
        assert!(is_alone(&whole, "/yak/in/") && is_alone(&whole, "/yak/in/deep/"));
        assert!(!is_alone(&whole, "/yak/nowhere/"));
    }

    #[test]
    fn months_in_which_nothing_changed_are_left_out() {
        let row = |month: &str, count: &str| {
            (
                month.to_owned(),
                BEGUN.map(|did| (did, if did == BEGUN[1] { count } else { "nobody" }.to_owned())),
            )
        };
        let all = vec![
            row("May", "nobody"),
            row("June", "nobody"),
            row("July", "at least 5"),
            row("August", "at least 5"),
        ];
        assert_eq!(that_changed(all), [row("July", "at least 5"), row("May", "nobody")]);
        assert_eq!(that_changed(Vec::new()), []);
    }

    #[test]
    fn months_go_from_the_beginning_to_today() {
        let today = "2026-03-02".parse().unwrap();
        let words = |months: Vec<Date>| months.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(words(months("2026-01", today)), ["2026-01-01", "2026-02-01", "2026-03-01"]);
        assert_eq!(months("2016-01", today).len(), 24);
        assert_eq!(words(months("2026-03", today)), ["2026-03-01"]);
    }
}

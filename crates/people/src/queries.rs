//! What is asked about people. Confidential kinds want a permit.

use espalier_access::Permit;
use espalier_kernel::{Date, Id, after_prefix, words_of};
use espalier_store::{Fault, Statement, Tx, queries};

use crate::access::{Level, Profile};
use crate::person::{LevelEntry, Person, PersonId, PersonLine, Role, TeamId, TeamLine};

queries! {
    /// One person.
    PERSON = "select p.id, p.name, p.kind, p.email, p.pronouns, p.job_title, p.team, t.name, p.location, \
              p.time_zone, p.working_hours, p.languages, p.started_on, p.left_on, p.version \
              from person p left join team t on t.id = p.team where p.id = $1";
    /// The directory from a place on, in the order of names.
    DIRECTORY = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location \
                 from person p left join team t on t.id = p.team \
                 where (p.sort_key, p.id) > ($1, $2) and p.kind = 'member' \
                 and (p.left_on is null or p.left_on > $3) order by p.sort_key, p.id limit $4";
    /// The directory before a place, backwards.
    DIRECTORY_BEFORE = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location \
                        from person p left join team t on t.id = p.team \
                        where (p.sort_key, p.id) < ($1, $2) and p.kind = 'member' \
                        and (p.left_on is null or p.left_on > $3) order by p.sort_key desc, p.id desc limit $4";
    /// People one of whose words begins with a prefix, in the order of words.
    SEARCH_ONE = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location from person_word w \
                  join person p on p.id = w.person left join team t on t.id = p.team \
                  where w.word >= $1 and w.word < $2 and p.kind = 'member' \
                  and (p.left_on is null or p.left_on > $3) order by w.word, w.sort_key, w.person limit $4";
    /// The same, and three more words begin with three more prefixes.
    SEARCH_MORE = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location from person_word w \
                   join person p on p.id = w.person left join team t on t.id = p.team \
                   where w.word >= $1 and w.word < $2 and p.kind = 'member' \
                   and (p.left_on is null or p.left_on > $3) \
                   and exists (select 1 from person_word o where o.person = w.person and o.word >= $5 and o.word < $6) \
                   and exists (select 1 from person_word o where o.person = w.person and o.word >= $7 and o.word < $8) \
                   and exists (select 1 from person_word o where o.person = w.person and o.word >= $9 and o.word < $10) \
                   order by w.word, w.sort_key, w.person limit $4";
    /// Who somebody reports to now.
    MANAGER = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location from reporting_line l \
               join person p on p.id = l.manager left join team t on t.id = p.team where l.person = $1 \
               and l.from_on <= $2 and (l.until_on is null or l.until_on > $2) order by l.from_on desc limit 1";
    /// The same, only who it is.
    LEADER = "select l.manager from reporting_line l where l.person = $1 and l.from_on <= $2 \
              and (l.until_on is null or l.until_on > $2) order by l.from_on desc limit 1";
    /// Who reports to somebody now, from a place on.
    REPORTS = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location from reporting_line l \
               join person p on p.id = l.person left join team t on t.id = p.team where l.manager = $1 \
               and l.from_on <= $2 and (l.until_on is null or l.until_on > $2) \
               and (p.left_on is null or p.left_on > $2) and (p.sort_key, p.id) > ($3, $4) \
               order by p.sort_key, p.id limit $5";
    /// The line up from somebody, nearest first.
    LINE_UP = "with recursive up (id, depth) as (select l.manager, cast(1 as bigint) from reporting_line l \
               where l.person = $1 and l.from_on <= $2 and (l.until_on is null or l.until_on > $2) \
               union select l.manager, up.depth + 1 from up join reporting_line l on l.person = up.id \
               where up.depth < 40 and l.from_on <= $2 and (l.until_on is null or l.until_on > $2)) \
               select p.id, p.name, p.sort_key, p.job_title, t.name, p.location from up join person p on p.id = up.id \
               left join team t on t.id = p.team order by up.depth limit 40";
    /// Past and present managers.
    LINE_HISTORY = "select p.id, p.name, l.from_on, l.until_on from reporting_line l join person p on p.id = l.manager \
                    where l.person = $1 order by l.from_on desc, l.id desc limit 50";
    /// One team.
    TEAM = "select id, name, path from team where id = $1";
    /// Teams inside a team.
    TEAMS_IN = "select id, name, path from team where parent = $1 and ended_on is null order by sort_key, id limit 500";
    /// Teams that are in no other.
    TEAMS_ON_TOP = "select id, name, path from team where parent is null and ended_on is null \
                    order by sort_key, id limit 500";
    /// The teams around a team, outermost first.
    TEAMS_AROUND = "select o.id, o.name, o.path from team t join team o \
                    on substr(t.path, 1, length(o.path)) = o.path and o.id <> t.id where t.id = $1 \
                    order by length(o.path)";
    /// The people of a team, from a place on.
    TEAM_PEOPLE = "select p.id, p.name, p.sort_key, p.job_title, t.name, p.location from person p \
                   join team t on t.id = p.team where p.team = $1 and (p.left_on is null or p.left_on > $2) \
                   and (p.sort_key, p.id) > ($3, $4) order by p.sort_key, p.id limit $5";
    /// The levels of a person, newest first.
    LEVELS = "select framework, track, level, since_on from level_entry where person = $1 \
              order by since_on desc, id desc";
    /// The roles somebody holds.
    ROLES = "select g.id, g.person, g.role, g.scope, coalesce(t.name, ''), g.from_on from role_grant g \
             left join team t on t.id = g.scope where g.person = $1 and g.standing = 'confirmed' \
             and (g.until_on is null or g.until_on > $2) order by g.role, g.id";
    /// Everybody who holds a role for the whole organisation or a part that holds this person.
    HOLDERS = "select p.id, p.name from role_grant g join person p on p.id = g.person \
               left join person s on s.id = $2 left join team t on t.id = s.team left join team scope on scope.id = g.scope \
               where g.role = $1 and g.standing = 'confirmed' and g.from_on <= $3 \
               and (g.until_on is null or g.until_on > $3) and (p.left_on is null or p.left_on > $3) \
               and (g.scope is null or substr(t.path, 1, length(scope.path)) = scope.path) \
               order by p.sort_key, p.id limit 50";
    /// Away now or soon.
    LEAVE = "select l.from_on, l.until_on, c.name from leave l left join person c on c.id = l.cover \
             where l.person = $1 and (l.until_on is null or l.until_on > $2) order by l.from_on limit 5";
    /// A person by e-mail address.
    BY_EMAIL = "select id, name from person where email = $1";
    /// How many people there are: only for the command line and the empty installation.
    COUNT = "select cast(count(*) as bigint) from person";
    /// A value that somebody changed on their own profile.
    UPDATE_OWN = "update person set pronouns = $2, location = $3, time_zone = $4, working_hours = $5, \
                  languages = $6, version = version + 1 where id = $1 and version = $7";
    /// A new level.
    ADD_LEVEL = "insert into level_entry (id, person, framework, track, level, since_on, set_by, set_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Away from a day on.
    ADD_LEAVE = "insert into leave (id, person, from_on, until_on, cover) values ($1, $2, $3, $4, $5)";
    /// A role given.
    ADD_ROLE = "insert into role_grant (id, person, role, scope, standing, from_on, until_on, granted_by) \
                values ($1, $2, $3, $4, 'confirmed', $5, null, $6)";
    /// A role ended.
    END_ROLE = "update role_grant set until_on = $2, standing = 'ended' where id = $1 and standing = 'confirmed'";
    /// Who gave and holds a role.
    ROLE_PERSON = "select person from role_grant where id = $1";
}

/// A person, for somebody who may read their profile.
///
/// # Errors
///
/// When the database fails.
pub async fn person(tx: &mut Tx, _: &Permit<Profile>, id: PersonId) -> Result<Option<Person>, Fault> {
    tx.first(&PERSON, &[&id]).await
}

/// One screen of a list, and where the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// The lines.
    pub lines: Vec<PersonLine>,
    /// Whether there are more after the last.
    pub has_more: bool,
}

impl Screen {
    fn of(mut lines: Vec<PersonLine>, most: usize) -> Self {
        let has_more = lines.len() > most;
        lines.truncate(most);
        Self { lines, has_more }
    }
}

/// How many lines a screen of the directory has.
pub const SCREEN: usize = 50;
const ONE_MORE: i64 = 51;

/// Where a list goes on: the name and id of the last line seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The name's place in the order.
    pub sort_key: String,
    /// The id, for people of the same name.
    pub id: String,
}

impl Place {
    /// The place of a line.
    #[must_use]
    pub fn of(line: &PersonLine) -> Self {
        Self { sort_key: line.sort_key.clone(), id: line.id.to_string() }
    }
}

/// The directory after a place.
///
/// # Errors
///
/// When the database fails.
pub async fn directory(
    tx: &mut Tx,
    _: &Permit<Profile>,
    after: &Place,
    today: Date,
) -> Result<Screen, Fault> {
    let lines = tx.all(&DIRECTORY, &[&after.sort_key, &after.id, &today, &ONE_MORE]).await?;
    Ok(Screen::of(lines, SCREEN))
}

/// The directory before a place.
///
/// # Errors
///
/// When the database fails.
pub async fn directory_before(
    tx: &mut Tx,
    _: &Permit<Profile>,
    before: &Place,
    today: Date,
) -> Result<Screen, Fault> {
    let lines = tx.all(&DIRECTORY_BEFORE, &[&before.sort_key, &before.id, &today, &ONE_MORE]).await?;
    let mut screen = Screen::of(lines, SCREEN);
    screen.lines.reverse();
    Ok(screen)
}

/// How many people a search shows.
pub const FOUND: usize = 20;

/// The first people whose name, title or address has words that begin with the words typed; of more than four, the
/// four longest count.
///
/// # Errors
///
/// When the database fails.
pub async fn search(
    tx: &mut Tx,
    _: &Permit<Profile>,
    typed: &str,
    today: Date,
) -> Result<Vec<PersonLine>, Fault> {
    let mut words = words_of(typed);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    // Somebody is found once by each of their words that begins so: a few more rows than people are asked for, and
    // only a name whose bearers all have two such words costs a second look.
    let mut most = FOUND + FOUND / 4;
    loop {
        let rows = matches(tx, &words, today, most).await?;
        let is_all = rows.len() < most;
        let mut seen = std::collections::HashSet::new();
        let mut lines = rows;
        lines.retain(|line| seen.insert(line.id));
        if is_all || lines.len() >= FOUND {
            lines.truncate(FOUND);
            return Ok(lines);
        }
        most *= 4;
    }
}

/// The first rows in which the words are found; the same person may come more than once.
async fn matches(tx: &mut Tx, words: &[String], today: Date, most: usize) -> Result<Vec<PersonLine>, Fault> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    match words {
        [] => Ok(Vec::new()),
        [one] => tx.all(&SEARCH_ONE, &[one, &after_prefix(one), &today, &most]).await,
        [one, more @ ..] => {
            // Where fewer are typed, everything begins with nothing.
            let [two, three, four] = [0, 1, 2].map(|at| more.get(at).map_or("", String::as_str));
            let ends = [one, two, three, four].map(after_prefix);
            let [end, second, third, fourth] = &ends;
            tx.all(&SEARCH_MORE, &[one, end, &today, &most, &two, second, &three, third, &four, fourth]).await
        }
    }
}

/// The people of a team after a place.
///
/// # Errors
///
/// When the database fails.
pub async fn team_people(
    tx: &mut Tx,
    _: &Permit<Profile>,
    team: TeamId,
    after: &Place,
    today: Date,
) -> Result<Screen, Fault> {
    let lines = tx.all(&TEAM_PEOPLE, &[&team, &today, &after.sort_key, &after.id, &ONE_MORE]).await?;
    Ok(Screen::of(lines, SCREEN))
}

/// Who reports to somebody, after a place.
///
/// # Errors
///
/// When the database fails.
pub async fn reports(
    tx: &mut Tx,
    _: &Permit<Profile>,
    manager: PersonId,
    after: &Place,
    today: Date,
) -> Result<Screen, Fault> {
    let lines = tx.all(&REPORTS, &[&manager, &today, &after.sort_key, &after.id, &ONE_MORE]).await?;
    Ok(Screen::of(lines, SCREEN))
}

/// The levels of a person, newest first, for somebody who may read them.
///
/// # Errors
///
/// When the database fails.
pub async fn levels(tx: &mut Tx, _: &Permit<Level>, person: PersonId) -> Result<Vec<LevelEntry>, Fault> {
    tx.all(&LEVELS, &[&person]).await
}

/// One team.
///
/// # Errors
///
/// When the database fails.
pub async fn team(tx: &mut Tx, _: &Permit<Profile>, id: TeamId) -> Result<Option<TeamLine>, Fault> {
    tx.first(&TEAM, &[&id]).await
}

/// People who hold a role that reaches a person: id and name.
///
/// # Errors
///
/// When the database fails.
pub async fn holders(
    tx: &mut Tx,
    role: Role,
    subject: Id,
    today: Date,
) -> Result<Vec<(PersonId, String)>, Fault> {
    let statement: &Statement = &HOLDERS;
    tx.all(statement, &[&role, &subject, &today]).await
}

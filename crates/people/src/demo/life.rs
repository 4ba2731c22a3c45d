//! A year and a half in the invented organisation: who came and left, who leads whom since when, who holds which level.

use std::collections::HashMap;

use espalier_kernel::{Bind, Date, Id, Mint, Moment, Value, folded};
use espalier_store::{Fault, Statement, Tx};

use super::{AREAS, PERSONAS, SPAN, area_of, invented_email, is_manager, started_on, title_of};
use crate::person::{PersonId, TeamId};

/// How many days before today the first framework came into force.
pub const ROLLED_OUT: i32 = 540;
/// How many days before today the teams were put together anew.
const REORGANISED: i32 = 240;

/// A level of a framework that somebody holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The framework.
    pub framework: &'static str,
    /// The track.
    pub track: &'static str,
    /// The level.
    pub level: &'static str,
}

/// Somebody invented, with what the year and a half brought.
#[derive(Debug, Clone)]
pub struct Invented {
    /// The same each time.
    pub number: usize,
    /// Their id.
    pub id: PersonId,
    /// Since when they are here.
    pub started_on: Date,
    /// Their last day.
    pub left_on: Option<Date>,
    /// Who leads them, from which day on; the earliest first.
    pub leads: Vec<(Date, PersonId)>,
    /// Which level they hold, from which day on; the earliest first.
    pub levels: Vec<(Date, Held)>,
}

impl Invented {
    /// Whether they are here on a day.
    #[must_use]
    pub fn is_here(&self, day: Date) -> bool {
        self.started_on <= day && self.left_on.is_none_or(|left| day < left)
    }

    /// Who leads them on a day.
    #[must_use]
    pub fn lead_on(&self, day: Date) -> Option<PersonId> {
        self.leads.iter().rev().find(|(from, _)| *from <= day).map(|(_, lead)| *lead)
    }

    /// Which level they hold on a day.
    #[must_use]
    pub fn level_on(&self, day: Date) -> Option<Held> {
        self.levels.iter().rev().find(|(from, _)| *from <= day).map(|(_, held)| *held)
    }
}

/// A number below `of`, the same for the same person and question each time.
#[must_use]
pub fn pick(number: usize, question: u64, of: u64) -> u64 {
    let mut mixed =
        (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ question.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 29)) % of.max(1)
}

/// A moment of a day, as late in it as `now` is in its own.
#[must_use]
pub fn moment_of(now: Moment, day: Date) -> Moment {
    now.plus_seconds(86_400 * i64::from(day.days_since(now.date())))
}

fn days(number: usize, question: u64, of: i32) -> i32 {
    i32::try_from(pick(number, question, u64::from(of.unsigned_abs()))).unwrap_or_default()
}

const INVENTED: Statement =
    Statement { name: "INVENTED", sql: "select id, email from person where email like 'p%@demo.example'" };
const EVE: Statement = Statement { name: "EVE", sql: "select id from person where email = $1" };
const FORGET_LINES: Statement = Statement {
    name: "FORGET_LINES",
    sql: "delete from reporting_line where person in (select id from person where email like 'p%@demo.example')",
};
const LEAVE: Statement =
    Statement { name: "LEAVE", sql: "update person set left_on = $2, left_known_on = $2 where id = $1" };
const ENGINEERING: Statement = Statement {
    name: "ENGINEERING",
    sql: "select id, path from team where name = 'Engineering' and parent is null",
};

/// Lets the year and a half happen, and gives everybody it happened to.
///
/// # Errors
///
/// When the database fails.
pub async fn live(tx: &mut Tx, mint: &Mint, now: Moment) -> Result<Vec<Invented>, Fault> {
    let today = now.date();
    let known: Vec<(PersonId, String)> = tx.all(&INVENTED, &[]).await?;
    let by_email: HashMap<String, PersonId> = known.into_iter().map(|(id, email)| (email, id)).collect();
    let eve = PERSONAS.iter().find(|one| one.manager.is_empty()).map(super::Persona::email);
    let Some((eve,)) = tx.first::<(PersonId,)>(&EVE, &[&eve]).await? else { return Ok(Vec::new()) };
    let count = by_email.len();
    let ids: Vec<PersonId> =
        (0..count).filter_map(|number| by_email.get(&invented_email(number)).copied()).collect();
    let org = Organisation { ids: &ids, eve, today };
    let people: Vec<Invented> = (0..ids.len()).map(|number| org.invent(number)).collect();
    write(tx, mint, now, &people).await?;
    end_a_team(tx, mint, now).await?;
    Ok(people)
}

struct Organisation<'a> {
    ids: &'a [PersonId],
    eve: PersonId,
    today: Date,
}

impl Organisation<'_> {
    fn invent(&self, number: usize) -> Invented {
        let started_on = started_on(number);
        let left_on = self.left_on(number);
        let mut leads = vec![(started_on, self.first_lead(number))];
        let reorganised = self.today.plus_days(-REORGANISED);
        let mut change = |day: Date, lead: PersonId| {
            let is_new = leads.last().is_some_and(|(_, known)| *known != lead);
            if is_new && left_on.is_none_or(|left| day < left) {
                leads.retain(|(from, _)| *from < day);
                leads.push((day.max(started_on), lead));
            }
        };
        change(reorganised, self.lead(number));
        if let Some(left) = self.above(number).and_then(|above| self.left_on(above)) {
            change(left, self.above(number).map_or(self.eve, |above| self.lead(above)));
        }
        Invented {
            number,
            id: self.ids[number],
            started_on,
            left_on,
            leads,
            levels: self.levels(number, started_on),
        }
    }

    /// The number of who leads them since the reorganisation, unless that is Eve.
    const fn above(&self, number: usize) -> Option<usize> {
        if number < SPAN { None } else { Some(number / SPAN - 1) }
    }

    fn lead(&self, number: usize) -> PersonId {
        self.above(number).map_or(self.eve, |above| self.ids[above])
    }

    /// Before the reorganisation one area was led by the neighbours.
    fn first_lead(&self, number: usize) -> PersonId {
        match self.above(number) {
            Some(above) if area_of(number) == AREAS.len() - 1 => self.ids[above + 1],
            _ => self.lead(number),
        }
    }

    /// One in seventeen of those who lead nobody left, and one in thirty of those who lead.
    fn left_on(&self, number: usize) -> Option<Date> {
        let leaves = if is_manager(number, self.ids.len()) { number % 30 == 4 } else { number % 17 == 11 };
        let day = self.today.plus_days(-10 - days(number, 1, REORGANISED - 40));
        (leaves && started_on(number).plus_days(90) < day).then_some(day)
    }

    fn levels(&self, number: usize, started_on: Date) -> Vec<(Date, Held)> {
        const LADDER: [&str; 4] = ["engineer", "experienced", "senior", "staff"];
        const COACHES: [&str; 3] = ["associate", "coach", "senior"];
        let rolled_out = self.today.plus_days(-ROLLED_OUT);
        let since = started_on.max(rolled_out);
        let tenure = self.today.days_since(started_on);
        let draw = usize::try_from(pick(number, 2, 12)).unwrap_or_default();
        let (framework, track, ladder, place): (_, _, &[&str], usize) = match title_of(number, self.ids.len())
        {
            "Product designer" => return Vec::new(),
            "Agile coach" => ("agile-coaching", "coach", &COACHES, draw % 3),
            "Engineering manager" => ("engineering", "engineer", &LADDER, 2 + usize::from(number < 40)),
            _ if tenure < 400 => ("engineering", "engineer", &LADDER, draw / 8),
            _ => ("engineering", "engineer", &LADDER, [0, 1, 1, 1, 1, 2, 2, 1, 2, 2, 1, 3][draw]),
        };
        let held = |place: usize| Held { framework, track, level: ladder[place] };
        // Some were one level lower when it began.
        let grown = self.today.plus_days(-30 - days(number, 3, ROLLED_OUT - 100));
        if place > 0 && pick(number, 4, 5) == 0 && since.plus_days(60) < grown {
            vec![(since, held(place - 1)), (grown, held(place))]
        } else {
            vec![(since, held(place))]
        }
    }
}

fn owned(value: &dyn Bind) -> Value<'static> {
    value.bind().into_owned()
}

async fn write(tx: &mut Tx, mint: &Mint, now: Moment, people: &[Invented]) -> Result<(), Fault> {
    tx.run(&FORGET_LINES, &[]).await?;
    let (mut lines, mut levels, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
    for one in people {
        for (place, (from, lead)) in one.leads.iter().enumerate() {
            let until = one.leads.get(place + 1).map(|(next, _)| *next).or(one.left_on);
            lines.push(vec![owned(&mint.id(now)), owned(&one.id), owned(lead), owned(from), owned(&until)]);
        }
        for (since, held) in &one.levels {
            let nobody: Option<Id> = None;
            let at = moment_of(now, *since);
            levels.push(vec![
                owned(&mint.id(now)),
                owned(&one.id),
                owned(&held.framework),
                owned(&held.track),
                owned(&held.level),
                owned(since),
                owned(&nobody),
                owned(&at),
            ]);
        }
        if let Some(left) = one.left_on {
            tx.run(&LEAVE, &[&one.id, &left]).await?;
        } else if one.number % 43 == 7 {
            let from = now.date().plus_days(-60);
            let until = Some(now.date().plus_days(120));
            let nobody: Option<Id> = None;
            leaves.push(vec![
                owned(&mint.id(now)),
                owned(&one.id),
                owned(&from),
                owned(&until),
                owned(&nobody),
            ]);
        }
    }
    tx.insert_many("reporting_line", &["id", "person", "manager", "from_on", "until_on"], &lines).await?;
    let columns = ["id", "person", "framework", "track", "level", "since_on", "set_by", "set_at"];
    tx.insert_many("level_entry", &columns, &levels).await?;
    tx.insert_many("leave", &["id", "person", "from_on", "until_on", "cover"], &leaves).await
}

/// A team that the reorganisation ended.
async fn end_a_team(tx: &mut Tx, mint: &Mint, now: Moment) -> Result<(), Fault> {
    let Some((parent, path)) = tx.first::<(TeamId, String)>(&ENGINEERING, &[]).await? else { return Ok(()) };
    let id = mint.id(now);
    let name = "Web Shop";
    let ended = Some(now.date().plus_days(-REORGANISED));
    let row = vec![
        owned(&id),
        owned(&name),
        owned(&folded(name)),
        owned(&parent),
        owned(&format!("{path}{id}/")),
        owned(&ended),
    ];
    tx.insert_many("team", &["id", "name", "sort_key", "parent", "path", "ended_on"], &[row]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(count: usize) -> Vec<Invented> {
        let ids: Vec<PersonId> =
            (0..count).map(|one| PersonId::new(Id::from_bits(one as u128 + 1))).collect();
        let eve = PersonId::new(Id::from_bits(u128::MAX));
        let org = Organisation { ids: &ids, eve, today: "2026-03-02".parse().unwrap() };
        (0..count).map(|number| org.invent(number)).collect()
    }

    #[test]
    fn some_leave_some_change_who_leads_them_and_some_grow() {
        let people = people(2_000);
        let share = |count: usize| count * 100 / people.len();
        assert!((2..10).contains(&share(people.iter().filter(|one| one.left_on.is_some()).count())));
        assert!((5..20).contains(&share(people.iter().filter(|one| one.leads.len() > 1).count())));
        assert!((5..20).contains(&share(people.iter().filter(|one| one.levels.len() > 1).count())));
    }

    #[test]
    fn nobody_is_led_by_somebody_who_has_left() {
        let people = people(2_000);
        let today: Date = "2026-03-02".parse().unwrap();
        let left: HashMap<PersonId, Date> =
            people.iter().filter_map(|one| Some((one.id, one.left_on?))).collect();
        for one in people.iter().filter(|one| one.is_here(today)) {
            let lead = one.lead_on(today).unwrap();
            assert!(!left.contains_key(&lead), "{} is led by somebody who left", one.number);
            for pair in one.leads.windows(2) {
                assert!(pair[0].0 < pair[1].0, "{:?}", one.leads);
            }
        }
    }

    #[test]
    fn nobody_is_led_by_themselves_however_far_up() {
        let people = people(500);
        let by_id: HashMap<PersonId, &Invented> = people.iter().map(|one| (one.id, one)).collect();
        for day in ["2025-01-01", "2025-08-01", "2026-03-02"] {
            let day: Date = day.parse().unwrap();
            for one in &people {
                let (mut at, mut steps) = (one, 0);
                while let Some(next) = at.lead_on(day).and_then(|lead| by_id.get(&lead)) {
                    (at, steps) = (next, steps + 1);
                    assert!(steps < 10, "{} goes round in a ring on {day}", one.number);
                }
            }
        }
    }
}

//! An invented organisation of any size, the same each time: for the demo, for tests and for measuring.

pub mod life;

use std::collections::HashMap;

use espalier_kernel::{Date, Id, Mint, Moment};
use espalier_store::{Fault, Tx};

use crate::import::{self, Field, Plan, Row};
use crate::person::{PersonId, Role};
use crate::queries;

/// Somebody from the demo whom a visitor can be.
#[derive(Debug, Clone, Copy)]
pub struct Persona {
    /// The word in forms and tests.
    pub slug: &'static str,
    /// Their name.
    pub name: &'static str,
    /// Their title.
    pub title: &'static str,
    /// Who they are, in a sentence.
    pub about: &'static str,
    /// The slug of their manager.
    pub manager: &'static str,
    /// The team.
    pub team: &'static str,
    /// Their level in the sample framework, and since when.
    pub level: Option<(&'static str, &'static str)>,
    /// What they are trusted with.
    pub roles: &'static [Role],
    /// Where they live.
    pub zone: &'static str,
}

impl Persona {
    /// The first of their names.
    #[must_use]
    pub fn first_name(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// Their address.
    #[must_use]
    pub fn email(&self) -> String {
        format!("{}@demo.example", self.slug)
    }
}

/// Everybody a visitor can be.
pub const PERSONAS: &[Persona] = &[
    Persona {
        slug: "ada",
        name: "Ada Marsh",
        title: "Agile coach",
        about: "An agile coach who wants to grow. She assesses herself and prepares her next talk.",
        manager: "cy",
        team: "Engineering / Ways of Working",
        level: Some(("coach", "2025-02-01")),
        roles: &[],
        zone: "Europe/Stockholm",
    },
    Persona {
        slug: "bo",
        name: "Bo Achterberg",
        title: "Associate agile coach",
        about: "New in the craft. Everything is still open for him.",
        manager: "cy",
        team: "Engineering / Ways of Working",
        level: Some(("associate", "2026-01-15")),
        roles: &[],
        zone: "Europe/Amsterdam",
    },
    Persona {
        slug: "cy",
        name: "Cy Okafor",
        title: "Coaching lead",
        about: "Leads the coaches: Ada and Bo work for him. He also looks after the framework.",
        manager: "eve",
        team: "Engineering / Ways of Working",
        level: Some(("staff", "2023-09-01")),
        roles: &[Role::FrameworkOwner],
        zone: "Europe/Stockholm",
    },
    Persona {
        slug: "di",
        name: "Di Fontaine",
        title: "HR partner",
        about: "HR partner for the whole organisation: keeps levels and their history.",
        manager: "eve",
        team: "People",
        level: None,
        roles: &[Role::Hr],
        zone: "Europe/Paris",
    },
    Persona {
        slug: "eve",
        name: "Eve Lindqvist",
        title: "Director of engineering",
        about: "Everybody else works for her, directly or not. She sees less than one would think.",
        manager: "",
        team: "Engineering",
        level: None,
        roles: &[],
        zone: "America/New_York",
    },
    Persona {
        slug: "fay",
        name: "Fay Nakamura",
        title: "Systems administrator",
        about: "Runs this installation: accounts, imports, backups. Reads nobody’s content because of it.",
        manager: "eve",
        team: "IT",
        level: None,
        roles: &[Role::Administrator, Role::Auditor],
        zone: "Asia/Tokyo",
    },
    Persona {
        slug: "gus",
        name: "Gus Møller",
        title: "Backend engineer",
        about: "Works in another team. To Ada he is a colleague like any other.",
        manager: "eve",
        team: "Engineering / Payments",
        level: None,
        roles: &[],
        zone: "Europe/Copenhagen",
    },
];

const FIRST: &[&str] = &[
    "Amara",
    "Ben",
    "Chiara",
    "Dmitri",
    "Elif",
    "Femi",
    "Grace",
    "Hiro",
    "Ines",
    "Jonas",
    "Kavya",
    "Lars",
    "Mina",
    "Noor",
    "Oskar",
    "Priya",
    "Quentin",
    "Rosa",
    "Samuel",
    "Tala",
    "Ulla",
    "Viktor",
    "Wei",
    "Ximena",
    "Yusuf",
    "Zoë",
    "Åsa",
    "Łukasz",
    "José",
    "Siobhán",
    "明",
    "さくら",
    "Ольга",
    "Γιώργος",
    "محمد",
    "דנה",
];

const LAST: &[&str] = &[
    "Abara",
    "Bianchi",
    "Castillo",
    "Dahl",
    "Eriksen",
    "Fischer",
    "Greenwood",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalski",
    "Larsen",
    "Mbeki",
    "Novak",
    "O’Connor",
    "Petrov",
    "Quispe",
    "Rossi",
    "Silva",
    "Tanaka",
    "Ueda",
    "Varga",
    "Walsh",
    "Xu",
    "Yıldız",
    "Zieliński",
    "Smith-Jones",
    "van der Berg",
    "de la Cruz",
    "山田",
    "Иванова",
    "Παπαδόπουλος",
];

const TITLES: &[&str] = &[
    "Backend engineer",
    "Frontend engineer",
    "Data engineer",
    "Site reliability engineer",
    "Platform engineer",
    "Product designer",
    "Quality engineer",
    "Mobile engineer",
    "Security engineer",
    "Agile coach",
];

const PLACES: &[(&str, &str)] = &[
    ("Stockholm", "Europe/Stockholm"),
    ("Berlin", "Europe/Berlin"),
    ("London", "Europe/London"),
    ("Lagos", "Africa/Lagos"),
    ("Bangalore", "Asia/Kolkata"),
    ("Tokyo", "Asia/Tokyo"),
    ("São Paulo", "America/Sao_Paulo"),
    ("New York", "America/New_York"),
];

const AREAS: &[&str] =
    &["Payments", "Search", "Platform", "Mobile", "Data", "Growth", "Security", "Checkout"];

/// How many people one manager has in the invented organisation.
const SPAN: usize = 8;

/// Fills an empty database with the personas and so many people in all.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(tx: &mut Tx, mint: &Mint, now: Moment, people: usize) -> Result<(), Fault> {
    let mut plan = Plan { new: PERSONAS.iter().map(persona_row).collect(), ..Plan::default() };
    let count = people.saturating_sub(PERSONAS.len());
    plan.new.extend((0..count).map(|number| invented_row(number, count)));
    import::apply(tx, &plan, mint, now, None).await?;
    let today = now.date();
    for persona in PERSONAS {
        let Some((id, _)) = tx.first::<(PersonId, String)>(&queries::BY_EMAIL, &[&persona.email()]).await?
        else {
            continue;
        };
        for role in persona.roles {
            let nothing: Option<String> = None;
            let nobody: Option<Id> = None;
            tx.run(&queries::ADD_ROLE, &[&mint.id(now), &id, role, &nothing, &today, &nobody]).await?;
        }
        tx.run(&crate::account::SET_STATE, &[&id, &"active", &now]).await?;
    }
    Ok(())
}

fn persona_row(persona: &Persona) -> Row {
    let manager =
        if persona.manager.is_empty() { String::new() } else { format!("{}@demo.example", persona.manager) };
    let mut cells: HashMap<Field, String> = [
        (Field::Name, persona.name.to_owned()),
        (Field::Email, persona.email()),
        (Field::Manager, manager),
        (Field::Team, persona.team.to_owned()),
        (Field::JobTitle, persona.title.to_owned()),
        (Field::TimeZone, persona.zone.to_owned()),
        (Field::WorkingHours, "09:00-17:00".to_owned()),
        (Field::Languages, "English".to_owned()),
        (Field::StartedOn, "2022-03-01".to_owned()),
    ]
    .into();
    if let Some((level, since)) = persona.level {
        cells.insert(Field::Framework, "agile-coaching".to_owned());
        cells.insert(Field::Track, "coach".to_owned());
        cells.insert(Field::Level, level.to_owned());
        cells.insert(Field::LevelSince, since.to_owned());
    }
    Row { line: 0, email: persona.email(), cells }
}

/// The n-th invented person: number 0 works for Eve, each further one for somebody with a smaller number.
fn invented_row(number: usize, count: usize) -> Row {
    let email = invented_email(number);
    // Two numbers without a common divisor walk through all pairs of names before one repeats.
    let name =
        format!("{} {}", FIRST[number % FIRST.len()], LAST[(number / FIRST.len() + number * 7) % LAST.len()]);
    let manager =
        if number < SPAN { "eve@demo.example".to_owned() } else { invented_email(number / SPAN - 1) };
    let (location, zone) = PLACES[number % PLACES.len()];
    let area = AREAS[area_of(number)];
    let cells = [
        (Field::Name, name),
        (Field::Email, email.clone()),
        (Field::Manager, manager),
        (Field::Team, format!("Engineering / {area} / {area} {}", 1 + (number / 9) % 40)),
        (Field::JobTitle, title_of(number, count).to_owned()),
        (Field::Location, location.to_owned()),
        (Field::TimeZone, zone.to_owned()),
        (Field::StartedOn, started_on(number).to_string()),
    ]
    .into();
    Row { line: 0, email, cells }
}

/// Whether the n-th of so many leads anybody.
const fn is_manager(number: usize, count: usize) -> bool {
    SPAN * (number + 1) < count
}

fn title_of(number: usize, count: usize) -> &'static str {
    if is_manager(number, count) { "Engineering manager" } else { TITLES[number % TITLES.len()] }
}

const fn area_of(number: usize) -> usize {
    (number / 5) % AREAS.len()
}

fn invented_email(number: usize) -> String {
    format!("p{number}@demo.example")
}

fn started_on(number: usize) -> Date {
    let first: Date = jiff::civil::date(2016, 1, 4).into();
    first.plus_days(i32::try_from(number % 3_400).unwrap_or(0))
}

//! The pages of growth in a large organisation: a talk of seventy statements that is open, ten years of evidence, and
//! rounds of talks. All that is needed is done over HTTP, as people do it, and then the pages are put under load.

use std::time::{Duration, Instant};

use espalier_kernel::{Clock, Date};

use crate::http::under_load;
use crate::pages::{is_below, links};
use crate::persona::{Persona, between};
use crate::plan::{Plan, Run};
use crate::program::Program;
use crate::report::{Report, Round, Sizes};
use crate::{Trouble, imports, scene};

pub const USAGE: &str = "\
growth --program FILE --run PEOPLE DATABASE [--run …]
       [--seconds 5] [--warm-up 1] [--connections 32]
";

/// How many people the team has, nearly, for which a round is made; a twentieth of a smaller organisation.
const TEAM: u32 = 5_000;
/// How long a round, or the telling of people, may take.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// For so long the program does next to nothing before its pages are measured.
const QUIET: Duration = Duration::from_secs(2);
/// What it may spend in that time: it looks every few seconds whether something waits.
const NEXT_TO_NOTHING: Duration = Duration::from_millis(50);

/// A round as somebody wants it.
struct Wanted {
    /// The team's id; empty for everybody.
    team: String,
    for_whom: String,
    due_on: String,
}

impl Wanted {
    /// The form, with one of its buttons.
    fn form<'a>(&'a self, step: &'a str) -> [(&'a str, &'a str); 6] {
        [
            // Another name each time: a second click within ten minutes begins no second round.
            ("name", &self.for_whom),
            ("team", &self.team),
            ("due_on", &self.due_on),
            ("item_kind", "statement"),
            ("months", "6"),
            ("step", step),
        ]
    }
}

/// Makes each organisation, does what people do, measures the pages, and prints the tables.
pub async fn measure(words: &[&str]) -> Result<(), Trouble> {
    let plan = Plan::read(words)?;
    if !plan.pages.is_empty() || plan.persona != "ada" {
        return Err(format!("Pages and those who read them are fixed here.\n\n{USAGE}"));
    }
    let mut report = Report::default();
    for run in &plan.runs {
        if let Err(trouble) = organisation(&plan, run, &mut report).await {
            report.missing(format!("{run}: {trouble}"));
        }
    }
    report.print(&plan)
}

async fn organisation(plan: &Plan, run: &Run, report: &mut Report) -> Result<(), Trouble> {
    eprintln!("{run}: making the organisation");
    let (program, filling) = Program::start(plan, run).await?;
    let today = Clock::System.now().date();
    eprintln!("{run}: a talk of {} statements", scene::STATEMENTS);
    let talk = open_talk(&program, today).await?;
    let di = Persona::sign_in(&program, "di").await?;
    let running = under_way(&di).await?;
    // The smaller round comes first: whoever has a talk under way is in no other round.
    let team = team_of_about(&di, TEAM.min(run.people / 20), &due_on(today)).await?;
    let mut rounds = Vec::new();
    for wanted in [team, everybody("everybody free", today)] {
        eprintln!("{run}: a round for {}", wanted.for_whom);
        let round = begin_round(&di, wanted).await?;
        report.round(run, &round);
        rounds.push(round);
    }
    program.stop().await?;

    let (program, starting) = Program::start(plan, run).await?;
    eprintln!("{run}: waiting until everybody is told");
    until_quiet(&program).await?;
    let resting = program.memory()?;
    let alone = Plan { connections: 1, ..plan.clone() };
    let mut pages = vec![
        (
            plan,
            "ada",
            format!("open talk of {} statements, {} pieces", scene::STATEMENTS, scene::CITED),
            talk,
        ),
        (plan, "ada", "timeline of ten years".to_owned(), "/me/history".to_owned()),
        (plan, "ada", "Today".to_owned(), "/".to_owned()),
    ];
    for Round { for_whom, talks, path, .. } in &rounds {
        pages.push((plan, "di", format!("round of {talks} talks, {for_whom}"), path.clone()));
    }
    let (talks, path) = running;
    pages.push((plan, "di", format!("round of {talks} talks, under way"), path));
    pages.push((&alone, "di", "overview, by one connection alone".to_owned(), "/talks/overview".to_owned()));
    for (plan, slug, name, path) in pages {
        eprintln!("{run}: {name}");
        if let Err(trouble) = page(plan, run, &program, (slug, &name, &path), report).await {
            report.missing(format!("{run}: {name}: {trouble}"));
        }
    }
    report.program(run, &Sizes { filling, starting, resting, loaded: program.memory()? });

    // Most of the demonstration have a talk under way, and a round leaves those out; newcomers have none.
    eprintln!("{run}: as many people again, and a round for them");
    bring_people(&program, run.people).await?;
    let di = Persona::sign_in(&program, "di").await?;
    let round = begin_round(&di, everybody("as many newcomers", today)).await?;
    report.round(run, &round);
    if round.talks < run.people {
        return Err(format!("the round for newcomers has {} talks", round.talks));
    }
    program.stop().await
}

async fn page(
    plan: &Plan,
    run: &Run,
    program: &Program,
    (slug, name, path): (&str, &str, &str),
    report: &mut Report,
) -> Result<(), Trouble> {
    let persona = Persona::sign_in(program, slug).await?;
    let page = persona.page(name, path).await?;
    let measured = under_load(plan, program, &page, &persona.cookie).await?;
    report.page(run, &page, &measured);
    Ok(())
}

/// Cy publishes the framework, Di gives Ada its level, Ada brings her evidence, and both prepare a talk until it opens.
/// Gives its path.
async fn open_talk(program: &Program, today: Date) -> Result<String, Trouble> {
    let ada = Persona::sign_in(program, "ada").await?;
    let cy = Persona::sign_in(program, "cy").await?;
    let di = Persona::sign_in(program, "di").await?;

    let draft = cy.bring("/frameworks/new", "framework.json", &scene::framework()).await?;
    cy.send(&format!("{draft}/publication"), &[]).await?;
    let home = ada.read("/").await?;
    let own = links(&home).into_iter().find(|(_, words)| words == "My page").ok_or("Ada has no page")?.0;
    let since = today.plus_days(-1).to_string();
    let level = [
        ("framework", scene::FRAMEWORK),
        ("track", scene::TRACK),
        ("level", scene::LEVEL),
        ("since", &since),
    ];
    di.send(&format!("{own}/levels"), &level).await?;

    bring_evidence(&ada, &scene::cited(today), scene::CITED).await?;
    bring_evidence(&ada, &scene::years(today), scene::OLDER).await?;
    let due_on = today.plus_days(20).to_string();
    let talk = ada.send("/talks", &[("due_on", &due_on)]).await?;
    prepare(&ada, &talk, ["meeting", "developing", "meeting", "exceeding"]).await?;
    prepare(&cy, &talk, ["developing", "meeting", "exceeding", "meeting"]).await?;

    let html = ada.read(&talk).await?;
    let points = between(&html, "<section class=\"point\"", ">").len();
    let pieces = (0..scene::CITED).filter(|&number| html.contains(&scene::deed(number))).count();
    if (points, pieces) != (scene::STATEMENTS, scene::CITED) {
        return Err(format!("the open talk shows {points} statements and {pieces} pieces of evidence"));
    }
    Ok(talk)
}

async fn bring_evidence(ada: &Persona, csv: &str, how_many: usize) -> Result<(), Trouble> {
    let preview = ada.bring("/me/evidence/imports", "evidence.csv", csv).await?;
    if !ada.read(&preview).await?.contains(&format!("<li>{how_many} new</li>")) {
        return Err(format!("{preview} does not take {how_many} pieces of evidence"));
    }
    ada.send(&preview, &[]).await.map(drop)
}

/// One side says something about every statement, and hands it in.
async fn prepare(persona: &Persona, talk: &str, answers: [&str; 4]) -> Result<(), Trouble> {
    let html = persona.read(&format!("{talk}/preparation")).await?;
    let points = between(&html, "id=\"i-", "\"");
    if points.len() != scene::STATEMENTS {
        return Err(format!("a preparation asks about {} statements", points.len()));
    }
    for (point, answer) in points.into_iter().zip(answers.into_iter().cycle()) {
        let said =
            [("state", answer), ("version", "0"), ("note", "Seen twice in the spring, and again in May.")];
        persona.send(&format!("{talk}/preparation/{point}"), &said).await?;
    }
    persona.send(&format!("{talk}/preparation-completion"), &[]).await.map(drop)
}

fn due_on(today: Date) -> String {
    today.plus_days(56).to_string()
}

fn everybody(for_whom: &str, today: Date) -> Wanted {
    Wanted { team: String::new(), for_whom: for_whom.to_owned(), due_on: due_on(today) }
}

/// The newest round of the demonstration: how many talks it has, and its path.
async fn under_way(di: &Persona) -> Result<(u32, String), Trouble> {
    let html = di.read("/talks/rounds").await?;
    let mut rounds = links(&html).into_iter().map(|(path, _)| path);
    let path = rounds.find(|path| is_below("/talks/rounds/", path)).ok_or("there is no round yet")?;
    let html = di.read(path).await?;
    let talks = ["planned", "open", "signed"].iter().filter_map(|state| talks_that_are(state, &html)).sum();
    Ok((talks, path.to_owned()))
}

/// The administrator brings so many people in from a file.
async fn bring_people(program: &Program, how_many: u32) -> Result<(), Trouble> {
    let fay = Persona::sign_in(program, "fay").await?;
    let preview = fay.bring("/admin/people", "people.csv", &imports::people(how_many)).await?;
    let html = fay.read(&preview).await?;
    if !html.contains(&format!("<li>{how_many} new</li>")) {
        return Err(format!("{preview} does not take {how_many} people"));
    }
    let columns: Vec<(&str, &str)> = columns(&html).into_iter().map(|word| ("column", word)).collect();
    fay.send(&format!("{preview}/import"), &columns).await.map(drop)
}

/// What each column of a file of people holds, as the form that looks at it proposes.
fn columns(html: &str) -> Vec<&str> {
    let chosen = |select: &'_ str| select.find("\" selected").unwrap_or(0);
    let selects = between(html, "name=\"column\">", "</select>").into_iter();
    selects
        .map(|select| {
            select[..chosen(select)].rsplit('"').next().filter(|word| !word.is_empty()).unwrap_or("-")
        })
        .collect()
}

/// A round for the team that would have nearly so many talks, of all teams that the form of rounds offers.
async fn team_of_about(di: &Persona, talks: u32, due_on: &str) -> Result<Wanted, Trouble> {
    let offered = teams(&di.read("/talks/rounds").await?);
    let among = offered.len();
    let mut nearest: Option<(u32, Wanted)> = None;
    for (team, for_whom) in offered {
        let wanted = Wanted { team, for_whom, due_on: due_on.to_owned() };
        let would = would_plan(&di.look("/talks/rounds", &wanted.form("look")).await?)?;
        if nearest.as_ref().is_none_or(|(best, _)| would.abs_diff(talks) < best.abs_diff(talks)) {
            nearest = Some((would, wanted));
        }
    }
    let (would, wanted) = nearest.ok_or("the form of rounds offers no team")?;
    eprintln!("of {among} teams, {} is nearest to {talks} talks with {would}", wanted.for_whom);
    Ok(wanted)
}

/// HR looks at what a round would do, begins it, and looks again until all its talks are there.
async fn begin_round(di: &Persona, wanted: Wanted) -> Result<Round, Trouble> {
    let began = Instant::now();
    di.look("/talks/rounds", &wanted.form("look")).await?;
    let looking = began.elapsed();
    let began = Instant::now();
    let path = di.send("/talks/rounds", &wanted.form("begin")).await?;
    let Wanted { for_whom, .. } = wanted;
    loop {
        let html = di.read(&path).await?;
        let making = began.elapsed();
        if !html.contains("<progress") {
            let talks = talks_that_are("planned", &html).filter(|&talks| talks > 0);
            let talks = talks.ok_or_else(|| format!("the round for {for_whom} has no talks"))?;
            return Ok(Round { for_whom, path, talks, looking, making });
        }
        if making > PATIENCE {
            return Err(format!("the talks of the round for {for_whom} were not there in time"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The teams that the form of rounds offers.
fn teams(html: &str) -> Vec<(String, String)> {
    let select = between(html, "name=\"team\"><option", "</select>").into_iter().next().unwrap_or_default();
    let options = between(select, "value=\"", "</option>");
    let read = |option: &str| {
        let (id, words) = option.split_once('"')?;
        let name = words.rsplit('>').next()?.split(", with all teams").next()?;
        (!id.is_empty()).then(|| (id.to_owned(), name.to_owned()))
    };
    options.into_iter().filter_map(read).collect()
}

/// How many talks a round would plan, as the look at it says.
fn would_plan(html: &str) -> Result<u32, Trouble> {
    let said = between(html, "This would plan ", " talk").into_iter().next().unwrap_or_default();
    match said {
        "no" => Ok(0),
        said => {
            said.replace(',', "").parse().map_err(|_| "the form of rounds does not say how many".to_owned())
        }
    }
}

/// How many talks of a round stand so, as its page says.
fn talks_that_are(state: &str, html: &str) -> Option<u32> {
    between(html, &format!(">{state} ("), ")").first()?.parse().ok()
}

/// Waits until the program has done next to nothing for a while: after a round it tells everybody of their talk.
async fn until_quiet(program: &Program) -> Result<(), Trouble> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let spent = program.processor_time()?;
        tokio::time::sleep(QUIET).await;
        if program.processor_time()?.saturating_sub(spent) <= NEXT_TO_NOTHING {
            return Ok(());
        }
    }
    Err("the program was still at work, so that its pages were not measured".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_are_read_from_the_form_and_everybody_is_none() {
        let html = "<select id=\"field-team\" name=\"team\"><option value=\"\">Everybody</option>\
                    <option value=\"01A\">People, with all teams in it</option>\
                    <option value=\"01B\" selected>Search &amp; Data, with all teams in it</option></select>\
                    <select name=\"months\"><option value=\"6\">twice a year</option></select>";
        let teams = teams(html);
        assert_eq!(
            teams,
            [("01A".to_owned(), "People".to_owned()), ("01B".to_owned(), "Search &amp; Data".to_owned())]
        );
    }

    #[test]
    fn columns_hold_what_the_form_proposes_or_nothing() {
        let html = "<select name=\"column\"><option value=\"-\">leave it out</option>\
                    <option value=\"email\" selected>E-mail</option></select>\
                    <select name=\"column\"><option value=\"-\">leave it out</option></select>";
        assert_eq!(columns(html), ["email", "-"]);
    }

    #[test]
    fn the_look_at_a_round_says_how_many_talks_it_would_plan() {
        let said = |count: &str| would_plan(&format!("<h2 id=\"look\">This would plan {count}</h2>"));
        assert_eq!(said("5,003 talks"), Ok(5_003));
        assert_eq!(said("1 talk"), Ok(1));
        assert_eq!(said("no talks"), Ok(0));
        assert!(said("some talks").is_err());
        assert!(would_plan("<p>Choose a day after today.</p>").is_err());
    }

    #[test]
    fn the_page_of_a_round_says_how_many_talks_stand_how() {
        let html = "<li><a href=\"?state=planned\">planned (99998)</a></li><li><a>open (0)</a></li>";
        assert_eq!(talks_that_are("planned", html), Some(99_998));
        assert_eq!(talks_that_are("open", html), Some(0));
        assert_eq!(talks_that_are("planned", "<p>Nobody’s talk stands here.</p>"), None);
    }
}

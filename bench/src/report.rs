//! The measurements as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use crate::Trouble;
use crate::load::Load;
use crate::pages::Page;
use crate::plan::{Plan, Run};

/// Everything that was measured, and what could not be.
#[derive(Default)]
pub struct Report {
    pages: Vec<String>,
    programs: Vec<String>,
    rounds: Vec<String>,
    missing: Vec<String>,
}

/// One kind of page under load.
pub struct Measured {
    pub ours: Load,
    /// Processor time that the program spent on it; what its database server spent is not in it.
    pub spent: Duration,
    /// The same bytes from memory.
    pub ceiling: Load,
}

/// One program at rest and after its load.
pub struct Sizes {
    pub filling: Duration,
    pub starting: Duration,
    pub resting: (u64, u64),
    pub loaded: (u64, u64),
}

/// One round of talks, from the button until all its talks were there.
pub struct Round {
    pub for_whom: String,
    pub path: String,
    pub talks: u32,
    /// How long the look took at what it would do.
    pub looking: Duration,
    pub making: Duration,
}

impl Report {
    pub fn page(&mut self, run: &Run, page: &Page, measured: &Measured) {
        let Measured { ours, spent, ceiling } = measured;
        let answers = f64::from(u32::try_from((ours.answered + ours.refused).max(1)).unwrap_or(u32::MAX));
        if ours.refused > 0 {
            self.missing(format!(
                "{}: {} answers of {} were not 200",
                page.name, ours.refused, ours.answered
            ));
        }
        self.pages.push(format!(
            "| {} | {} | {} | {:.1} | {:.0} | {:.2} | {:.2} | {:.3} | {:.0} | {:.0} % |",
            run.people,
            run.engine(),
            page.name,
            kib(page.html.len()),
            ours.per_second(),
            milliseconds(ours.percentile(50)),
            milliseconds(ours.percentile(99)),
            milliseconds(*spent) / answers,
            ceiling.per_second(),
            ours.per_second() / ceiling.per_second() * 100.0,
        ));
    }

    pub fn program(&mut self, run: &Run, sizes: &Sizes) {
        self.programs.push(format!(
            "| {} | {} | {:.1} | {:.0} | {} | {} | {} |",
            run.people,
            run.engine(),
            sizes.filling.as_secs_f64(),
            milliseconds(sizes.starting),
            sizes.resting.0 / 1024,
            sizes.loaded.0 / 1024,
            sizes.loaded.1 / 1024,
        ));
    }

    pub fn round(&mut self, run: &Run, round: &Round) {
        self.rounds.push(format!(
            "| {} | {} | {} | {} | {:.2} | {:.1} |",
            run.people,
            run.engine(),
            round.for_whom,
            round.talks,
            round.looking.as_secs_f64(),
            round.making.as_secs_f64(),
        ));
    }

    pub fn missing(&mut self, what: String) {
        self.missing.push(what);
    }

    /// Prints the tables. What is missing is said, and is a trouble.
    pub fn print(&self, plan: &Plan) -> Result<(), Trouble> {
        println!("{}", self.markdown(plan));
        if self.missing.is_empty() { Ok(()) } else { Err("Not everything could be measured.".to_owned()) }
    }

    fn markdown(&self, plan: &Plan) -> String {
        let mut out = format!(
            "\n{} connections for {} s each, after {} s of warming up; generator, program and database on this \
             machine of {} cores. The ceiling is the same HTML from memory.\n\n",
            plan.connections,
            plan.duration.as_secs(),
            plan.warm_up.as_secs(),
            std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        );
        out.push_str("| people | database | page | KiB | requests/s | p50 ms | p99 ms | processor ms | ceiling/s | share |\n");
        out.push_str("|---:|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        self.pages.iter().for_each(|row| out.push_str(&format!("{row}\n")));
        out.push_str("\n| people | database | filled s | first answer ms | at rest MiB | after load MiB | most MiB |\n");
        out.push_str("|---:|---|---:|---:|---:|---:|---:|\n");
        self.programs.iter().for_each(|row| out.push_str(&format!("{row}\n")));
        if !self.rounds.is_empty() {
            out.push_str(
                "\n| people | database | round for | talks | looked at s | all there s |\n|---:|---|---|---:|---:|---:|\n",
            );
        }
        self.rounds.iter().for_each(|row| out.push_str(&format!("{row}\n")));
        for missing in &self.missing {
            // Writing into a text cannot fail.
            let _written = writeln!(out, "\nNot measured: {missing}.");
        }
        out
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn kib(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_and_the_run_has_failed() {
        let plan = Plan::read(&["--program", "p", "--run", "10", "sqlite:/x.db"]).unwrap();
        let mut report = Report::default();
        assert!(report.print(&plan).is_ok());
        report.missing("10 people on sqlite: the round has no talks".to_owned());
        assert!(
            report.markdown(&plan).contains("Not measured: 10 people on sqlite: the round has no talks.")
        );
        assert!(report.print(&plan).is_err());
    }

    #[test]
    fn a_round_stands_in_a_table_of_its_own() {
        let plan = Plan::read(&["--program", "p", "--run", "10", "sqlite:/x.db"]).unwrap();
        let mut report = Report::default();
        assert!(!report.markdown(&plan).contains("all there s"));
        let ms = Duration::from_millis;
        let (for_whom, path) = ("Search".to_owned(), "/talks/rounds/1".to_owned());
        let round = Round { for_whom, path, talks: 7, looking: ms(240), making: ms(7_100) };
        report.round(&plan.runs[0], &round);
        assert!(report.markdown(&plan).contains("\n| 10 | sqlite | Search | 7 | 0.24 | 7.1 |\n"));
    }
}

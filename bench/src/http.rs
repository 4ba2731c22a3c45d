//! Pages under load: how many a second, how quickly, and beside what the same bytes cost from memory.

use crate::pages::Page;
use crate::plan::{Plan, Run};
use crate::program::Program;
use crate::report::{Measured, Report, Sizes};
use crate::{Trouble, bare, load, pages};

/// Measures the usual pages, or those of the flags, and prints the tables.
pub async fn measure(words: &[&str]) -> Result<(), Trouble> {
    let plan = Plan::read(words)?;
    let mut report = Report::default();
    for run in &plan.runs {
        if let Err(trouble) = organisation(&plan, run, &mut report).await {
            report.missing(format!("{run}: {trouble}"));
        }
    }
    report.print(&plan)
}

/// Puts a page under load, and then the same bytes from memory.
pub async fn under_load(
    plan: &Plan,
    program: &Program,
    page: &Page,
    cookie: &str,
) -> Result<Measured, Trouble> {
    let requests = page.requests(cookie);
    load::warm_up(plan, program.address(), &requests).await?;
    let ticks = program.processor_time()?;
    let ours = load::measure(plan, program.address(), &requests).await?;
    let spent = program.processor_time()?.saturating_sub(ticks);
    let bare = bare::Server::start(&page.html).await?;
    load::warm_up(plan, bare.address(), &requests).await?;
    let ceiling = load::measure(plan, bare.address(), &requests).await?;
    Ok(Measured { ours, spent, ceiling })
}

async fn organisation(plan: &Plan, run: &Run, report: &mut Report) -> Result<(), Trouble> {
    eprintln!("{run}: making the organisation");
    let (first, filling) = Program::start(plan, run).await?;
    first.stop().await?;

    let (program, starting) = Program::start(plan, run).await?;
    let resting = program.memory()?;
    let cookie = program.sign_in(&plan.persona).await?;
    for page in pages::find(plan, program.address(), &cookie).await {
        let page = match page {
            Ok(page) => page,
            Err(trouble) => {
                report.missing(format!("{run}: {trouble}"));
                continue;
            }
        };
        eprintln!("{run}: {}", page.name);
        let measured = under_load(plan, &program, &page, &cookie).await?;
        report.page(run, &page, &measured);
    }
    report.program(run, &Sizes { filling, starting, resting, loaded: program.memory()? });
    program.stop().await
}

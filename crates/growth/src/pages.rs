//! The pages of growth: one's own overview, a self-assessment, and the position that follows from it.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::State;
use espalier_framework::Framework;
use espalier_framework::position::applicable;
use espalier_governance::library;
use espalier_governance::matrix::{Line, competency_name, title};
use espalier_governance::shelf::Edition;
use espalier_people::actions::own_level;
use espalier_people::visible::visible_to;
use espalier_store::Tx;
use espalier_web::{
    Door, Doors, Form, Frame, Page, Path, Problems, Query, Viewer, VisibleTo, WebError, day_in_words,
};
use serde::Deserialize;

use crate::access::SELF_ASSESSMENT;
use crate::actions::{self, Written};
use crate::assessment::{Answer, AssessmentId};
use crate::evidence::claims;
use crate::queries::{AssessmentLine, Said};
use crate::saved::{Saved, lines};
use crate::standing::{self, Position};
use crate::talk::prepare::LogRow;
use crate::talk::view::CitedView;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/growth", get(show_growth))
        .route("/me/assessments", post(create_assessment))
        .route("/me/assessments/{id}", get(show_assessment))
        .route("/me/assessments/{id}/answers/{statement}", post(save_answer))
        .route("/me/assessments/{id}/points/{competency}", post(save_point))
        .route("/me/assessments/{id}/archetypes", post(save_archetypes))
        .route("/me/assessments/{id}/completion", post(create_completion))
        .route("/me/assessments/{id}/end", post(end_draft))
        .route("/me/assessments/{id}/position", get(show_position))
}

#[derive(Debug, Template)]
#[template(path = "growth.html")]
struct GrowthPage {
    frame: Frame,
    own_level: Option<String>,
    choices: Vec<LevelChoice>,
    assessments: Vec<AssessmentView>,
    /// A draft beside the level that somebody was about to look at once more.
    known: Option<KnownDraft>,
    problems: Problems,
}

/// A draft that is there already.
#[derive(Debug)]
struct KnownDraft {
    id: AssessmentId,
    level: String,
    day: String,
    target: String,
}

/// A level that can be looked at.
#[derive(Debug)]
struct LevelChoice {
    framework: String,
    framework_name: String,
    levels: Vec<(String, String, bool)>,
}

#[derive(Debug)]
struct AssessmentView {
    id: AssessmentId,
    level: String,
    framework: String,
    is_open: bool,
    day: String,
}

async fn show_growth(mut door: Door) -> Result<Page<GrowthPage>, WebError> {
    growth_page(&mut door, Problems::none()).await.map(Page)
}

async fn growth_page(door: &mut Door, problems: Problems) -> Result<GrowthPage, WebError> {
    let frame = door.frame("My growth", "growth");
    let Door { viewer, tx, .. } = door;
    let assessments = actions::own(tx, viewer).await?;
    let own = own_level(tx, viewer).await?;
    let mut choices = Vec::new();
    let mut own_level = None;
    for line in library::all(tx, viewer).await? {
        let copy = library::take(tx, viewer, &line.framework, None, None).await?;
        let is_own = |level: &str| {
            own.as_ref().is_some_and(|own| own.framework == line.framework && own.level == level)
        };
        let levels: Vec<(String, String, bool)> = copy
            .framework()
            .all_levels()
            .into_iter()
            .map(|level| (level.id.to_string(), title(level), is_own(level.id.as_str())))
            .collect();
        if let Some((_, name, _)) = levels.iter().find(|(_, _, is_own)| *is_own) {
            own_level = Some(format!("{name}, {}", line.name));
        }
        choices.push(LevelChoice { framework: line.framework, framework_name: line.name, levels });
    }
    let assessments = assessments
        .into_iter()
        .map(|one| AssessmentView {
            id: one.id,
            level: one.level_name,
            framework: one.framework_name,
            is_open: one.finished_at.is_none(),
            day: day_in_words(one.finished_at.unwrap_or(one.changed_at).date_in(&viewer.zone), viewer.today),
        })
        .collect();
    Ok(GrowthPage { frame, own_level, choices, assessments, known: None, problems })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BeginForm {
    /// Framework and level, with a slash between.
    target: String,
    /// Said when the page has told of a draft that is there.
    again: String,
}

async fn create_assessment(mut door: Door, Form(form): Form<BeginForm>) -> Result<Response, WebError> {
    let Some((framework, level)) = form.target.split_once('/') else {
        let problems = Problems::one("target", "Choose a level to look at.");
        return Ok(Page(growth_page(&mut door, problems).await?).refused());
    };
    if form.again.is_empty()
        && let Some(draft) = actions::draft_of(&mut door.tx, &door.viewer, framework, level).await?
    {
        let day = day_in_words(draft.changed_at.date_in(&door.viewer.zone), door.viewer.today);
        let known =
            Some(KnownDraft { id: draft.id, level: draft.level_name, day, target: form.target.clone() });
        let page = growth_page(&mut door, Problems::none()).await?;
        return Ok(Page(GrowthPage { known, ..page }).refused());
    }
    let Door { viewer, tx, kit } = &mut door;
    let id = actions::begin(tx, viewer, &kit.mint, framework, level).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/me/assessments/{id}")).into_response())
}

#[derive(Debug, Template)]
#[template(path = "assessment.html")]
struct AssessmentPage {
    frame: Frame,
    line: AssessmentLine,
    seen: VisibleTo,
    is_open: bool,
    answers: &'static [Answer],
    pillars: Vec<PillarForm>,
    archetypes: Vec<(String, String, bool)>,
    rated: usize,
    applicable: usize,
}

#[derive(Debug)]
struct PillarForm {
    name: String,
    competencies: Vec<CompetencyForm>,
}

#[derive(Debug)]
struct CompetencyForm {
    id: String,
    name: String,
    summary: String,
    points: Option<PointForm>,
    statements: Vec<StatementForm>,
}

#[derive(Debug)]
struct PointForm {
    asked: Option<String>,
    low: String,
    choices: Vec<(String, String, String)>,
}

#[derive(Debug)]
struct StatementForm {
    line: Line,
    /// The earlier level that asks for it, where it is not the one looked at.
    earlier: Option<String>,
    state: Answer,
    note: String,
    revision: i64,
    /// What is missing for what is said; empty when nothing is.
    missing: &'static str,
    evidence: Vec<CitedView>,
    /// Whether it is one of those whose answers are counted.
    counts: bool,
}

async fn show_assessment(
    mut door: Door,
    Path(id): Path<AssessmentId>,
) -> Result<Page<AssessmentPage>, WebError> {
    let (line, copy, said) = actions::open(&mut door.tx, &door.viewer, id).await?;
    let frame = door.frame(format!("Self-assessment: {}", line.level_name), "growth");
    let is_open = line.finished_at.is_none();
    let Door { viewer, tx, .. } = &mut door;
    let state = if is_open { State::Draft } else { State::Archived };
    let seen = visible_to(tx, viewer, &SELF_ASSESSMENT, state, viewer.person, &viewer.name).await?;
    // A finished one shows what was said; the log goes on without it.
    let log = if is_open { claims::beside(tx, viewer, &line.framework).await? } else { Vec::new() };
    let coverage = standing::position(copy.framework(), &line, &said).coverage;
    Ok(Page(AssessmentPage {
        frame,
        seen,
        is_open,
        answers: Answer::offered(line.is_own_level),
        pillars: pillar_forms(&copy.edition, &line.level, &said, &log),
        archetypes: copy
            .framework()
            .archetypes
            .iter()
            .map(|one| {
                (one.id.to_string(), one.name.clone(), said.archetypes.iter().any(|id| id == one.id.as_str()))
            })
            .collect(),
        rated: coverage.rated,
        applicable: coverage.applicable,
        line,
    }))
}

fn pillar_forms(edition: &Edition, level: &str, said: &Said, log: &[LogRow]) -> Vec<PillarForm> {
    let framework: &Framework = &edition.framework;
    let answers: HashMap<&str, &crate::queries::AnswerRow> =
        said.answers.iter().map(|row| (row.statement.as_str(), row)).collect();
    let points: HashMap<&str, (&str, &str)> =
        said.points.iter().map(|(one, low, high)| (one.as_str(), (low.as_str(), high.as_str()))).collect();
    let asked: Vec<&espalier_framework::Statement> = actions::asked(framework, level);
    let counted: HashSet<&str> = applicable(framework, level, &standing::answers(framework, said))
        .map(|statement| statement.id.as_str())
        .collect();
    let form = |statement: &espalier_framework::Statement| {
        let answer = answers.get(statement.id.as_str());
        let stands_here = framework.everything_at(level).iter().any(|here| here.id == statement.id);
        let earlier = (!stands_here).then(|| level_that_asks(framework, level, statement)).flatten();
        StatementForm {
            line: Line::of(edition, statement),
            counts: counted.contains(statement.id.as_str()),
            earlier,
            state: answer.map_or(Answer::NotObserved, |answer| answer.state),
            note: answer.map(|answer| answer.note.clone()).unwrap_or_default(),
            revision: answer.map_or(0, |answer| answer.revision),
            missing: answer.map_or("", |answer| said.behind.of(statement.id.as_str()).missing(answer.state)),
            evidence: log
                .iter()
                .filter(|row| row.statement == statement.id.as_str())
                .map(|row| CitedView::new(row.happened_on, row.words(), row.link.clone(), &row.standing))
                .collect(),
        }
    };
    let mut forms: Vec<PillarForm> = Vec::new();
    let mut add = |pillar: &str, competency: CompetencyForm| {
        if competency.statements.is_empty() && competency.points.is_none() {
            return;
        }
        match forms.iter_mut().find(|form| form.name == pillar) {
            Some(form) => form.competencies.push(competency),
            None => forms.push(PillarForm { name: pillar.to_owned(), competencies: vec![competency] }),
        }
    };
    let loose = |statements: Vec<StatementForm>| CompetencyForm {
        id: String::new(),
        name: "In general".to_owned(),
        summary: String::new(),
        points: None,
        statements,
    };
    let about = |subject: espalier_framework::Subject| -> Vec<StatementForm> {
        asked.iter().filter(|one| one.at.subject == subject).map(|one| form(one)).collect()
    };
    add("In general", loose(about(espalier_framework::Subject::None)));
    for pillar in &framework.pillars {
        add(&pillar.name, loose(about(espalier_framework::Subject::Pillar(pillar.id.clone()))));
    }
    for competency in &framework.competencies {
        let here = about(espalier_framework::Subject::Competency(competency.id.clone()));
        let points = framework.scale_of(competency).map(|scale| {
            let (low, _) = points.get(competency.id.as_str()).copied().unwrap_or_default();
            PointForm {
                asked: framework
                    .asked_point(level, competency.id.as_str())
                    .map(|(_, point)| point.name.clone()),
                low: low.to_owned(),
                choices: scale
                    .points
                    .iter()
                    .map(|point| (point.id.to_string(), point.name.clone(), point.summary.clone()))
                    .collect(),
            }
        });
        let pillar = competency.pillar.as_ref().and_then(|id| framework.top_of(id.as_str()));
        add(
            pillar.map_or("In general", |pillar| pillar.name.as_str()),
            CompetencyForm {
                id: competency.id.to_string(),
                name: competency_name(competency).to_owned(),
                summary: competency.summary.clone(),
                points,
                statements: here,
            },
        );
    }
    forms
}

/// The nearest level below that asks for a statement.
fn level_that_asks(
    framework: &Framework,
    level: &str,
    statement: &espalier_framework::Statement,
) -> Option<String> {
    framework
        .up_to(level)
        .into_iter()
        .rev()
        .find(|below| framework.everything_at(below.id.as_str()).iter().any(|one| one.id == statement.id))
        .map(title)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    state: String,
    note: String,
    version: i64,
}

async fn save_answer(
    headers: HeaderMap,
    mut door: Door,
    Path((id, statement)): Path<(AssessmentId, String)>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, WebError> {
    let state = form.state.parse().unwrap_or(Answer::NotObserved);
    let note = lines(&form.note);
    let written = Written { statement: statement.clone(), state, note: note.clone(), revision: form.version };
    let Door { viewer, tx, .. } = &mut door;
    let row = actions::answer(tx, viewer, id, written).await?;
    door.tx.commit().await?;
    let back = format!("/me/assessments/{id}#s-{statement}");
    Ok(Saved::at(row.revision).with("note", &note, row.note).answer(&headers, &back))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PointsForm {
    low: String,
    high: String,
}

async fn save_point(
    headers: HeaderMap,
    mut door: Door,
    Path((id, competency)): Path<(AssessmentId, String)>,
    Form(form): Form<PointsForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    actions::set_point(tx, viewer, id, &competency, &form.low, &form.high).await?;
    door.tx.commit().await?;
    Ok(Saved::default().answer(&headers, &format!("/me/assessments/{id}#c-{competency}")))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ArchetypesForm {
    archetype: Vec<String>,
}

async fn save_archetypes(
    headers: HeaderMap,
    mut door: Door,
    Path(id): Path<AssessmentId>,
    Form(form): Form<ArchetypesForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    actions::choose_archetypes(tx, viewer, id, &form.archetype).await?;
    door.tx.commit().await?;
    Ok(Saved::default().answer(&headers, &format!("/me/assessments/{id}#archetypes")))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_completion(
    mut door: Door,
    Path(id): Path<AssessmentId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::finish(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/me/assessments/{id}/position")))
}

async fn end_draft(
    mut door: Door,
    Path(id): Path<AssessmentId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::drop_draft(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/growth"))
}

#[derive(Debug, Template)]
#[template(path = "position.html")]
struct PositionPage {
    frame: Frame,
    line: AssessmentLine,
    seen: VisibleTo,
    day: String,
    version: String,
    position: Position,
    others: Vec<(AssessmentId, String, bool)>,
    before: Option<Before>,
    newer: Option<(String, String)>,
}

/// An earlier assessment beside this one.
#[derive(Debug)]
struct Before {
    day: String,
    version: String,
    holds: Option<String>,
    pillars: Vec<(String, String)>,
    changes: Vec<(String, &'static str, &'static str)>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PositionQuery {
    with: Option<AssessmentId>,
}

async fn show_position(
    mut door: Door,
    Path(id): Path<AssessmentId>,
    Query(query): Query<PositionQuery>,
) -> Result<Page<PositionPage>, WebError> {
    let (line, copy, said) = actions::open(&mut door.tx, &door.viewer, id).await?;
    let frame = door.frame("Where I stand", "growth");
    let Door { viewer, tx, .. } = &mut door;
    let state = if line.finished_at.is_none() { State::Draft } else { State::Archived };
    let seen = visible_to(tx, viewer, &SELF_ASSESSMENT, state, viewer.person, &viewer.name).await?;
    let day_of = |line: &AssessmentLine| {
        day_in_words(line.finished_at.unwrap_or(line.changed_at).date_in(&viewer.zone), viewer.today)
    };
    let others = actions::own(tx, viewer)
        .await?
        .into_iter()
        .filter(|one| one.id != id && one.framework == line.framework)
        .map(|one| (one.id, format!("{}, {}", one.level_name, day_of(&one)), query.with == Some(one.id)))
        .collect();
    let before = match query.with {
        None => None,
        Some(with) => {
            let (earlier, earlier_copy, earlier_said) = actions::open(tx, viewer, with).await?;
            let position = standing::position(earlier_copy.framework(), &earlier, &earlier_said);
            Some(Before {
                day: day_of(&earlier),
                version: earlier_copy.line.version,
                holds: position.holds,
                pillars: position.pillars.into_iter().map(|pillar| (pillar.name, pillar.sentence)).collect(),
                changes: changes(copy.framework(), &earlier_said, &said),
            })
        }
    };
    let newer = newer(tx, viewer, &line).await?;
    Ok(Page(PositionPage {
        frame,
        newer,
        seen,
        day: day_of(&line),
        version: copy.line.version.clone(),
        position: standing::position(copy.framework(), &line, &said),
        others,
        before,
        line,
    }))
}

/// The version that took the place of the one an assessment is pinned to, and where it says what changed.
async fn newer(
    tx: &mut Tx,
    viewer: &Viewer,
    line: &AssessmentLine,
) -> Result<Option<(String, String)>, WebError> {
    match library::take(tx, viewer, &line.framework, None, None).await {
        Ok(now) if now.line.id != line.version => {
            let link =
                format!("/frameworks/{}/changes?since={}&level={}", line.framework, line.version, line.level);
            Ok(Some((now.line.version, link)))
        }
        Ok(_) | Err(WebError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was said differently about the same statement.
fn changes(framework: &Framework, before: &Said, now: &Said) -> Vec<(String, &'static str, &'static str)> {
    now.answers
        .iter()
        .filter_map(|row| {
            let earlier = before.answers.iter().find(|earlier| earlier.statement == row.statement)?;
            let statement = framework.statement(&row.statement)?;
            (earlier.state != row.state)
                .then(|| (statement.text.clone(), earlier.state.title(), row.state.title()))
        })
        .collect()
}

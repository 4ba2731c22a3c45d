//! The one canonical arrangement of a framework, so that reading what was written changes nothing.

use crate::{
    ids::{NodeId, StatementId},
    model::{Framework, Place, Statement, Subject, Where},
    text::sorted_requirements,
    words::tidy,
};
use std::collections::{BTreeMap, BTreeSet};

impl Framework {
    /// The same framework with tidy texts, statements in reading order and pages by path.
    #[must_use]
    pub fn tidied(mut self) -> Framework {
        self.tidy_texts();
        self.docs.sort_by(|a, b| a.path.cmp(&b.path));
        self.migrations.sort_by(|a, b| a.path.cmp(&b.path));
        self.archetypes.sort_by(|a, b| a.id.cmp(&b.id));
        let levels: Vec<NodeId> = self.levels.iter().map(|level| level.id.clone()).collect();
        self.requirements = sorted_requirements(std::mem::take(&mut self.requirements), &levels);
        self.sort_statements();
        self.sort_translations();
        self
    }

    fn tidy_texts(&mut self) {
        let line = |text: &mut String| *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let prose = |text: &mut String| *text = tidy(text);
        line(&mut self.name);
        prose(&mut self.summary);
        prose(&mut self.changelog);
        for scale in &mut self.scales {
            line(&mut scale.name);
            for point in &mut scale.points {
                line(&mut point.name);
                prose(&mut point.summary);
            }
        }
        for track in &mut self.tracks {
            line(&mut track.name);
            prose(&mut track.summary);
        }
        for level in &mut self.levels {
            line(&mut level.name);
            prose(&mut level.summary);
        }
        for path in &mut self.paths {
            prose(&mut path.text);
        }
        for pillar in &mut self.pillars {
            line(&mut pillar.name);
            prose(&mut pillar.summary);
        }
        for competency in &mut self.competencies {
            line(&mut competency.name);
            prose(&mut competency.summary);
        }
        for statement in &mut self.statements {
            prose(&mut statement.text);
        }
        for requirement in &mut self.requirements {
            if let Some(text) = &mut requirement.text {
                prose(text);
            }
        }
        for rule in &mut self.rules {
            prose(&mut rule.text);
        }
        for archetype in &mut self.archetypes {
            line(&mut archetype.name);
            prose(&mut archetype.text);
        }
        for band in &mut self.bands {
            line(&mut band.name);
        }
    }

    /// Statements by subject, then by place, then by their own order, each followed by what explains it.
    fn sort_statements(&mut self) {
        let ranks = Ranks::of(self);
        let statements = std::mem::take(&mut self.statements);
        let known: BTreeSet<StatementId> = statements.iter().map(|s| s.id.clone()).collect();
        let mut roots: Vec<Statement> = Vec::new();
        let mut children: BTreeMap<StatementId, Vec<Statement>> = BTreeMap::new();
        for statement in statements {
            match &statement.parent {
                Some(parent) if known.contains(parent) && *parent != statement.id => {
                    children.entry(parent.clone()).or_default().push(statement);
                }
                _ => roots.push(statement),
            }
        }
        roots.sort_by_cached_key(|statement| (ranks.of_place(&statement.at), statement.order));
        let mut out = Vec::with_capacity(roots.len());
        let mut before: Option<Place> = None;
        let mut order = 0;
        for root in roots {
            if before.as_ref() != Some(&root.at) {
                order = 0;
                before = Some(root.at.clone());
            }
            place(root, order, &mut children, &mut out);
            order += 1;
        }
        // Circles of parents: kept, so that the checks can name them.
        out.extend(children.into_values().flatten());
        self.statements = out;
    }

    fn sort_translations(&mut self) {
        let mut translations = std::mem::take(&mut self.translations);
        translations.sort_by(|a, b| a.locale.cmp(&b.locale));
        for translation in &mut translations {
            for text in &mut translation.texts {
                if text.field != "markdown" {
                    text.text = tidy(&text.text);
                }
            }
            translation.texts.sort_by(|a, b| (&a.node, &a.field).cmp(&(&b.node, &b.field)));
        }
        self.translations = translations;
    }
}

fn place(
    mut statement: Statement,
    order: u32,
    children: &mut BTreeMap<StatementId, Vec<Statement>>,
    out: &mut Vec<Statement>,
) {
    statement.order = order;
    let mut mine = children.remove(&statement.id).unwrap_or_default();
    mine.sort_by_key(|child| child.order);
    let at = statement.at.clone();
    out.push(statement);
    for (order, mut child) in (0..).zip(mine) {
        // What explains a statement stands where the statement stands.
        child.at = at.clone();
        place(child, order, children, out);
    }
}

/// How far down the page each subject and place stands.
struct Ranks {
    pillars: BTreeMap<NodeId, usize>,
    competencies: BTreeMap<NodeId, usize>,
    levels: BTreeMap<NodeId, usize>,
    points: BTreeMap<NodeId, usize>,
}

impl Ranks {
    fn of(framework: &Framework) -> Ranks {
        let mut points = BTreeMap::new();
        for (rank, point) in framework.scales.iter().flat_map(|scale| &scale.points).enumerate() {
            points.entry(point.id.clone()).or_insert(rank);
        }
        Ranks {
            pillars: (framework.pillars.iter().map(|p| p.id.clone())).zip(0..).collect(),
            competencies: (framework.competencies.iter().map(|c| c.id.clone())).zip(0..).collect(),
            levels: framework.all_levels().iter().map(|level| level.id.clone()).zip(0..).collect(),
            points,
        }
    }

    fn of_place(&self, place: &Place) -> (u8, usize, u8, usize, Place) {
        let rank = |map: &BTreeMap<NodeId, usize>, id: &NodeId| map.get(id).copied().unwrap_or(usize::MAX);
        let (kind, subject) = match &place.subject {
            Subject::None => (0, 0),
            Subject::Pillar(id) => (1, rank(&self.pillars, id)),
            Subject::Competency(id) => (2, rank(&self.competencies, id)),
        };
        let (section, height) = match &place.location {
            Where::None => (0, 0),
            Where::All => (1, 0),
            Where::Level(id) => (2, rank(&self.levels, id)),
            Where::Point(id) => (3, rank(&self.points, id)),
            Where::Path { to, .. } => (4, rank(&self.levels, to)),
        };
        (kind, subject, section, height, place.clone())
    }
}

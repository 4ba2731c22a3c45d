//! Putting an imported framework together: every id once, every text somewhere.

use super::{Format, Import, counted};
use crate::{
    ids::{NodeId, StatementId, slug},
    model::{
        Competency, Doc, Ext, Framework, Level, Pillar, Place, Statement, StatementKind, Subject, Track,
        Where,
    },
    report::{Finding, Severity, Unreadable},
    text::fresh_id,
    words::{folded, tidy},
};
use std::collections::{BTreeMap, BTreeSet};

/// A framework while it is being put together.
pub struct Builder {
    pub framework: Framework,
    pub findings: Vec<Finding>,
    ids: BTreeSet<StatementId>,
    nodes: BTreeMap<&'static str, BTreeSet<String>>,
}

/// A statement about to be added.
#[derive(Default)]
pub struct Said<'a> {
    pub id: Option<&'a str>,
    pub text: &'a str,
    pub kind: StatementKind,
    pub parent: Option<StatementId>,
    pub at: Place,
    pub proficiency: Option<String>,
    pub ext: Ext,
}

impl Builder {
    pub fn new(id: &str, name: &str) -> Builder {
        Builder {
            framework: Framework::new(NodeId::from_foreign(id), name),
            findings: Vec::new(),
            ids: BTreeSet::new(),
            nodes: BTreeMap::new(),
        }
    }

    pub fn note(&mut self, file: &str, line: impl Into<Option<usize>>, message: impl Into<String>) {
        self.findings.push(Finding::note(file, line, message));
    }

    pub fn warn(&mut self, file: &str, line: impl Into<Option<usize>>, message: impl Into<String>) {
        self.findings.push(Finding::warning(file, line, message));
    }

    /// An id nobody of this kind has yet: the wanted one, or with something before it, or with a number behind.
    pub fn fresh(&mut self, kind: &'static str, wanted: &str, before: &str) -> NodeId {
        let taken = self.nodes.entry(kind).or_default();
        let plain = NodeId::from_foreign(wanted);
        let mut id = plain.clone();
        if taken.contains(id.as_str()) && !before.is_empty() {
            id = NodeId::from_foreign(&format!("{}.{plain}", slug(before)));
        }
        let stem = id.clone();
        let mut count = 2;
        while taken.contains(id.as_str()) {
            id = NodeId::from_foreign(&format!("{stem}-{count}"));
            count += 1;
        }
        taken.insert(id.to_string());
        id
    }

    pub fn add_track(&mut self, mut track: Track, wanted: &str) -> NodeId {
        track.id = self.fresh("track", wanted, "");
        let id = track.id.clone();
        self.framework.tracks.push(track);
        id
    }

    pub fn add_level(&mut self, mut level: Level, wanted: &str) -> NodeId {
        let before = level.track.as_ref().map(ToString::to_string).unwrap_or_default();
        level.id = self.fresh("level", wanted, &before);
        let id = level.id.clone();
        self.framework.levels.push(level);
        id
    }

    pub fn add_competency(&mut self, mut competency: Competency, wanted: &str, before: &str) -> NodeId {
        competency.id = self.fresh("competency", wanted, before);
        let id = competency.id.clone();
        self.framework.competencies.push(competency);
        id
    }

    pub fn add_pillar(&mut self, mut pillar: Pillar, wanted: &str, before: &str) -> NodeId {
        pillar.id = self.fresh("pillar", wanted, before);
        let id = pillar.id.clone();
        self.framework.pillars.push(pillar);
        id
    }

    /// The pillar with this name, made when it is not there yet.
    pub fn pillar_named(&mut self, name: &str, parent: Option<&NodeId>) -> NodeId {
        let wanted = folded(name);
        let found =
            self.framework.pillars.iter().find(|p| folded(&p.name) == wanted && p.parent.as_ref() == parent);
        match found {
            Some(pillar) => pillar.id.clone(),
            None => {
                let pillar =
                    Pillar { name: name.trim().into(), parent: parent.cloned(), ..Pillar::default() };
                let before = parent.map(ToString::to_string).unwrap_or_default();
                self.add_pillar(pillar, &slug(name), &before)
            }
        }
    }

    /// The competency with this name in this pillar, made when it is not there yet.
    pub fn competency_named(&mut self, name: &str, pillar: Option<&NodeId>) -> NodeId {
        let wanted = folded(name);
        let same = |c: &&Competency| folded(&c.name) == wanted && c.pillar.as_ref() == pillar;
        match self.framework.competencies.iter().find(same) {
            Some(competency) => competency.id.clone(),
            None => {
                let competency =
                    Competency { name: name.trim().into(), pillar: pillar.cloned(), ..Competency::default() };
                let before = pillar.map(ToString::to_string).unwrap_or_default();
                self.add_competency(competency, &slug(name), &before)
            }
        }
    }

    /// Adds a statement. Empty ones are not said.
    pub fn say(&mut self, said: Said<'_>) -> Option<StatementId> {
        let text = tidy(&safe(said.text));
        if text.is_empty() {
            return None;
        }
        let mut statement = Statement {
            text,
            kind: said.kind,
            must: said.kind == StatementKind::Expectation && said.parent.is_none(),
            parent: said.parent,
            order: u32::try_from(self.framework.statements.len()).unwrap_or(u32::MAX),
            at: said.at,
            proficiency: said.proficiency,
            ext: said.ext,
            ..Statement::default()
        };
        let wanted = said.id.map(StatementId::from_foreign);
        statement.id = match wanted {
            Some(id) if !self.ids.contains(&id) => id,
            _ => fresh_id(&statement, &self.ids),
        };
        let id = statement.id.clone();
        self.ids.insert(id.clone());
        self.framework.statements.push(statement);
        Some(id)
    }

    /// Whether a statement of the source has this id already.
    pub fn knows(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Keeps a text as a page.
    pub fn keep_page(&mut self, path: &str, markdown: &str, node: Option<String>) {
        if markdown.trim().is_empty() {
            return;
        }
        let clean = without_scripts(markdown);
        if clean != markdown {
            self.warn(path, None, "A script, style or frame stands in this page; it was left out.");
        }
        let clean: String = clean.replace("\r\n", "\n");
        let mut place = path.to_owned();
        let mut count = 2;
        while self.framework.docs.iter().any(|doc| doc.path == place) {
            place = format!("{count}-{path}");
            count += 1;
        }
        self.framework.docs.push(Doc { path: place, markdown: clean, node, ext: Ext::new() });
    }

    pub fn finish(self, format: Format) -> Result<Import, Unreadable> {
        if self.findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(Unreadable { faults: self.findings });
        }
        Ok(counted(self.framework, format, self.findings))
    }
}

/// A place at a level.
pub fn at_level(subject: Subject, level: &NodeId) -> Place {
    Place { subject, location: Where::Level(level.clone()) }
}

/// Text without scripts, and without links that run code.
pub fn safe(text: &str) -> String {
    let mut out = if text.contains('<') { without_scripts(text) } else { text.to_owned() };
    for scheme in ["javascript:", "vbscript:", "data:text/html"] {
        let mut at = 0;
        while let Some(found) = out.get(at..).and_then(|rest| rest.to_ascii_lowercase().find(scheme)) {
            let start = at + found;
            // Only where a link could begin; the word itself may be spoken of.
            if out[..start].ends_with(['(', '"', '\'', '=', '<']) {
                out.replace_range(start..start + scheme.len(), "#");
            }
            at = (start + 1).min(out.len());
            while !out.is_char_boundary(at) {
                at += 1;
            }
        }
    }
    out
}

/// Cuts elements that run or frame something.
pub fn without_scripts(text: &str) -> String {
    let mut out = text.to_owned();
    for tag in ["script", "style", "iframe", "object", "embed"] {
        let open = format!("<{tag}");
        let close = format!("</{tag}");
        let mut from = 0;
        // Lower-casing ASCII keeps every byte where it is.
        while let Some(start) = out[from..].to_ascii_lowercase().find(&open).map(|at| at + from) {
            let after = out.as_bytes().get(start + open.len()).copied().unwrap_or(b'>');
            if after.is_ascii_alphanumeric() {
                from = start + open.len();
                continue;
            }
            let rest = out[start..].to_ascii_lowercase();
            let end = match rest.find(&close) {
                Some(at) => rest[at..].find('>').map_or(rest.len(), |end| at + end + 1),
                None => rest.find('>').map_or(rest.len(), |end| end + 1),
            };
            out.replace_range(start..start + end, "");
            from = start;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_cut_and_words_about_them_stay() {
        assert_eq!(safe("a <script>alert(1)</script> b"), "a  b");
        assert_eq!(safe("Reads JavaScript: well"), "Reads JavaScript: well");
        assert_eq!(safe("[x](javascript:alert(1))"), "[x](#alert(1))");
        assert_eq!(without_scripts("<scripture>"), "<scripture>");
        assert_eq!(without_scripts("é<SCRIPT src=x>"), "é");
    }
}

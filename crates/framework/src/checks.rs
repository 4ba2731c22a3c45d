//! What must be right before a framework is published: references, empty levels, placeholder texts; near-duplicates are warned of.

use crate::{
    diff::{Bag, Vocabulary},
    ids::NodeId,
    model::{Emphasis, Framework, Selector, Subject, Where},
    report::Finding,
    words::{folded, short_digest},
};
use std::collections::{BTreeMap, BTreeSet};

/// Resemblance, in thousandths, from which two statements look like one.
const NEARLY: usize = 900;
/// More than this many pairs are counted, not listed.
const LISTED: usize = 40;

/// Everything there is to say about a framework before it is published. Errors stand in the way.
pub fn check(framework: &Framework) -> Vec<Finding> {
    let mut checking = Checking { f: framework, out: Vec::new() };
    checking.ids();
    checking.references();
    checking.circles();
    checking.statements();
    checking.profiles();
    checking.empty_levels();
    checking.placeholders();
    checking.duplicates();
    checking.translations();
    checking.out.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    checking.out
}

struct Checking<'a> {
    f: &'a Framework,
    out: Vec<Finding>,
}

impl Checking<'_> {
    fn error(&mut self, node: impl AsRef<str>, message: impl Into<String>) {
        self.out.push(Finding::error(node.as_ref(), None, message));
    }

    fn warn(&mut self, node: impl AsRef<str>, message: impl Into<String>) {
        self.out.push(Finding::warning(node.as_ref(), None, message));
    }

    fn ids(&mut self) {
        let f = self.f;
        let mut all: Vec<(&str, &str)> = Vec::new();
        all.extend(f.scales.iter().map(|n| ("scale", n.id.as_str())));
        all.extend(f.tracks.iter().map(|n| ("track", n.id.as_str())));
        all.extend(f.levels.iter().map(|n| ("level", n.id.as_str())));
        all.extend(f.pillars.iter().map(|n| ("pillar", n.id.as_str())));
        all.extend(f.competencies.iter().map(|n| ("competency", n.id.as_str())));
        all.extend(f.statements.iter().map(|n| ("statement", n.id.as_str())));
        all.extend(f.rules.iter().map(|n| ("rule", n.id.as_str())));
        all.extend(f.archetypes.iter().map(|n| ("archetype", n.id.as_str())));
        let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
        for (kind, id) in all {
            // Files are named after ids, and some disks do not tell capitals from small letters.
            if !seen.insert((kind, id.to_ascii_lowercase())) {
                self.error(format!("{kind}/{id}"), format!("The {kind} id {id} is used more than once."));
            }
        }
        for scale in &f.scales {
            let mut points: BTreeSet<&NodeId> = BTreeSet::new();
            for point in &scale.points {
                if !points.insert(&point.id) {
                    self.error(
                        format!("scale/{}", scale.id),
                        format!("The point {} stands twice in this scale.", point.id),
                    );
                }
            }
        }
    }

    fn names(&mut self, from: &str, kind: &str, id: &NodeId) {
        let f = self.f;
        let there = match kind {
            "track" => f.track(id.as_str()).is_some(),
            "level" => f.level(id.as_str()).is_some(),
            "pillar" => f.pillar(id.as_str()).is_some(),
            "competency" => f.competency(id.as_str()).is_some(),
            "scale" => f.scale(id.as_str()).is_some(),
            "rule" => f.rules.iter().any(|rule| rule.id == *id),
            "archetype" => f.archetypes.iter().any(|archetype| archetype.id == *id),
            _ => true,
        };
        if !there {
            self.error(from, format!("{from} names the {kind} {id}, which does not exist."));
        }
    }

    fn selects(&mut self, from: &str, of: &Selector) {
        match of {
            Selector::All => {}
            Selector::Pillar(id) => self.names(from, "pillar", id),
            Selector::Competency(id) => self.names(from, "competency", id),
        }
    }

    fn references(&mut self) {
        let f = self.f;
        for track in &f.tracks {
            if let Some(parent) = &track.parent {
                self.names(&format!("track/{}", track.id), "track", parent);
            }
        }
        for level in &f.levels {
            if let Some(track) = &level.track {
                self.names(&format!("level/{}", level.id), "track", track);
            }
        }
        for path in &f.paths {
            for level in [&path.from, &path.to] {
                self.names(&format!("path/{}/{}", path.from, path.to), "level", level);
            }
        }
        for pillar in &f.pillars {
            if let Some(parent) = &pillar.parent {
                self.names(&format!("pillar/{}", pillar.id), "pillar", parent);
            }
        }
        for competency in &f.competencies {
            let from = format!("competency/{}", competency.id);
            if let Some(pillar) = &competency.pillar {
                self.names(&from, "pillar", pillar);
            }
            if let Some(scale) = &competency.scale {
                self.names(&from, "scale", scale);
            }
            if let Some(inherits) = &competency.inherits {
                self.names(&from, "competency", inherits);
            }
        }
        for requirement in &f.requirements {
            let from = format!("requirement/{}/{}", requirement.level, requirement.of);
            self.names(&from, "level", &requirement.level);
            self.selects(&from, &requirement.of);
            self.point(&from, &requirement.of, &requirement.point);
        }
        for rule in &f.rules {
            let from = format!("rule/{}", rule.id);
            if let Some(level) = &rule.level {
                self.names(&from, "level", level);
            }
            self.selects(&from, &rule.of);
            if let Some(point) = &rule.point {
                self.point(&from, &rule.of, point);
            }
            for id in rule.weights.keys() {
                if f.competency(id.as_str()).is_none() && f.pillar(id.as_str()).is_none() {
                    self.error(&from, format!("{from} weighs {id}, which is neither competency nor pillar."));
                }
            }
        }
        for band in &f.bands {
            let from = format!("band/{}", band.id);
            if let Some(level) = &band.level {
                self.names(&from, "level", level);
            }
            if let Some(rule) = &band.rule {
                self.names(&from, "rule", rule);
            }
        }
    }

    /// Every competency meant must have the point on its scale.
    fn point(&mut self, from: &str, of: &Selector, point: &NodeId) {
        for competency in self.f.selected(of) {
            if self.f.point_of(competency, point.as_str()).is_none() {
                self.error(
                    from,
                    format!(
                        "{from} asks for the point {point}, which the scale of {} does not have.",
                        competency.id
                    ),
                );
            }
        }
    }

    fn circles(&mut self) {
        let f = self.f;
        let mut graphs: Vec<(&str, BTreeMap<&str, Vec<&str>>)> = Vec::new();
        let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in f.paths.iter().filter(|path| path.kind == crate::model::PathKind::Promotion) {
            paths.entry(path.from.as_str()).or_default().push(path.to.as_str());
        }
        graphs.push(("level", paths));
        let one = |pairs: Vec<(&'_ str, Option<&'_ NodeId>)>| -> BTreeMap<String, Vec<String>> {
            pairs.into_iter().filter_map(|(id, to)| Some((id.to_owned(), vec![to?.to_string()]))).collect()
        };
        let tracks = one(f.tracks.iter().map(|n| (n.id.as_str(), n.parent.as_ref())).collect());
        let pillars = one(f.pillars.iter().map(|n| (n.id.as_str(), n.parent.as_ref())).collect());
        let inherited = one(f.competencies.iter().map(|n| (n.id.as_str(), n.inherits.as_ref())).collect());
        for (kind, graph) in [("track", &tracks), ("pillar", &pillars), ("competency", &inherited)] {
            graphs.push((
                kind,
                graph.iter().map(|(id, to)| (id.as_str(), to.iter().map(String::as_str).collect())).collect(),
            ));
        }
        for (kind, graph) in graphs {
            if let Some(id) = in_circle(&graph) {
                self.error(format!("{kind}/{id}"), format!("The {kind} {id} leads back to itself."));
            }
        }
    }

    fn statements(&mut self) {
        let f = self.f;
        for statement in &f.statements {
            let from = format!("statement/{}", statement.id);
            if let Some(parent) = &statement.parent
                && f.statement(parent.as_str()).is_none()
            {
                self.error(&from, format!("{from} explains {parent}, which does not exist."));
            }
            let competency = match &statement.at.subject {
                Subject::None => None,
                Subject::Pillar(id) => {
                    self.names(&from, "pillar", id);
                    None
                }
                Subject::Competency(id) => {
                    self.names(&from, "competency", id);
                    f.competency(id.as_str())
                }
            };
            match &statement.at.location {
                Where::None | Where::All => {}
                Where::Level(id) => self.names(&from, "level", id),
                Where::Path { from: a, to: b } => {
                    self.names(&from, "level", a);
                    self.names(&from, "level", b);
                }
                Where::Point(point) => {
                    if competency.and_then(|c| f.point_of(c, point.as_str())).is_none() {
                        self.error(
                            &from,
                            format!("{from} stands at the point {point}, which its scale does not have."),
                        );
                    }
                }
            }
            for track in &statement.only_for.tracks {
                self.names(&from, "track", track);
            }
            for archetype in &statement.only_for.archetypes {
                self.names(&from, "archetype", archetype);
            }
            if statement.text.trim().is_empty() {
                self.error(&from, "This statement has no words.");
            }
        }
        if f.statements.is_empty() {
            self.error("framework", "This framework has no statements.");
        }
    }

    fn profiles(&mut self) {
        let f = self.f;
        for archetype in &f.archetypes {
            let from = format!("archetype/{}", archetype.id);
            for level in &archetype.levels {
                self.names(&from, "level", level);
            }
            for (competency, emphasis) in &archetype.emphasis {
                self.names(&from, "competency", competency);
                if let (Some(node), Emphasis::Point(point)) = (f.competency(competency.as_str()), emphasis)
                    && f.point_of(node, point.as_str()).is_none()
                {
                    self.error(
                        &from,
                        format!(
                            "{from} aims at the point {point}, which the scale of {competency} does not have."
                        ),
                    );
                }
            }
        }
    }

    fn empty_levels(&mut self) {
        let f = self.f;
        for level in &f.levels {
            let says = f.everything_at(level.id.as_str()).iter().any(|s| s.at.location != Where::All);
            if !says && f.asked_at(level.id.as_str()).is_empty() {
                self.error(
                    format!("level/{}", level.id),
                    format!("Nothing is said at the level {}.", level.name),
                );
            }
        }
    }

    fn placeholders(&mut self) {
        let mut found = Vec::new();
        self.f.clone().each_text(&mut |node, field, text| {
            // Pages may speak of anything.
            if field != "markdown"
                && let Some(words) = placeholder(text)
            {
                found.push((node.to_owned(), words));
            }
        });
        for (node, words) in found {
            self.error(node, format!("\"{words}\" stands in this text; it is not finished."));
        }
    }

    fn duplicates(&mut self) {
        let mut vocabulary = Vocabulary::default();
        let mut places: BTreeMap<Vec<String>, Vec<(&str, Bag, String)>> = BTreeMap::new();
        for statement in self.f.statements.iter().filter(|s| s.parent.is_none() && s.must) {
            let key = vec![serde_json::to_string(&statement.at.location).unwrap_or_default()];
            let bag = vocabulary.bag(&statement.text);
            places.entry(key).or_default().push((statement.id.as_str(), bag, folded(&statement.text)));
        }
        let mut found = Vec::new();
        for statements in places.values() {
            for (at, (id, bag, words)) in statements.iter().enumerate() {
                for (other, other_bag, other_words) in &statements[at + 1..] {
                    if words == other_words {
                        found.push(format!("{id} and {other} say the same at the same level."));
                    } else if bag.len() >= 4 && bag.resemblance(other_bag) >= NEARLY {
                        found.push(format!("{id} and {other} say nearly the same at the same level."));
                    }
                }
            }
        }
        let rest = found.len().saturating_sub(LISTED);
        for message in found.into_iter().take(LISTED) {
            self.warn("framework", message);
        }
        if rest > 0 {
            self.warn("framework", format!("{rest} more pairs of statements say nearly the same."));
        }
    }

    fn translations(&mut self) {
        let mut sources: BTreeMap<(String, String), String> = BTreeMap::new();
        self.f.clone().each_text(&mut |node, field, text| {
            sources.insert((node.to_owned(), field.to_owned()), text.clone());
        });
        for translation in &self.f.translations {
            let mut stale = 0;
            for text in &translation.texts {
                let place = format!("i18n/{}/{}", translation.locale, text.node);
                let Some(source) = sources.get(&(text.node.clone(), text.field.clone())) else {
                    self.warn(
                        &place,
                        format!("The {} of {} is translated, but does not exist.", text.field, text.node),
                    );
                    continue;
                };
                if let Some(words) = placeholder(&text.text) {
                    self.error(
                        &place,
                        format!("\"{words}\" stands in this translation; it is not finished."),
                    );
                }
                match &text.of {
                    None => self.warn(&place, "This translation does not say which words it was made from."),
                    Some(of) if of.len() != 12 || !of.bytes().all(|b| b.is_ascii_hexdigit()) => {
                        self.error(&place, format!("\"{of}\" is not the digest of a source text."));
                    }
                    Some(of) if *of != short_digest(source) => stale += 1,
                    Some(_) => {}
                }
            }
            if stale > 0 {
                let place = format!("i18n/{}", translation.locale);
                self.warn(
                    place,
                    format!("{stale} texts were translated from words that have changed since."),
                );
            }
        }
    }
}

fn in_circle<'a>(graph: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<&'a str> {
    for start in graph.keys() {
        let mut open: Vec<&str> = graph.get(start).cloned().unwrap_or_default();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(at) = open.pop() {
            if at == *start {
                return Some(start);
            }
            if seen.insert(at) {
                open.extend(graph.get(at).into_iter().flatten());
            }
        }
    }
    None
}

/// The words by which an unfinished text gives itself away.
pub fn placeholder(text: &str) -> Option<String> {
    const WORDS: [&str; 6] = ["TODO", "TBD", concat!("FIX", "ME"), concat!("XX", "X"), "MISSING", "TBC"];
    const PHRASES: [&str; 8] = [
        "think of a better phrase",
        "lorem ipsum",
        "coming soon",
        "to be defined",
        "to be written",
        "to be confirmed",
        "better wording needed",
        "not in use",
    ];
    let words = text.split(|c: char| !c.is_alphanumeric()).find(|word| WORDS.contains(word));
    let low = text.to_lowercase();
    words
        .map(str::to_owned)
        .or_else(|| PHRASES.iter().find(|phrase| low.contains(**phrase)).map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::Severity, sample};

    fn said(framework: &Framework, words: &str) -> bool {
        check(framework).iter().any(|finding| finding.to_string().contains(words))
    }

    #[test]
    fn the_sample_can_be_published() {
        let findings = check(&sample());
        assert!(findings.iter().all(|finding| finding.severity < Severity::Warning), "{findings:#?}");
    }

    #[test]
    fn what_names_something_missing_is_an_error() {
        let mut f = sample();
        f.competencies.retain(|c| c.id != "teaching");
        assert!(said(&f, "archetype/convener: error: archetype/convener names the competency teaching"));
        let mut f = sample();
        f.levels.retain(|level| level.id != "senior");
        assert!(said(&f, "names the level senior"));
        let mut f = sample();
        f.pillars[0].parent = Some(f.pillars[0].id.clone());
        assert!(said(&f, "leads back to itself"));
    }

    #[test]
    fn an_empty_level_and_a_placeholder_stand_in_the_way() {
        let mut f = sample();
        f.levels.push(crate::Level {
            id: "principal".parse().unwrap(),
            track: Some("coach".parse().unwrap()),
            name: "P".into(),
            ..Default::default()
        });
        assert!(said(&f, "level/principal: error: Nothing is said"));
        for words in ["TODO", "Deputising for manager (think of a better phrase for this)", "MISSING"] {
            let mut f = sample();
            f.statements[0].text = words.into();
            assert!(check(&f).iter().any(|finding| finding.severity == Severity::Error), "{words}");
        }
        assert!(placeholder("Finds the missing piece").is_none());
    }

    #[test]
    fn nearly_the_same_statement_at_the_same_level_is_warned_of() {
        let mut f = sample();
        let mut twin = f.statements.iter().find(|s| s.id == "sco2").cloned().unwrap();
        twin.id = "twin".parse().unwrap();
        twin.text.push_str(" Always.");
        f.statements.push(twin);
        assert!(said(&f, "say nearly the same"));
    }

    #[test]
    fn a_stale_or_unsigned_translation_is_noticed() {
        let mut f = sample();
        f.statements.iter_mut().find(|s| s.id == "fac1").unwrap().text.push_str(" Really.");
        assert!(said(&f, "i18n/sv: warning: 1 texts were translated from words that have changed"));
        let mut f = sample();
        f.translations[0].texts[0].of = Some("sha256:TODO".into());
        assert!(said(&f, "is not the digest"));
    }
}

//! A framework read in another language, with marks where the translation lags behind.

use crate::{
    model::{Framework, Text},
    words::short_digest,
};
use std::collections::BTreeMap;

/// How well a translated text keeps up with its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeping {
    /// Translated from the words that stand there now.
    Ok,
    /// Translated from earlier words.
    Stale,
    /// Not translated; the source's words are shown.
    Missing,
}

/// A framework in another language, falling back to the source where nothing was translated.
#[derive(Debug, Clone, PartialEq)]
pub struct Translated {
    /// The framework with the translated words in place.
    pub framework: Framework,
    /// For every text with words: whether its translation is good, stale or missing. Keys are node and field.
    pub marks: BTreeMap<(String, String), Keeping>,
}

impl Translated {
    /// How well one text keeps up; texts without words are never missing.
    pub fn keeping(&self, node: &str, field: &str) -> Keeping {
        self.marks.get(&(node.to_owned(), field.to_owned())).copied().unwrap_or(Keeping::Ok)
    }

    /// How many texts are in this state.
    pub fn count(&self, keeping: Keeping) -> usize {
        self.marks.values().filter(|mark| **mark == keeping).count()
    }
}

impl Framework {
    /// This framework in another language; in its own, everything is as it is.
    pub fn text_in(&self, locale: &str) -> Translated {
        let mut framework = self.clone();
        let mut marks = BTreeMap::new();
        if locale == self.locale {
            return Translated { framework, marks };
        }
        let language = locale.split('-').next().unwrap_or(locale);
        let found = (self.translations.iter().find(|t| t.locale == locale))
            .or_else(|| self.translations.iter().find(|t| t.locale == language));
        let texts: BTreeMap<(&str, &str), &Text> = found
            .map(|t| t.texts.iter().map(|text| ((text.node.as_str(), text.field.as_str()), text)).collect())
            .unwrap_or_default();
        framework.each_text(&mut |node, field, words| {
            if words.is_empty() {
                return;
            }
            let keeping = match texts.get(&(node, field)) {
                None => Keeping::Missing,
                Some(text) => {
                    let source = short_digest(words);
                    words.clone_from(&text.text);
                    if text.of.as_deref() == Some(source.as_str()) { Keeping::Ok } else { Keeping::Stale }
                }
            };
            marks.insert((node.to_owned(), field.to_owned()), keeping);
        });
        if found.is_some() {
            framework.locale = locale.to_owned();
        }
        Translated { framework, marks }
    }

    /// Visits every text that can be translated, with the node and field that name it.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(&str, &str, &mut String)) {
        visit("framework", "name", &mut self.name);
        visit("framework", "summary", &mut self.summary);
        for scale in &mut self.scales {
            visit(&format!("scale/{}", scale.id), "name", &mut scale.name);
            for point in &mut scale.points {
                let node = format!("point/{}/{}", scale.id, point.id);
                visit(&node, "name", &mut point.name);
                visit(&node, "summary", &mut point.summary);
            }
        }
        for track in &mut self.tracks {
            let node = format!("track/{}", track.id);
            visit(&node, "name", &mut track.name);
            visit(&node, "summary", &mut track.summary);
        }
        for level in &mut self.levels {
            let node = format!("level/{}", level.id);
            visit(&node, "name", &mut level.name);
            visit(&node, "summary", &mut level.summary);
        }
        for pillar in &mut self.pillars {
            let node = format!("pillar/{}", pillar.id);
            visit(&node, "name", &mut pillar.name);
            visit(&node, "summary", &mut pillar.summary);
        }
        for competency in &mut self.competencies {
            let node = format!("competency/{}", competency.id);
            visit(&node, "name", &mut competency.name);
            visit(&node, "summary", &mut competency.summary);
        }
        for statement in &mut self.statements {
            visit(&format!("statement/{}", statement.id), "text", &mut statement.text);
        }
        for requirement in &mut self.requirements {
            if let Some(text) = &mut requirement.text {
                visit(&format!("requirement/{}/{}", requirement.level, requirement.of), "text", text);
            }
        }
        for rule in &mut self.rules {
            visit(&format!("rule/{}", rule.id), "text", &mut rule.text);
        }
        for archetype in &mut self.archetypes {
            let node = format!("archetype/{}", archetype.id);
            visit(&node, "name", &mut archetype.name);
            visit(&node, "text", &mut archetype.text);
        }
        for doc in &mut self.docs {
            visit(&format!("doc/{}", doc.path), "markdown", &mut doc.markdown);
        }
    }
}

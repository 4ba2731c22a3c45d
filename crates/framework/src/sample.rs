//! The framework that comes with Espalier: small, complete and free to use.

use crate::{files::Files, model::Framework, text};

macro_rules! sample_files {
    ($($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!("../sample/", $path)))),+]
    };
}

/// The sample's files, as somebody would keep them in a repository.
pub fn sample_files() -> Files {
    let files = sample_files![
        "framework.yaml",
        "CHANGES.md",
        "archetypes/companion.md",
        "archetypes/convener.md",
        "archetypes/flow-builder.md",
        "archetypes/teacher.md",
        "competencies/agile-lean.md",
        "competencies/ambiguity.md",
        "competencies/coaching.md",
        "competencies/facilitation.md",
        "competencies/feedback.md",
        "competencies/lasting.md",
        "competencies/relationships.md",
        "competencies/scope.md",
        "competencies/self-awareness.md",
        "competencies/teaching.md",
        "competencies/thinks-independently.md",
        "competencies/works-together.md",
        "docs/engagements.md",
        "i18n/de/competencies/coaching.md",
        "i18n/sv/competencies/facilitation.md",
        "i18n/sv/competencies/feedback.md",
        "i18n/sv/framework.yaml",
    ];
    files.into_iter().fold(Files::new(), |set, (path, text)| set.with(path, text))
}

/// The built-in sample: four levels, three pillars, four craft areas, four archetypes.
pub fn sample() -> Framework {
    text::read(&sample_files()).map(|read| read.framework).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Subject;

    #[test]
    fn the_sample_has_four_levels_three_pillars_and_four_craft_areas() {
        let sample = sample();
        assert_eq!(sample.level_order("coach"), ["associate", "coach", "senior", "staff"]);
        assert_eq!(sample.top_pillars().len(), 3);
        let crafts = sample.selected(&"craft/*".parse().unwrap());
        assert_eq!(crafts.len(), 4);
        assert_eq!(sample.top_pillar("facilitation").unwrap().id, "craft");
        assert_eq!(sample.archetypes.len(), 4);
    }

    #[test]
    fn behaviors_are_expected_at_all_levels_and_grow() {
        let sample = sample();
        let at = |level| sample.statements_at("feedback", level).len();
        assert_eq!((at("associate"), at("coach")), (2, 2));
        assert!(sample.statements_at("feedback", "staff").iter().any(|s| s.at.subject != Subject::None));
    }

    #[test]
    fn craft_statements_come_through_the_point_a_level_asks_for() {
        let sample = sample();
        let ids = |level| -> Vec<String> {
            let found = sample.statements_at("facilitation", level);
            found.iter().filter(|s| s.parent.is_none()).map(|s| s.id.to_string()).collect()
        };
        assert_eq!(ids("coach"), ["fac1", "fac2"]);
        assert_eq!(ids("staff"), ["fac1", "fac2", "fac3", "fac4"]);
    }

    #[test]
    fn a_translation_shows_what_is_missing_and_what_is_stale() {
        let mut sample = sample();
        let before = sample.text_in("sv");
        assert_eq!(before.keeping("statement/fac1", "text"), crate::Keeping::Ok);
        assert_eq!(before.keeping("statement/fac5", "text"), crate::Keeping::Missing);
        assert_eq!(before.framework.competency("facilitation").unwrap().name, "Facilitering");
        let at = sample.statements.iter().position(|s| s.id == "fac1").unwrap();
        sample.statements[at].text.push_str(" Always.");
        assert_eq!(sample.text_in("sv").keeping("statement/fac1", "text"), crate::Keeping::Stale);
    }

    #[test]
    fn the_sample_is_written_as_it_stands_in_the_repository() {
        let mut sample = sample();
        if std::env::var_os("ESPALIER_REWRITE_SAMPLE").is_some() {
            // Translations of the sample were made from the words that stand there now.
            let mut sources = std::collections::BTreeMap::new();
            sample.clone().each_text(&mut |node, field, text| {
                sources.insert((node.to_owned(), field.to_owned()), crate::short_digest(text));
            });
            for text in sample.translations.iter_mut().flat_map(|t| &mut t.texts) {
                text.of = sources.get(&(text.node.clone(), text.field.clone())).cloned();
            }
            for (path, bytes) in text::write(&sample).iter() {
                std::fs::write(format!("{}/sample/{path}", env!("CARGO_MANIFEST_DIR")), bytes).unwrap();
            }
            return;
        }
        let written = text::write(&sample);
        for (path, bytes) in written.iter() {
            assert_eq!(
                std::str::from_utf8(bytes).unwrap(),
                sample_files().text(path).unwrap_or("(no such file)"),
                "{path}"
            );
        }
        assert_eq!(written.len(), sample_files().len());
    }
}

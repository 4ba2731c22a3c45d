//! Somebody's book: everything that is theirs or about them and that they may see, as one archive that opens without
//! Espalier: a page to read and print, and the same as JSON.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};

use askama::Template;
use espalier_keeping::{Book, Column, Entry, Filled, Form, Keeping};
use espalier_kernel::{Date, Moment};
use espalier_people::pages::id_in_words;
use espalier_store::Tx;
use espalier_web::{Viewer, WebError, full_day};
use serde_json::{Map, Value, json};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::library;
use crate::matrix::competency_name;
use crate::queries::VersionId;

/// The version of the JSON; raised when its shape changes.
const SHAPE: u32 = 1;

/// The words of statements and competencies, by version and id.
type Rubric = HashMap<(String, String), String>;

/// A book on its way out.
#[derive(Debug)]
pub struct Written {
    name: String,
    made_at: Moment,
    zone: jiff::tz::TimeZone,
    book: Book,
    rubric: Rubric,
}

/// Reads everything for somebody who has just proved who they are.
///
/// # Errors
///
/// When the database fails.
pub async fn write(tx: &mut Tx, viewer: &Viewer, keeping: &Keeping) -> Result<Written, WebError> {
    let book = keeping.read(tx, viewer.person, viewer.today, viewer.now).await?;
    let rubric = rubric(tx, &book).await?;
    Ok(Written { name: viewer.name.clone(), made_at: viewer.now, zone: viewer.zone.clone(), book, rubric })
}

/// The words of everything that the book cites, so that they are there when the framework no longer is.
async fn rubric(tx: &mut Tx, book: &Book) -> Result<Rubric, WebError> {
    let mut cited: HashMap<String, Vec<String>> = HashMap::new();
    for filled in &book.chapters {
        let Some(version) = place_of(filled, Form::Version) else { continue };
        for entry in &filled.entries {
            let Some(id) = &entry.values[version] else { continue };
            let items = cited.entry(id.clone()).or_default();
            if let Some(item) =
                place_of(filled, Form::Statement).and_then(|place| entry.values[place].clone())
            {
                items.push(item);
            }
        }
    }
    let mut rubric = Rubric::new();
    for (version, items) in cited {
        let Ok(id) = version.parse::<VersionId>() else { continue };
        let copy = match library::pinned(tx, id).await {
            Ok(copy) => copy,
            Err(WebError::NotFound) => continue,
            Err(error) => return Err(error),
        };
        for item in items {
            let framework = copy.framework();
            let words = framework
                .statement(&item)
                .map(|one| one.text.to_string())
                .or_else(|| framework.competency(&item).map(|one| competency_name(one).to_owned()));
            if let Some(words) = words {
                rubric.insert((version.clone(), item), words);
            }
        }
    }
    Ok(rubric)
}

fn place_of(filled: &Filled, form: Form) -> Option<usize> {
    filled.chapter.columns.iter().position(|column| column.form == form)
}

impl Written {
    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.book.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.book.is_empty()
    }

    /// The archive: `book.html` and `book.json`.
    ///
    /// # Errors
    ///
    /// When it cannot be put together.
    pub fn archive(&self) -> Result<Vec<u8>, WebError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o600);
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("book.html", self.html()?), ("book.json", self.json())] {
            archive.start_file(name, options).map_err(WebError::fault)?;
            archive.write_all(text.as_bytes()).map_err(WebError::fault)?;
        }
        Ok(archive.finish().map_err(WebError::fault)?.into_inner())
    }

    /// The JSON: chapters with their entries, every value under the word of its column.
    #[must_use]
    pub fn json(&self) -> String {
        let chapters: Vec<Value> = self
            .book
            .chapters
            .iter()
            .map(|filled| {
                let entries: Vec<Value> =
                    filled.entries.iter().map(|entry| self.json_entry(filled, entry)).collect();
                json!({
                    "chapter": filled.chapter.word,
                    "title": filled.chapter.title,
                    "table": filled.table.name,
                    "entries": entries,
                })
            })
            .collect();
        let whole = json!({
            "format": "espalier-book",
            "shape": SHAPE,
            "made_at": self.made_at.to_string(),
            "name": self.name,
            "chapters": chapters,
        });
        format!("{whole:#}\n")
    }

    fn json_entry(&self, filled: &Filled, entry: &Entry) -> Value {
        let mut out = Map::new();
        out.insert("key".to_owned(), entry.key.clone().into());
        for (column, value) in filled.chapter.columns.iter().zip(&entry.values) {
            let shown = match (column.form, value) {
                (_, None) => Value::Null,
                (Form::Number, Some(text)) => text.parse::<i64>().map_or(Value::Null, Value::from),
                (Form::Yes, Some(text)) => (text != "0").into(),
                (_, Some(text)) => text.clone().into(),
            };
            out.insert(column.word.to_owned(), shown);
            if column.form == Form::Statement {
                let words = self.words_of(filled, entry, value.as_deref());
                out.insert(format!("{}_words", column.word), words.map_or(Value::Null, Value::from));
            }
        }
        Value::Object(out)
    }

    fn words_of(&self, filled: &Filled, entry: &Entry, item: Option<&str>) -> Option<String> {
        let version = place_of(filled, Form::Version).and_then(|place| entry.values[place].clone())?;
        self.rubric.get(&(version, item?.to_owned())).cloned()
    }

    /// The page, whole in one file: no other file, no script, nothing from another host.
    fn html(&self) -> Result<String, WebError> {
        let mut chapters: Vec<ChapterView> = Vec::new();
        for filled in self.book.chapters.iter().filter(|filled| !filled.entries.is_empty()) {
            let mut groups: Vec<GroupView> = Vec::new();
            let heading = place_of(filled, Form::Heading);
            for entry in &filled.entries {
                let title = heading.and_then(|place| entry.values[place].clone()).unwrap_or_default();
                let view = self.view(filled, entry);
                match groups.last_mut().filter(|group| group.title == title) {
                    Some(group) => group.entries.push(view),
                    None => groups.push(GroupView { title, entries: vec![view] }),
                }
            }
            chapters.push(ChapterView {
                word: filled.chapter.word,
                title: filled.chapter.title,
                count: filled.entries.len(),
                groups,
            });
        }
        // Tables stand with what is part of them before them; a reader wants it the other way round. Who somebody is comes
        // first, what the house noted last.
        chapters.reverse();
        chapters.sort_by_key(|chapter| match chapter.word {
            "person" => 0,
            "deeds" | "reads_by_others" | "reads_of_others" | "sign_ins" | "notices" => 2,
            _ => 1,
        });
        let page = BookPage {
            name: &self.name,
            made: full_day(self.made_at.date_in(&self.zone)),
            entries: self.len(),
            chapters,
        };
        page.render().map_err(WebError::fault)
    }

    fn view(&self, filled: &Filled, entry: &Entry) -> EntryView {
        let mut view = EntryView { lead: Vec::new(), rubric: None, facts: Vec::new(), words: Vec::new() };
        for (column, value) in filled.chapter.columns.iter().zip(&entry.values) {
            let Some(value) = value.as_deref().filter(|value| !value.is_empty()) else { continue };
            let Column { label, form, .. } = column;
            let shown = match form {
                Form::Heading | Form::Version | Form::Hidden => continue,
                Form::Statement => {
                    let words = self.words_of(filled, entry, Some(value));
                    view.rubric = Some(words.unwrap_or_else(|| id_in_words(value)));
                    continue;
                }
                Form::Words => {
                    view.words.push((*label, value.to_owned()));
                    continue;
                }
                Form::Number if label.is_empty() => continue,
                Form::Short | Form::Number => value.to_owned(),
                Form::Word => id_in_words(value),
                Form::Day => value.parse::<Date>().map_or_else(|_| value.to_owned(), full_day),
                Form::Moment => {
                    value.parse::<Moment>().map_or_else(|_| value.to_owned(), |at| self.moment(at))
                }
                Form::Yes => {
                    if value == "0" {
                        continue;
                    }
                    "yes".to_owned()
                }
            };
            if label.is_empty() {
                view.lead.push(shown);
            } else {
                view.facts.push((*label, shown));
            }
        }
        view
    }

    fn moment(&self, at: Moment) -> String {
        let time = self.zone.to_datetime(at.timestamp()).strftime("%H:%M");
        format!("{}, {time}", full_day(at.date_in(&self.zone)))
    }
}

#[derive(Debug, Template)]
#[template(path = "book.html")]
struct BookPage<'a> {
    name: &'a str,
    made: String,
    entries: usize,
    chapters: Vec<ChapterView>,
}

#[derive(Debug)]
struct ChapterView {
    word: &'static str,
    title: &'static str,
    count: usize,
    groups: Vec<GroupView>,
}

#[derive(Debug)]
struct GroupView {
    title: String,
    entries: Vec<EntryView>,
}

#[derive(Debug)]
struct EntryView {
    lead: Vec<String>,
    rubric: Option<String>,
    facts: Vec<(&'static str, String)>,
    words: Vec<(&'static str, String)>,
}

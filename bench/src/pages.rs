//! Which pages are asked for. Addresses with an id in them are found by reading the page that links to them.

use std::collections::BTreeSet;

use crate::Trouble;
use crate::client::Connection;
use crate::plan::Plan;
use crate::program::request;

/// How many different addresses of one kind of page are asked for.
const VARIETY: usize = 50;

/// One kind of page, at one or many addresses.
pub struct Page {
    pub name: String,
    pub paths: Vec<String>,
    /// The first of them, as it was answered.
    pub html: Vec<u8>,
}

impl Page {
    pub fn requests(&self, cookie: &str) -> Vec<Vec<u8>> {
        self.paths.iter().map(|path| request(path, Some(cookie))).collect()
    }
}

/// One page, as somebody reads it.
pub async fn one(address: &str, cookie: &str, name: &str, path: &str) -> Result<Page, Trouble> {
    Reader { address, cookie }.page(name, vec![path.to_owned()]).await
}

/// The pages to measure, each found or with the reason why not.
pub async fn find(plan: &Plan, address: &str, cookie: &str) -> Vec<Result<Page, Trouble>> {
    let mut reader = Reader { address, cookie };
    let mut pages = Vec::new();
    if !plan.pages.is_empty() {
        for (name, path) in &plan.pages {
            pages.push(reader.page(name, vec![path.clone()]).await);
        }
        return pages;
    }
    pages.push(reader.page("directory", vec!["/people".to_owned()]).await);
    pages.push(
        reader.linked("person", "/people", |path| is_below("/people/", path).then(|| path.to_owned())).await,
    );
    pages.push(reader.search().await);
    let matrix = |path: &str| {
        let id = path
            .strip_prefix("/frameworks/")?
            .split('/')
            .next()
            .filter(|id| !id.is_empty() && *id != "new")?;
        Some(format!("/frameworks/{id}/matrix"))
    };
    pages.push(reader.linked("matrix", "/frameworks", matrix).await);
    let assessment = |path: &str| is_below("/me/assessments/", path).then(|| path.to_owned());
    pages.push(reader.linked("assessment", "/me/growth", assessment).await);
    pages
}

/// Reads pages to learn from them.
struct Reader<'a> {
    address: &'a str,
    cookie: &'a str,
}

impl Reader<'_> {
    async fn read(&mut self, path: &str) -> Result<Vec<u8>, Trouble> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.ask(&request(path, Some(self.cookie))).await?;
        match answer.status {
            200 => Ok(connection.body_of(&answer)),
            status => Err(format!("{path} answers {status}")),
        }
    }

    async fn page(&mut self, name: &str, paths: Vec<String>) -> Result<Page, Trouble> {
        let html = self.read(&paths[0]).await.map_err(|trouble| format!("{name}: {trouble}"))?;
        Ok(Page { name: name.to_owned(), paths, html })
    }

    /// The pages that another page links to.
    async fn linked(
        &mut self,
        name: &str,
        from: &str,
        wanted: impl Fn(&str) -> Option<String>,
    ) -> Result<Page, Trouble> {
        let html = self.read(from).await.map_err(|trouble| format!("{name}: {trouble}"))?;
        let html = String::from_utf8_lossy(&html);
        let paths: BTreeSet<String> = links(&html).into_iter().filter_map(|(path, _)| wanted(path)).collect();
        if paths.is_empty() {
            return Err(format!("{name}: {from} links to none"));
        }
        self.page(name, paths.into_iter().take(VARIETY).collect()).await
    }

    /// Searches for the beginnings, two to six letters long, of the names in the directory.
    async fn search(&mut self) -> Result<Page, Trouble> {
        let html = self.read("/people").await.map_err(|trouble| format!("search: {trouble}"))?;
        let html = String::from_utf8_lossy(&html);
        let names =
            links(&html).into_iter().filter(|(path, _)| is_below("/people/", path)).map(|(_, name)| name);
        let paths: Vec<String> = names
            .enumerate()
            .filter_map(|(index, name)| beginning(&name, 2 + index % 5))
            .map(|beginning| format!("/people?q={beginning}"))
            .take(VARIETY)
            .collect();
        if paths.is_empty() {
            Err("search: /people names nobody".to_owned())
        } else {
            self.page("search", paths).await
        }
    }
}

/// The first letters of a name, as long as they need no escaping in an address.
fn beginning(name: &str, letters: usize) -> Option<String> {
    let beginning: String = name.chars().take_while(char::is_ascii_alphabetic).take(letters).collect();
    (beginning.len() >= 2).then(|| beginning.to_lowercase())
}

pub fn is_below(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|id| !id.is_empty() && !id.contains(['/', '?', '#']) && id != "new")
}

/// The targets and words of the links on a page.
pub fn links(html: &str) -> Vec<(&str, String)> {
    let mut links = Vec::new();
    for anchor in html.split("<a ").skip(1) {
        let Some(path) = anchor.split_once("href=\"").and_then(|(_, rest)| rest.split('"').next()) else {
            continue;
        };
        let words =
            anchor.split_once('>').map_or("", |(_, rest)| rest.split("</a>").next().unwrap_or_default());
        links.push((path, plain(words)));
    }
    links
}

/// The words between the tags.
pub fn plain(html: &str) -> String {
    let mut plain = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => plain.push(c),
            _ => {}
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_with_their_words() {
        let html = r#"<a class="x" href="/people/1"><b>Ada</b> Lind</a> <a href="/people">All</a>"#;
        assert_eq!(links(html), [("/people/1", "Ada Lind".to_owned()), ("/people", "All".to_owned())]);
    }

    #[test]
    fn only_pages_right_below_count() {
        assert!(is_below("/people/", "/people/1"));
        for path in ["/people", "/people/", "/people/1/edit", "/people/new", "/people/?after=x"] {
            assert!(!is_below("/people/", path), "{path}");
        }
    }

    #[test]
    fn a_name_begins_with_its_letters() {
        assert_eq!(beginning("Maria Lind", 3).as_deref(), Some("mar"));
        assert_eq!(beginning("Bo", 6).as_deref(), Some("bo"));
        assert_eq!(beginning("Éa", 2), None);
    }
}

//! Somebody of the demonstration at a browser: reads pages, sends forms and brings files, as people do.

use std::fmt::Write as _;

use crate::Trouble;
use crate::client::Connection;
use crate::pages::{self, Page, plain};
use crate::program::{Program, request};

const FORM: &str = "application/x-www-form-urlencoded";
/// Stands between the parts of an upload, and in no file that is brought.
const BETWEEN: &str = "espalier-bench-part";

/// Somebody who is signed in.
pub struct Persona {
    address: String,
    pub cookie: String,
    /// The secret that only the program's own pages carry.
    token: String,
}

impl Persona {
    pub async fn sign_in(program: &Program, slug: &str) -> Result<Self, Trouble> {
        let cookie = program.sign_in(slug).await?;
        let mut persona = Self { address: program.address().to_owned(), cookie, token: String::new() };
        let home = persona.read("/").await?;
        let token = between(&home, "name=\"form_token\" value=\"", "\"").into_iter().next();
        token.ok_or("the home page has no form")?.clone_into(&mut persona.token);
        Ok(persona)
    }

    /// A page, to be put under load.
    pub async fn page(&self, name: &str, path: &str) -> Result<Page, Trouble> {
        pages::one(&self.address, &self.cookie, name, path).await
    }

    pub async fn read(&self, path: &str) -> Result<String, Trouble> {
        self.ask(path, &request(path, Some(&self.cookie)), 200).await.map(|(html, _)| html)
    }

    /// Sends a form that is answered with a page.
    pub async fn look(&self, path: &str, fields: &[(&str, &str)]) -> Result<String, Trouble> {
        let request = self.post(path, FORM, &form(&self.token, fields));
        self.ask(path, &request, 200).await.map(|(html, _)| html)
    }

    /// Sends a form that changes something, and gives the path it leads to.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Result<String, Trouble> {
        let request = self.post(path, FORM, &form(&self.token, fields));
        self.ask(path, &request, 303).await.map(|(_, location)| location)
    }

    /// Brings a file, and gives the path that leads to it.
    pub async fn bring(&self, path: &str, name: &str, content: &str) -> Result<String, Trouble> {
        let kind = format!("multipart/form-data; boundary={BETWEEN}");
        let request = self.post(path, &kind, &upload(&self.token, name, content));
        self.ask(path, &request, 303).await.map(|(_, location)| location)
    }

    fn post(&self, path: &str, kind: &str, body: &str) -> Vec<u8> {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncookie: {1}\r\n\
             content-type: {kind}\r\ncontent-length: {2}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        )
        .into_bytes()
    }

    /// The body of an answer, and where it leads.
    async fn ask(&self, path: &str, request: &[u8], wanted: u16) -> Result<(String, String), Trouble> {
        let mut connection = Connection::open(&self.address).await?;
        let answer = connection.ask(request).await?;
        let html = String::from_utf8_lossy(&connection.body_of(&answer)).into_owned();
        if answer.status != wanted {
            let why = between(&html, "class=\"problems\"", "</div>").into_iter().next().unwrap_or_default();
            return Err(format!("{path} answers {}. {}", answer.status, plain(&format!("<{why}"))));
        }
        Ok((html, connection.header_of(&answer, "location").unwrap_or_default()))
    }
}

/// Everything that stands between these two, each as short as it can be.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split_once(after)).map(|(found, _)| found).collect()
}

fn form(token: &str, fields: &[(&str, &str)]) -> String {
    let mut form = format!("form_token={token}");
    for (name, value) in fields {
        form.push_str(&format!("&{name}="));
        escape(value, &mut form);
    }
    form
}

fn escape(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _written = write!(out, "%{byte:02X}");
        }
    }
}

fn upload(token: &str, name: &str, content: &str) -> String {
    format!(
        "--{BETWEEN}\r\ncontent-disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n\
         --{BETWEEN}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n\
         --{BETWEEN}--\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::{FromRequest as _, Multipart, Request};
    use axum::http::header::CONTENT_TYPE;

    #[test]
    fn a_form_carries_its_secret_and_any_words() {
        assert_eq!(
            form("a1", &[("note", "Éa & b=c"), ("team", "")]),
            "form_token=a1&note=%C3%89a%20%26%20b%3Dc&team="
        );
    }

    #[tokio::test]
    async fn an_upload_is_read_by_the_library_that_servers_use() {
        let kind = format!("multipart/form-data; boundary={BETWEEN}");
        let body = upload("a1", "e.csv", "date,action\n2026-01-02,\"I, too\"\n");
        let request = Request::builder().method("POST").header(CONTENT_TYPE, kind).body(body.into()).unwrap();
        let mut parts = Multipart::from_request(request, &()).await.unwrap();
        let token = parts.next_field().await.unwrap().unwrap();
        assert_eq!((token.name(), token.file_name()), (Some("form_token"), None));
        assert_eq!(token.text().await.unwrap(), "a1");
        let file = parts.next_field().await.unwrap().unwrap();
        assert_eq!((file.name(), file.file_name()), (Some("file"), Some("e.csv")));
        assert_eq!(file.text().await.unwrap(), "date,action\n2026-01-02,\"I, too\"\n");
        assert!(parts.next_field().await.unwrap().is_none());
    }

    #[test]
    fn everything_between_two_marks_is_found() {
        assert_eq!(between("<a id=\"i-1\"><b id=\"i-2\">", "id=\"i-", "\""), ["1", "2"]);
        assert!(between("<a id=\"x\">", "id=\"i-", "\"").is_empty());
    }
}

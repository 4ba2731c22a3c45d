//! The small block at the end of a line: `{#id key=value other="two words"}`. Tools write it; people need not.

/// What stands between the braces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The id, without its `#`.
    pub id: Option<String>,
    /// The rest, in order.
    pub pairs: Vec<(String, String)>,
}

impl Attributes {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Adds a key and its value.
    pub fn push(&mut self, key: &str, value: impl Into<String>) {
        self.pairs.push((key.to_owned(), value.into()));
    }

    /// The block with its braces; nothing when there is nothing to say.
    pub fn written(&self) -> String {
        let mut parts: Vec<String> = self.id.iter().map(|id| format!("#{id}")).collect();
        for (key, value) in &self.pairs {
            let bare = !value.is_empty()
                && value
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ',' | ':'));
            if bare {
                parts.push(format!("{key}={value}"));
            } else {
                let quoted = serde_json::Value::from(value.as_str()).to_string();
                parts.push(format!("{key}={}", quoted.replace('{', "\\u007b").replace('}', "\\u007d")));
            }
        }
        if parts.is_empty() { String::new() } else { format!("{{{}}}", parts.join(" ")) }
    }
}

/// Takes the block off the end of a text. Braces that are not such a block are left where they are.
pub fn take(text: &str) -> (&str, Attributes) {
    let trimmed = text.trim_end();
    if let Some(start) = trimmed.rfind('{')
        && trimmed.ends_with('}')
        && (start == 0 || trimmed[..start].ends_with(char::is_whitespace))
        && let Some(attributes) = parsed(&trimmed[start + 1..trimmed.len() - 1])
    {
        return (trimmed[..start].trim_end(), attributes);
    }
    (text, Attributes::default())
}

fn parsed(inner: &str) -> Option<Attributes> {
    let mut out = Attributes::default();
    let mut rest = inner.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        if let Some(id) = rest.strip_prefix('#') {
            let end = id.find(char::is_whitespace).unwrap_or(id.len());
            if end == 0 || out.id.is_some() || id[..end].contains(',') {
                return None;
            }
            out.id = Some(id[..end].to_owned());
            rest = id[end..].trim_start();
            continue;
        }
        let (key, value) = rest.split_once('=')?;
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            return None;
        }
        if value.starts_with('"') {
            let mut stream = serde_json::Deserializer::from_str(value).into_iter::<String>();
            let text = stream.next()?.ok()?;
            let used = stream.byte_offset();
            out.pairs.push((key.to_owned(), text));
            rest = value.get(used..)?.trim_start();
        } else {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            out.pairs.push((key.to_owned(), value[..end].to_owned()));
            rest = value[end..].trim_start();
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_back_as_it_was_and_other_braces_stay() {
        let mut block = Attributes { id: Some("fac1".into()), pairs: Vec::new() };
        block.push("track", "a,b");
        block.push("proficiency", "Working {know}ledge \"x\" {#y}");
        let line = format!("Some text {}", block.written());
        assert_eq!(take(&line), ("Some text", block));
        assert_eq!(take("Uses {{cards}}").0, "Uses {{cards}}");
        assert_eq!(take("Uses {x}").0, "Uses {x}");
        assert_eq!(take("{#a}").1.id.as_deref(), Some("a"));
    }
}

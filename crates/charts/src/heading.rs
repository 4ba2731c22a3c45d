/// What a chart is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Distinguishes this chart from the others on its page; letters and digits.
    pub id: String,
    /// Whose it is and what it shows, for example "Where Bo stands".
    pub title: String,
}

impl Heading {
    /// A heading from its two texts.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into() }
    }

    /// The id with whatever may not stand in a list of ids replaced.
    pub(crate) fn safe_id(&self) -> String {
        let id: String = self
            .id
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
            .collect();
        if id.is_empty() { "chart".to_owned() } else { id }
    }
}

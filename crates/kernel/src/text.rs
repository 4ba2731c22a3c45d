use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Text as it is compared and searched: without accents, in small letters, with single spaces.
///
/// ```
/// assert_eq!(espalier_kernel::folded("  Zoë  ÅKESSON "), "zoe akesson");
/// ```
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).map(
            |c| match c {
                'ø' => 'o',
                'ł' => 'l',
                'đ' => 'd',
                'ı' => 'i',
                other => other,
            },
        ));
    }
    out
}

/// The words of a text as they are searched: folded, split where neither letters nor digits stand, each once.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The first text after all texts that begin with `prefix`, by bytes.
#[must_use]
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script_fold_without_loss_of_words() {
        assert_eq!(folded("Łukasz Żółw"), "lukasz zolw");
        assert_eq!(folded("山田 太郎"), "山田 太郎");
        assert_eq!(folded("José-María O’Neil"), "jose-maria o’neil");
    }

    #[test]
    fn a_hyphenated_name_is_found_by_either_half() {
        assert_eq!(words_of("Jean-Luc Jean"), ["jean", "luc"]);
        assert_eq!(words_of("…"), Vec::<String>::new());
    }

    #[test]
    fn everything_with_a_prefix_lies_before_its_end() {
        assert!("adazzz" < after_prefix("ada").as_str());
        assert!(after_prefix("ada").as_str() < "adb");
    }
}

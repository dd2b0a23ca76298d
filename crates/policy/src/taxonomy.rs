//! The keys of the fideslang taxonomy that a policy file may use (CC BY 4.0, see `fideslang/README.md`).
//!
//! Why: categories, uses and subjects mean the same to every reader and tool. Keys that begin with `x.` are
//! Chatham's own additions.
//! Must not know: which of them this build can hold or carry out.

const CATEGORIES: &str = include_str!("../fideslang/data_categories.csv");
const USES: &str = include_str!("../fideslang/data_uses.csv");
const SUBJECTS: &str = include_str!("../fideslang/data_subjects.csv");

/// Which of the three lists a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taxonomy {
    /// What kind of data.
    Category,
    /// What it is used for.
    Use,
    /// Whom it is about.
    Subject,
}

impl Taxonomy {
    /// What the list holds, in words for a message.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Category => "data category",
            Self::Use => "data use",
            Self::Subject => "data subject",
        }
    }

    /// Every key of the list, roots left out: a root would mean "anything".
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        self.rows().map(|(key, _)| key)
    }

    /// Whether the key stands in the list or is one of our own (`x.something`).
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        is_own(key) || self.keys().any(|known| known == key)
    }

    /// The name people read, such as `IP Address`; the key itself for our own additions.
    #[must_use]
    pub fn name(self, key: &str) -> String {
        self.rows()
            .find(|(known, _)| *known == key)
            .map_or_else(|| key.to_owned(), |(_, name)| name.to_owned())
    }

    fn rows(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let (text, key_column, name_column) = match self {
            Self::Category => (CATEGORIES, 0, 2),
            Self::Use => (USES, 0, 2),
            Self::Subject => (SUBJECTS, 1, 3),
        };
        text.lines().skip(1).filter_map(move |line| {
            let mut cells = line.split(',');
            let key = cells.nth(key_column)?;
            let name = cells.nth(name_column - key_column - 1)?;
            (!is_root(key)).then_some((key, name))
        })
    }
}

/// Keys that stand for a whole list or for all data of a person.
#[must_use]
pub(crate) fn is_root(key: &str) -> bool {
    matches!(
        key,
        "data_category" | "data_use" | "data_subject" | "user" | "system" | ""
    )
}

/// One of our own keys: `x.` and lower-case words.
fn is_own(key: &str) -> bool {
    key.strip_prefix("x.").is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_'))
    })
}

/// Whether data of this category tells who a person is, alone or joined with what we hold.
#[must_use]
pub(crate) fn identifies(category: &str) -> bool {
    category.starts_with("user.") && category != "user.demographic.language"
}

/// Categories that law protects above others (GDPR 9 and 10, and children's data).
#[must_use]
pub(crate) fn is_special(category: &str) -> bool {
    const SPECIAL: [&str; 9] = [
        "user.biometric",
        "user.authorization.biometric",
        "user.childrens",
        "user.criminal_history",
        "user.health_and_medical",
        "user.demographic.political_opinion",
        "user.demographic.race_ethnicity",
        "user.demographic.religious_belief",
        "user.demographic.sexual_orientation",
    ];
    SPECIAL.iter().any(|special| {
        category
            .strip_prefix(special)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Category;

    #[test]
    fn every_category_of_the_build_is_a_taxonomy_key() {
        for category in Category::ALL {
            assert!(Taxonomy::Category.has(category.key()), "{}", category.key());
        }
    }

    #[test]
    fn lists_have_their_published_sizes_without_roots() {
        assert_eq!(Taxonomy::Category.keys().count(), 83);
        assert_eq!(Taxonomy::Use.keys().count(), 54);
        assert_eq!(Taxonomy::Subject.keys().count(), 15);
    }

    #[test]
    fn roots_are_no_keys_and_own_keys_begin_with_x() {
        assert!(!Taxonomy::Category.has("user"));
        assert!(!Taxonomy::Use.has("other"));
        assert!(Taxonomy::Category.has("x.rating"));
        assert!(!Taxonomy::Category.has("x."));
        assert!(Taxonomy::Subject.has("visitor"));
        assert_eq!(
            Taxonomy::Category.name("user.device.ip_address"),
            "IP Address"
        );
    }
}

//! The parsed policy: a valid file and what it says.
//!
//! Why: only a file without any fault becomes a `Policy`, so whoever holds one may act on it.
//! Must not know: files on disk, databases, HTTP.

use std::{collections::BTreeMap, fmt::Write as _, ops::Range, sync::Arc};

use sha2::{Digest, Sha256};

use crate::{
    diagnostic::Diagnostic,
    field::Field,
    model::{CookieRule, Exception, File, FormRule, PurposeRule},
    parse,
    reader::Report,
    retention::Retention,
    time::Timestamp,
    validate::validate,
};

/// Largest policy file, in bytes.
const FILE_BYTES_MAX: usize = 256 * 1024;

/// A valid policy. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Policy {
    text: Arc<str>,
    hash: Arc<str>,
    file: Arc<File>,
    last_material: u32,
    places: Arc<BTreeMap<String, Range<usize>>>,
}

impl Policy {
    /// Reads a policy file and checks every rule.
    ///
    /// # Errors
    /// All faults of the file, first in the file first.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut report = Report::new(text);
        if text.len() > FILE_BYTES_MAX {
            let what = format!("the file is larger than {FILE_BYTES_MAX} bytes");
            report.fault(0..0, "too_long", what, "shorten it");
            return Err(report.finish().0);
        }
        let value = match toml_span::parse(text) {
            Ok(value) => value,
            Err(error) => {
                let place = error.span.start..error.span.end;
                let mend = "write TOML as in policies/strict.toml";
                report.fault(place, "not_toml", not_toml(&error.kind), mend);
                return Err(report.finish().0);
            }
        };
        let file = parse::read(&value, &mut report);
        validate(&file, &mut report);
        let (faults, places) = report.finish();
        if !faults.is_empty() {
            return Err(faults);
        }
        let last_material = file.policy.version;
        Ok(Self {
            last_material,
            places: Arc::new(places),
            text: Arc::from(text),
            hash: Arc::from(hash(text)),
            file: Arc::new(file),
        })
    }

    /// The exact text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Everything it says.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// `sha256:` and the hash of the exact bytes of the file.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The version, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.file.policy.version
    }

    /// The last version whose changes were material: writes that name it or a later one stand. Without
    /// knowledge of the versions before, the version itself.
    #[must_use]
    pub const fn last_material(&self) -> u32 {
        self.last_material
    }

    /// The same policy, knowing the last material version (from the log of versions).
    #[must_use]
    pub fn with_last_material(mut self, version: u32) -> Self {
        self.last_material = version.min(self.version());
        self
    }

    /// From when the server may act on it.
    #[must_use]
    pub fn effective(&self) -> Timestamp {
        self.file.policy.effective
    }

    /// The origins that the widget and the API answer.
    #[must_use]
    pub fn sites(&self) -> &[String] {
        &self.file.policy.sites
    }

    /// The purpose with this key, if the file declares it.
    #[must_use]
    pub fn purpose(&self, key: &str) -> Option<&PurposeRule> {
        self.file.purpose.iter().find(|rule| rule.key == key)
    }

    /// The register entry with this name.
    #[must_use]
    pub fn cookie_rule(&self, name: &str) -> Option<&CookieRule> {
        self.file.cookie.iter().find(|rule| rule.name == name)
    }

    /// The form with this key.
    #[must_use]
    pub fn form(&self, key: &str) -> Option<&FormRule> {
        self.file.form.iter().find(|rule| rule.key == key)
    }

    /// Whether the file lists the field under a category.
    #[must_use]
    pub fn has_field(&self, name: &str) -> bool {
        let mut categories = self.file.category.iter();
        categories.any(|rule| rule.fields.iter().any(|field| field == name))
    }

    /// The purpose a field is kept for and how long; none if the file gives the field no room.
    #[must_use]
    pub fn retention(&self, field: &str) -> Option<(&str, Retention)> {
        let field = Field::find(field).filter(|field| self.has_field(field.name))?;
        let mut purposes = self.file.purpose.iter();
        let rule = purposes.find(|rule| field.is_kept_for(&rule.key))?;
        Some((rule.key.as_str(), rule.retain))
    }

    /// A fault at the setting with this path, for rules that need more than the file itself.
    pub(crate) fn fault(
        &self,
        path: &str,
        code: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Diagnostic {
        let place = self.places.get(path).cloned().unwrap_or(0..0);
        Diagnostic::new(&self.text, place, code, (what.into(), mend.into()))
    }

    /// Where the value with this path stands in the text.
    pub(crate) fn place(&self, path: &str) -> Option<Range<usize>> {
        self.places.get(path).cloned()
    }

    /// Exceptions that have ended.
    pub fn ended_exceptions(&self, now: Timestamp) -> impl Iterator<Item = &Exception> {
        self.file
            .exception
            .iter()
            .filter(move |exception| exception.until <= now)
    }
}

/// The same bytes, with the same versions before them.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.last_material == other.last_material
    }
}

impl Eq for Policy {}

/// What TOML wanted, in words.
fn not_toml(kind: &toml_span::ErrorKind) -> String {
    match kind {
        toml_span::ErrorKind::Wanted { expected, found } => {
            format!("this is not TOML: {expected} should stand here, not {found}")
        }
        other => format!("this is not TOML: {other}"),
    }
}

/// `sha256:` and lower-case hexadecimal digits.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut written = String::from("sha256:");
    for byte in digest {
        write!(written, "{byte:02x}").unwrap_or_default();
    }
    written
}

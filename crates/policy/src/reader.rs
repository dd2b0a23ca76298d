//! Reads TOML tables key by key, keeping where each value stands, and collects faults instead of stopping.
//!
//! Why: one run tells everything that is wrong with a file; rules that look at the whole file later find
//! the place of any value by its path (`purpose.support.reply.retain`).
//! Must not know: which sections a policy has.

use std::{collections::BTreeMap, ops::Range};

use toml_span::{Value, value::Table};

use crate::{
    diagnostic::{Diagnostic, nearest},
    word::Word,
};

/// Longest text a setting may have, in bytes; prose in `[words]` included.
const TEXT_BYTES_MAX: usize = 2_000;
/// Most entries a list or a repeated section may have.
const ENTRIES_MAX: usize = 500;

/// The faults found so far and where every value stands.
pub(crate) struct Report<'t> {
    text: &'t str,
    faults: Vec<Diagnostic>,
    places: BTreeMap<String, Range<usize>>,
}

impl<'t> Report<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self {
            text,
            faults: Vec::new(),
            places: BTreeMap::new(),
        }
    }

    /// A fault at the value with this path, or at the nearest section around it.
    pub(crate) fn at(
        &mut self,
        path: &str,
        code: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        let place = self.place(path);
        self.fault(place, code, what, mend);
    }

    /// A fault at some bytes.
    pub(crate) fn fault(
        &mut self,
        place: Range<usize>,
        code: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        let told = (what.into(), mend.into());
        let fault = Diagnostic::new(self.text, place, code, told);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// All faults, first in the file first.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, BTreeMap<String, Range<usize>>) {
        self.faults.sort_by_key(|fault| fault.span.start);
        (self.faults, self.places)
    }

    /// Where the value with this path stands.
    pub(crate) fn place(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return place.clone();
            }
            match path.rfind(['.', '#']) {
                Some(end) => path = path.get(..end).unwrap_or(""),
                None => return 0..0,
            }
        }
    }

    /// Whether the file says a value with this path.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// A section is pointed at by its head, not by all its lines.
    fn first_line(&self, value: &Value<'_>, place: Range<usize>) -> Range<usize> {
        let lines = self.text.get(place.clone()).unwrap_or("");
        match (value.as_table(), lines.find('\n')) {
            (Some(_), Some(end)) => place.start..place.start + end,
            _ => place,
        }
    }

    fn mark(&mut self, path: &str, value: &Value<'_>) {
        let place = value.span.start..value.span.end;
        self.places
            .insert(path.to_owned(), self.first_line(value, place));
    }
}

/// One table of the file while it is read.
pub(crate) struct Section<'v, 'de> {
    /// Where the section stands, such as `purpose.support.reply`.
    pub(crate) path: String,
    table: Option<&'v Table<'de>>,
    known: Vec<&'static str>,
}

impl<'v, 'de> Section<'v, 'de> {
    /// The whole file.
    pub(crate) fn root(value: &'v Value<'de>) -> Self {
        Self {
            path: String::new(),
            table: value.as_table(),
            known: Vec::new(),
        }
    }

    /// Path of one of this section's keys.
    pub(crate) fn of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn value(&mut self, report: &mut Report<'_>, key: &'static str) -> Option<&'v Value<'de>> {
        self.known.push(key);
        let value = self.table?.get(key)?;
        report.mark(&self.of(key), value);
        Some(value)
    }

    /// Whether the file says this key at all.
    pub(crate) fn says(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// Whether the section is missing and this one only stands in for it.
    pub(crate) const fn is_stand_in(&self) -> bool {
        self.table.is_none()
    }

    /// Whether the file says `key = false`.
    pub(crate) fn is_false(&self, key: &str) -> bool {
        let value = self.table.and_then(|table| table.get(key));
        value.and_then(Value::as_bool) == Some(false)
    }

    fn wrong_type(&self, report: &mut Report<'_>, key: &str, found: &Value<'_>, wanted: &str) {
        let path = self.of(key);
        let what = format!("`{path}` is {}, not {wanted}", article(found));
        report.at(&path, "wrong_type", what, format!("write {wanted}"));
    }

    /// A fault for a key that must be there.
    pub(crate) fn missing(&self, report: &mut Report<'_>, key: &'static str, example: &str) {
        if self.table.is_none() {
            return;
        }
        let code = match key {
            "retain" => "missing_retain",
            _ => "missing_key",
        };
        let what = format!("`{}` is missing", self.of(key));
        report.at(&self.path, code, what, format!("add `{key} = {example}`"));
    }

    /// A text that may be absent.
    pub(crate) fn text(&mut self, report: &mut Report<'_>, key: &'static str) -> Option<String> {
        let value = self.value(report, key)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(report, key, value, "a text in quotes");
            return None;
        };
        check_text(report, &self.of(key), text).then(|| text.to_owned())
    }

    /// A text that must be there; empty if it is not.
    pub(crate) fn need_text(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        example: &str,
    ) -> String {
        if !self.says(key) {
            self.known.push(key);
            self.missing(report, key, example);
            return String::new();
        }
        let text = self.text(report, key);
        if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
            let path = self.of(key);
            let what = format!("`{path}` is empty");
            report.at(
                &path,
                "empty_text",
                what,
                format!("write `{key} = {example}`"),
            );
        }
        text.unwrap_or_default()
    }

    /// A whole number within bounds, or the default.
    pub(crate) fn number(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        bounds: (u32, u32),
        default: u32,
    ) -> u32 {
        let Some(value) = self.value(report, key) else {
            return default;
        };
        let (least, most) = bounds;
        let wanted = format!("a whole number from {least} to {most}");
        match value.as_integer().map(u32::try_from) {
            Some(Ok(number)) if (least..=most).contains(&number) => number,
            Some(_) => {
                let path = self.of(key);
                let what = format!("`{path}` is not {wanted}");
                report.at(&path, "out_of_range", what, format!("write {wanted}"));
                default
            }
            None => {
                self.wrong_type(report, key, value, &wanted);
                default
            }
        }
    }

    /// Yes or no, or the default.
    pub(crate) fn flag(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        default: bool,
    ) -> bool {
        let Some(value) = self.value(report, key) else {
            return default;
        };
        value.as_bool().unwrap_or_else(|| {
            self.wrong_type(report, key, value, "`true` or `false`");
            default
        })
    }

    /// One of a closed list of words.
    pub(crate) fn word<W: Word>(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<W> {
        let text = self.text(report, key)?;
        parse_word(report, &self.of(key), &text)
    }

    /// A list of texts; empty if absent.
    pub(crate) fn list(&mut self, report: &mut Report<'_>, key: &'static str) -> Vec<String> {
        let Some(value) = self.value(report, key) else {
            return Vec::new();
        };
        let Some(entries) = value.as_array() else {
            self.wrong_type(report, key, value, "a list of texts in brackets");
            return Vec::new();
        };
        let path = self.of(key);
        let mut read: Vec<String> = Vec::new();
        for (index, entry) in entries.iter().take(ENTRIES_MAX).enumerate() {
            let here = format!("{path}#{index}");
            report.mark(&here, entry);
            let Some(text) = entry.as_str() else {
                let what = format!("an entry of `{path}` is {}, not a text", article(entry));
                report.at(&here, "wrong_type", what, "put it in quotes");
                continue;
            };
            if read.iter().any(|before| before == text) {
                let what = format!("\"{text}\" stands twice in `{path}`");
                report.at(&here, "twice", what, "remove one");
            }
            check_text(report, &here, text);
            read.push(text.to_owned());
        }
        read
    }

    /// A list of texts that must be there and not be empty.
    pub(crate) fn need_list(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        example: &str,
    ) -> Vec<String> {
        if self.says(key) {
            let list = self.list(report, key);
            let value = self.table.and_then(|table| table.get(key));
            let entries = value.and_then(Value::as_array);
            if entries.is_some_and(Vec::is_empty) {
                let path = self.of(key);
                let what = format!("`{path}` is empty");
                report.at(
                    &path,
                    "empty_list",
                    what,
                    format!("write `{key} = {example}`"),
                );
            }
            return list;
        }
        self.known.push(key);
        self.missing(report, key, example);
        Vec::new()
    }

    /// A list of words of a closed list; what is not one of them is a fault and left out.
    pub(crate) fn words<W: Word>(&mut self, report: &mut Report<'_>, key: &'static str) -> Vec<W> {
        let path = self.of(key);
        let texts = self.list(report, key);
        texts
            .iter()
            .enumerate()
            .filter_map(|(index, text)| parse_word(report, &format!("{path}#{index}"), text))
            .collect()
    }

    /// A section below this one, if the file has it.
    pub(crate) fn section(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<Section<'v, 'de>> {
        let value = self.value(report, key)?;
        let Some(table) = value.as_table() else {
            self.wrong_type(report, key, value, "a section");
            return None;
        };
        Some(Section {
            path: self.of(key),
            table: Some(table),
            known: Vec::new(),
        })
    }

    /// A section that must be there; an empty one stands in for it.
    pub(crate) fn need_section(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Section<'v, 'de> {
        if !self.says(key) && self.table.is_some() {
            self.known.push(key);
            let what = format!("the section `{}` is missing", self.of(key));
            let place = self.path.clone();
            report.at(
                &place,
                "missing_section",
                what,
                format!("add `[{}]`", self.of(key)),
            );
        }
        self.section(report, key).unwrap_or_else(|| Section {
            path: self.of(key),
            table: None,
            known: Vec::new(),
        })
    }

    /// The entries of a repeated section such as `[[purpose]]`, each named by one of its keys.
    pub(crate) fn sections(
        &mut self,
        report: &mut Report<'_>,
        key: &'static str,
        named_by: &'static str,
    ) -> Vec<Section<'v, 'de>> {
        let Some(value) = self.value(report, key) else {
            return Vec::new();
        };
        let Some(entries) = value.as_array() else {
            self.wrong_type(report, key, value, "a repeated section in double brackets");
            return Vec::new();
        };
        let mut read: Vec<Section<'v, 'de>> = Vec::new();
        for (index, entry) in entries.iter().take(ENTRIES_MAX).enumerate() {
            let name = entry.as_table().and_then(|table| table.get(named_by));
            let name = name.and_then(Value::as_str).unwrap_or("");
            let mut path = format!("{key}.{name}");
            let twice = read.iter().any(|before| before.path == path);
            if name.is_empty() || twice {
                path = format!("{key}#{index}");
            }
            report.mark(&path, entry);
            if twice {
                let what = format!("`[[{key}]]` names \"{name}\" twice");
                report.at(
                    &path,
                    "twice",
                    what,
                    "join the two, or give one another name",
                );
            }
            read.push(Section {
                path,
                table: entry.as_table(),
                known: Vec::new(),
            });
        }
        read
    }

    /// Sections below this one with names of the file's own choice, such as `[words.en]`.
    pub(crate) fn open_sections(&self, report: &mut Report<'_>) -> Vec<(String, Section<'v, 'de>)> {
        let mut read = Vec::new();
        for (key, value) in self.table.into_iter().flatten() {
            let path = self.of(&key.name);
            report
                .places
                .insert(path.clone(), key.span.start..key.span.end);
            if value.as_table().is_none() {
                self.wrong_type(report, &key.name, value, "a section");
            }
            let section = Section {
                path,
                table: value.as_table(),
                known: Vec::new(),
            };
            read.push((key.name.to_string(), section));
        }
        read
    }

    /// Texts with keys of a list given by the caller.
    pub(crate) fn texts(
        &mut self,
        report: &mut Report<'_>,
        keys: &[&'static str],
    ) -> BTreeMap<String, String> {
        keys.iter()
            .filter_map(|key| Some(((*key).to_owned(), self.text(report, key)?)))
            .collect()
    }

    /// Tells every key that nobody asked for.
    pub(crate) fn close(self, report: &mut Report<'_>) {
        for key in self.table.into_iter().flat_map(|table| table.keys()) {
            if self.known.iter().any(|known| *known == key.name) {
                continue;
            }
            let inside = match self.path.as_str() {
                "" => "the file".to_owned(),
                path => format!("`{path}`"),
            };
            let mend = nearest(&key.name, self.known.iter().copied()).map_or_else(
                || format!("remove it; {inside} knows: {}", self.known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let what = format!("unknown key `{}` in {inside}", key.name);
            report.fault(key.span.start..key.span.end, "unknown_key", what, mend);
        }
    }
}

fn article(value: &Value<'_>) -> String {
    let kind = value.as_ref().type_str();
    let article = if kind.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}

/// A word of a closed list, or a fault that names them all.
fn parse_word<W: Word>(report: &mut Report<'_>, path: &str, text: &str) -> Option<W> {
    if text.contains('*') {
        return None;
    }
    let found = W::from_word(text);
    if found.is_none() {
        let words = || W::WORDS.iter().map(|(_, word)| *word);
        let mend = nearest(text, words()).map_or_else(
            || format!("write one of: {}", words().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean \"{near}\"?"),
        );
        let what = format!("\"{text}\" is not a word `{}` knows", plain(path));
        report.at(path, "unknown_word", what, mend);
    }
    found
}

/// A path as people write it: without the index of a list entry.
pub(crate) fn plain(path: &str) -> &str {
    path.split_once('#').map_or(path, |(before, _)| before)
}

/// Bounds on every text: no wildcard, no control characters, not too long.
fn check_text(report: &mut Report<'_>, path: &str, text: &str) -> bool {
    if text.len() > TEXT_BYTES_MAX {
        let what = format!("`{}` is longer than {TEXT_BYTES_MAX} bytes", plain(path));
        report.at(path, "too_long", what, "shorten it");
        return false;
    }
    if text.contains(|c: char| c.is_control() && c != '\n') {
        let what = format!("`{}` has a control character", plain(path));
        report.at(path, "control_character", what, "remove it");
        return false;
    }
    if text.contains('*') && !path.starts_with("words.") {
        let what = format!(
            "`{}` uses a wildcard; what is not said is refused",
            plain(path)
        );
        report.at(path, "wildcard", what, "name each entry in full");
        return false;
    }
    true
}

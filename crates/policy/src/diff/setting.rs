//! A policy as a flat list of settings, so that two can be compared without a rule being forgotten.
//!
//! Must not know: what a setting means.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use crate::{model::File, time::Timestamp};

/// Settings that are points in time.
const TIMES: [&str; 3] = ["ends", "until", "date"];

/// Every setting with its value.
pub(super) type Settings = BTreeMap<Setting, String>;

/// The name of one setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Setting {
    section: String,
    entry: Option<String>,
    key: String,
    member: Option<String>,
}

impl Setting {
    pub(super) fn section(&self) -> &str {
        &self.section
    }

    /// The name of the entry in a repeated section.
    pub(super) fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    /// The key within section or entry, dotted; empty for the entry itself.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The member of a list.
    pub(super) fn member(&self) -> Option<&str> {
        self.member.as_deref()
    }

    /// Another member of the same list.
    pub(super) fn with_member(&self, member: &str) -> Self {
        Self {
            member: Some(member.to_owned()),
            ..self.clone()
        }
    }

    /// A setting of all purposes together.
    pub(super) fn of_purposes(key: &str, member: &str) -> Self {
        Self {
            section: "purpose".to_owned(),
            entry: None,
            key: key.to_owned(),
            member: Some(member.to_owned()),
        }
    }

    /// The entry this setting belongs to.
    pub(super) fn entry_alone(&self) -> Option<Self> {
        self.entry.as_ref()?;
        Some(Self {
            section: self.section.clone(),
            entry: self.entry.clone(),
            key: String::new(),
            member: None,
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.section)?;
        if let Some(entry) = &self.entry {
            write!(formatter, ".{entry}")?;
        }
        if !self.key.is_empty() {
            write!(formatter, ".{}", self.key)?;
        }
        match &self.member {
            Some(member) => write!(formatter, "[{member}]"),
            None => Ok(()),
        }
    }
}

/// Flattens a file. Version, dates and hash of the version itself are no settings.
pub(super) fn settings(file: &File) -> Settings {
    let mut flat = Settings::new();
    let Ok(Value::Object(sections)) = serde_json::to_value(file) else {
        return flat;
    };
    for (section, value) in sections {
        let at = Setting {
            section,
            entry: None,
            key: String::new(),
            member: None,
        };
        flatten(&at, &value, &mut flat);
    }
    flat.retain(|setting, _| {
        let key = setting.key.as_str();
        let is_own = matches!(key, "schema" | "version" | "effective" | "predecessor");
        !(setting.section == "policy" && is_own)
    });
    flat
}

fn flatten(at: &Setting, value: &Value, flat: &mut Settings) {
    match value {
        Value::Null => {}
        Value::Object(map) => {
            for (key, value) in map {
                let key = if at.key.is_empty() {
                    key.clone()
                } else {
                    format!("{}.{key}", at.key)
                };
                flatten(&Setting { key, ..at.clone() }, value, flat);
            }
        }
        Value::Array(list) => {
            for value in list {
                let inner = match name_of(value) {
                    Some(name) => Setting {
                        entry: Some(name),
                        ..at.clone()
                    },
                    None => Setting {
                        member: Some(plain(value)),
                        ..at.clone()
                    },
                };
                if inner.member.is_some() {
                    flat.insert(inner, "listed".to_owned());
                } else {
                    flatten(&inner, value, flat);
                }
            }
        }
        scalar => {
            let is_time = TIMES.contains(&at.key.as_str());
            let time = scalar.as_i64().filter(|_| is_time).map(Timestamp);
            let value = time.map_or_else(|| plain(scalar), |time| time.to_string());
            flat.insert(at.clone(), value);
        }
    }
}

/// The name of an entry: its key, or the setting that an exception loosens.
fn name_of(value: &Value) -> Option<String> {
    let map = value.as_object()?;
    let name = if map.contains_key("clause") {
        "value"
    } else {
        "key"
    };
    let name = map.get(name).or_else(|| map.get("name"))?;
    Some(plain(name))
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

//! The two policies that ship, and how a new installation gets its own.
//!
//! Why: an installation starts with a complete, strict file that carries its own name and address; nobody
//! has to write one before the first conversation, and nothing in it is a placeholder that could go public.
//! Must not know: where the file is written.

use crate::{policy::Policy, time::Timestamp};

/// The default of a new installation: the strictest reading of today's rules.
pub const STRICT: &str = include_str!("../../../policies/strict.toml");

/// What a live-chat company published in October 2014.
pub const Y2014: &str = include_str!("../../../policies/2014.toml");

/// What an installation fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Origins of its sites, its own public address among them.
    pub sites: Vec<String>,
    /// Legal name of who answers for it.
    pub name: String,
    /// Postal address.
    pub post: String,
    /// E-mail address people write to.
    pub email: String,
    /// From when it takes effect.
    pub effective: Timestamp,
}

/// The text of a shipped policy with an installation's own details, as version 1.
///
/// # Errors
/// The faults of the result, for details that are not valid, such as a site that is not an origin.
pub fn starter(text: &str, details: &Details) -> Result<String, Vec<crate::Diagnostic>> {
    let shipped = Policy::parse(text)?;
    let sites: Vec<_> = details.sites.iter().map(|site| quoted(site)).collect();
    let web = details.sites.first().map_or("", String::as_str);
    let effective = details.effective.to_string();
    let mut edits = vec![
        ("policy.effective", quoted(&effective)),
        ("policy.controller.name", quoted(&details.name)),
        ("policy.controller.post", quoted(&details.post)),
        ("policy.controller.web", quoted(web)),
        ("policy.contact.email", quoted(&details.email)),
        ("policy.sites", format!("[{}]", sites.join(", "))),
    ]
    .into_iter()
    .filter_map(|(path, value)| Some((shipped.place(path)?, value)))
    .collect::<Vec<_>>();
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));

    let mut own = text.to_owned();
    for (place, value) in edits {
        let place = with_quotes(text, place);
        own.replace_range(place, &value);
    }
    Policy::parse(&own)?;
    Ok(own)
}

/// A TOML text in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The place of a text including its quotes.
fn with_quotes(text: &str, place: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let before = place.start.checked_sub(1);
    let opens = before.and_then(|at| text.get(at..place.start)) == Some("\"");
    let closes = text.get(place.end..place.end + 1) == Some("\"");
    if opens && closes {
        place.start - 1..place.end + 1
    } else {
        place
    }
}

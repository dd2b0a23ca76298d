//! The rules a policy file must keep, apart from those of its floor.
//!
//! Why: what a file promises must be possible and consistent before the server acts on it; what is not
//! said is refused, so nothing may be said by accident.
//! Must not know: TOML, the clock, the ledger.

mod basis;
mod floor;
mod party;
mod purpose;
mod words;

use crate::{
    diagnostic::nearest,
    field::{FIELDS, Field},
    model::{CategoryRule, File, Protect, VisitStart},
    reader::Report,
    taxonomy::{Taxonomy, is_root},
};

/// Checks the whole file and tells every fault.
pub(crate) fn validate(file: &File, report: &mut Report<'_>) {
    head(file, report);
    for rule in &file.category {
        category(rule, file, report);
    }
    for rule in &file.purpose {
        purpose::check(rule, file, report);
    }
    party::check(file, report);
    visit(file, report);
    age(file, report);
    backup(file, report);
    words::check(file, report);
    floor::check(file, report);
}

fn head(file: &File, report: &mut Report<'_>) {
    let head = &file.policy;
    match (&head.predecessor, head.version) {
        (Some(_), 0..=1) => report.at(
            "policy.predecessor",
            "predecessor_of_first",
            "version 1 has no predecessor",
            "remove `predecessor`, or raise `version`",
        ),
        (None, 2..) => report.at(
            "policy.version",
            "predecessor_missing",
            format!("version {} does not name its predecessor", head.version),
            format!(
                "add `predecessor = \"sha256:…\"`, the hash of version {} as logged",
                head.version - 1
            ),
        ),
        (Some(hash), _) if !is_hash(hash) => report.at(
            "policy.predecessor",
            "not_a_hash",
            "`predecessor` is not a SHA-256 hash",
            "write \"sha256:\" and 64 lower-case hexadecimal digits",
        ),
        _ => {}
    }
    if !head.contact.email.is_empty() && !is_email(&head.contact.email) {
        let what = format!("\"{}\" is not an e-mail address", head.contact.email);
        let mend = "write one like \"privacy@shop.example\"";
        report.at("policy.contact.email", "not_an_address", what, mend);
    }
    let web = &head.controller.web;
    if !web.is_empty() && !is_web_address(web) {
        let what = format!("\"{web}\" is not a web address");
        let mend = "write one like \"https://shop.example\"";
        report.at("policy.controller.web", "not_an_address", what, mend);
    }
    for (index, site) in head.sites.iter().enumerate() {
        if let Err((what, mend)) = check_origin(site) {
            report.at(
                &format!("policy.sites#{index}"),
                "not_an_origin",
                what,
                mend,
            );
        }
    }
}

/// `sha256:` and 64 digits.
pub(crate) fn is_hash(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|digits| {
        digits.len() == 64
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>@,;\"".contains(c))
    };
    plain(local) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.')
}

/// An `https` address, or `http` on this machine.
pub(crate) fn is_web_address(text: &str) -> bool {
    let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    let host = after_scheme.split('/').next().unwrap_or("");
    let scheme = text.split("://").next().unwrap_or("");
    check_origin(&format!("{scheme}://{host}")).is_ok()
}

/// An origin as a browser sends it: scheme, host, port if not the usual one.
pub(crate) fn check_origin(text: &str) -> Result<(), (String, String)> {
    let told = |what: &str, mend: String| Err((format!("\"{text}\" {what}"), mend));
    let example = "write it like \"https://shop.example\"".to_owned();
    if text.contains('*') {
        return Ok(());
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return told("is not an origin", example);
    };
    let (host, port) = split_port(rest);
    if !is_host(host) {
        return told(
            "is not an origin: only scheme, lower-case host and port",
            example,
        );
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return told("has a port that is not a number", example);
    }
    match scheme {
        "https" => Ok(()),
        "http" if is_loopback(host) => Ok(()),
        "http" => told("is not encrypted", format!("write \"https://{rest}\"")),
        _ => told("has a scheme that is not https", example),
    }
}

/// Host and port of `host:port`; brackets of an IPv6 address belong to the host.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn is_host(host: &str) -> bool {
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = address {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}

/// A key of one of the three lists, or a fault with the nearest one.
pub(crate) fn check_key(report: &mut Report<'_>, path: &str, list: Taxonomy, key: &str) -> bool {
    if key.is_empty() || key.contains('*') || list.has(key) {
        return true;
    }
    if is_root(key) {
        let what = format!("\"{key}\" would mean every {}", list.word());
        report.at(path, "wildcard", what, "name each entry in full");
        return false;
    }
    let mend = nearest(key, list.keys()).map_or_else(
        || "use a key of the fideslang list, or an own one that begins with \"x.\"".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    let code = match list {
        Taxonomy::Category => "unknown_category",
        Taxonomy::Use => "unknown_use",
        Taxonomy::Subject => "unknown_subject",
    };
    report.at(
        path,
        code,
        format!("unknown {} \"{key}\"", list.word()),
        mend,
    );
    false
}

fn category(rule: &CategoryRule, file: &File, report: &mut Report<'_>) {
    let path = format!("category.{}", rule.key);
    check_key(
        report,
        &format!("{path}.key"),
        Taxonomy::Category,
        &rule.key,
    );
    for (index, name) in rule.fields.iter().enumerate() {
        field(&format!("{path}.fields#{index}"), name, rule, report);
        kept(&format!("{path}.fields#{index}"), name, file, report);
        let elsewhere = file.category.iter().find(|other| {
            other.key != rule.key && other.key < rule.key && other.fields.contains(name)
        });
        if let Some(other) = elsewhere {
            let what = format!("\"{name}\" stands under {} as well", other.key);
            report.at(
                &format!("{path}.fields#{index}"),
                "twice",
                what,
                "leave it under one",
            );
        }
    }
    protection(&path, rule, report);
}

fn field(path: &str, name: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    match Field::find(name) {
        Some(field) if field.category == rule.key => {}
        Some(field) => {
            let what = format!("\"{name}\" is not of category {}", rule.key);
            let mend = format!("move it to the category {}", field.category);
            report.at(path, "field_of_other_category", what, mend);
        }
        None if name.contains('*') => {}
        None => {
            let of_category = FIELDS.iter().filter(|field| field.category == rule.key);
            let names: Vec<_> = of_category.map(|field| field.name).collect();
            let mend = nearest(name, FIELDS.iter().map(|field| field.name)).map_or_else(
                || format!("fields of this category are: {}", names.join(", ")),
                |near| format!("did you mean \"{near}\"?"),
            );
            let what = format!("the program has no field \"{name}\"");
            report.at(path, "unknown_field", what, mend);
        }
    }
}

/// A field that may be filled needs the purpose whose `retain` ends it.
fn kept(path: &str, name: &str, file: &File, report: &mut Report<'_>) {
    let Some(field) = Field::find(name) else {
        return;
    };
    if !file.purpose.iter().any(|rule| field.is_kept_for(&rule.key)) {
        let what = format!("nothing says how long \"{name}\" is kept");
        let mend = format!(
            "declare the purpose {}, or remove the field",
            field.kept_for
        );
        report.at(path, "field_without_purpose", what, mend);
    }
}

fn protection(path: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    let path = format!("{path}.protect");
    if !report.knows(&path) {
        return;
    }
    let told = |mend: &str| {
        (
            format!("{} cannot be protected so", rule.key),
            mend.to_owned(),
        )
    };
    let at = |report: &mut Report<'_>, mend: &str| {
        let (what, mend) = told(mend);
        report.at(&path, "weak_protection", what, mend);
    };
    let is_address = rule.key == "user.device.ip_address";
    let is_plain_text = [
        "user.name",
        "user.contact",
        "user.content.private",
        "user.payment",
    ]
    .iter()
    .any(|prefix| rule.key.starts_with(prefix));
    match rule.protect {
        Protect::MemoryHmac24h if !rule.fields.is_empty() => {
            at(
                report,
                "empty `fields`: what is in memory only has no field",
            );
        }
        Protect::MemoryHmac24h | Protect::DayKey if is_address => {}
        _ if is_address => at(report, "write \"memory-hmac-24h\" or \"day-key\""),
        Protect::SubjectKey | Protect::MemoryHmac24h => {}
        _ if is_plain_text => at(report, "write \"subject-key\""),
        Protect::OneWayHash if !rule.key.starts_with("user.authorization") => {
            at(
                report,
                "write \"subject-key\"; a one-way hash is for credentials",
            );
        }
        Protect::SessionPseudonym | Protect::DayKey
            if rule.key.starts_with("user.authorization") =>
        {
            at(report, "write \"one-way-hash\"");
        }
        _ => {}
    }
}

fn visit(file: &File, report: &mut Report<'_>) {
    let has = |key: &str| file.purpose.iter().any(|purpose| purpose.key == key);
    if file.visit.start == VisitStart::PageView && !has("visit.log") {
        let what = "visits are recorded from the first page view, but no purpose says what for";
        let mend = "add a [[purpose]] with key \"visit.log\", or write \"first-act\"";
        report.at("visit.start", "purpose_missing", what, mend);
    }
    if let Some(join) = file.visit.join_purpose.as_deref().filter(|join| !has(join)) {
        let what = format!("\"{join}\" is not a purpose of this file");
        let mend = "name a declared purpose with a basis of its own, or remove `join_purpose`";
        report.at("visit.join_purpose", "unknown_purpose", what, mend);
    }
}

fn age(file: &File, report: &mut Report<'_>) {
    let Some(age) = &file.age else { return };
    if age.child_line > age.minimum {
        let what = "the child line is above the minimum age";
        let mend = "lower `child_line`, or raise `minimum`";
        report.at("age.child_line", "child_line_above_minimum", what, mend);
    }
}

fn backup(file: &File, report: &mut Report<'_>) {
    if file.backup.keys_included {
        let what = "a backup that holds the keys can undo every erasure";
        report.at(
            "backup.keys_included",
            "keys_in_backup",
            what,
            "write `false`",
        );
    }
    if !file.backup.replay_erasures {
        let what = "a restore that does not repeat erasures would bring people back";
        report.at(
            "backup.replay_erasures",
            "erasures_not_replayed",
            what,
            "write `true`",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_https_or_loopback_and_nothing_more() {
        for good in [
            "https://shop.example",
            "https://shop.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:80",
        ] {
            assert_eq!(check_origin(good), Ok(()), "{good}");
        }
        for bad in [
            "shop.example",
            "http://shop.example",
            "https://shop.example/",
            "https://shop.example/x",
            "https://Shop.example",
            "https://",
            "https://a..b",
            "https://-a.example",
            "https://shop.example:port",
            "ftp://shop.example",
            "https://user@shop.example",
        ] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_and_hashes_have_their_shape() {
        assert!(is_email("privacy@shop.example"));
        assert!(!is_email("privacy"));
        assert!(!is_email("a b@shop.example"));
        assert!(is_hash(&format!("sha256:{}", "0a".repeat(32))));
        assert!(!is_hash(&"0a".repeat(32)));
        assert!(is_web_address("https://shop.example/about"));
        assert!(!is_web_address("javascript:alert(1)"));
    }
}

//! The rules for everyone and everything around the data: processors, sources, cookies, forms, disclosure.
//!
//! Must not know: floors.

use super::{basis::starts, check_key, is_host, is_web_address};
use crate::{
    model::{
        Basis, CookieRule, File, FormRule, ProcessorKind, ProcessorRule, Require, SourceRule, Store,
    },
    reader::Report,
    retention::parse_hours,
    taxonomy::Taxonomy,
};

pub(super) fn check(file: &File, report: &mut Report<'_>) {
    for rule in &file.processor {
        processor(rule, file, report);
    }
    for rule in &file.source {
        source(rule, file, report);
    }
    for rule in &file.cookie {
        cookie(rule, file, report);
    }
    for rule in &file.form {
        form(rule, file, report);
    }
    if file
        .disclosure
        .as_ref()
        .is_some_and(|rule| rule.grounds.is_empty())
    {
        let what = "no ground for a release is named";
        let mend = "name the grounds, or remove the section: then nothing is released";
        report.at("disclosure", "empty_list", what, mend);
    }
}

fn processor(rule: &ProcessorRule, file: &File, report: &mut Report<'_>) {
    let path = format!("processor.{}", rule.key);
    let country = &rule.country;
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !country.is_empty() && !is_code {
        let what = format!("\"{country}\" is not a country code");
        report.at(
            &format!("{path}.country"),
            "not_a_country",
            what,
            "write two capital letters",
        );
    }
    processor_purposes(&path, rule, file, report);
    processor_categories(&path, rule, file, report);
    for (index, host) in rule.hosts.iter().enumerate() {
        if !host.contains('*') && !is_host_and_port(host) {
            let what = format!("\"{host}\" is not a host and a port");
            let mend = "write it like \"smtp.mail.example:465\"";
            report.at(&format!("{path}.hosts#{index}"), "not_a_host", what, mend);
        }
    }
    requirements(&path, rule, report);
    advertiser(&path, rule, report);
}

fn processor_purposes(path: &str, rule: &ProcessorRule, file: &File, report: &mut Report<'_>) {
    for (index, key) in rule.purposes.iter().enumerate() {
        let here = format!("{path}.purposes#{index}");
        let Some(purpose) = file.purpose.iter().find(|purpose| purpose.key == *key) else {
            if !key.contains('*') {
                let what = format!("\"{key}\" is not a purpose of this file");
                report.at(&here, "unknown_purpose", what, "name a declared purpose");
            }
            continue;
        };
        if rule.kind == ProcessorKind::ThirdParty && purpose.output.is_none() {
            let what = format!("{key} would give a third party more than counts");
            let mend = "add `output = { kind = \"aggregate\", k = 10 }` to the purpose, or make it \
                        a service provider";
            report.at(&here, "third_party_needs_aggregate", what, mend);
        }
        if rule.kind == ProcessorKind::Advertiser
            && !starts(&purpose.use_key, "marketing.advertising")
        {
            let what = format!("{key} is no advertising; an advertiser has no part in it");
            report.at(&here, "advertiser_beyond_ads", what, "remove it");
        }
    }
}

fn processor_categories(path: &str, rule: &ProcessorRule, file: &File, report: &mut Report<'_>) {
    let purposes = || {
        file.purpose
            .iter()
            .filter(|purpose| rule.purposes.contains(&purpose.key))
    };
    if purposes().next().is_none() {
        return;
    }
    for (index, key) in rule.categories.iter().enumerate() {
        let here = format!("{path}.categories#{index}");
        if key.contains('*') || !check_key(report, &here, Taxonomy::Category, key) {
            continue;
        }
        if !purposes().any(|purpose| purpose.categories.contains(key)) {
            let what = format!(
                "{} would get {key}, which none of its purposes touches",
                rule.key
            );
            let mend = "remove it, or add it to the purpose first";
            report.at(&here, "processor_too_wide", what, mend);
        }
    }
}

fn requirements(path: &str, rule: &ProcessorRule, report: &mut Report<'_>) {
    if crate::rule::is_off(68) {
        return;
    }
    let encrypted = rule
        .require
        .iter()
        .any(|require| matches!(require, Require::Tls12 | Require::Tls13));
    if !encrypted {
        let what = format!("connections to {} need not be encrypted", rule.key);
        let mend = "add `require = [\"tls1.3\", \"auth\"]`";
        report.at(&format!("{path}.require"), "not_encrypted", what, mend);
    }
    let provides = rule.kind == ProcessorKind::ServiceProvider;
    if encrypted && provides && !rule.require.contains(&Require::Auth) {
        let what = format!("{} serves us without signing in", rule.key);
        report.at(
            &format!("{path}.require"),
            "not_authenticated",
            what,
            "add \"auth\"",
        );
    }
    if let Some(privacy) = rule
        .privacy
        .as_deref()
        .filter(|address| !is_web_address(address))
    {
        let what = format!("\"{privacy}\" is not a web address");
        let mend = "write one like \"https://mail.example/privacy\"";
        report.at(&format!("{path}.privacy"), "not_an_address", what, mend);
    }
}

fn advertiser(path: &str, rule: &ProcessorRule, report: &mut Report<'_>) {
    for (index, key) in rule.uses.iter().enumerate() {
        let here = format!("{path}.uses#{index}");
        if check_key(report, &here, Taxonomy::Use, key)
            && !starts(key, "marketing.advertising")
            && !starts(key, "analytics.reporting")
        {
            let what = format!("\"{key}\" is not a use of advertising");
            let mend = "name uses under marketing.advertising or analytics.reporting";
            report.at(&here, "use_beyond_ads", what, mend);
        }
    }
    match (rule.kind, rule.uses.is_empty()) {
        (ProcessorKind::Advertiser, true) => {
            let what = format!("advertiser {} names no uses", rule.key);
            let mend =
                "add `uses = [\"marketing.advertising.serving\"]` and each other use in full";
            report.at(path, "advertiser_without_uses", what, mend);
        }
        (ProcessorKind::Advertiser, false) if rule.privacy.is_none() => {
            let what = format!("advertiser {} has no link to its own policy", rule.key);
            let mend = "add `privacy = \"https://…\"`";
            report.at(path, "privacy_missing", what, mend);
        }
        (ProcessorKind::Advertiser, false) | (_, true) => {}
        (_, false) => {
            let what = "only an advertiser has `uses`; others act for the purposes they name";
            report.at(
                &format!("{path}.uses"),
                "uses_without_advertiser",
                what,
                "remove it",
            );
        }
    }
}

fn is_host_and_port(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn source(rule: &SourceRule, file: &File, report: &mut Report<'_>) {
    let path = format!("source.{}", rule.key);
    if !rule.key.is_empty() && !rule.key.starts_with("third-party:") {
        let what = format!("\"{}\" does not say whose data it is", rule.key);
        report.at(
            &format!("{path}.key"),
            "not_a_source",
            what,
            "write \"third-party:vendor\"",
        );
    }
    if !matches!(rule.basis, Basis::Consent | Basis::OptOut) {
        let what = format!("`{}` cannot hold for handing addresses on", rule.basis);
        let mend = "write \"consent\" or \"opt-out\"";
        report.at(&format!("{path}.basis"), "basis_cannot_hold", what, mend);
    }
    if rule.date > file.policy.effective {
        let what = "the data was handed over after this version took effect";
        let mend = "declare the source in the next version";
        report.at(&format!("{path}.date"), "source_in_future", what, mend);
    }
}

fn cookie(rule: &CookieRule, file: &File, report: &mut Report<'_>) {
    let path = format!("cookie.{}", rule.name);
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !rule.name.contains('*') && !rule.name.chars().all(is_token) {
        let what = format!("\"{}\" cannot be a cookie's name", rule.name);
        report.at(
            &format!("{path}.name"),
            "not_a_name",
            what,
            "use letters, digits, - _ .",
        );
    }
    let known = file
        .purpose
        .iter()
        .any(|purpose| purpose.key == rule.purpose);
    if !rule.purpose.is_empty() && !known && !rule.purpose.contains('*') {
        let what = format!("\"{}\" is not a purpose of this file", rule.purpose);
        report.at(
            &format!("{path}.purpose"),
            "unknown_purpose",
            what,
            "name a declared purpose",
        );
    }
    let lasts = rule.lifetime == "session" || parse_hours(&rule.lifetime).is_some();
    if !rule.lifetime.is_empty() && !lasts {
        let what = format!("\"{}\" is not a lifetime", rule.lifetime);
        let mend = "write \"session\", or a period like \"12h\" or \"30d\"";
        report.at(&format!("{path}.lifetime"), "not_a_period", what, mend);
    }
    let guarded = rule.name.starts_with("__Host-") || rule.store != Store::Cookie;
    if rule.holds == crate::model::Holds::Credential && !guarded {
        let what = "a cookie that signs somebody in may be set by neighbours of this host";
        let mend = "begin its name with \"__Host-\"";
        report.at(&format!("{path}.name"), "unguarded_cookie", what, mend);
    }
}

fn form(rule: &FormRule, file: &File, report: &mut Report<'_>) {
    let path = format!("form.{}", rule.key);
    let declared = |name: &String| file.category.iter().any(|rule| rule.fields.contains(name));
    for (index, name) in rule.fields.iter().enumerate() {
        if !name.contains('*') && !declared(name) {
            let what = format!("\"{name}\" stands in no category's `fields`");
            let mend = "add it to its category, or remove it from the form";
            report.at(
                &format!("{path}.fields#{index}"),
                "field_not_declared",
                what,
                mend,
            );
        }
    }
    for (index, name) in rule.needed.iter().enumerate() {
        if !rule.fields.contains(name) {
            let what = format!("\"{name}\" is needed but is no field of the form");
            let mend = "add it to `fields`, or remove it";
            report.at(
                &format!("{path}.needed#{index}"),
                "needed_not_in_form",
                what,
                mend,
            );
        }
    }
}

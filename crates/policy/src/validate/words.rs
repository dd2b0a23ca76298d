//! Prose may explain the generated page, never change it.
//!
//! Why: the page is made from the settings; a sentence of the operator's own stands under it and must not
//! promise less, or something else. Whatever could contradict a setting is refused: other periods, other
//! addresses, words that set a rule aside, markup.
//! Must not know: the generated texts.

use crate::{model::File, reader::Report, retention::Retention};

/// Words that set another sentence aside, in the languages of the page and their neighbours.
const SETTING_ASIDE: [&str; 22] = [
    "notwithstanding",
    "regardless of",
    "does not apply",
    "do not apply",
    "except that",
    "in spite of",
    "supersede",
    "prevails over",
    "override",
    "without notice",
    "for other uses",
    "any other purpose",
    "at our discretion",
    "at our sole discretion",
    "we may also",
    "no se aplica",
    "sin perjuicio de",
    "a nuestra discreción",
    "sin previo aviso",
    "بغض النظر",
    "لا ينطبق",
    "دون إشعار",
];

/// Units of time in front of which a number is a period.
const UNITS: [(&str, u32); 10] = [
    ("minute", 0),
    ("hour", 1),
    ("day", 24),
    ("week", 168),
    ("month", 720),
    ("year", 8_760),
    ("minuto", 0),
    ("hora", 1),
    ("día", 24),
    ("año", 8_760),
];

pub(super) fn check(file: &File, report: &mut Report<'_>) {
    for (locale, texts) in &file.words {
        if !is_locale(locale) {
            let what = format!("\"{locale}\" is not a language");
            let mend = "write a code like \"en\" or \"pt-BR\"";
            report.at(&format!("words.{locale}"), "unknown_locale", what, mend);
        }
        for (section, text) in texts {
            if let Some((what, mend)) = contradiction(text, file) {
                let path = format!("words.{locale}.{section}");
                report.at(&path, "contradicting_words", what, mend);
            }
        }
    }
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or("");
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn contradiction(text: &str, file: &File) -> Option<(String, String)> {
    let lower = text.to_lowercase();
    if let Some(phrase) = SETTING_ASIDE.iter().find(|phrase| lower.contains(**phrase)) {
        let what = format!("\"{phrase}\" sets a rule of the page aside");
        return Some((what, "remove it; change the setting instead".to_owned()));
    }
    if text.contains(['<', '>']) {
        let what = "prose is plain text".to_owned();
        return Some((what, "remove the markup".to_owned()));
    }
    address(text, file).or_else(|| period(&lower, file))
}

/// Addresses that the file does not declare.
fn address(text: &str, file: &File) -> Option<(String, String)> {
    let known = |word: &str| {
        let head = &file.policy;
        let declared = [&head.contact.email, &head.controller.web];
        let links = file
            .processor
            .iter()
            .filter_map(|rule| rule.privacy.as_ref());
        declared
            .into_iter()
            .chain(&head.sites)
            .chain(links)
            .any(|address| address == word)
    };
    let words = text.split_whitespace();
    let trimmed = words.map(|word| word.trim_matches(|c: char| "().,;:!?\"'".contains(c)));
    trimmed
        .filter(|word| word.contains("://") || word.contains('@'))
        .find(|word| !known(word))
        .map(|word| {
            let what = format!("\"{word}\" is an address the file does not declare");
            (what, "declare it in [policy], or remove it".to_owned())
        })
}

/// Periods that no setting has.
fn period(lower: &str, file: &File) -> Option<(String, String)> {
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || ",.;:()".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        let number: u32 = number.parse().ok()?;
        let (_, hours) = UNITS.iter().find(|(word, _)| {
            unit.strip_prefix(word)
                .is_some_and(|rest| matches!(rest, "" | "s" | "es"))
        })?;
        let said = match hours {
            0 => file.requests.optout_minutes == number,
            hours => hours_of(file).any(|known| Some(known) == number.checked_mul(*hours)),
        };
        let what = format!("\"{number} {unit}\" is a period no setting has");
        (!said).then(|| (what, "remove it; the page prints the periods".to_owned()))
    })
}

/// Every period of the file, in hours.
fn hours_of(file: &File) -> impl Iterator<Item = u32> {
    let days = [
        file.notice.material_days,
        file.requests.answer_days,
        file.requests.extend_days,
        file.backup.keep_days,
        file.transfer.map_or(0, |rule| rule.notify_days),
        file.age.map_or(0, |rule| rule.found_child.erase_days),
    ];
    let kept = file.purpose.iter().filter_map(|rule| match rule.retain {
        Retention::For { hours, .. } => Some(hours),
        Retention::Until(_) => None,
    });
    let ages = file.age.map(|age| age.minimum.saturating_mul(8_760));
    days.into_iter()
        .map(|days| days.saturating_mul(24))
        .chain(kept)
        .chain(ages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> File {
        let mut file = File::default();
        file.policy.contact.email = "privacy@shop.example".to_owned();
        file.backup.keep_days = 30;
        file.requests.optout_minutes = 5;
        file
    }

    #[test]
    fn words_that_repeat_the_settings_are_fine() {
        let text = "We are a small shop. Write to privacy@shop.example. Copies go after 30 days, \
                    opt-outs take 5 minutes.";
        assert_eq!(contradiction(text, &file()), None);
    }

    #[test]
    fn words_that_promise_something_else_are_refused() {
        for text in [
            "Notwithstanding the above we keep everything.",
            "Copies go after 90 days.",
            "Opt-outs take 10 minutes.",
            "Write to boss@shop.example instead.",
            "See https://elsewhere.example for more.",
            "We use it <b>for other things</b>.",
            "Esto no se aplica a usted.",
        ] {
            assert!(contradiction(text, &file()).is_some(), "{text}");
        }
    }

    #[test]
    fn a_locale_is_a_language_code() {
        assert!(is_locale("en") && is_locale("pt-BR") && is_locale("zh-Hant"));
        assert!(!is_locale("english") && !is_locale("e") && !is_locale("en-"));
    }
}

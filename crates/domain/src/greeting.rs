//! What a site says first, in each state of availability, in the site's language.
//!
//! Must not know: who is online.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::word::words;

/// Unicode scalar values of a greeting.
const GREETING_LENGTH_MAX: usize = 500;

words! {
    /// Whether somebody answers at once.
    Availability {
        /// Open, and an agent is there.
        Online = "online",
        /// Open, but nobody is there now.
        Away = "away",
        /// Closed.
        Offline = "offline",
    }
}

words! {
    /// Languages that Chatham speaks to visitors.
    SiteLocale {
        /// English.
        En = "en",
        /// Spanish.
        Es = "es",
        /// Arabic.
        Ar = "ar",
    }
}

impl SiteLocale {
    /// The language for a tag such as `es-MX`; `None` if it is not spoken.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        primary.to_ascii_lowercase().parse().ok()
    }
}

/// The owner's own words; an empty one means the default of the visitor's language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Greetings {
    /// While somebody answers.
    pub online: String,
    /// While nobody is there.
    pub away: String,
    /// While closed.
    pub offline: String,
}

/// A greeting that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a greeting has at most 500 characters")]
pub struct InvalidGreeting;

impl Greetings {
    /// Checks and trims the words.
    ///
    /// # Errors
    /// If one is too long or holds a NUL.
    pub fn parse(self) -> Result<Self, InvalidGreeting> {
        let fit = |text: String| {
            let text = text.trim();
            if text.chars().count() > GREETING_LENGTH_MAX || text.contains('\0') {
                return Err(InvalidGreeting);
            }
            Ok(text.to_owned())
        };
        Ok(Self {
            online: fit(self.online)?,
            away: fit(self.away)?,
            offline: fit(self.offline)?,
        })
    }

    /// The greeting of a state: the owner's words, else the default.
    #[must_use]
    pub fn text(&self, availability: Availability, locale: SiteLocale) -> String {
        let own = match availability {
            Availability::Online => &self.online,
            Availability::Away => &self.away,
            Availability::Offline => &self.offline,
        };
        if own.is_empty() {
            return default_greeting(availability, locale).to_owned();
        }
        own.clone()
    }
}

/// The words for owners who chose none.
#[must_use]
pub const fn default_greeting(availability: Availability, locale: SiteLocale) -> &'static str {
    match (locale, availability) {
        (SiteLocale::En, Availability::Online) => "Hello. How can we help?",
        (SiteLocale::En, Availability::Away) => {
            "We are not at the desk just now. Write to us and we answer as soon as we are back."
        }
        (SiteLocale::En, Availability::Offline) => {
            "We are closed right now. Leave a message and we answer when we open."
        }
        (SiteLocale::Es, Availability::Online) => "Hola. ¿En qué podemos ayudarte?",
        (SiteLocale::Es, Availability::Away) => {
            "Ahora mismo no estamos. Escríbenos y te respondemos en cuanto volvamos."
        }
        (SiteLocale::Es, Availability::Offline) => {
            "Ahora estamos cerrados. Déjanos un mensaje y te respondemos al abrir."
        }
        (SiteLocale::Ar, Availability::Online) => "مرحبًا! كيف يمكننا مساعدتك؟",
        (SiteLocale::Ar, Availability::Away) => "لسنا متاحين الآن. اكتب لنا وسنرد عليك فور عودتنا.",
        (SiteLocale::Ar, Availability::Offline) => {
            "نحن مغلقون حاليًا. اترك رسالة وسنرد عليك عند الفتح."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_words_win_and_the_default_fills_in() {
        let greetings = Greetings {
            online: " Ask away ".to_owned(),
            ..Greetings::default()
        };
        let greetings = greetings.parse().unwrap();

        assert_eq!(
            greetings.text(Availability::Online, SiteLocale::Es),
            "Ask away"
        );
        assert_eq!(
            greetings.text(Availability::Away, SiteLocale::Es),
            default_greeting(Availability::Away, SiteLocale::Es)
        );
    }

    #[test]
    fn languages_are_found_by_their_tag() {
        assert_eq!(SiteLocale::of_tag("es-MX"), Some(SiteLocale::Es));
        assert_eq!(SiteLocale::of_tag("AR"), Some(SiteLocale::Ar));
        assert_eq!(SiteLocale::of_tag("de"), None);
    }

    #[test]
    fn too_long_a_greeting_is_refused() {
        let greetings = |length: usize| Greetings {
            away: "x".repeat(length),
            ..Greetings::default()
        };

        assert!(greetings(500).parse().is_ok());
        assert_eq!(greetings(501).parse(), Err(InvalidGreeting));
    }
}

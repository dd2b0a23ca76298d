//! How a site's widget looks: colour, side, theme, words on the launcher.
//!
//! Why the colour is corrected here: text on the owner's colour must reach a contrast of 4.5:1
//! (WCAG 2.2, 1.4.3), whatever the owner picks; the owner is shown what it became.
//! Must not know: CSS.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Unicode scalar values on the launcher.
const LAUNCHER_LENGTH_MAX: usize = 40;
const CONTRAST_MIN: f64 = 4.5;
/// The dark ink of the widget; light ink is white.
const INK: Rgb = Rgb([0x14, 0x17, 0x1f]);
const WHITE: Rgb = Rgb([0xff; 3]);

/// Side of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// The end of the line in left-to-right pages.
    #[default]
    Right,
    /// The other side.
    Left,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the visitor's system says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A look as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The owner's colour, corrected: `#rrggbb`.
    pub accent: String,
    /// Ink on that colour: `#rrggbb`, contrast at least 4.5:1.
    pub accent_text: String,
    /// Side of the page.
    pub position: Position,
    /// Light or dark.
    pub theme: Theme,
    /// Words on the launcher; empty for the symbol alone.
    pub launcher: String,
}

/// Why a look is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidLook {
    /// Not a colour.
    #[error("a colour looks like #0b5e55")]
    Accent,
    /// Words too long for the launcher.
    #[error("the launcher has at most 40 characters on one line")]
    Launcher,
}

impl Look {
    /// Takes an owner's choice, its colour corrected.
    ///
    /// # Errors
    /// If the colour is none or the words do not fit.
    pub fn parse(
        accent: &str,
        position: Position,
        theme: Theme,
        launcher: &str,
    ) -> Result<Self, InvalidLook> {
        let launcher = launcher.trim();
        if launcher.chars().count() > LAUNCHER_LENGTH_MAX || launcher.chars().any(char::is_control)
        {
            return Err(InvalidLook::Launcher);
        }
        let (accent, ink) = correct(Rgb::parse(accent).ok_or(InvalidLook::Accent)?);
        Ok(Self {
            accent: accent.text(),
            accent_text: ink.text(),
            position,
            theme,
            launcher: launcher.to_owned(),
        })
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            accent: "#0b5e55".to_owned(),
            accent_text: "#ffffff".to_owned(),
            position: Position::Right,
            theme: Theme::Auto,
            launcher: String::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    fn text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// One step darker: every channel by a hundredth.
    fn darker(self) -> Self {
        Self(
            self.0
                .map(|channel| u8::try_from(u16::from(channel) * 99 / 100).unwrap_or(channel)),
        )
    }
}

/// The colour and the ink on it. The better ink is kept; where neither reaches the contrast, the colour is
/// darkened until white does.
fn correct(accent: Rgb) -> (Rgb, Rgb) {
    let best = if accent.contrast(WHITE) >= CONTRAST_MIN
        || accent.contrast(WHITE) >= accent.contrast(INK)
    {
        WHITE
    } else {
        INK
    };
    if accent.contrast(best) >= CONTRAST_MIN {
        return (accent, best);
    }
    let mut corrected = accent;
    while corrected.contrast(WHITE) < CONTRAST_MIN {
        corrected = corrected.darker();
    }
    (corrected, WHITE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(accent: &str) -> Look {
        Look::parse(accent, Position::Left, Theme::Dark, "Ask us").unwrap()
    }

    #[test]
    fn every_colour_reaches_the_contrast() {
        for number in (0..0x0100_0000_u32).step_by(4_099) {
            let [_, red, green, blue] = number.to_be_bytes();
            let (accent, ink) = correct(Rgb([red, green, blue]));
            let contrast = accent.contrast(ink);
            assert!(contrast >= CONTRAST_MIN, "{number:06x}: {contrast}");
        }
    }

    #[test]
    fn good_colours_stay_and_weak_ones_change_little() {
        assert_eq!(look("#0B5E55").accent, "#0b5e55");
        assert_eq!(look("#ffd400").accent, "#ffd400");
        assert_eq!(look("#ffd400").accent_text, "#14171f");
        assert_eq!(look("#7b7b7b").accent, "#757575");
        assert_eq!(look("#7b7b7b").accent_text, "#ffffff");
    }

    #[test]
    fn what_is_no_colour_or_too_long_is_refused() {
        for accent in [
            "red", "#fff", "#12345", "#1234567", "#12345g", "#+12345", "",
        ] {
            let parsed = Look::parse(accent, Position::Right, Theme::Auto, "");
            assert_eq!(parsed, Err(InvalidLook::Accent), "{accent}");
        }
        for launcher in ["x".repeat(41), "two\nlines".to_owned()] {
            let parsed = Look::parse("#000000", Position::Right, Theme::Auto, &launcher);
            assert_eq!(parsed, Err(InvalidLook::Launcher));
        }
    }
}

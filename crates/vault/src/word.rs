//! Splitting a text into the words that search knows.
//!
//! A word is a run of letters and digits, lower-cased, with accents and vowel signs dropped, 2 to 64
//! characters long. Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) give every
//! pair of neighbours instead, so that a part of a sentence is found too.
//! Must not know: keys.

use std::collections::HashSet;

/// Most tokens that one text gives; further words are not searchable.
pub const TOKENS_MAX: usize = 512;
/// Shortest word in characters.
pub const WORD_LENGTH_MIN: usize = 2;
/// Longest word in characters; longer runs are no words (keys, encoded files) and are left out.
pub const WORD_LENGTH_MAX: usize = 64;

/// The distinct words of a text, in its order, at most [`TOKENS_MAX`].
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    let mut run = Vec::new();
    for character in text.chars().flat_map(char::to_lowercase).map(fold) {
        match kind(character) {
            Kind::Ignored => continue,
            Kind::Spaced => run.push(character),
            Kind::Unspaced => words.add_pair(&mut run, character),
            Kind::Separator => words.add_run(&mut run),
        }
        if words.list.len() >= TOKENS_MAX {
            return words.list;
        }
    }
    words.add_run(&mut run);
    words.list
}

#[derive(Default)]
struct Words {
    seen: HashSet<String>,
    list: Vec<String>,
    /// The last character, if it was of a script without spaces.
    neighbour: Option<char>,
}

impl Words {
    fn add(&mut self, word: String) {
        if self.list.len() < TOKENS_MAX && self.seen.insert(word.clone()) {
            self.list.push(word);
        }
    }

    fn add_run(&mut self, run: &mut Vec<char>) {
        self.neighbour = None;
        if (WORD_LENGTH_MIN..=WORD_LENGTH_MAX).contains(&run.len()) {
            self.add(run.iter().collect());
        }
        run.clear();
    }

    fn add_pair(&mut self, run: &mut Vec<char>, character: char) {
        let before = self.neighbour;
        if !run.is_empty() {
            self.add_run(run);
        } else if let Some(before) = before {
            self.add([before, character].iter().collect());
        }
        self.neighbour = Some(character);
    }
}

enum Kind {
    Spaced,
    Unspaced,
    Ignored,
    Separator,
}

const fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{0e00}'..='\u{0eff}'     // Thai, Lao
        | '\u{1000}'..='\u{109f}'   // Burmese
        | '\u{1780}'..='\u{17ff}'   // Khmer
        | '\u{3040}'..='\u{30ff}'   // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}'   // Han, extension A
        | '\u{4e00}'..='\u{9fff}'   // Han
        | '\u{f900}'..='\u{faff}'   // Han, compatibility
        | '\u{20000}'..='\u{3ffff}' // Han, further extensions
    )
}

fn kind(character: char) -> Kind {
    match character {
        // Combining accents, Hebrew points, Arabic vowel signs and the Arabic stretching sign.
        '\u{0300}'..='\u{036f}'
        | '\u{0591}'..='\u{05bd}'
        | '\u{064b}'..='\u{065f}'
        | '\u{0670}'
        | '\u{0640}' => Kind::Ignored,
        _ if !character.is_alphanumeric() => Kind::Separator,
        _ if is_unspaced(character) => Kind::Unspaced,
        _ => Kind::Spaced,
    }
}

/// The letter without its accent, for the letters of European languages (input is lower case) and the
/// forms of the Arabic alef.
const fn fold(character: char) -> char {
    match character {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ё' => 'е',
        'آ' | 'أ' | 'إ' => 'ا',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_lower_cased_folded_and_bounded() {
        let long = "x".repeat(WORD_LENGTH_MAX + 1);
        let text = format!("I can't open Straße_Nr. 12, e\u{301}té ÉTÉ {long} b");

        assert_eq!(words(&text), ["can", "open", "straße", "nr", "12", "ete"]);
    }

    #[test]
    fn arabic_is_found_without_its_vowel_signs() {
        assert_eq!(words("مَرْحَبًا"), words("مرحبا"));
        assert_eq!(words("أحمد"), words("احمد"));
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        assert_eq!(words("送料は"), ["送料", "料は"]);
        assert_eq!(words("ab送料cd"), ["ab", "送料", "cd"]);
    }

    proptest! {
        #[test]
        fn every_word_is_within_its_bounds(text in "\\PC{0,400}") {
            for word in words(&text) {
                let length = word.chars().count();
                prop_assert!((WORD_LENGTH_MIN..=WORD_LENGTH_MAX).contains(&length));
            }
        }

        #[test]
        fn case_does_not_matter(text in "[a-zA-Z0-9áÉñÜ ]{0,200}") {
            prop_assert_eq!(words(&text.to_uppercase()), words(&text.to_lowercase()));
        }
    }
}

//! Lower-case hexadecimal of 32 bytes, one spelling only: a second spelling of the same bytes would be
//! an alteration that nobody notices.

use std::fmt;

pub(crate) fn write(formatter: &mut fmt::Formatter<'_>, bytes: &[u8; 32]) -> fmt::Result {
    bytes
        .iter()
        .try_for_each(|byte| write!(formatter, "{byte:02x}"))
}

pub(crate) fn parse(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != 32 {
        return None;
    }
    let mut out = [0; 32];
    for (byte, [high, low]) in out.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_lower_case_digits_are_a_hash() {
        assert_eq!(parse(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(parse(&"0F".repeat(32)), None);
        assert_eq!(parse(&"0f".repeat(31)), None);
        assert_eq!(parse(&"0f".repeat(33)), None);
        assert_eq!(parse(&format!("{}0", "0f".repeat(31))), None);
        assert_eq!(parse(&"é".repeat(32)), None);
    }
}

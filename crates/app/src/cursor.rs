//! The place where a page of a list begins, opaque to the reader.
//!
//! Must not know: which lists there are.

use std::{fmt::Display, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use policy::Timestamp;

use crate::error::AppError;

/// What the reader gives back to go on from this place.
pub(crate) fn write_cursor(place: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(place.to_string())
}

/// The place that `read` makes of it.
///
/// # Errors
/// `Invalid` if this server gave no such cursor.
pub(crate) fn read_cursor<Place>(
    cursor: &str,
    read: impl FnOnce(&str) -> Option<Place>,
) -> Result<Place, AppError> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| read(&text))
        .ok_or_else(|| AppError::invalid("cursor", "unknown", "must be a cursor this server gave"))
}

/// A time in microseconds and an id, with a point between.
pub(crate) fn time_and_id<Id: FromStr>(text: &str) -> Option<(Timestamp, Id)> {
    let (time, id) = text.split_once('.')?;
    Some((Timestamp(time.parse().ok()?), id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_leads_back_to_its_place() {
        let cursor = write_cursor(format!("{}.{}", 7, 12));

        let place: (Timestamp, u32) = read_cursor(&cursor, time_and_id).unwrap();

        assert_eq!(place, (Timestamp(7), 12));
    }

    #[test]
    fn cursor_of_a_stranger_is_refused() {
        for cursor in ["", "x", "MS4y", "!!"] {
            let place = read_cursor(cursor, time_and_id::<domain::RequestId>);
            assert!(place.is_err(), "{cursor}");
        }
    }
}

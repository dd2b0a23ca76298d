//! Reaching into JSON with a sentence when something is not there.

use serde_json::Value;

/// Reads parts of an answer by JSON pointer (`/message/seq`).
pub trait Reach {
    /// The value at the pointer; the story fails when it is absent.
    fn at(&self, pointer: &str) -> &Value;
    /// The text at the pointer.
    fn text(&self, pointer: &str) -> String;
    /// The whole number at the pointer.
    fn number(&self, pointer: &str) -> i64;
    /// Whether something other than null stands at the pointer.
    fn has(&self, pointer: &str) -> bool;
    /// The list at the pointer.
    fn list(&self, pointer: &str) -> &[Value];
}

impl Reach for Value {
    fn at(&self, pointer: &str) -> &Value {
        self.pointer(pointer)
            .unwrap_or_else(|| panic!("nothing at {pointer} in {self}"))
    }

    fn text(&self, pointer: &str) -> String {
        let found = self.at(pointer);
        found
            .as_str()
            .unwrap_or_else(|| panic!("{pointer} is no text in {self}"))
            .to_owned()
    }

    fn number(&self, pointer: &str) -> i64 {
        let found = self.at(pointer);
        found
            .as_i64()
            .unwrap_or_else(|| panic!("{pointer} is no whole number in {self}"))
    }

    fn has(&self, pointer: &str) -> bool {
        self.pointer(pointer).is_some_and(|value| !value.is_null())
    }

    fn list(&self, pointer: &str) -> &[Value] {
        let found = self.at(pointer);
        found
            .as_array()
            .unwrap_or_else(|| panic!("{pointer} is no list in {self}"))
    }
}

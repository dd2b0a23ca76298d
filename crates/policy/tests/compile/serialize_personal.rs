//! Personal data cannot be serialised.

use policy::{ContactEmail, Personal};

fn main() {
    let email = Personal::<_, ContactEmail>::new(String::from("ada@shop.example"));
    let _ = serde_json::to_string(&email);
}

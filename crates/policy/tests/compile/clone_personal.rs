//! Personal data cannot be copied.

use policy::{ContactEmail, Personal};

fn main() {
    let email = Personal::<_, ContactEmail>::new(String::from("ada@shop.example"));
    let _copy: Personal<String, ContactEmail> = email.clone();
}

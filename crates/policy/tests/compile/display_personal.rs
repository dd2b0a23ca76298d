//! Personal data has no text form.

use policy::{ContactEmail, Personal};

fn main() {
    let email = Personal::<_, ContactEmail>::new(String::from("ada@shop.example"));
    println!("{email}");
}

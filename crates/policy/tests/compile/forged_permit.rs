//! Only the policy makes permits.

use policy::{Category, Permit, Reading, SupportReply, Timestamp};

fn main() {
    let reading = Reading::own();
    let _permit: Permit<'_, SupportReply> = Permit::new(&reading, &Category::ALL, Timestamp(0));
}

//! A reading comes from the ledger, or says that none is owed.

use policy::Reading;

fn main() {
    let _reading = Reading { _private: () };
}

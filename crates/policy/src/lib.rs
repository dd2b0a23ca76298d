//! The promise: the policy file as a program. Pure, no I/O.
//!
//! [`Policy::parse`] reads a file and tells every fault with line, column and mend; [`Policy::permit`] is the one
//! decision every use of personal data goes through.
//! Must not know: storage, HTTP, the wall clock, any other room.

mod actor;
mod age;
mod category;
pub mod chain;
mod decide;
mod diagnostic;
mod diff;
mod explain;
mod field;
mod model;
mod opt_in;
mod outbound;
pub mod page;
mod parse;
mod permit;
mod personal;
mod policy;
mod purpose;
mod reader;
mod refusal;
mod retention;
pub mod rule;
pub mod shipped;
mod taxonomy;
mod time;
mod validate;
mod word;

pub use actor::{Ask, Channel, Role, Subject};
pub use age::{AGE_YEARS_MAX, BirthMonth, age_refused};
pub use category::*;
pub use decide::PERMIT_MINUTES;
pub use diagnostic::Diagnostic;
pub use diff::{AskAgain, Change, Class, Diff, DiffReport, diff, diff_since};
pub use explain::{ExplainRow, Outcome, explain};
pub use field::{FIELDS, Field};
pub use model::*;
pub use opt_in::{OptInProof, OptInState};
pub use outbound::{Aggregate, Cargo, Composed, Outbound, Parcel, Provider, ThirdParty};
pub use permit::{Permit, Reading};
pub use personal::Personal;
pub use policy::Policy;
pub use purpose::*;
pub use refusal::{Refusal, RefusalCode, VersionRefusal};
pub use retention::{Event, QUIET_DAYS, QUIET_S, Retention};
pub use taxonomy::Taxonomy;
pub use time::{Clock, Timestamp};
pub use word::Word;

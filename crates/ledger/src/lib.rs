//! The proof: a Merkle tree of what was done, signed checkpoints, receipts, offline verification. Pure.
//!
//! Why: anyone who kept a receipt or an old checkpoint can show that an entry was altered, removed or
//! that two histories were told. The tree is that of RFC 6962 and RFC 9162, checkpoints have the text
//! form of C2SP signed notes, so that other tools read them too.
//! Must not know: storage (a [`NodeReader`] gives it nodes), the clock, randomness, any personal value:
//! subjects are keyed commitments, and details hold codes and counts.

mod bundle;
mod checkpoint;
mod entry;
mod evidence;
mod hash;
mod hex;
mod key;
mod memory;
mod proof;
mod receipt;
mod tally;
mod tree;

pub use bundle::{BUNDLE_BYTES_MAX, Bundle, BundleError, Record};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use entry::{Commitment, Entry, EntryKind};
pub use evidence::{
    EVIDENCE_FORMAT, EVIDENCE_LINE_BYTES_MAX, Evidence, EvidenceError, EvidenceHead,
    EvidenceReader, EvidenceWriter, Part, Scope,
};
pub use hash::{Hash, leaf_hash, node_hash};
pub use key::{KeyError, NoteKey};
pub use memory::{Frontier, MemoryNodes, MissingNode};
pub use proof::{verify_consistency, verify_inclusion};
pub use receipt::{Receipt, ReceiptError};
pub use tally::Tally;
pub use tree::{NodeReader, Wanted, append, consistency, inclusion, peaks, root};

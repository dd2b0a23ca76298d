//! Preallocated space that lets a few kinds of command go on when the disk is full.
//!
//! Why: a full disk must not keep anybody from being erased, nor readings from being accounted for while
//! the reserve lasts (`policy-spec` section 3; promise P9).
//! Must not know: what is erased or read.

use std::{fs, io::Write, path::PathBuf};

/// Size of each reserve in bytes: room for about a thousand small commits.
const RESERVE_BYTES: usize = 4 * 1024 * 1024;

/// Which reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// Erasure goes on.
    Erasure,
    /// Keys are destroyed all the same (they live in a database of their own).
    Key,
    /// Readings are still accounted for.
    Reading,
}

impl Reserve {
    /// What the data database needs.
    pub(crate) const DATA: &'static [Self] = &[Self::Erasure, Self::Reading];
    /// What the keys database needs.
    pub(crate) const KEYS: &'static [Self] = &[Self::Key];

    const fn file(self) -> &'static str {
        match self {
            Self::Erasure => "erasure.reserve",
            Self::Key => "key.reserve",
            Self::Reading => "reading.reserve",
        }
    }
}

/// The reserves of one data folder; none for PostgreSQL, whose disk is not ours.
#[derive(Debug, Default)]
pub struct Reserves {
    folder: Option<PathBuf>,
    kinds: &'static [Reserve],
    used: bool,
}

impl Reserves {
    /// Reserves in this folder, written now if they are missing.
    #[must_use]
    pub(crate) fn in_folder(folder: PathBuf, kinds: &'static [Reserve]) -> Self {
        let mut reserves = Self {
            folder: Some(folder),
            kinds,
            used: true,
        };
        reserves.restore();
        reserves
    }

    /// Frees a reserve; whether there was one to free.
    pub(crate) fn release(&mut self, reserve: Reserve) -> bool {
        let Some(folder) = &self.folder else {
            return false;
        };
        self.used = true;
        fs::remove_file(folder.join(reserve.file())).is_ok()
    }

    /// Writes missing reserves again, after a commit went through.
    pub(crate) fn restore(&mut self) {
        let Some(folder) = self.folder.clone().filter(|_| self.used) else {
            return;
        };
        let files = self.kinds.iter().map(|reserve| folder.join(reserve.file()));
        let written = files
            .filter(|file| !file.exists())
            .all(|file| fill(&file).is_ok());
        self.used = !written;
    }
}

/// Writes real bytes: a sparse file would reserve nothing.
fn fill(file: &PathBuf) -> std::io::Result<()> {
    let written = fs::File::create(file).and_then(|mut open| {
        open.write_all(&vec![0x5a; RESERVE_BYTES])?;
        open.sync_all()
    });
    if written.is_err() {
        fs::remove_file(file)?;
    }
    written
}

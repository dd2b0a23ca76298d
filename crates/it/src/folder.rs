//! A folder that lives as long as its story.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A name that no other story of this or another process uses now.
#[must_use]
pub fn unique_name() -> String {
    format!(
        "it_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A temporary folder, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes an empty folder.
    #[must_use]
    pub fn make() -> Self {
        let path = std::env::temp_dir().join(format!("chatham-{}", unique_name()));
        std::fs::create_dir_all(&path).expect("make a temporary folder");
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let is_kept = std::thread::panicking() && std::env::temp_dir().join("keep").exists();
        if !is_kept && let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}

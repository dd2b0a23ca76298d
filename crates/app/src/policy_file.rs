//! The operator's policy file: replaced as a whole, in two steps around the log.
//!
//! Why two steps: the new text lies beside the file before its version is logged, and takes its place after.
//! Whatever stops between the two, the next start finishes it: a file that was published is never refused.
//! Must not know: what a policy says.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::error::AppError;

/// What the prepared text is called: the file's name and this.
const PREPARED: &str = "next";

/// Where the policy file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile(PathBuf);

impl PolicyFile {
    /// The file at this path; a link is followed, so that the file behind it is replaced.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self(fs::canonicalize(&path).unwrap_or(path))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The text as it stands; `None` if there is no such file.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn text(&self) -> io::Result<Option<String>> {
        read(&self.0)
    }

    /// The text that lies prepared, if one does.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn prepared(&self) -> io::Result<Option<String>> {
        read(&self.prepared_path())
    }

    /// Lays the new text beside the file, on disk.
    ///
    /// # Errors
    /// `policy_file_not_writable` with the reason: nothing has happened yet.
    pub fn prepare(&self, text: &str) -> Result<(), AppError> {
        self.write_prepared(text).map_err(|error| {
            let path = self.prepared_path();
            let detail = format!(
                "cannot write {}: {error}; let the server write there, or put the new file in place by \
                 hand and start again",
                path.display()
            );
            AppError::conflict("policy_file_not_writable", detail)
        })
    }

    /// Puts the prepared text in place of the file.
    ///
    /// # Errors
    /// What keeps it from being renamed; the next start tries again.
    pub fn replace(&self) -> io::Result<()> {
        fs::rename(self.prepared_path(), &self.0)?;
        self.sync_folder()
    }

    /// Removes the prepared text.
    pub fn discard(&self) {
        if let Err(error) = fs::remove_file(self.prepared_path())
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "cannot remove a prepared policy file");
        }
    }

    fn write_prepared(&self, text: &str) -> io::Result<()> {
        let path = self.prepared_path();
        let mut file = fs::File::create(&path)?;
        file.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(&self.0) {
            fs::set_permissions(&path, old.permissions())?;
        }
        file.sync_all()?;
        self.sync_folder()
    }

    /// A new name is on disk only when its folder is.
    fn sync_folder(&self) -> io::Result<()> {
        let folder = self
            .0
            .parent()
            .filter(|path| !path.as_os_str().is_empty())
            .unwrap_or_else(|| Path::new("."));
        #[cfg(unix)]
        fs::File::open(folder)?.sync_all()?;
        #[cfg(not(unix))]
        let _unused = folder;
        Ok(())
    }

    fn prepared_path(&self) -> PathBuf {
        let mut name = self.0.file_name().unwrap_or_default().to_owned();
        name.push(".");
        name.push(PREPARED);
        self.0.with_file_name(name)
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

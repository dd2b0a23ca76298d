//! The files of a backup folder: pairs of parts by the time they were written, and which of them may stay.
//!
//! Why few: a key outlives its person by the age of the oldest keys that are kept, so no more than two
//! generations stay, and none for longer than the policy says (`backup.keep_days`).
//! Must not know: what is in the files.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use policy::Timestamp;

/// Generations that stay, however young.
const GENERATIONS_MAX: usize = 2;
/// Files of the folder that are looked at.
const FILES_MAX: usize = 10_000;
const DATA: (&str, &str) = ("data-", ".jsonl");
const KEYS: (&str, &str) = ("keys-", ".age");
/// The end of the name of a file that is still written.
const UNFINISHED: &str = ".part";

/// What was written at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Generation {
    /// The time as it stands in the names, such as `20261124T210000Z`.
    pub(crate) stamp: String,
    /// The data part, if it is there.
    pub(crate) data: Option<PathBuf>,
    /// The keys part, if it is there.
    pub(crate) keys: Option<PathBuf>,
}

/// A part while it is written: under another name until it is whole.
pub(crate) struct Unfinished {
    path: PathBuf,
    name: PathBuf,
}

impl Unfinished {
    /// The data part of a time.
    pub(crate) fn data(folder: &Path, stamp: &str) -> Self {
        Self::named(folder, stamp, DATA)
    }

    /// The keys part of a time.
    pub(crate) fn keys(folder: &Path, stamp: &str) -> Self {
        Self::named(folder, stamp, KEYS)
    }

    fn named(folder: &Path, stamp: &str, (before, after): (&str, &str)) -> Self {
        let name = format!("{before}{stamp}{after}");
        Self {
            path: folder.join(format!("{name}{UNFINISHED}")),
            name: folder.join(name),
        }
    }

    /// Where it is written.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// It is whole: it gets its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        fs::rename(&self.path, &self.name)
    }
}

/// A time as it stands in the names of files; they sort by it.
pub(crate) fn stamp(now: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(now.micros())
        .unwrap_or_default()
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

/// The generations in a folder, newest first.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<Generation>> {
    let mut found: BTreeMap<String, Generation> = BTreeMap::new();
    for file in fs::read_dir(folder)?.take(FILES_MAX) {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let (Some(data), Some(keys)) = (
            name.map(|name| between(name, DATA)),
            name.map(|name| between(name, KEYS)),
        ) else {
            continue;
        };
        let Some(stamp) = data.or(keys).map(str::to_owned) else {
            continue;
        };
        let is_data = data.is_some();
        let generation = found.entry(stamp.clone()).or_default();
        generation.stamp = stamp;
        if is_data {
            generation.data = Some(path);
        } else {
            generation.keys = Some(path);
        }
    }
    Ok(found.into_values().rev().collect())
}

/// Deletes what may not stay, and parts that were never finished; how many generations went. The newest
/// stays, whatever its age.
pub(crate) fn prune(folder: &Path, now: Timestamp, keep_days: u32) -> io::Result<usize> {
    for file in fs::read_dir(folder)?.take(FILES_MAX) {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let ours = |name: &str| name.starts_with(DATA.0) || name.starts_with(KEYS.0);
        if name.is_some_and(|name| ours(name) && name.ends_with(UNFINISHED)) {
            fs::remove_file(path)?;
        }
    }
    let days = i64::from(keep_days).saturating_mul(24 * 60 * 60);
    let oldest = stamp(now.plus_seconds(-days));
    let mut removed = 0;
    for (age, generation) in list(folder)?.into_iter().enumerate().skip(1) {
        if age < GENERATIONS_MAX && generation.stamp >= oldest {
            continue;
        }
        // The keys first: without them the data is nothing.
        for path in generation.keys.into_iter().chain(generation.data) {
            fs::remove_file(path)?;
        }
        removed += 1;
    }
    Ok(removed)
}

fn between<'a>(name: &'a str, (before, after): (&str, &str)) -> Option<&'a str> {
    let stamp = name.strip_prefix(before)?.strip_suffix(after)?;
    let is_stamp = stamp.len() == 16 && stamp.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_stamp.then_some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn folder(days: &[i64]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for day in days {
            let stamp = stamp(Timestamp(0).plus_seconds(day * DAY));
            for part in [
                Unfinished::data(folder.path(), &stamp),
                Unfinished::keys(folder.path(), &stamp),
            ] {
                fs::write(part.path(), b"part").unwrap();
                part.finish().unwrap();
            }
        }
        folder
    }

    fn stamps(folder: &tempfile::TempDir) -> Vec<String> {
        let generations = list(folder.path()).unwrap().into_iter();
        generations.map(|generation| generation.stamp).collect()
    }

    #[test]
    fn two_generations_stay_while_they_are_young() {
        let folder = folder(&[1, 2, 3, 4]);
        let other = folder.path().join("notes.txt");
        fs::write(&other, b"not ours").unwrap();
        let unfinished = Unfinished::keys(folder.path(), "19700102T000000Z");
        fs::write(unfinished.path(), b"half").unwrap();

        let removed = prune(folder.path(), Timestamp(0).plus_seconds(5 * DAY), 30).unwrap();

        assert_eq!(removed, 2);
        assert_eq!(stamps(&folder), ["19700105T000000Z", "19700104T000000Z"]);
        assert!(other.exists());
        assert!(!unfinished.path().exists());
    }

    #[test]
    fn what_is_older_than_the_policy_allows_goes_but_the_newest_stays() {
        let folder = folder(&[1, 2]);

        let removed = prune(folder.path(), Timestamp(0).plus_seconds(90 * DAY), 30).unwrap();

        assert_eq!(removed, 1);
        assert_eq!(stamps(&folder), ["19700103T000000Z"]);
    }

    #[test]
    fn a_part_without_its_other_is_listed_as_such() {
        let folder = folder(&[1, 2]);
        fs::remove_file(folder.path().join("data-19700103T000000Z.jsonl")).unwrap();

        let generations = list(folder.path()).unwrap();

        assert!(generations[0].data.is_none() && generations[0].keys.is_some());
        assert!(generations[1].data.is_some() && generations[1].keys.is_some());
    }
}

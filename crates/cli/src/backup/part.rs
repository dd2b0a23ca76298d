//! The files behind the parts: the data as it is (everything personal in it is sealed), the keys encrypted
//! to a passphrase with `age`, so that the tool of that name opens them too.
//!
//! Must not know: what the parts hold.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Write},
    iter,
    path::Path,
};

use age::{
    Decryptor, Encryptor, Identity, scrypt,
    secrecy::{ExposeSecret, SecretString},
    stream::StreamWriter,
};
use anyhow::Context;
use app::backup::{Sink, Source};

/// Shortest passphrase, in characters: whoever has the file may guess for ever.
const PASSPHRASE_LENGTH_MIN: usize = 16;
/// Longest passphrase file, in bytes.
const PASSPHRASE_BYTES_MAX: u64 = 4_096;

/// Reads a passphrase from a file, its first line; `-` is the standard input.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn read_passphrase(path: &Path) -> anyhow::Result<SecretString> {
    use io::{BufRead, Read};
    let mut line = String::new();
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(PASSPHRASE_BYTES_MAX)
            .read_line(&mut line)
    } else {
        let file = File::open(path);
        file.and_then(|file| BufReader::new(file.take(PASSPHRASE_BYTES_MAX)).read_line(&mut line))
    }
    .with_context(|| format!("read the passphrase from {}", path.display()))?;
    Ok(SecretString::from(
        line.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

/// Refuses a passphrase that would be guessed.
///
/// # Errors
/// If it is shorter than 16 characters.
pub(crate) fn check_passphrase(passphrase: &SecretString) -> anyhow::Result<()> {
    let length = passphrase.expose_secret().chars().count();
    anyhow::ensure!(
        length >= PASSPHRASE_LENGTH_MIN,
        "the passphrase has {length} characters: use at least {PASSPHRASE_LENGTH_MIN}, such as five words"
    );
    Ok(())
}

/// Makes the file of a data part.
///
/// # Errors
/// If it is there already or the disk refuses.
pub(crate) fn data_sink(path: &Path) -> anyhow::Result<Box<dyn Sink>> {
    Ok(Box::new(DataSink(create(path)?)))
}

/// Makes the encrypted file of a keys part.
///
/// # Errors
/// As [`data_sink`].
pub(crate) fn keys_sink(path: &Path, passphrase: SecretString) -> anyhow::Result<Box<dyn Sink>> {
    let encrypted = Encryptor::with_user_passphrase(passphrase).wrap_output(create(path)?);
    Ok(Box::new(KeysSink(encrypted.context("encrypt the keys")?)))
}

/// Opens a data part.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn data_source(path: &Path) -> anyhow::Result<Source> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

/// Opens an encrypted keys part.
///
/// # Errors
/// If it cannot be read, or the passphrase is another.
pub(crate) fn keys_source(path: &Path, passphrase: SecretString) -> anyhow::Result<Source> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let decryptor = Decryptor::new_buffered(BufReader::new(file))
        .with_context(|| format!("{} is no file that age encrypted", path.display()))?;
    let identity = scrypt::Identity::new(passphrase);
    let plain = decryptor
        .decrypt(iter::once(&identity as &dyn Identity))
        .with_context(|| format!("the passphrase does not open {}", path.display()))?;
    Ok(Box::new(BufReader::new(plain)))
}

struct DataSink(BufWriter<File>);

impl Write for DataSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Sink for DataSink {
    fn finish(self: Box<Self>) -> io::Result<()> {
        sync(self.0)
    }
}

struct KeysSink(StreamWriter<BufWriter<File>>);

impl Write for KeysSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Sink for KeysSink {
    fn finish(self: Box<Self>) -> io::Result<()> {
        sync(self.0.finish()?)
    }
}

fn sync(file: BufWriter<File>) -> io::Result<()> {
    file.into_inner()?.sync_all()
}

/// A new file that only its owner reads.
fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path);
    let file = file.with_context(|| format!("make the file {}", path.display()))?;
    Ok(BufWriter::new(file))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn passphrase(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn keys_come_back_with_their_passphrase_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let secret = passphrase("five words that nobody guesses");
        let mut sink = keys_sink(&path, secret.clone()).unwrap();
        sink.write_all(b"key bytes").unwrap();
        sink.finish().unwrap();

        let mut plain = String::new();
        keys_source(&path, secret)
            .unwrap()
            .read_to_string(&mut plain)
            .unwrap();

        assert_eq!(plain, "key bytes");
        let stored = std::fs::read(&path).unwrap();
        assert!(!stored.windows(9).any(|window| window == b"key bytes"));
        assert!(keys_source(&path, passphrase("another passphrase")).is_err());
    }

    #[test]
    fn short_passphrases_are_refused() {
        assert!(check_passphrase(&passphrase("only 15 signs..")).is_err());
        assert!(check_passphrase(&passphrase("just 16 signs ..")).is_ok());
    }

    #[test]
    fn a_passphrase_is_the_first_line_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        std::fs::write(&path, "correct horse battery\r\nsecond line\n").unwrap();

        let read = read_passphrase(&path).unwrap();

        assert_eq!(read.expose_secret(), "correct horse battery");
    }
}

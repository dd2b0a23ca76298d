//! Randomness as it is passed in.

/// Fills bytes from a cryptographic source. The only implementation is in the binary (tests seed theirs).
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Random bytes of a fixed length.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut buffer = [0; N];
    random.fill(&mut buffer);
    buffer
}

//! A stream from which no more than so many bytes are read: a server cannot fill the memory.
//!
//! Must not know: what is read.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Fails reading past its limit; writing is not limited.
#[derive(Debug)]
pub(crate) struct Limited<S> {
    stream: S,
    left: usize,
}

impl<S> Limited<S> {
    pub(crate) const fn new(stream: S, bytes_max: usize) -> Self {
        Self {
            stream,
            left: bytes_max,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len().saturating_sub(before);
        let Some(left) = self.left.checked_sub(read) else {
            buffer.set_filled(before);
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        };
        self.left = left;
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn reading_ends_at_the_limit() {
        let bytes = [7_u8; 100];
        let mut within = Limited::new(&bytes[..], 100);
        let mut beyond = Limited::new(&bytes[..], 99);
        let mut read = Vec::new();

        assert_eq!(within.read_to_end(&mut read).await.unwrap(), 100);
        assert!(beyond.read_to_end(&mut read).await.is_err());
    }
}

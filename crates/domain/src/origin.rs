//! Origins of sites: which pages may carry a widget. Compared exactly, never by pattern.
//!
//! Must not know: requests and headers.

use std::fmt;

use thiserror::Error;

/// Origins of one site.
pub const ORIGINS_MAX: usize = 20;
const HOST_BYTES_MAX: usize = 253;

/// Why a text is no origin of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidOrigin {
    /// Not `scheme://host[:port]`.
    #[error("an origin looks like https://shop.example, without a path")]
    Form,
    /// `http` outside this machine: what visitors write would be readable on the way.
    #[error("an origin begins with https:// (http:// only for localhost and 127.0.0.1)")]
    Insecure,
    /// No pattern is taken.
    #[error("an origin names one host: patterns are not taken")]
    Pattern,
}

/// `scheme://host[:port]` in the form in which browsers send it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SiteOrigin(String);

impl SiteOrigin {
    /// Takes an origin as an owner types it.
    ///
    /// # Errors
    /// If it is not one, holds a pattern, or is not encrypted.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let text = text.trim().to_ascii_lowercase();
        if text.contains('*') {
            return Err(InvalidOrigin::Pattern);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidOrigin::Form)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split_port(rest)?;
        let default_port = match scheme {
            "https" => 443,
            "http" if is_loopback(host) => 80,
            "http" => return Err(InvalidOrigin::Insecure),
            _ => return Err(InvalidOrigin::Form),
        };
        if !is_host(host) {
            return Err(InvalidOrigin::Form);
        }
        Ok(Self(match port.filter(|port| *port != default_port) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }))
    }

    /// The origin of an absolute address, such as `https://chat.example.com/console`.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of_url(url: &str) -> Result<Self, InvalidOrigin> {
        let (scheme, rest) = url.split_once("://").ok_or(InvalidOrigin::Form)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = rest.get(..end).ok_or(InvalidOrigin::Form)?;
        Self::parse(&format!("{scheme}://{host}"))
    }

    /// Whether a browser's `Origin` header names this origin. Byte for byte: `null` and patterns never do.
    #[must_use]
    pub fn matches(&self, header: &str) -> bool {
        self.0 == header
    }

    /// The origin as browsers send it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn split_port(rest: &str) -> Result<(&str, Option<u16>), InvalidOrigin> {
    let host_end = match rest.strip_prefix('[') {
        Some(_) => rest.find(']').ok_or(InvalidOrigin::Form)? + 1,
        None => rest.find(':').unwrap_or(rest.len()),
    };
    let (host, port) = rest.split_at_checked(host_end).ok_or(InvalidOrigin::Form)?;
    if port.is_empty() {
        return Ok((host, None));
    }
    let digits = port.strip_prefix(':').ok_or(InvalidOrigin::Form)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidOrigin::Form);
    }
    let port: u16 = digits.parse().map_err(|_| InvalidOrigin::Form)?;
    Ok((host, Some(port).filter(|port| *port > 0)))
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

/// A name in ASCII (browsers send other scripts as `xn--`), an IPv4 address or a bracketed IPv6 one.
fn is_host(host: &str) -> bool {
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= HOST_BYTES_MAX && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_taken_in_the_form_browsers_send() {
        for (typed, origin) in [
            ("https://shop.example", "https://shop.example"),
            (" HTTPS://Shop.Example/ ", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("https://shop.example:8443", "https://shop.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://shop.localhost", "http://shop.localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            (
                "https://xn--bcher-kva.example",
                "https://xn--bcher-kva.example",
            ),
        ] {
            assert_eq!(SiteOrigin::parse(typed).unwrap().as_str(), origin);
        }
    }

    #[test]
    fn what_is_not_one_encrypted_origin_is_refused() {
        use InvalidOrigin::{Form, Insecure, Pattern};
        for (typed, why) in [
            ("shop.example", Form),
            ("null", Form),
            ("https://", Form),
            ("https://shop.example/path", Form),
            ("https://shop.example?x", Form),
            ("https://user@shop.example", Form),
            ("https://shop.example:", Form),
            ("https://shop.example:99999", Form),
            ("https://shop_example", Form),
            ("https://bücher.example", Form),
            ("ftp://shop.example", Form),
            ("javascript://x", Form),
            ("http://shop.example", Insecure),
            ("http://localhost.evil.example", Insecure),
            ("https://*.shop.example", Pattern),
            ("*", Pattern),
        ] {
            assert_eq!(SiteOrigin::parse(typed), Err(why), "{typed}");
        }
    }

    #[test]
    fn only_the_very_same_origin_matches() {
        let origin = SiteOrigin::parse("https://shop.example").unwrap();

        assert!(origin.matches("https://shop.example"));
        for header in [
            "http://shop.example",
            "https://shop.example.evil.example",
            "https://evil-shop.example",
            "https://www.shop.example",
            "https://shop.example:8443",
            "https://shop.example/",
            "https://SHOP.example",
            "null",
            "",
        ] {
            assert!(!origin.matches(header), "{header}");
        }
    }

    #[test]
    fn origin_of_an_address_leaves_the_path_out() {
        let origin = SiteOrigin::of_url("https://chat.example.com:8443/console?x#y").unwrap();

        assert_eq!(origin.as_str(), "https://chat.example.com:8443");
    }
}

//! Where a sending goes: an address that was parsed, and which numbers behind its name are refused.
//!
//! Why after resolution: a name may stand for anything, and may stand for something else a moment later; what is
//! checked is the number that is connected to.
//! Must not know: the policy.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use hyper::Uri;

/// Characters of an address.
const URL_CHARS_MAX: usize = 2_048;

/// An `https` address without a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// Name of the host, in small letters.
    pub(crate) name: String,
    /// Port.
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) path: String,
}

/// Why a text is no address to send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAddress {
    /// Not `https`.
    Plain,
    /// Anything else.
    Form,
}

impl Address {
    /// Reads an address.
    pub(crate) fn parse(text: &str) -> Result<Self, NoAddress> {
        if text.len() > URL_CHARS_MAX || text.contains('#') {
            return Err(NoAddress::Form);
        }
        let uri: Uri = text.parse().map_err(|_| NoAddress::Form)?;
        if uri.scheme_str() != Some("https") {
            return Err(NoAddress::Plain);
        }
        let authority = uri.authority().ok_or(NoAddress::Form)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(NoAddress::Form);
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => 443,
            Some(port) => port
                .trim_start_matches(':')
                .parse()
                .map_err(|_| NoAddress::Form)?,
            None => return Err(NoAddress::Form),
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            name: authority.host().to_ascii_lowercase(),
            port,
            path: path.to_owned(),
        })
    }

    /// `name:port`, as the policy lists it.
    pub(crate) fn host(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "https://{}:{}{}",
            self.name, self.port, self.path
        )
    }
}

/// Whether a number may be connected to: only what is routed publicly (IANA special-purpose registries, RFC 6890).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

/// Mapped, translated and tunnelled numbers are judged by the number inside or refused.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inside) = address.to_ipv4_mapped() {
        return is_public_v4(inside);
    }
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002 | 0x3fff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_without_a_sign_in_is_an_address() {
        let address = Address::parse("https://CRM.example/hook?a=b").unwrap();
        assert_eq!(address.host(), "crm.example:443");
        assert_eq!(address.path, "/hook?a=b");
        let with_port = Address::parse("https://crm.example:8443").unwrap();
        assert_eq!(
            (with_port.host().as_str(), with_port.path.as_str()),
            ("crm.example:8443", "/")
        );

        assert_eq!(Address::parse("http://crm.example/"), Err(NoAddress::Plain));
        assert_eq!(Address::parse("ftp://crm.example/"), Err(NoAddress::Plain));
        let long = format!("https://crm.example/{}", "a".repeat(URL_CHARS_MAX));
        for text in [
            "crm.example",
            "https://",
            "https://user:word@crm.example/",
            "https://crm.example/#part",
            "https://crm.example:99999/",
            "https://crm example/",
            long.as_str(),
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_are_not_public_are_refused_in_every_form() {
        for text in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "1.1.1.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}

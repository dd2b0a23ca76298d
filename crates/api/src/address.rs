//! The address a request came from, for limits only. It is never stored, logged or passed on.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// Addresses of proxies that may say whom they speak for.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<Network>);

#[derive(Debug, Clone, Copy)]
struct Network {
    base: u128,
    bits: u32,
}

impl TrustedProxies {
    /// Parses `127.0.0.1, 10.0.0.0/8, 2001:db8::/32`; empty trusts nobody.
    ///
    /// # Errors
    /// The part that is no address or network.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts
            .map(Network::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let bits = mapped(address);
        self.0.iter().any(|network| network.holds(bits))
    }

    /// Who really asked: the last address of `X-Forwarded-For` that is no trusted proxy, and only if the
    /// connection comes from one. A client's own header is ignored.
    #[must_use]
    pub(crate) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer.ip()) {
            return peer.ip();
        }
        let forwarded = headers.get_all("x-forwarded-for").iter();
        let hops: Vec<&str> = forwarded
            .filter_map(|value| value.to_str().ok())
            .flat_map(|all| all.split(','))
            .collect();
        for hop in hops.iter().rev() {
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            if !self.trusts(address) {
                return address;
            }
        }
        peer.ip()
    }

    /// Whether connections from this address are a proxy's, which may hold many.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.trusts(address)
    }
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no address or network such as 10.0.0.0/8");
        let (address, length) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (offset, whole) = if address.is_ipv4() {
            (96, 32)
        } else {
            (0, 128)
        };
        let length = if length.is_empty() {
            whole
        } else {
            length.parse().map_err(|_| wrong())?
        };
        if length > whole {
            return Err(wrong());
        }
        Ok(Self {
            base: mapped(address),
            bits: offset + length,
        })
    }

    fn holds(self, address: u128) -> bool {
        let shift = 128 - self.bits;
        shift >= 128 || (address >> shift) == (self.base >> shift)
    }
}

fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    }

    #[test]
    fn header_of_a_stranger_is_ignored() {
        let proxies = TrustedProxies::parse("10.0.0.0/8").unwrap();
        let peer = "192.0.2.1:4000".parse().unwrap();

        assert_eq!(
            proxies.client(peer, &headers("203.0.113.9")).to_string(),
            "192.0.2.1"
        );
    }

    #[test]
    fn last_untrusted_hop_behind_a_proxy_is_the_client() {
        let proxies = TrustedProxies::parse("10.0.0.0/8, 2001:db8::/32").unwrap();
        let peer = "10.1.1.1:4000".parse().unwrap();

        let client = proxies.client(peer, &headers("198.51.100.1, 203.0.113.9, 10.2.2.2"));

        assert_eq!(client.to_string(), "203.0.113.9");
        assert!(proxies.is_proxy("2001:db8::7".parse().unwrap()));
    }

    #[test]
    fn wrong_network_is_named() {
        assert!(
            TrustedProxies::parse("10.0.0.0/33")
                .unwrap_err()
                .contains("10.0.0.0/33")
        );
    }
}

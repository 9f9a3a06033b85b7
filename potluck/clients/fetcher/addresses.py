"""Which addresses a page may be fetched from: the public ones, by a positive rule.

Judged is always the *resolved* address, never the text of a URL: `127.1`, `0x7f000001` and
`2130706433` are names to a parser and loopback to the resolver.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), IANA
IPv6 Global Unicast Address Assignments (only 2000::/3 is handed out). Python's own `is_global`
is asked as well, but alone it lets through multicast, 192.88.99.0/24, fec0::/10, ::/96,
64:ff9b::/96 and, in older releases, 3fff::/20.
"""

import ipaddress
import socket

_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private use (RFC 1918)
        "100.64.0.0/10",  # shared by carriers (RFC 6598); some clouds' metadata lives here
        "127.0.0.0/8",  # loopback (RFC 1122)
        "168.63.129.16/32",  # Azure's host services, public in form only (Azure documentation)
        "169.254.0.0/16",  # link-local (RFC 3927); most clouds' metadata
        "172.16.0.0/12",  # private use (RFC 1918)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "192.168.0.0/16",  # private use (RFC 1918)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 1112)
        "240.0.0.0/4",  # reserved, with limited broadcast (RFC 1112, RFC 8190)
    )
)
#: The only part of IPv6 that holds public hosts. Outside are loopback, mapped and compatible IPv4,
#: NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local, link-local, site-local, multicast, SRv6.
_GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments (RFC 2928), with Teredo and ORCHID
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4: carries any IPv4 address inside (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)


def is_public(address: str) -> bool:
    """Whether `address`, one resolved IPv4 or IPv6 address, is of the public internet.

    Anything that is not plainly an address, such as one with a zone (`fe80::1%eth0`), is not.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not parsed.is_global:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _REFUSED_V4)
    if parsed.scope_id is not None or parsed not in _GLOBAL_UNICAST_V6:
        return False
    return not any(parsed in network for network in _REFUSED_V6)


def is_own(address: str) -> bool:
    """Whether `address` belongs to this machine, public or not.

    Connecting a datagram socket sends nothing; it only makes the system choose a route, and the
    route to an own address starts at that same address.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return str(probe.getsockname()[0]) == str(probe.getpeername()[0])
    except OSError:
        return False

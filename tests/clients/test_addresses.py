import socket

import pytest

from potluck.clients.fetcher.addresses import is_own, is_public
from potluck.clients.fetcher.dialling import resolve_host
from potluck.core.errors import FetchRefused
from tests.clients.net import Net

NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.1.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:fbfe:80ff:fffe",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:5db8:d822::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:2800::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "",
    "recipes.example",
    "127.1",
    "2130706433",
]
PUBLIC_ADDRESSES = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "192.0.1.1",
    "100.128.0.1",
    "223.255.255.255",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2001:200::1",
    "2a00:1450:4001::1",
    "3ffe::1",
]


class TestPublicAddresses:
    """K-04: only the public internet, judged by the resolved address."""

    @pytest.mark.parametrize("address", NOT_PUBLIC)
    def test_k04_special_address_is_not_public(self, address: str) -> None:
        assert is_public(address) is False

    @pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
    def test_host_of_the_internet_is_public(self, address: str) -> None:
        assert is_public(address) is True

    @pytest.mark.parametrize("address", NOT_PUBLIC)
    async def test_k04_name_that_leads_to_it_is_refused_and_not_dialled(
        self, address: str, net: Net
    ) -> None:
        net.names["evil.example"] = [[address]]
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://evil.example/", asker="ada")
        assert net.dialled == []

    @pytest.mark.parametrize(
        "text", ["127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0"]
    )
    async def test_k04_numbers_that_resolvers_understand_lead_to_refused_addresses(
        self, text: str
    ) -> None:
        answers = await resolve_host(text, 80)
        assert answers
        assert not any(map(is_public, answers))


class TestOwnAddresses:
    """K-04: this machine is no target even where its address is public."""

    def test_loopback_is_own(self) -> None:
        assert is_own("127.0.0.1") is True

    def test_address_of_a_network_card_is_own(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("93.184.216.34", 9))
            except OSError:
                pytest.skip("this machine has no network card with a route")
            assert is_own(probe.getsockname()[0]) is True

    @pytest.mark.parametrize("address", ["93.184.216.34", "not an address"])
    def test_address_of_another_machine_is_not_own(self, address: str) -> None:
        assert is_own(address) is False

    async def test_k04_own_public_address_is_refused_and_not_dialled(self, net: Net) -> None:
        async with net.fetcher(is_own=lambda _address: True) as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://self.example/", asker="ada")
        assert net.dialled == []

import pytest

from potluck.clients.fetcher.targets import host_port, read_target
from potluck.core.errors import FetchRefused
from tests.clients.net import Net
from tests.dial_recorder import DialRecorder

REFUSED_SPELLINGS = [
    "",
    "recipes.example/soup",
    "//recipes.example/soup",
    "file:///etc/passwd",
    "ftp://recipes.example/soup",
    "gopher://recipes.example:80/_GET",
    "data:text/html,<p>soup",
    "javascript:alert(1)",
    "ws://recipes.example/",
    "http:///soup",
    "http:soup",
    "http://user@recipes.example/",
    "http://user:secret@recipes.example/",
    "http://recipes.example%40127.0.0.1@127.0.0.1/",
    "http://recipes.example\\@127.0.0.1/",
    "http://127.0.0.1\\.recipes.example/",
    "http://recipes.example:22/",
    "http://recipes.example:8080/",
    "https://recipes.example:6379/",
    "http://recipes.example:0/",
    "http://recipes.example:99999/",
    "http://recipes.example:http/",
    "http://recipes.example\r\nX-Injected: 1/",
    "http://recipes.example\t/",
    "http://recipes..example/",
    "http://.recipes.example/",
    "http://localhost./",
    "http://recipes%2eexample/",
    "http://recipes example/",
    "http://[fe80::1%25eth0]/",
    "http://[::1/",
    "http://127.1/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0/",
    "http://recipes.example.0x1/",
    "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://" + "a" * 64 + ".example/",
    "http://recipes.example/" + "a" * 2_048,
    "http://recipes.example/" + "\u00e9" * 700,
]


class TestReadingAnAddress:
    """K-01: http and https, usual ports, no user information; decided before any look-up."""

    @pytest.mark.parametrize("spelling", REFUSED_SPELLINGS)
    async def test_k01_hostile_spelling_is_refused_without_a_look_up(
        self, spelling: str, net: Net, recorder: DialRecorder
    ) -> None:
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page(spelling, asker="ada")
        assert net.lookups == []
        assert recorder.dialled == []

    @pytest.mark.parametrize(
        ("spelling", "url", "host", "port"),
        [
            ("HTTP://Recipes.Example/Soup", "http://recipes.example/Soup", "recipes.example", 80),
            ("https://recipes.example", "https://recipes.example", "recipes.example", 443),
            ("http://recipes.example:443/", "http://recipes.example:443/", "recipes.example", 443),
            ("https://küche.example/ö", "https://xn--kche-0ra.example/%C3%B6",
             "xn--kche-0ra.example", 443),
            ("https://my_food.example/?q=a b", "https://my_food.example/?q=a%20b",
             "my_food.example", 443),
            ("https://[2606:2800::1]/", "https://[2606:2800::1]/", "2606:2800::1", 443),
        ],
    )  # fmt: skip
    def test_usual_address_is_read(self, spelling: str, url: str, host: str, port: int) -> None:
        target = read_target(spelling)
        assert (str(target.url), target.host, target.port) == (url, host, port)

    def test_fragment_is_not_sent(self) -> None:
        assert (
            str(read_target("https://a.example/soup?x=1#step-2").url)
            == "https://a.example/soup?x=1"
        )

    def test_dots_of_other_scripts_do_not_hide_an_ip_address(self) -> None:
        assert read_target("http://127\u30020\u30020\u30021/").host == "127.0.0.1"


class TestExceptions:
    """The operator's list lifts the port rule for exactly the pairs that it holds."""

    def test_listed_pair_may_use_its_port(self) -> None:
        target = read_target("http://NAS.home:8080/", allow={"nas.home:8080"})
        assert (target.is_exception, target.port) == (True, 8080)

    @pytest.mark.parametrize(
        "address", ["http://nas.home:8081/", "http://other.home:8080/", "http://a.nas.home:8080/"]
    )
    def test_neighbour_of_a_listed_pair_is_refused(self, address: str) -> None:
        with pytest.raises(FetchRefused):
            read_target(address, allow={"nas.home:8080"})

    def test_listing_one_port_does_not_lift_the_address_rule_for_another(self) -> None:
        assert read_target("http://nas.home/", allow={"nas.home:8080"}).is_exception is False

    def test_ipv6_pair_is_written_in_brackets(self) -> None:
        assert host_port("fd00::1", 8080) == "[fd00::1]:8080"
        assert read_target("http://[fd00::1]:8080/", allow={"[fd00::1]:8080"}).is_exception

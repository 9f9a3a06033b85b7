"""What is made of Reddit's answers, and what is not believed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from potluck.clients.ideas import BadAnswer, Idea
from potluck.clients.reddit_listing import TITLE_MAX, read_listing, read_token
from tests.reddit_server import listing, post


def read(*posts: Any, limit: int = 25) -> list[Idea]:
    return read_listing(json.dumps(listing(list(posts))).encode(), source="recipes", limit=limit)


def link_of(**changes: Any) -> str | None:
    (idea,) = read(post("1abc", **changes))
    return idea.link


def title_of(title: str) -> str | None:
    return next((idea.title for idea in read(post("1abc", title=title))), None)


class TestPosts:
    def test_become_ideas(self) -> None:
        assert read(post("1abc", score=812, num_comments=40)) == [
            Idea(
                id="reddit:1abc",
                source="recipes",
                title="Soup 1abc",
                url="https://www.reddit.com/r/recipes/comments/1abc/soup/",
                link="https://kitchen.example/1abc",
                score=812,
                comments=40,
                posted_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
            )
        ]

    def test_keep_their_order_up_to_the_limit(self) -> None:
        assert [idea.id for idea in read(post("c"), post("a"), post("b"), limit=2)] == [
            "reddit:c",
            "reddit:a",
        ]

    def test_behind_the_most_that_are_sent_are_not_looked_at(self) -> None:
        pinned = [post("a", stickied=True)] * 99
        assert [idea.id for idea in read(*pinned, post("b"), post("c"))] == ["reddit:b"]

    @pytest.mark.parametrize("flag", ["stickied", "over_18"])
    def test_that_are_not_for_everybody_make_room_for_others(self, flag: str) -> None:
        assert [idea.id for idea in read(post("a", **{flag: True}), post("b"), limit=1)] == [
            "reddit:b"
        ]

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": "../x"},
            {"id": ""},
            {"id": 7},
            {"title": None},
            {"title": " \x00\n"},
            {"title": "\u200b\u202e\u2066"},
            {"title": "x" * 100_000},
            {"title": "half \ud83c a character"},
            {"title": "e" + "\u0301" * 40},
            {"permalink": "https://evil.example/"},
            {"permalink": "@evil.example/"},
            {"permalink": "/r/a b"},
            {"permalink": "/" + "x" * 5000},
            {"score": "812"},
            {"score": True},
            {"score": 1.5},
            {"score": 10**400},
            {"score": None},
            {"num_comments": -1},
            {"created_utc": float("nan")},
            {"created_utc": float("inf")},
            {"created_utc": -1},
            {"created_utc": 1e300},
            {"created_utc": "2026-03-01"},
            {"over_18": "no"},
            {"stickied": None},
        ],
        ids=lambda changes: ascii(changes)[:60],
    )
    def test_that_are_odd_are_passed_over(self, changes: dict[str, Any]) -> None:
        assert [idea.id for idea in read(post("a") | changes, post("b"))] == ["reddit:b"]

    def test_that_are_no_posts_are_passed_over(self) -> None:
        body = listing([post("b")])
        body["data"]["children"] += [
            None,
            7,
            [],
            {},
            {"kind": "t1", "data": post("c")},
            {"data": 1},
        ]
        ideas = read_listing(json.dumps(body).encode(), source="recipes", limit=25)
        assert [idea.id for idea in ideas] == ["reddit:b"]


class TestTitle:
    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ("Mac &amp; cheese", "Mac & cheese"),
            ("&lt;b&gt;Bold&lt;/b&gt;", "<b>Bold</b>"),
            ("&amp;lt;i&amp;gt;", "&lt;i&gt;"),
            (" Two\n lines\tand   blanks ", "Two lines and blanks"),
            ("a\x00b\x1b[31mc\x7f\x9bd", "ab[31mcd"),
            ("Cre\u0300me", "Crème"),
            ("&#0;&#x1b;Pie", "\ufffdPie"),
            ("👩‍🍳 Soup", "👩‍🍳 Soup"),
        ],
        ids=ascii,
    )
    def test_is_one_line_of_text(self, sent: str, shown: str) -> None:
        assert title_of(sent) == shown

    def test_has_a_bound(self) -> None:
        assert title_of("ab" * TITLE_MAX) == "ab" * (TITLE_MAX // 2)


class TestLink:
    @pytest.mark.parametrize(
        "url",
        [
            "https://kitchen.example/soup",
            "http://kitchen.example:8080/soup.html?x=1#top",
            "https://kitchen.example/",
            "https://notreddit.com/soup",
            "https://myredd.it/soup",
            "https://kitchen.example/jpg",
            "https://kitchen.example/soup?picture=a.jpg",
        ],
    )
    def test_of_a_page_outside_is_kept(self, url: str) -> None:
        assert link_of(url=url) == url

    @pytest.mark.parametrize(
        "url",
        [
            "https://i.redd.it/abc",
            "https://v.redd.it/abc",
            "https://www.reddit.com/gallery/1abc",
            "https://old.reddit.com./r/recipes/comments/1abc/",
            "https://I.REDD.IT/abc.jpeg",
            "https://pictures.example/soup.JPG",
            "https://pictures.example/soup.gifv?x=1",
            "https://pictures.example/soup.mp4#t=1",
            "/r/recipes/comments/1abc/",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://kitchen.example/",
            "https://",
            "https://[::1",
            "https://kitchen.example/a b",
            "https://kitchen.example/" + "x" * 2048,
            "",
            None,
        ],
        ids=lambda url: str(url)[:40],
    )
    def test_that_leads_to_no_page_is_none(self, url: str | None) -> None:
        assert link_of(url=url) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"is_self": True},
            {"is_gallery": True},
            {"is_video": True},
            {"post_hint": "image"},
            {"post_hint": "hosted:video"},
        ],
        ids=repr,
    )
    def test_of_a_text_or_picture_is_none(self, changes: dict[str, Any]) -> None:
        assert link_of(**changes) is None

    def test_is_freed_of_the_three_entities_that_are_written_and_no_other(self) -> None:
        assert link_of(url="https://kitchen.example/?a=1&amp;copy=2&lt;3") == (
            "https://kitchen.example/?a=1&copy=2<3"
        )


class TestNoListing:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<!doctype html><title>Sign in</title>",
            b'{"kind": "Listing", "data": {"children": [',
            b"[]",
            b"null",
            b"7",
            b'{"message": "Not Found", "error": 404}',
            b'{"kind": "wikipage", "data": {"children": []}}',
            b'{"kind": "Listing", "data": {"children": {}}}',
            b'{"kind": "Listing", "data": null}',
            b"[" * 100_000,
            b'{"n": ' + b"9" * 10_000 + b"}",
            b"\xff\xfe\xfd",
        ],
        ids=lambda body: repr(body[:20]),
    )
    def test_is_a_bad_answer(self, body: bytes) -> None:
        with pytest.raises(BadAnswer):
            read_listing(body, source="recipes", limit=25)

    def test_an_empty_one_is_fine(self) -> None:
        assert read() == []


class TestToken:
    def test_is_read_with_its_life(self) -> None:
        token = read_token(b'{"access_token": "abc", "expires_in": 120, "scope": "*"}')
        assert (token.access_token, token.expires_in) == ("abc", 120)
        assert "abc" not in repr(token)

    def test_lives_an_hour_if_that_is_not_said(self) -> None:
        assert read_token(b'{"access_token": "abc"}').expires_in == 3600

    @pytest.mark.parametrize(
        "body",
        [
            b'{"error": "unsupported_grant_type"}',
            b'{"access_token": ""}',
            b'{"access_token": "a\\r\\nX-Evil: 1"}',
            b'{"access_token": "abc", "expires_in": 0}',
            b'{"access_token": "abc", "expires_in": "soon"}',
            b"<html>",
        ],
    )
    def test_that_is_none_is_a_bad_answer(self, body: bytes) -> None:
        with pytest.raises(BadAnswer):
            read_token(body)

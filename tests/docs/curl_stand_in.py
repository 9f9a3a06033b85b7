"""Does what our pages ask of curl, where there is no curl: `curl` on the PATH of a test."""

import argparse
import sys
import urllib.error
import urllib.parse
import urllib.request


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-X")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d", action="append", default=[], dest="data")
    parser.add_argument("--data-urlencode", action="append", default=[], dest="fields")
    parser.add_argument("-D", choices=["-"])
    parser.add_argument("-o")
    parser.add_argument("--write-out")
    asked = parser.parse_args()

    for field in asked.fields:
        name, _, value = field.partition("=")
        asked.data.append(f"{name}={urllib.parse.quote(value)}")
    request = urllib.request.Request(  # noqa: S310 - addresses of our own pages
        asked.url,
        data="&".join(asked.data).encode() if asked.data else None,
        headers={name: value.strip() for name, _, value in (h.partition(":") for h in asked.H)},
        method=asked.X,
    )
    try:
        answer = urllib.request.urlopen(request, timeout=30)  # noqa: S310
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        if asked.D:
            sys.stdout.write(f"HTTP/1.1 {answer.status}\r\n")
            sys.stdout.writelines(f"{n}: {v}\r\n" for n, v in answer.headers.items())
        body = answer.read().decode()
        if not asked.o:
            sys.stdout.write(body)
        if asked.write_out:
            sys.stderr.write(f"{answer.status}\n")


if __name__ == "__main__":
    main()

"""Codes that standards define: language tags, currencies, time zones."""

import re
from functools import cache
from zoneinfo import available_timezones

#: RFC 5646, 4.4.1: the length that every application has to keep.
LANGUAGE_TAG_MAX = 35

# RFC 5646, section 2.1, in its order: language, script, region, variants, extensions, private use;
# then a tag of private use alone; then the irregular tags that the grammar names one by one.
_LANGUAGE_TAG = re.compile(
    r"""
    (?: (?: [a-z]{2,3} (?: -[a-z]{3} ){0,3} | [a-z]{4,8} )
        (?: -[a-z]{4} )?
        (?: -(?: [a-z]{2} | [0-9]{3} ) )?
        (?: -(?: [a-z0-9]{5,8} | [0-9][a-z0-9]{3} ) )*
        (?: -[0-9a-wy-z] (?: -[a-z0-9]{2,8} )+ )*
        (?: -x (?: -[a-z0-9]{1,8} )+ )?
      | x (?: -[a-z0-9]{1,8} )+
      | en-gb-oed | sgn-(?: be-fr | be-nl | ch-de )
      | i-(?: ami | bnn | default | enochian | hak | klingon | lux | mingo | navajo | pwn
            | tao | tay | tsu )
    )
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)

#: ISO 4217, list one: the currencies and funds in use, with the metals and the two codes for
#: "no currency" and "test".
_ISO_4217 = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN
    BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY
    KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB
    XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_ISO_4217.split())


def is_language_tag(tag: str) -> bool:
    """Whether `tag` is well-formed by RFC 5646 (BCP 47), without regard to letter case."""
    return len(tag) <= LANGUAGE_TAG_MAX and _LANGUAGE_TAG.fullmatch(tag) is not None


def is_currency(code: str) -> bool:
    """Whether `code` is a currency of ISO 4217, in capitals."""
    return code in CURRENCIES


def is_time_zone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA database, as spelled there."""
    return name in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime"})

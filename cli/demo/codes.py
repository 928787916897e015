"""What people write in a cell, and the code that the contract has for it."""

import re
import unicodedata
from collections.abc import Mapping

from phonenumbers import SUPPORTED_REGIONS

from clew.lead.v1 import lead_pb2

# What people write for a source: the channel's code. Referrals were given to us; the rest answered publicity.
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "web_form": ("官网", "官网表单", "网站", "表单", "在线表单", "website", "web", "web form", "form"),
    "trade_show": ("展会", "会展", "线下展会", "trade show", "tradeshow", "exhibition", "expo", "fair"),
    "wecom": ("企业微信", "企微", "微信", "wecom", "wechat"),
    "referral": ("转介绍", "推荐", "客户推荐", "员工推荐", "老客户推荐", "内部推荐", "referral", "recommendation"),
    "partner": ("合作伙伴", "渠道伙伴", "代理商", "partner", "reseller"),
    "online_ad": (
        "广告",
        "线上广告",
        "百度",
        "百度推广",
        "抖音",
        "信息流",
        "online ad",
        "ads",
        "google ads",
        "paid search",
    ),
    "phone_enquiry": ("电话", "电话咨询", "来电", "400电话", "热线", "phone", "call", "hotline", "inbound call"),
    "webinar": ("直播", "网络研讨会", "研讨会", "在线研讨会", "webinar", "live stream"),
    "white_paper": ("白皮书", "资料下载", "内容下载", "white paper", "whitepaper", "content download", "download"),
    "email_marketing": ("邮件营销", "邮件", "edm", "email", "newsletter"),
    "social_media": ("社交媒体", "小红书", "微博", "公众号", "知乎", "linkedin", "social", "social media"),
    "public_register": ("工商", "工商信息", "公开名录", "名录", "public register", "directory"),
}
DIRECT = {"referral", "partner"}
NOT_SAID, OTHER = "not_said", "other"
CHANNEL_OF = {spelling: channel for channel, spellings in CHANNELS.items() for spelling in spellings}

COUNTRIES = {
    spelling: code
    for code, spellings in {
        "CN": ("中国", "中国大陆", "china", "prc"),
        "HK": ("香港", "中国香港", "hong kong"),
        "TW": ("台湾", "中国台湾", "taiwan"),
        "US": ("美国", "united states", "usa", "u.s.", "u.s.a."),
        "CA": ("加拿大", "canada"),
        "GB": ("英国", "united kingdom", "uk", "great britain"),
        "DE": ("德国", "germany", "deutschland"),
        "FR": ("法国", "france"),
        "ES": ("西班牙", "spain", "españa"),
        "IT": ("意大利", "italy"),
        "NL": ("荷兰", "netherlands", "the netherlands"),
        "JP": ("日本", "japan"),
        "KR": ("韩国", "south korea", "korea"),
        "SG": ("新加坡", "singapore"),
        "MY": ("马来西亚", "malaysia"),
        "TH": ("泰国", "thailand"),
        "VN": ("越南", "vietnam"),
        "ID": ("印度尼西亚", "印尼", "indonesia"),
        "IN": ("印度", "india"),
        "AU": ("澳大利亚", "澳洲", "australia"),
        "BR": ("巴西", "brazil", "brasil"),
        "MX": ("墨西哥", "mexico"),
        "AE": ("阿联酋", "united arab emirates", "uae"),
        "RU": ("俄罗斯", "russia"),
    }.items()
    for spelling in spellings
}
SENIORITY = {
    "staff": ("员工", "专员", "工程师", "顾问", "staff", "specialist", "engineer"),
    "manager": ("经理", "主管", "主任", "manager"),
    "director": ("总监", "部长", "director", "head of"),
    "executive": (
        "总经理",
        "总裁",
        "董事长",
        "副总",
        "创始人",
        "ceo",
        "cto",
        "cio",
        "cfo",
        "coo",
        "founder",
        "president",
    ),
}
URGENCIES = {
    lead_pb2.URGENCY_HIGH: ("高", "紧急", "急", "本月", "high", "urgent", "hot", "a"),
    lead_pb2.URGENCY_MEDIUM: ("中", "一般", "本季度", "半年内", "medium", "normal", "warm", "b"),
    lead_pb2.URGENCY_LOW: ("低", "不急", "暂无", "low", "cold", "c"),
}
SENIORITY_OF = {word: seniority for seniority, words in SENIORITY.items() for word in words}
URGENCY_OF = {word: urgency for urgency, words in URGENCIES.items() for word in words}
UNITS = {
    "": 1,
    "千": 1_000,
    "k": 1_000,
    "万": 10_000,
    "w": 10_000,
    "m": 1_000_000,
    "百万": 1_000_000,
    "亿": 100_000_000,
}


def channel_of(source: str) -> str:
    """A channel's code; what is written in letters and digits is taken as it is."""
    if not source:
        return NOT_SAID
    plain = unicodedata.normalize("NFKC", source).strip().casefold()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:64] if plain.isascii() else ""
    return CHANNEL_OF.get(plain) or slug or OTHER


def source_kind(channel: str) -> lead_pb2.SourceKind:
    return lead_pb2.SOURCE_KIND_DIRECT if channel in DIRECT else lead_pb2.SOURCE_KIND_INDIRECT


def country_of(country: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country's name or code; nothing said → empty; not understood → None."""
    if not country:
        return ""
    code = country.strip().upper()
    return code if code in SUPPORTED_REGIONS else COUNTRIES.get(country.strip().casefold())


def urgency_of(urgency: str) -> lead_pb2.Urgency | None:
    if not urgency:
        return lead_pb2.URGENCY_UNSPECIFIED
    return URGENCY_OF.get(urgency.strip().casefold())


def seniority_of(title: str) -> str:
    """By the longest word that a title contains: 总经理 is an executive, 经理 a manager. Else empty."""
    plain = title.casefold()
    words = [word for word in SENIORITY_OF if word in plain]
    return SENIORITY_OF[max(words, key=len)] if words else ""

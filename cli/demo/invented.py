"""Invented people and companies: names as they are common, numbers that are plainly made up."""

from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN_NAMES = (
    *("伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "明", "霞", "平", "刚"),
    *("秀英", "丽华", "建国", "志强", "晓雨", "思远", "雨桐", "子涵", "浩然", "欣怡", "梓萱", "宇轩", "佳琪", "文博"),
    *("海燕", "立新", "春梅", "国栋", "雪梅", "振华", "晓峰", "玉兰", "嘉欣", "俊杰", "天宇", "诗涵", "若曦", "一鸣"),
)
FOREIGN_NAMES = {
    "US": ("Emily Carter", "Michael Reed", "Sarah Nguyen", "David Brooks", "Olivia Hayes", "James Porter"),
    "CA": ("Chloe Tremblay", "Liam Macdonald", "Noah Singh"),
    "DE": ("Jürgen Müller", "Anna Schäfer", "Lukas Weiß"),
    "GB": ("Harriet Clarke", "Oliver Bennett"),
    "FR": ("Camille Lefèvre", "Hugo Bernard"),
    "JP": ("Sato Yuki", "Tanaka Haruto"),
    "SG": ("Tan Wei Ming", "Lim Hui Ling"),
    "AU": ("Jack Wilson", "Mia Thompson"),
}
COUNTRY_NAMES = {
    "US": "美国",
    "CA": "加拿大",
    "DE": "德国",
    "GB": "英国",
    "FR": "法国",
    "JP": "日本",
    "SG": "新加坡",
    "AU": "澳大利亚",
}
# Area codes of which the exchange 555-01xx is kept for fiction; elsewhere nobody gets a number here.
FICTION_AREAS = {"US": ("202", "212", "310", "415"), "CA": ("416", "604")}

CITIES = (
    *(("上海", "上海"), ("江苏", "苏州"), ("江苏", "南京"), ("江苏", "无锡"), ("浙江", "杭州"), ("浙江", "宁波")),
    *(("安徽", "合肥"), ("广东", "深圳"), ("广东", "广州"), ("广东", "东莞"), ("福建", "厦门"), ("广西", "南宁")),
    *(("北京", "北京"), ("天津", "天津"), ("湖北", "武汉"), ("四川", "成都"), ("陕西", "西安"), ("山东", "青岛")),
)
COMPANY_WORDS = (
    *("华兴", "鼎诚", "远航", "博创", "宏达", "瑞丰", "天翼", "金桥", "恒通", "新锐", "云帆", "蓝海", "锦程", "卓越"),
    *(
        "汇智",
        "盛邦",
        "启明",
        "联创",
        "凯悦",
        "东方",
        "正泰隆",
        "中科源",
        "海纳",
        "星辰",
        "德信",
        "康宁",
        "万象",
        "润泽",
    ),
)
# Industry, and how a company's name says it.
TRADES = (
    *(("制造业", "精密机械"), ("制造业", "自动化设备"), ("软件和信息服务", "软件"), ("软件和信息服务", "信息技术")),
    *(("医疗健康", "医疗科技"), ("教育", "教育咨询"), ("零售", "商贸"), ("物流", "供应链管理"), ("金融", "融资租赁")),
    *(("建筑工程", "建设工程"), ("新能源", "新能源科技"), ("食品饮料", "食品")),
)
FOREIGN_COMPANIES = (
    "Northwind Robotics",
    "Blue Harbor Logistics",
    "Aster Medical",
    "Rheintal Antriebe",
    "Kestrel Foods",
)
TITLES = (
    "采购经理",
    "总经理",
    "信息部主任",
    "技术总监",
    "运营总监",
    "采购专员",
    "市场经理",
    "副总裁",
    "创始人",
    "工程师",
    "",
)
FOREIGN_TITLES = ("Procurement Manager", "CTO", "Operations Director", "Founder", "Engineer", "")
SIZES = ("20人", "50-99人", "100-499人", "500人", "1000-4999人", "8000人", "")
# With the share of submissions that each brings.
SOURCES = (
    *(("官网表单", 26), ("展会", 18), ("企业微信", 10), ("百度推广", 12), ("白皮书", 8), ("直播", 7), ("电话咨询", 7)),
    *(("转介绍", 6), ("合作伙伴", 4), ("抖音", 2)),
)
CAMPAIGNS = {
    "展会": ("2026上海工博会", "2026广交会春季"),
    "直播": ("春季新品直播",),
    "百度推广": ("搜索推广-Q1",),
    "白皮书": ("智能制造白皮书",),
}
PRODUCTS = ("clew-cloud", "clew-onprem", "data-gateway", "")
BUDGETS = ("5万", "10-20万", "30万", "¥80,000", "120万", "", "", "")
URGENCIES = ("高", "中", "中", "低", "", "")
TAGS = ("老板亲自咨询", "比价中", "要求演示", "二次来访", "国产化", "")
ROLE_MAILBOXES = ("info", "sales", "service", "contact")
CREDIT_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def chinese_name(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES)


def mobile_number(number: int) -> str:
    """The nth number of a block: well-formed, and with its zeros plainly made up."""
    return f"1990000{number:04d}"


def fiction_number(rng: Random, country: str, number: int) -> str:
    return f"+1 {rng.choice(FICTION_AREAS[country])} 555 01{number:02d}"


def in_characters(number: int) -> str:
    """A number as it may stand in a company's name: 27 → 二七."""
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def credit_code(number: int) -> str:
    """A unified social credit code (GB 32100) with its check character, of an authority that does not exist."""
    body = f"91990000{number:09d}"
    weighed = sum(CREDIT_CODE_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + CREDIT_CODE_LETTERS[-weighed % 31]

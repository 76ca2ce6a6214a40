"""A small index: the newborn bundle among other matters, with the words people use."""

from yiwang.commons.search import commands
from yiwang.commons.search.contracts import Document, Synonym
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("test")
NEWBORN = "newborn"
BUNDLES = (
    Document(
        key=NEWBORN,
        title="新生儿出生一件事",
        keywords=("宝宝出生", "出生联办"),
        text="出生医学证明、户口登记、医保参保、社会保障卡一次办好，五个部门联办。",
        payload={"url": "/bundles/newborn"},
        boost=1.3,
    ),
    Document(key="retire", title="退休一件事", text="养老保险、医保、公积金提取一次办好。", boost=1.3),
)
MATTERS = (
    Document(
        key="household", title="户口登记（出生）", keywords=("出生登记", "落户"), text="出生一个月内到派出所申报。"
    ),
    Document(key="social-card", title="社会保障卡申领", keywords=("社保卡办理",)),
    Document(key="insurance", title="城乡居民基本医疗保险参保登记", keywords=("居民医保参保",)),
    Document(key="certificate", title="出生医学证明（首次签发）", keywords=("出生证",)),
    Document(key="licence", title="营业执照办理", text="个体工商户登记"),
    Document(key="restaurant", title="食品经营许可", keywords=("开饭店", "餐饮许可")),
    Document(key="residence", title="居住证申领", keywords=("暂住证",)),
    Document(key="fund", title="住房公积金提取（离退休）"),
    Document(key="card-en", title="Social security card", language="en"),
)
SYNONYMS = (
    Synonym("孩子出生了", ("新生儿出生一件事",)),
    Synonym("生孩子", ("新生儿出生一件事",)),
    Synonym("上户口", ("户口登记", "新生儿出生一件事")),
    Synonym("宝宝", ("新生儿",), two_way=True),
    Synonym("社保卡", ("社会保障卡",), two_way=True),
    Synonym("医保", ("医疗保险",), two_way=True),
    Synonym("开店", ("营业执照",)),
)


def index() -> None:
    at = clock.now()
    commands.index_documents(kind="bundle", docs=BUNDLES, by=SYSTEM, at=at)
    commands.index_documents(kind="matter", docs=MATTERS, by=SYSTEM, at=at)
    commands.add_synonyms(synonyms=SYNONYMS, source="pack:test", by=SYSTEM, at=at)

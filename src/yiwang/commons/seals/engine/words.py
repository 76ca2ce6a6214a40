"""The sentences of `wording`: code → Chinese, English."""

from collections.abc import Mapping
from typing import Final

TERMS: Final[Mapping[str, tuple[str, str]]] = {
    "seal": ("印章", "the seal"),
    "value": ("签章值", "the signature value"),
}

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # structures
    "asn1.cut": ("内容不完整（第 {at} 字节处）", "cut off at byte {at}"),
    "asn1.deep": ("嵌套超过 {limit} 层", "nested deeper than {limit}"),
    "asn1.many": ("内部项目超过 {limit} 个", "more than {limit} values inside"),
    "asn1.large": ("大小 {size} 字节，超过上限 {limit}", "{size} bytes, more than {limit}"),
    "asn1.trailing": ("第 {at} 字节之后有多余内容", "followed by other bytes from {at}"),
    "asn1.tag": ("第 {at} 字节处的类型是 {found}，应为 {wanted}", "type {found} at byte {at}, expected {wanted}"),
    "asn1.count": ("第 {at} 字节处的项目数不符（{found}）", "wrong number of members at byte {at} ({found})"),
    "asn1.value": ("第 {at} 字节处的 {what} 有误", "bad {what} at byte {at}"),
    "asn1.time": ("不是有效的时间：{text}", "not a time: {text}"),
    # packages
    "zip.none": ("不是 OFD 文件（ZIP 文件包）", "not an OFD file (ZIP package)"),
    "zip.large": ("文件 {size} 字节，超过上限 {limit}", "the file has {size} bytes, more than {limit}"),
    "zip.end": ("文件包的目录已损坏，或首尾有多余内容", "the package's directory is damaged or has extra bytes"),
    "zip.many": ("文件包内有 {count} 个文件，超过上限 {limit}", "{count} files in the package, more than {limit}"),
    "zip.method": ("文件包内“{name}”的压缩方式不能接受", "“{name}” is packed in a way that is not accepted"),
    "zip.path": ("文件包内有不安全的路径“{name}”", "an unsafe path in the package: “{name}”"),
    "zip.twice": (
        "文件包内有重名（或仅大小写不同）的文件“{name}”",
        "two files of the same name in the package: “{name}”",
    ),
    "zip.bomb": ("文件包内“{name}”展开后过大，已停止", "“{name}” unpacks to too much; stopped"),
    "zip.total": ("文件包展开后超过上限 {limit} 字节", "the package unpacks to more than {limit} bytes"),
    "zip.cut": ("文件包内“{name}”不完整", "“{name}” in the package is cut off"),
    "zip.differs": ("文件包内“{name}”的前后记载不一致", "the package contradicts itself about “{name}”"),
    "zip.damaged": ("文件包内“{name}”已损坏", "“{name}” in the package is damaged"),
    "zip.folder": ("文件包内的文件夹“{name}”带有内容", "the folder “{name}” in the package holds bytes"),
    "zip.slack": (
        "文件包第 {at} 字节附近有不属于任何文件的内容",
        "bytes that belong to no file near {at} in the package",
    ),
    # XML and places
    "xml.limits": ("“{part}”过大或嵌套过深", "“{part}” is too large or too deep"),
    "xml.entities": ("“{part}”含有 DTD 或实体声明，已拒绝", "“{part}” holds a DTD or an entity; refused"),
    "xml.malformed": ("“{part}”不是合格的 XML", "“{part}” is no well-formed XML"),
    "xml.root": ("“{part}”不是所需的 {wanted} 结构", "“{part}” is no {wanted}"),
    "ofd.none": ("文件包内没有 OFD.xml，不是 OFD 文件", "no OFD.xml in the package: not an OFD file"),
    "ofd.bodies": ("文件含有 {count} 个文档，不支持在其上加盖", "the file has {count} documents; can't be sealed here"),
    "ofd.missing": ("文件包内缺少“{name}”", "“{name}” is missing in the package"),
    "ofd.ambiguous": ("路径“{location}”可指两个文件", "the location “{location}” may mean two files"),
    "ofd.outside": ("路径“{location}”超出文件包", "the location “{location}” leads out of the package"),
    "ofd.lists": ("文件有多个签名列表", "the file has several lists of signatures"),
    "ofd.listed_twice": ("同一个签名在列表中出现两次", "a signature is listed twice"),
    "ofd.many": ("签名超过 {limit} 个", "more than {limit} signatures"),
    # making
    "make.suite": ("电子印章须用 SM2 密钥", "seals need an SM2 key"),
    "make.empty": ("印章须有图案和签章人证书", "a seal needs a picture and a signer's certificate"),
    "make.range": ("印章的尺寸、位置或期限超出范围", "size, place or time of the seal is out of range"),
    "make.ascii": ("只能使用 ASCII 字符：{text}", "only ASCII is possible here: {text}"),
    "make.page": ("没有第 {page} 页（共 {count} 页）", "there is no page {page} (of {count})"),
    "make.closed": (
        "先前的签名保护了签名列表，不允许再加盖",
        "an earlier signature protects the list of signatures: no further one is possible",
    ),
    # reading seals
    "seal.no_seal": ("不是电子印章结构", "not an electronic seal"),
    "seal.version": ("不支持的印章版本 {version}", "unsupported version {version} of seals"),
}

"""The sentences of `wording`: code → Chinese, English."""

from collections.abc import Mapping
from typing import Final

TERMS: Final[Mapping[str, tuple[str, str]]] = {
    "signer": ("签章人", "the signer"),
    "maker": ("制章人", "the seal's maker"),
    "stamper": ("时间戳服务", "the time stamp service"),
    "document": ("文件", "document"),
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
    "ofd.bodies": ("文件含有 {count} 个文档，不支持", "the file has {count} documents, which is not supported"),
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
    "seal.unreadable": ("不能读取印章：{reason}", "the seal can't be read: {reason}"),
    "seal.wrong": (
        "印章上的制章人签名无效：印章是伪造的，或已被改动",
        "the maker's signature on the seal is wrong: the seal is forged or was changed",
    ),
    "seal.content": ("印章内容不能确认是制章人所制", "the seal's content is not known to be its maker's"),
    "seal.other": (
        "文件中的印章与签章值中的印章不是同一枚",
        "the seal in the file is not the one in the signature value",
    ),
    "seal.not_listed": (
        "签章人的证书不在印章的签章人名单中，无权使用这枚印章",
        "the signer's certificate is not listed in the seal: no right to use it",
    ),
    "seal.not_then": (
        "签章时（{at}）印章不在有效期内（{span}）",
        "the seal ({span}) was not in force when it was used ({at})",
    ),
    "seal.made_later": (
        "印章（{made}）在签章（{at}）之后才制作",
        "the seal was made ({made}) after it was used ({at})",
    ),
    "seal.not_now": ("印章现在不在有效期内（{span}）", "the seal is not in force now ({span})"),
    # signature values
    "value.unreadable": ("不能读取签章值：{reason}", "the signature value can't be read: {reason}"),
    "value.bare": (
        "签名中没有签名人证书，无法判断是谁签的",
        "a bare signature without a certificate: who signed can't be judged",
    ),
    "value.no_seal": ("只有数字签名，没有电子印章", "a digital signature only, without a seal"),
    "value.no_document": (
        "只有签章值，没有被签章的文件：请核验完整的 OFD 或 PDF 文件",
        "only the signature value is here: check the whole OFD or PDF file",
    ),
    "value.property": (
        "签章值所记原文是“{told}”，实为“{path}”",
        "the value says it is for “{told}”; it stands at “{path}”",
    ),
    "value.versions": ("签章值为版本 {value}，印章为版本 {seal}", "the value has version {value}, the seal {seal}"),
    "sig.wrong": (
        "签名值不符：签名后内容被改动，或不是该证书的持有人所签",
        "the signature is wrong: what was signed was changed, or another signed it",
    ),
    "sig.algorithm": ("不支持签名算法 {oid}", "signature algorithm {oid} is not supported"),
    "sig.not_der": ("结构不是规范的 DER 编码", "the structure is not in distinguished encoding (DER)"),
    "cms.none": ("不是可识别的签名数据（GB/T 35275）", "no signed data of a known form (GB/T 35275)"),
    "cms.signers": ("签名数据有 {count} 个签名人，只支持一个", "{count} signers; only one is supported"),
    "cms.hash": ("不支持摘要算法 {oid}", "hash algorithm {oid} is not supported"),
    "cms.no_certificate": ("签名数据中没有签名人的证书", "the signer's certificate is not in the signed data"),
    "data.differs": (
        "签名后“{what}”被改动（摘要不符）",
        "“{what}” was changed after it was signed (another digest)",
    ),
    # times
    "time.none": (
        "没有可读的签章时间，无法判断当时是否有效",
        "no readable time of signing: validity then can't be judged",
    ),
    "time.future": ("签章时间 {at} 在将来", "the time of signing {at} lies in the future"),
    "time.claimed": (
        "签章时间 {at} 由签章人自述，没有时间戳证明",
        "the time of signing {at} is the signer's own word; no time stamp proves it",
    ),
    "time.two": ("文件记载了两个签章时间：{one} 和 {other}", "two times of signing are told: {one} and {other}"),
    "stamp.unreadable": ("带有时间戳，但不能读取：{reason}", "there is a time stamp, but it can't be read: {reason}"),
    "stamp.wrong": (
        "时间戳（{at}）无效：不是对这个签名所盖",
        "the time stamp ({at}) is wrong or for another signature",
    ),
    "stamp.holds": ("时间戳 {at} 与签名相符", "the time stamp {at} fits the signature"),
    # certificates
    "cert.unreadable": ("{role}的证书不能读取", "the certificate of {role} can't be read"),
    "cert.withdrawn": ("{role}的证书已被停用：{subject}", "the certificate of {role} is withdrawn: {subject}"),
    "cert.fault": ("{role}的证书不可信：{reason}", "the certificate of {role} is not good: {reason}"),
    "cert.purpose": (
        "{role}的证书是为其他用途签发的（如网站、时间戳），不能用来签章：{subject}",
        "the certificate of {role} is for another purpose (a server, time stamps), not for signing: {subject}",
    ),
    "cert.remark": ("{role}的证书：{reason}", "the certificate of {role}: {reason}"),
    "cert.not_then": (
        "{role}的证书有效期为 {span}，不含判断时间 {at}",
        "the certificate of {role} ({span}) was not in force at {at}",
    ),
    "chain.no_roots": (
        "没有给出受信任的根证书，无法判断证书是否可信：请用 --roots 指定根证书文件，或由本系统管理员配置信任列表",
        "no trusted root was given: name a file of roots by --roots, or have the administrator set up the trust list",
    ),
    "chain.no_status": (
        "无法确认{role}的证书未被吊销（{reason}）：请用 --crl 提供吊销列表",
        "whether the certificate of {role} is revoked is not known ({reason}): give a revocation list by --crl",
    ),
    "trust.file": (
        "不能读取信任列表文件 {name}：{detail}",
        "the file {name} of the trust list can't be read: {detail}",
    ),
    "trust.unreadable": ("信任列表中有文件不能读取：{reason}", "a file of the trust list can't be read: {reason}"),
    # what an OFD signature protects
    "ofd.unsigned": ("文件没有电子签章或数字签名", "the file bears no seal and no signature"),
    "ref.none": ("签名没有列出所保护的文件", "the signature lists no files that it protects"),
    "ref.many": ("签名所列的文件超过 {limit} 个", "the signature lists more than {limit} files"),
    "ofd.heavy": (
        "各签名的描述合计超过 {limit} 字节",
        "the descriptions of all signatures have more than {limit} bytes",
    ),
    "ref.method": ("不支持摘要方法“{method}”", "the digest method “{method}” is not supported"),
    "ref.weak": ("摘要方法 {method} 已不安全", "the digest method {method} is no longer safe"),
    "ref.changed": ("签章后被改动：{names}", "changed after sealing: {names}"),
    "ref.keyed": (
        "所用摘要方法是带密钥的 SM3，按不带密钥计算也不相符",
        "the digest method is SM3 with a key; without one it does not match either",
    ),
    "ref.list": (
        "这个签名保护了签名列表，但列表后来有改动（又加了签名）",
        "this signature protects the list of signatures, which was changed later (another signature was added)",
    ),
    "ref.missing": ("签章后被删除：{names}", "removed after sealing: {names}"),
    "ref.case": ("“{name}”的大小写与文件包中不同", "“{name}” differs in case from the name in the package"),
    "ref.unprotected": (
        "有 {count} 个文件不受任何签名保护（可能是签章后加入的）：{names}",
        "{count} files that no signature protects (may have been added after sealing): {names}",
    ),
    "ref.later": (
        "第 {number} 个签名不保护其后加入的文件（由别的签名保护）：{names}",
        "signature {number} does not cover files added after it (others do): {names}",
    ),
    "zip.not_ours": (
        "文件包不是签章时的样子，已被别的程序改写",
        "the package is not as it was written at sealing: something rewrote it",
    ),
    "zip.minor": (
        "文件包内“{name}”前后两处的时间或版本记载不一致",
        "two notes of time or version about “{name}” disagree",
    ),
    "zip.overlap": ("文件包内“{name}”与另一个文件重叠", "“{name}” overlaps another file in the package"),
    "seal.self_made": (
        "印章是签章人自己制作的（{subject}），不是制章机构所制",
        "the seal was made by its own signer ({subject}), not by a maker of seals",
    ),
    "seal.no_maker": (
        "无法确认制章人“{subject}”有权制作印章：请用 --makers 指定制章机构的证书，或由本系统管理员配置信任列表",
        "whether “{subject}” may make seals is not known: name the makers' certificates by --makers, or set up the trust list",
    ),
    "stamp.no_service": (
        "时间戳（{at}）的证书不是时间戳服务证书",
        "the time stamp ({at}) is not by a certificate for time stamping",
    ),
    "stamp.earlier": (
        "自述的签章时间 {at} 晚于时间戳 {stamp}，互相矛盾",
        "the told time of signing {at} is later than the time stamp {stamp}: they contradict",
    ),
    "cert.revoked_since": (
        "{role}的证书在签章时间之后被吊销（{reason}），而签章时间如无时间戳只是自述",
        "the certificate of {role} was revoked after the time of signing ({reason}); without a time stamp that time is only told",
    ),
    "ref.core": (
        "第 {number} 个签名没有保护决定显示内容的文件：{names}",
        "signature {number} does not protect files that decide what is shown: {names}",
    ),
    "ref.unlisted": (
        "有签名不在签名列表中（可能被人从列表删去）：{names}",
        "signatures that are not on the list (someone may have taken them off): {names}",
    ),
    "zip.renamed": (
        "文件包内“{name}”带有另一个名称或大小，不同软件会读成不同内容",
        "“{name}” in the package carries another name or size: programs would read different things",
    ),
    "file.unreadable": ("文件不能读取，已拒绝", "the file can't be read; refused"),
    "file.unknown": ("不是 OFD、PDF、电子印章或签章值", "neither OFD nor PDF nor a seal nor a signed value"),
    "file.large": ("文件超过上限 {limit} 字节", "the file is larger than {limit} bytes"),
    # PDF
    "pdf.none": ("不是 PDF 文件", "not a PDF file"),
    "pdf.large": ("PDF 文件 {size} 字节，超过上限 {limit}", "the PDF has {size} bytes, more than {limit}"),
    "pdf.many": ("PDF 文件中的签名超过 {limit} 个", "more than {limit} signatures in the PDF"),
    "pdf.range": (
        "PDF 签名的保护范围（ByteRange）有误：文件被改动，或不完整",
        "the range that a signature covers (ByteRange) is wrong: the file was changed or cut off",
    ),
    "pdf.contents": ("PDF 中的签名值已损坏", "the signature value in the PDF is damaged"),
    "pdf.form": ("签名值中不受签名保护的部分被改动", "a part of the signature value that nothing protects was changed"),
    "pdf.unsigned": ("PDF 文件没有签名", "the PDF has no signature"),
    "pdf.added": (
        "最后一个签名之后又添加了 {bytes} 字节内容，没有签名保护",
        "{bytes} bytes were added after the last signature; nothing protects them",
    ),
    "pdf.changed": (
        "第 {number} 个签名之后，文件内容被后来的修改变动",
        "what signature {number} covers was changed by a later update",
    ),
    "pdf.not_compared": (
        "无法判断各次签名之间文件内容是否变动",
        "whether the content was changed between the signatures could not be found out",
    ),
    "pdf.stamps": (
        "已有签名的 PDF 文件每次只能在一处加盖印章",
        "a PDF that is signed already takes one stamp at a time",
    ),
    "pdf.page": ("PDF 文件没有第 {page} 页", "the PDF has no page {page}"),
    "pdf.picture": ("印章图案不是可用的 PNG 图片", "the seal's picture is no PNG that can be used"),
    "pdf.encrypted": ("PDF 文件已加密，不能盖章", "the PDF is encrypted and can't be sealed"),
    "pdf.damaged": ("PDF 文件的结构有误，不能盖章", "the PDF's structure is wrong; it can't be sealed"),
}

"""Name constraints (RFC 5280 4.2.1.10): which names an authority was allowed to certify.

Directory names, DNS names, mail addresses and IP addresses are compared; a constraint of another kind excludes every
name of that kind.
"""

import ipaddress
from collections.abc import Sequence

from cryptography import x509

from .certificates import Certificate, name_key

MAX_COMPARISONS = 5_000


def excludes(constraints: x509.NameConstraints, certificate: Certificate) -> bool:
    """Whether any name of the certificate lies outside. Too many comparisons count as outside."""
    permitted, excluded = constraints.permitted_subtrees or [], constraints.excluded_subtrees or []
    names = _names(certificate)
    if len(names) * (len(permitted) + len(excluded)) > MAX_COMPARISONS:
        return True
    return any(_outside(name, permitted, excluded) for name in names)


def _names(certificate: Certificate) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = list(certificate.alternative_names)
    if certificate.subject_name:
        names.append(x509.DirectoryName(certificate.subject_attributes))
    for attribute in certificate.subject_attributes.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS):
        try:
            names.append(x509.RFC822Name(str(attribute.value)))
        except ValueError:  # no address that a constraint could permit
            names.append(x509.RFC822Name("invalid@invalid"))
    return names


def _outside(
    name: x509.GeneralName, permitted: Sequence[x509.GeneralName], excluded: Sequence[x509.GeneralName]
) -> bool:
    kind = type(name)
    allowed = [base for base in permitted if type(base) is kind]
    if allowed and not any(_inside(name, base, unknown=False) for base in allowed):
        return True
    return any(_inside(name, base, unknown=True) for base in excluded if type(base) is kind)


def _inside(name: x509.GeneralName, base: x509.GeneralName, *, unknown: bool) -> bool:
    if isinstance(name, x509.DirectoryName) and isinstance(base, x509.DirectoryName):
        prefix = name_key(base.value)
        return name_key(name.value)[: len(prefix)] == prefix
    if isinstance(name, x509.IPAddress) and isinstance(base, x509.IPAddress):
        network = base.value
        if isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network):
            return name.value in network if name.value.version == network.version else False
        return unknown
    if isinstance(name, x509.DNSName) and isinstance(base, x509.DNSName):
        return _domain(name.value, base.value)
    if isinstance(name, x509.RFC822Name) and isinstance(base, x509.RFC822Name):
        mail, wanted = name.value.casefold(), base.value.casefold()
        return mail == wanted if "@" in wanted else _host(mail.rpartition("@")[2], wanted)
    return unknown


def _domain(name: str, base: str) -> bool:
    host, suffix = name.casefold().rstrip("."), base.casefold().strip(".")
    return not suffix or host == suffix or host.endswith("." + suffix)


def _host(host: str, wanted: str) -> bool:
    return host.endswith(wanted) if wanted.startswith(".") else host == wanted

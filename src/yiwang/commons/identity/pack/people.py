"""`people.yaml`: demonstration residents, officials with their posts, and legal entities. All are marked as samples."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    AccountKind,
    AlreadyHeld,
    Grade,
    LegalEntityKind,
    RepresentationKind,
    Sex,
    Tree,
)
from yiwang.commons.identity.pack import organisations
from yiwang.commons.identity.pack.regions import places
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.codes import InvalidCode, validate_credit_code, validate_id_number, validate_mobile
from yiwang.kernel.packs import Document, PackReader, Tally, pack_part
from yiwang.kernel.packs.reader import load_schema

FILE: Final = "people.yaml"
_SCHEMA: Final = Path(__file__).parent / "schemas" / "people.json"


def _document(reader: PackReader) -> Document | None:
    if not reader.exists(FILE):
        return None
    return reader.yaml(FILE, schema=load_schema(_SCHEMA))


def _people(file: Document) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for group in ("residents", "officials"):
        for index, entry in enumerate(file.data.get(group, [])):
            yield group, index, entry


@pack_part("people", order=30)
class PeoplePart:
    """Checks and loads demonstration people."""

    def check(self, reader: PackReader) -> None:
        """Codes are valid and agree with sex and date of birth; nobody twice; organisations, roles, regions exist."""
        file = _document(reader)
        if file is None:
            return
        known_regions = places(reader)
        seen: dict[str, str] = {}
        for group, index, entry in _people(file):
            _check_person(reader, file, (group, index), entry, seen)
            if entry.get("region") and entry["region"] not in known_regions:
                _fault(reader, file, (group, index, "region"), f"没有地区 {entry['region']}", "改为 regions 中的 key")
        _check_posts(reader, file)
        _check_entities(reader, file, seen)

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        """People by ID number, accounts by user name, entities by credit code; what exists is left alone."""
        file = _document(reader)
        if file is None:
            return Tally()
        loading = _Loading(reader, file, by, at)
        return loading.run()


def _fault(reader: PackReader, file: Document, place: tuple[str | int, ...], message: str, mend: str) -> None:
    reader.report.add(file.file, file.line(*place), message, mend)


def _check_person(
    reader: PackReader, file: Document, place: tuple[str, int], entry: Mapping[str, Any], seen: dict[str, str]
) -> None:
    for column in ("username", "id_number"):
        if entry[column] in seen:
            _fault(reader, file, (*place, column), f"{column} {entry[column]} 重复", "每人一个")
        seen[entry[column]] = entry["username"]
    try:
        parsed = validate_id_number(entry["id_number"])
        if parsed.birth_date.isoformat() != entry["birth_date"] or parsed.sex.value != entry["sex"]:
            _fault(reader, file, (*place, "id_number"), "身份证号码与出生日期或性别不一致", "改正其中之一")
    except InvalidCode as error:
        _fault(reader, file, (*place, "id_number"), str(error), "用演示号码（顺序码 001 至 009）")
    try:
        validate_mobile(entry["mobile"])
    except InvalidCode as error:
        _fault(reader, file, (*place, "mobile"), str(error), "用演示号码 1990000nnnn")


def _check_posts(reader: PackReader, file: Document) -> None:
    known = organisations.document(reader)
    codes = {entry["code"] for entry in known.data["organisations"]} if known else set()
    roles: Mapping[str, Any] = known.data.get("roles", {}) if known else {}
    for index, entry in enumerate(file.data.get("officials", [])):
        if entry["organisation"] not in codes:
            place = ("officials", index, "organisation")
            _fault(reader, file, place, f"没有机构 {entry['organisation']}", "改为 organisations.yaml 中的代码")
        for number, post in enumerate(entry["posts"]):
            place_of_post = ("officials", index, "posts", number)
            if post["organisation"] not in codes:
                message = f"没有机构 {post['organisation']}"
                _fault(reader, file, (*place_of_post, "organisation"), message, "改为 organisations.yaml 中的代码")
            if post["role"] not in roles:
                _fault(reader, file, (*place_of_post, "role"), f"没有岗位 {post['role']}", f"可用：{'、'.join(roles)}")


def _check_entities(reader: PackReader, file: Document, seen: Mapping[str, str]) -> None:
    for index, entry in enumerate(file.data.get("legal_entities", [])):
        try:
            validate_credit_code(entry["credit_code"])
        except InvalidCode as error:
            _fault(reader, file, ("legal_entities", index, "credit_code"), str(error), "改正代码")
        for username in (entry["representative"], *(agent["person"] for agent in entry.get("agents", []))):
            if username not in seen:
                _fault(reader, file, ("legal_entities", index), f"没有用户 {username}", "改为本文件中的 username")


class _Loading:
    """One load: what was looked up, and the count of what was done."""

    def __init__(self, reader: PackReader, file: Document, by: Actor, at: datetime) -> None:
        self.file, self.by, self.at = file, by, at
        self.tally = Tally()
        self.people: dict[str, UUID] = {}
        self.fresh_accounts: list[UUID] = []
        regions = places(reader)
        refs = queries.regions_by_code(codes=[place.code for place in regions.values()], viewer=by)
        self.regions = {key: refs[place.code].id for key, place in regions.items() if place.code in refs}
        stated = organisations.document(reader)
        self.actions = {key: role["actions"] for key, role in stated.data.get("roles", {}).items()} if stated else {}

    def run(self) -> Tally:
        for group, _index, entry in _people(self.file):
            changed = self._person(entry)
            changed |= self._account(entry, AccountKind.PERSON if group == "residents" else AccountKind.OFFICIAL)
            self._count(changed)
        for entry in self.file.data.get("legal_entities", []):
            self._count(self._entity(entry))
        if self.fresh_accounts:
            commands.set_sample_passwords(
                account_ids=self.fresh_accounts, password=self.file.data["password"], by=self.by, at=self.at
            )
        return self.tally

    def _count(self, changed: bool) -> None:
        if changed:
            self.tally.created += 1
        else:
            self.tally.unchanged += 1

    def _person(self, entry: Mapping[str, Any]) -> bool:
        known = queries.find_person(id_number=entry["id_number"], viewer=self.by)
        if known is not None:
            self.people[entry["username"]] = known.id
            return False
        self.people[entry["username"]] = commands.register_person(
            name=entry["name"],
            id_number=entry["id_number"],
            sex=Sex(entry["sex"]),
            birth_date=date.fromisoformat(entry["birth_date"]),
            nation=entry.get("nation", ""),
            mobile=entry["mobile"],
            region_id=self.regions.get(entry.get("region", "")),
            address=entry.get("address"),
            sample=True,
            by=self.by,
            at=self.at,
        )
        return True

    def _account(self, entry: Mapping[str, Any], kind: AccountKind) -> bool:
        known = queries.account_by_username(username=entry["username"], viewer=self.by)
        if known is None:
            account_id = commands.create_account(
                username=entry["username"],
                password=None,
                kind=kind,
                person_id=self.people[entry["username"]],
                sample=True,
                by=self.by,
                at=self.at,
            )
            self.fresh_accounts.append(account_id)
        else:
            account_id = known.id
        posted = False
        for post in entry.get("posts", []):
            posted |= self._post(account_id, entry["organisation"], post)
        return known is None or posted

    def _post(self, account_id: UUID, home: str, post: Mapping[str, Any]) -> bool:
        """Appoint where the official sits; the role there reaches what the post states."""
        home_id = queries.organisation_by_code(code=home, viewer=self.by).id
        reach_id = queries.organisation_by_code(code=post["organisation"], viewer=self.by).id
        changed = self._appoint(account_id, home_id, post["role"])
        for action in self.actions[post["role"]]:
            for scope in post["scopes"]:
                changed |= self._grant(post, home_id, reach_id, action, scope)
        return changed

    def _appoint(self, account_id: UUID, home_id: UUID, role: str) -> bool:
        try:
            commands.appoint(account_id=account_id, organisation_id=home_id, role=role, by=self.by, at=self.at)
        except AlreadyHeld:
            return False
        return True

    def _grant(self, post: Mapping[str, Any], home_id: UUID, reach_id: UUID, action: str, scope: str) -> bool:
        try:
            commands.grant(
                role=post["role"],
                holder_id=home_id,
                organisation_id=reach_id,
                tree=Tree(post["subtree"]),
                action=action,
                scope=scope,
                highest_grade=Grade(post["grade"]),
                by=self.by,
                at=self.at,
            )
        except AlreadyHeld:
            return False
        return True

    def _entity(self, entry: Mapping[str, Any]) -> bool:
        known = queries.entity_by_credit_code(credit_code=entry["credit_code"], viewer=self.by)
        if known is not None:
            return False
        entity_id = commands.register_legal_entity(
            name=entry["name"],
            kind=LegalEntityKind(entry["kind"]),
            credit_code=entry["credit_code"],
            legal_representative_id=self.people[entry["representative"]],
            region_id=self.regions.get(entry.get("region", "")),
            address=entry.get("address", ""),
            sample=True,
            by=self.by,
            at=self.at,
        )
        for agent in entry.get("agents", []):
            for scope in agent["scopes"]:
                commands.represent(
                    representative_id=self.people[agent["person"]],
                    subject=SubjectRef(LEGAL_ENTITY, entity_id),
                    kind=RepresentationKind.STAFF,
                    scope=scope,
                    by=self.by,
                    at=self.at,
                )
        return True

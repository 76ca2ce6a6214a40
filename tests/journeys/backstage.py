"""The kill campaign's process with Django: families, accounts and filled drafts by commands, as HTTP is not the point there."""

import io
from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import UUID

from yiwang.site.smoke.inside import DOES, main


def drafts(request: Mapping[str, Any]) -> list[str]:
    """Filled drafts with their uploads, ready to be sent: one for each answers (as typed) of `applications`."""
    return [_draft(each, Random(each["seed"])) for each in request["applications"]]


def _draft(application: Mapping[str, Any], random: Random) -> str:
    from yiwang.commons.forms import commands as forms
    from yiwang.commons.forms import queries as form_queries
    from yiwang.commons.forms.engine.reading import read
    from yiwang.commons.identity import queries as identity
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor, ActorKind
    from yiwang.serve.cases import queries as cases
    from yiwang.serve.matters import queries as matters
    from yiwang.serve.matters.contracts import Inclusion
    from yiwang.site.smoke.paper import paper

    account = identity.account_by_username(username=application["username"], viewer=Actor.system("kills"))
    assert account is not None
    by = Actor(ActorKind.PERSON, account_id=account.id, person_id=UUID(application["person"]), assurance=1)
    bundle = matters.bundle(key=application["bundle"], viewer=by)
    version = form_queries.latest_version(key=bundle.spec.form, viewer=by)
    questions = form_queries.definition(key=bundle.spec.form, version=version, viewer=by).questions
    typed = application["answers"]
    values = {name: read(one.fact, (typed[name],))[0] for name, one in questions.items() if name in typed}
    draft_id = forms.start_draft(key=bundle.spec.form, values=values, by=by, at=clock.now())
    facts = {name: answer.value for name, answer in form_queries.draft(draft_id=draft_id, viewer=by).answers.items()}
    guide = matters.guide(bundle=bundle, facts=facts, viewer=by)
    needs = cases.material_needs(guide=guide, facts=facts, viewer=by)
    for material in guide.materials:
        if material.inclusion is not Inclusion.NO and needs.get(material.code) is None:
            file = paper(random, material.code, "application/pdf,image/png")
            forms.add_file(
                draft_id=draft_id, material=material.code, stream=io.BytesIO(file.content), name=file.filename,
                by=by, at=clock.now(),
            )  # fmt: skip
    return str(draft_id)


def migrate(request: Mapping[str, Any]) -> bool:
    """Carry a process's instances over to another version; false where that is under way already."""
    from yiwang.commons.flow import commands
    from yiwang.commons.flow.contracts.migrating import AlreadyMigrating
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    try:
        commands.migrate_instances(**request, by=Actor.system("kills"), at=clock.now())
    except AlreadyMigrating:
        return False
    return True


def judge(request: Mapping[str, Any]) -> list[str]:
    """What is wrong with these stored files (digest, kind) and archival packages (digest): changed, missing, not valid."""
    from hashlib import new

    from yiwang.commons.archives import queries as archives
    from yiwang.commons.archives.engine import Stage
    from yiwang.commons.files.registry import blobs
    from yiwang.commons.seals import queries as seals
    from yiwang.commons.seals.engine import verify_sealed
    from yiwang.kernel.actor import Actor

    by = Actor.system("kills")
    trust, wrong = seals.trust(viewer=by), []
    for each in request["files"]:
        with blobs().open(each["digest"]) as stream:
            content = stream.read()
        verdict = verify_sealed(content, trust)
        if new("sm3", content).hexdigest() != each["digest"] or not verdict.valid:
            wrong.append(f"{each['kind']} {each['digest']}: {verdict.line()}")
    wrong += [
        f"archive {each['digest']} does not pass its check now"
        for each in request["archives"]
        if not archives.check_stored(digest=each["digest"], stage=Stage.ARCHIVE, viewer=by).passed
    ]
    return wrong


def sessions(request: Mapping[str, Any]) -> dict[str, str]:
    """A session key for each account, as if it had logged in: so many log-ins at once would be refused."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from yiwang.commons.identity.models import Account

    made = {}
    for account in Account.objects.filter(username__in=request["usernames"]):
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.save()
        made[account.username] = session.session_key
    return made


if __name__ == "__main__":
    main({**DOES, "drafts": drafts, "sessions": sessions, "migrate": migrate, "judge": judge})

"""A filed sample bundle with its officials, and the processes that drive it. Everything through the commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.flow import commands as flow
from yiwang.commons.flow import queries as flow_queries
from yiwang.commons.identity.tests.factories import MadeAccount, make_official, make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import Answer, Applicant, CaseView, MaterialInput, TaskChoice
from yiwang.serve.matters import commands as matter_commands
from yiwang.serve.matters.contracts import Handling, Law, Necessity, PledgeTerms, Requirement, Span
from yiwang.serve.matters.tests.factories import FORM, matter_spec, publish_sample

SYSTEM = Actor.system("tests")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \ntrailer<</Size 3/Root 1 0 R>>\n"
    b"startxref\n104\n%%EOF\n"
)
ANSWERS = (
    Answer("child_name", "样例宝宝", "宝宝姓名", "样例宝宝"),
    Answer("child_order", 1, "第几个孩子", "1", "typed"),
)
SITUATION = {"held": False, "married": False, "settle_with": "mother", "wants_card": True}
_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="sample">'
)
_CASE = '<zeebe:ioMapping><zeebe:input source="=case_id" target="case_id" /></zeebe:ioMapping>'


def _operation(id_: str, type_: str, **headers: str) -> str:
    listed = "".join(f'<zeebe:header key="{key}" value="{value}" />' for key, value in headers.items())
    extra = '<zeebe:input source="=decision" target="decision" />' if id_ == "decided" else ""
    mapping = _CASE.replace("</zeebe:ioMapping>", f"{extra}</zeebe:ioMapping>")
    return (
        f'<serviceTask id="{id_}" name="{id_}"><extensionElements><zeebe:taskDefinition type="{type_}" />'
        f"<zeebe:taskHeaders>{listed}</zeebe:taskHeaders>{mapping}</extensionElements></serviceTask>"
    )


def _task(id_: str, form: str, group: str) -> str:
    return (
        f'<userTask id="{id_}" name="{id_}"><extensionElements><zeebe:formDefinition formKey="{form}" />'
        f'<zeebe:assignmentDefinition candidateGroups="{group}" /><zeebe:properties>'
        f'<zeebe:property name="case_id" value="=case_id" /></zeebe:properties></extensionElements></userTask>'
    )


def _flows(*pairs: str) -> str:
    lines = []
    for number, pair in enumerate(pairs):
        ends, _found, condition = pair.partition(" ? ")
        source, target = ends.split(">")
        inner = f"<conditionExpression>={condition}</conditionExpression>" if condition else ""
        lines.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    return "".join(lines)


def matter_process(key: str) -> bytes:
    """Receive, accept (or correct, or decline), decide, issue, close."""
    parts = (
        '<startEvent id="s" />'
        + _operation("received", "cases.receive")
        + _task("accept", "accept", "acceptor")
        + '<exclusiveGateway id="how" default="f4" />'
        + _operation("accepted", "cases.accept", ground="official")
        + _operation("corrected", "cases.request_correction")
        + _task("supply", "supply", "applicant")
        + _operation("declined", "cases.refuse_acceptance")
        + _task("decide", "decide", "reviewer")
        + _operation("decided", "cases.decide", by="official")
        + '<exclusiveGateway id="what" default="f12" />'
        + _operation("issued", "cases.issue_result")
        + _operation("closed", "cases.close")
        + '<endEvent id="e" />'
        + _flows(
            "s>received", "received>accept", "accept>how", 'how>accepted ? acceptance = "accept"', "how>corrected",
            'how>declined ? acceptance = "refuse"', "corrected>supply", "supply>accept", "accepted>decide",
            "decide>decided", "decided>what", 'what>issued ? decision = "approve"', "what>closed", "issued>closed",
            "declined>closed", "closed>e",
        )
    )  # fmt: skip
    return f'{_HEAD}<process id="{key}" name="{key}" isExecutable="true">{parts}</process></definitions>'.encode()


def _call(key: str) -> str:
    return (
        f'<exclusiveGateway id="{key}_if" default="skip_{key}" /><exclusiveGateway id="{key}_on" />'
        f'<callActivity id="{key}" name="{key}"><extensionElements>'
        f'<zeebe:calledElement processId="{key}" propagateAllChildVariables="false" /><zeebe:ioMapping>'
        f'<zeebe:input source="=members.{key}.case_id" target="case_id" />'
        f'<zeebe:output source="=outcome" target="{key}_outcome" /></zeebe:ioMapping><zeebe:properties>'
        f'<zeebe:property name="subject" value="=members.{key}.case_id" />'
        f'<zeebe:property name="organisation" value="=members.{key}.organisation" />'
        f'<zeebe:property name="scope" value="matter:{key}" /></zeebe:properties></extensionElements></callActivity>'
        f'<sequenceFlow id="do_{key}" sourceRef="{key}_if" targetRef="{key}"><conditionExpression>='
        f"{_CONDITIONS[key]}</conditionExpression></sequenceFlow>"
        f'<sequenceFlow id="skip_{key}" sourceRef="{key}_if" targetRef="{key}_on" />'
        f'<sequenceFlow id="did_{key}" sourceRef="{key}" targetRef="{key}_on" />'
    )


_CONDITIONS = {
    "certificate": "members.certificate.applies",
    "registration": "members.registration.applies and (held or certificate_outcome = &quot;approved&quot;)",
    "card": "members.card.applies and (held or certificate_outcome = &quot;approved&quot;) and registration_outcome = &quot;approved&quot;",
}


def bundle_process() -> bytes:
    """The three members one after the other, each only where its predecessor was granted."""
    keys = list(_CONDITIONS)
    flows = _flows(
        "s>certificate_if", "certificate_on>registration_if", "registration_on>card_if", "card_on>closed", "closed>e"
    )
    parts = "".join(map(_call, keys)) + _operation("closed", "cases.close") + flows
    return (
        f'{_HEAD}<process id="newborn" name="样例一件事" isExecutable="true"><startEvent id="s" />{parts}'
        '<endEvent id="e" /></process></definitions>'
    ).encode()


@dataclass
class Sample:
    """A published bundle with a resident and two officials for each office."""

    bundle_id: UUID
    offices: Mapping[str, UUID]
    parent: MadeAccount
    acceptors: dict[str, Actor] = field(default_factory=dict)
    reviewers: dict[str, Actor] = field(default_factory=dict)

    def upload(self, by: Actor | None = None) -> UUID:
        import io

        stream = io.BytesIO(PDF)
        by = by or self.parent.actor
        return files.store(stream=stream, name="样例.pdf", purpose="material", by=by, at=clock.now()).id

    def file(self, **options: Any) -> UUID:
        """File the bundle as the parent; the parent case's id."""
        situation = options.pop("situation", SITUATION)
        materials = options.pop("materials", None)
        if materials is None:
            wanted = [
                "book",
                *(["certificate"] if situation["held"] else []),
                *(["marriage"] if situation["married"] else []),
            ]
            materials = [MaterialInput(code, file_id=self.upload()) for code in wanted]
        return commands.submit_bundle(
            **{
                "bundle_id": self.bundle_id,
                "applicant": Applicant(person_id=self.parent.person_id),
                "situation": situation,
                "answers": ANSWERS,
                "materials": materials,
                "region_code": "320402001",
                "by": self.parent.actor,
                "at": clock.now(),
                **options,
            }
        )

    def case(self, case_id: UUID, member: str = "") -> CaseView:
        number = queries.brief(case_id=case_id, viewer=SYSTEM).number
        view = queries.case(number=number, viewer=SYSTEM)
        if not member:
            return view
        found = next(each.case.number for each in view.members if each.key == member)
        return queries.case(number=found, viewer=SYSTEM)

    def task(self, case_id: UUID, member: str = "") -> UUID:
        """The open task on the case or its member."""
        view = self.case(case_id, member)
        rows = flow_queries.open_tasks(subject=SubjectRef("case", view.id), viewer=SYSTEM)
        assert len(rows) == 1, [row.name for row in rows]
        return rows[0].id

    def work(self, case_id: UUID, member: str, choice: TaskChoice, *, by: Actor | None = None, **options: Any) -> None:
        """Do the open task of a member with `choice`."""
        people = (
            self.acceptors if choice in {TaskChoice.ACCEPT, TaskChoice.CORRECT, TaskChoice.DECLINE} else self.reviewers
        )
        commands.handle_task(
            task_id=self.task(case_id, member),
            case_id=self.case(case_id, member).id,
            choice=choice,
            by=by or people[member],
            at=clock.now(),
            **options,
        )

    def grant(self, case_id: UUID, member: str, **options: Any) -> None:
        """Accept and grant."""
        self.work(case_id, member, TaskChoice.ACCEPT)
        self.work(case_id, member, TaskChoice.GRANT, **options)


def make_sample() -> Sample:
    """Processes, matters, bundle, people. Once a test."""
    for key in ("certificate", "registration", "card"):
        flow.publish_definition(bpmn=matter_process(key), by=SYSTEM, at=clock.now())
    flow.publish_definition(bpmn=bundle_process(), by=SYSTEM, at=clock.now())
    bundle_id, offices = publish_sample()
    sample = Sample(bundle_id, offices, make_resident("样例母亲"))
    for key, office in offices.items():
        acting = ("flow.work", "cases.view", "cases.accept", "cases.produce")
        deciding = ("flow.work", "cases.view", "cases.decide", "cases.produce")
        sample.acceptors[key] = make_official(office, role="acceptor", grants=acting, name="样例受理").actor
        sample.reviewers[key] = make_official(office, role="reviewer", grants=deciding, name="样例审核").actor
    return sample


@dataclass
class Permit:
    """A filed single matter with all that the law's procedure knows: materials that may follow, a pledge."""

    sample: Sample
    case_id: UUID
    head: Actor

    @property
    def acceptor(self) -> Actor:
        return self.sample.acceptors["certificate"]

    @property
    def reviewer(self) -> Actor:
        return self.sample.reviewers["certificate"]

    def view(self) -> CaseView:
        return self.sample.case(self.case_id)

    def work(self, choice: TaskChoice, **options: Any) -> None:
        accepts = choice in {TaskChoice.ACCEPT, TaskChoice.CONDITIONAL, TaskChoice.CORRECT, TaskChoice.DECLINE}
        commands.handle_task(
            **{
                "task_id": self.sample.task(self.case_id),
                "case_id": self.case_id,
                "choice": choice,
                "by": self.acceptor if accepts else self.reviewer,
                "at": clock.now(),
                **options,
            }
        )

    def numbers(self) -> dict[str, str]:
        """The numbers of the documents by kind."""
        return {each.kind.value: each.number for each in self.view().documents}


def file_permit(
    sample: Sample | None = None,
    *,
    materials: tuple[MaterialInput, ...] = (),
    answers: tuple[Answer, ...] = ANSWERS,
    **options: Any,
) -> Permit:
    """A filed application for a permit: `plan` may follow within 5 working days, a pledge may stand for `proof`."""
    sample = sample or make_sample()
    spec = matter_spec(
        "permit",
        Requirement("form", "申请表", satisfiers=(FORM,)),
        Requirement("plan", "平面图", necessity=Necessity.DEFERRABLE, supply_within=5),
        Requirement("proof", "场所证明", necessity=Necessity.OPTIONAL),
        days=8,
        type="01",
        handling=(Handling(organisation="office-certificate"),),
        laws=(Law("样例许可法", "第二条"), Law("样例条例", "第九条")),
        pledge=PledgeTerms(
            ("proof",),
            "场所合法取得、符合安全要求",
            "撤销许可，记入信用记录",
            Span(20),
            "现场核查",
            basis="国办发〔2020〕42号",
        ),
        **options,
    )
    flow.publish_definition(bpmn=matter_process("permit"), by=SYSTEM, at=clock.now())
    published = matter_commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now())
    case_id = commands.submit_matter(
        matter_id=published.id,
        applicant=Applicant(person_id=sample.parent.person_id),
        situation={},
        answers=answers,
        materials=materials,
        region_code="320402001",
        by=sample.parent.actor,
        at=clock.now(),
    )
    grants = ("cases.view", "cases.decide", "cases.extend", "cases.produce")
    head = make_official(sample.offices["certificate"], role="head", grants=grants, name="样例负责人").actor
    return Permit(sample, case_id, head)

"""A monitor and a log that shows it what it likes."""

from yiwang.commons.ledger.engine.witnessing.asking import WitnessAddress
from yiwang.commons.ledger.engine.witnessing.copying import TreeCopy
from yiwang.commons.ledger.engine.witnessing.keeping import WitnessStore
from yiwang.commons.ledger.engine.witnessing.misbehaviour import AlarmFolder, Misbehaviour
from yiwang.commons.ledger.engine.witnessing.monitor import Monitor
from yiwang.commons.ledger.engine.witnessing.reading import RemoteLog
from yiwang.commons.ledger.engine.witnessing.service import WitnessService
from yiwang.commons.ledger.engine.witnessing.serving import Limits, serving
from yiwang.commons.ledger.engine.witnessing.witness import Witness, logs_by_origin

from .logs import signer


class Party:
    """A monitor, and what the log shows to it: `shown` may be exchanged for another face of the log."""

    def __init__(self, log, folder, stack):
        self.shown, self.folder = log, folder
        self._stack = stack
        url = stack.enter_context(serving(self._show, limits=Limits(seconds=3)))
        hasher, keys = log.suite.digest, [log.key.verifier]
        self.copy = TreeCopy(folder, hasher)
        stack.callback(self.copy.close)
        self.remote = RemoteLog(url, keys, hasher, seconds=3)
        self.alarms = AlarmFolder(folder / "alarms")
        self.witnesses = []

    def _show(self, request):
        return self.shown(request)

    def witness(self, name="audit"):
        store = WitnessStore(self.folder / name)
        self._stack.callback(store.close)
        key = signer(f"{name}.example.org", cosigning=True)
        witness = Witness(key, store, logs_by_origin(self.remote.keys))
        return self.answering(WitnessService(witness), key, name), witness

    def answering(self, handler, key, name="audit"):
        url = self._stack.enter_context(serving(handler))
        self.witnesses.append(WitnessAddress(name, f"{name} bureau", url, key.verifier))
        return self

    def look(self, *seen, **more):
        again = more.pop("reread", 4)
        monitor = Monitor(self.remote, self.copy, self.alarms, witnesses=self.witnesses, pause=0.01, **more)
        return monitor.look(seen, reread=again)

    def codes(self, *seen, **more):
        return [finding.code for finding in self.look(*seen, **more).findings]

    def proof(self, report):
        """The one proof that was kept, as a stranger reads it."""
        (finding,) = [one for one in report.findings if one.proof]
        folder = self.alarms.folder / finding.proof
        assert {path.name for path in folder.iterdir()} == {"first.note", "second.note", "proof.json"}
        found = Misbehaviour.parse((folder / "proof.json").read_bytes())
        assert (folder / "first.note").read_bytes() == found.first
        assert (folder / "second.note").read_bytes() == found.second
        return found

    def proofs(self):
        return [Misbehaviour.parse((folder / "proof.json").read_bytes()) for folder in self.alarms.standing()]

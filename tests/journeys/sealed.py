"""What must hold of licences, seals and archives after the kills: each once, each whole, none forgotten."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from yiwang.site.smoke import Inside
from yiwang.site.smoke.ledger import Ledger

AT_WORK = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'doing' AND task_name IN ('licences.seal', 'cases.seal_papers', 'archives.pack')"""
"""Jobs that seal or archive at this moment."""
JUDGED = 60


def unfinished(ledger: Ledger) -> dict[str, int]:
    """What is still to be sealed or archived."""
    found = ledger.rows(
        """SELECT
             (SELECT count(*) FROM commons_licences_licence WHERE state = 'making') AS licences_unsealed,
             (SELECT count(*) FROM serve_cases_casedocument document WHERE to_seal AND NOT EXISTS (
                SELECT 1 FROM serve_cases_sealedpaper paper WHERE paper.document_id = document.id)) AS documents_unsealed,
             (SELECT count(*) FROM serve_cases_caseresult result WHERE to_seal AND NOT EXISTS (
                SELECT 1 FROM serve_cases_sealedpaper paper WHERE paper.result_id = result.id)) AS results_unsealed,
             (SELECT count(*) FROM commons_archives_archive WHERE state IN ('opened', 'packed', 'checked')) AS unarchived"""
    )
    return {name: int(value) for name, value in found[0].items()}


def details(ledger: Ledger) -> Iterator[str]:
    """What the archives that are not closed wait for, and the jobs that are queued: for the report of a failure."""
    yield from (str(dict(row)) for row in ledger.rows(_UNARCHIVED))
    yield from (str(dict(row)) for row in ledger.rows(_QUEUED))


def sealing_faults(ledger: Ledger, inside: Inside, random: Random) -> Iterator[str]:
    """Everything that does not hold."""
    for what, statement in _COUNTED.items():
        if found := ledger.count(statement):
            yield f"{found} × {what}"
    results = ledger.count("SELECT count(*) FROM serve_cases_caseresult WHERE licence_id IS NOT NULL")
    licences = ledger.count("SELECT count(*) FROM commons_licences_licence WHERE subject_kind = 'case'")
    if not results or results != licences:
        yield f"{results} results are licences, there are {licences} licences of cases"
    yield from inside.ask("judge", files=_some(ledger, random, _FILES), archives=_some(ledger, random, _PACKAGES))


def _some(ledger: Ledger, random: Random, statement: Any) -> list[Mapping[str, Any]]:
    rows = ledger.rows(statement)
    return random.sample(rows, min(len(rows), JUDGED))


_COUNTED = {
    "a licence number that one issuer gave twice": """
        SELECT count(*) FROM (SELECT type_id, organisation_id, number FROM commons_licences_licence
        GROUP BY 1, 2, 3 HAVING count(*) > 1) twice""",
    "a result whose licence has another number": """
        SELECT count(*) FROM serve_cases_caseresult result LEFT JOIN commons_licences_licence licence
        ON licence.id = result.licence_id WHERE result.licence_id IS NOT NULL AND licence.number IS DISTINCT FROM result.number""",
    "a licence in force without its sealed files": """
        SELECT count(*) FROM commons_licences_licence licence
        LEFT JOIN commons_licences_licencefile file ON file.version_id = licence.current_id
        WHERE licence.state = 'in_force' AND licence.origin = 'case'
        AND (file.id IS NULL OR file.pdf_file_id IS NULL OR licence.sealed_at IS NULL)""",
    "a sealed file that the use log of the seal does not know": """
        SELECT count(*) FROM (SELECT ofd_digest AS digest FROM commons_licences_licencefile
        UNION ALL SELECT pdf_digest FROM commons_licences_licencefile
        UNION ALL SELECT digest FROM serve_cases_sealedpaper) made
        WHERE NOT EXISTS (SELECT 1 FROM commons_seals_sealuse use WHERE use.sealed = made.digest)""",
    "a use of a seal whose file does not stand": """
        SELECT count(*) FROM commons_seals_sealuse use WHERE subject_kind IN ('licence', 'case_document', 'case_result')
        AND NOT EXISTS (SELECT 1 FROM commons_files_filerecord file WHERE file.digest = use.sealed)""",
    "a case that ended without its archive": """
        SELECT count(*) FROM serve_cases_case kase WHERE kase.closed_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM commons_archives_archive archive WHERE archive.subject_kind = 'case' AND archive.subject_id = kase.id)""",
    "an archive that did not pass its check": """
        SELECT count(*) FROM commons_archives_archive WHERE passed IS NOT TRUE""",
    "an archive number twice": """
        SELECT count(*) FROM (SELECT archive_number FROM commons_archives_archive WHERE archive_number <> ''
        GROUP BY 1 HAVING count(*) > 1) twice""",
}
_UNARCHIVED = """
    SELECT id::text, state, passed, waiting, tries, tried_at::text, retention FROM commons_archives_archive
    WHERE passed IS NOT TRUE LIMIT 5"""
_QUEUED = """
    SELECT task_name, status::text, attempts, scheduled_at::text, args::text, left(fault.error, 300) AS error
    FROM procrastinate_jobs LEFT JOIN kernel_jobfault fault ON fault.job = procrastinate_jobs.id
    WHERE status::text IN ('todo', 'doing', 'failed') ORDER BY attempts DESC LIMIT 15"""
_FILES = """
    SELECT digest, 'licence' AS kind FROM (SELECT ofd_digest AS digest FROM commons_licences_licencefile
    UNION ALL SELECT pdf_digest FROM commons_licences_licencefile) files
    UNION ALL SELECT digest, 'paper' FROM serve_cases_sealedpaper ORDER BY 1"""
_PACKAGES = "SELECT digest FROM commons_archives_archive WHERE digest <> '' ORDER BY 1"

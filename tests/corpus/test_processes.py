"""code_corpus with several processes: killed workers, killed jobs, full disks, two runs at once."""

import os
import signal
import threading

import dask
import psutil
import pytest
from distributed import Client, KilledWorker, LocalCluster

import policylib as pol
from policylib.corpus import counter, job, processes, sources
from policylib.corpus.store import MANIFEST
from tests.corpus import helpers
from tests.corpus.helpers import (
    BY_ACTOR,
    assert_coded,
    code,
    finished,
    flip_bit,
    is_begun,
    numbers,
    paragraphs_of,
    put_files,
    some_rows,
    wait_for,
    write,
)
from tests.documents.pdfs import lines, pdf

needs_signals = pytest.mark.not_on("Windows", reason="it has no signals and no process groups")


@pytest.mark.slow
@needs_signals
def test_code_corpus_ends_its_processes_with_the_one_that_is_killed(tmp_path, monkeypatch):
    """Only the main process is killed, as the system may do if memory is full."""
    with helpers.started(helpers.LOCAL_JOB, tmp_path) as (process, source, coded):
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        assert len(workers) >= 2
        wait_for(lambda: not any(worker.is_running() for worker in workers))
    monkeypatch.setattr(sources, "PART_BYTES", 2000)
    with dask.config.set(scheduler="synchronous"):
        _, kept = numbers(source, coded)
    assert kept >= 2
    assert_coded(coded, paragraphs_of(some_rows(200)))


@pytest.mark.slow
def test_code_corpus_names_the_guard_that_a_script_lacks(tmp_path):
    """Each process imports the script that started it, and would itself start others."""
    source = write(some_rows(), tmp_path / "a.jsonl")
    script = helpers.LOCAL_JOB.replace('if __name__ == "__main__":', "if True:")
    process = helpers.start(script, tmp_path, source, tmp_path / "coded")
    _, printed = process.communicate(timeout=300)
    assert process.returncode == 1
    assert printed.count('the call must be under `if __name__ == "__main__":`') >= 2
    assert printed.rstrip().endswith("because memory was short.")
    assert "another run" not in printed


@pytest.mark.parametrize("scheduler", ["sync", "single-threaded", "threading"])
def test_code_corpus_takes_the_scheduler_that_is_set(tmp_path, monkeypatch, scheduler):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    used = []
    usual = dask.compute
    monkeypatch.setattr(
        dask, "compute", lambda *a, **o: used.append(o["scheduler"]) or usual(*a, **o)
    )
    with dask.config.set(scheduler=scheduler):
        code(source, tmp_path / "coded")
    assert used == [scheduler]


def test_code_corpus_and_count_corpus_need_a_client_and_not_an_address(here, tmp_path):
    source, coded = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "coded"
    address = "tcp://scheduler:8786"
    match = rf"client: expected a distributed\.Client, got '{address}'; .*distributed\.Client\("
    with pytest.raises(TypeError, match=match):
        code(source, coded, client=address)
    assert not coded.exists()
    code(source, coded)
    with pytest.raises(TypeError, match=match):
        pol.count_corpus(coded, **BY_ACTOR, client=address)


def test_code_corpus_shows_a_bar(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(processes.BAR, "delay", 0)
    code(write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded")
    assert "part/s]" in capsys.readouterr().err


def test_count_corpus_uses_threads_and_ends_them(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 1000)
    source = write(some_rows(), tmp_path / "a.jsonl")
    code(source, tmp_path / "coded")
    one = pol.count_corpus(tmp_path / "coded", **BY_ACTOR)
    threads, count = set(), counter._count_part

    def count_part(*args, **options):
        threads.add(threading.current_thread())
        return count(*args, **options)

    monkeypatch.setattr(counter, "_count_part", count_part)
    with dask.config.set(scheduler="threads"):
        assert pol.count_corpus(tmp_path / "coded", **BY_ACTOR).equals(one)
    assert threading.main_thread() not in threads
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_counts_and_codes_too(tmp_path):
    source = write(some_rows(), tmp_path / "a.jsonl")
    process = helpers.start(helpers.FORKING_JOB, tmp_path, source, tmp_path / "coded")
    try:
        _, printed = process.communicate(timeout=300)
    finally:
        helpers.kill_group(process)
    assert process.returncode == 0, printed


# --- Tests with a cluster. A cluster uses an eighth of a processor even while it waits, so these
# tests are the last of the file, and a cluster ends with it.


@pytest.fixture(scope="module")
def client():
    """A cluster that no test damages."""
    with (
        LocalCluster(**helpers.TWO_WORKERS) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def test_code_corpus_and_count_corpus_give_the_same_on_a_cluster(client, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 1000)
    rows = some_rows(40).assign(date="2024")
    source = write(rows, tmp_path / "a.jsonl")
    summary, _ = code(source, tmp_path / "a")
    on_cluster, _ = code(source, tmp_path / "b", client=client)
    assert summary.equals(on_cluster)
    assert summary["parts"] > 2
    assert_coded(tmp_path / "a", paragraphs_of(rows))
    assert_coded(tmp_path / "b", paragraphs_of(rows))
    options = {"rows": "document", "columns": "code", "period": "year"}
    counts = pol.count_corpus(tmp_path / "b", client=client, **options)
    assert counts.equals(pol.count_corpus(tmp_path / "a", **options))


@pytest.mark.slow
@pytest.mark.parametrize("processes", [False, True])
def test_code_corpus_reads_pdf_in_threads_of_a_cluster(tmp_path, monkeypatch, processes):
    """A damaged file must not be mixed up with a sound one that another thread reads."""
    monkeypatch.setattr(sources, "PART_BYTES", 1)  # each file is a part
    source = tmp_path / "source"
    source.mkdir()
    for number in range(12):
        sound = pdf(lines(*[f"Robots of {number}"] * 40))
        (source / f"{number:02}.pdf").write_bytes(sound if number % 3 else b"%PDF-1.7 damaged")
    options = helpers.ONE_WORKER | {"threads_per_worker": 4, "processes": processes}
    with LocalCluster(**options) as cluster, Client(cluster, set_as_default=False) as client:
        summary, skipped = code(source, tmp_path / "coded", client=client)
    assert skipped["file"].to_list() == [f"{number:02}.pdf" for number in range(0, 12, 3)]
    assert summary[["documents", "hits"]].to_list() == [8, 8 * 40]


def test_code_corpus_with_a_damaged_file_among_many(client, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 3000)
    source = put_files(tmp_path / "source", 400)
    (source / "d200.txt").rename(source / "d200.docx")
    documents, _ = pol.read_documents(source)
    summary, skipped = code(source, tmp_path / "coded", client=client)
    assert summary[["documents", "skipped"]].to_list() == [399, 1]
    assert skipped["file"].to_list() == ["d200.docx"]
    assert "zip" in skipped["problem"][0].lower()
    assert_coded(tmp_path / "coded", documents)


@pytest.mark.slow
@needs_signals
def test_code_corpus_refuses_a_second_run_and_continues_a_killed_one(client, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 2000)
    with helpers.started(helpers.CLUSTER_JOB, tmp_path) as (process, source, coded):
        with pytest.raises(BlockingIOError, match="another run is writing"):
            code(source, coded, client=client)
        helpers.kill_group(process)
    done = finished(coded)
    flip_bit(done[0], 200)
    with pytest.raises(ValueError, match="not coded completely; call code_corpus again"):
        pol.count_corpus(coded, **BY_ACTOR)
    summary, _ = code(source, coded, client=client)
    assert summary["kept"] == len(done) - 1  # all finished parts except the damaged one
    assert summary["kept"] < summary["parts"]
    assert_coded(coded, paragraphs_of(some_rows(200)))


def limit_file_size(size: int | None) -> None:
    """Let no file of this process grow beyond a size: writing more fails, as on a full disk."""
    import resource

    least = resource.RLIM_INFINITY if size is None else size
    resource.setrlimit(resource.RLIMIT_FSIZE, (least, resource.RLIM_INFINITY))


@pytest.mark.not_on("Windows", reason="it cannot limit the size of files")
def test_code_corpus_continues_after_the_disk_was_full(client, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 1000)
    rows = some_rows()
    rows.loc[40, "text"] = "\n".join(f"Robot {i} of quanta {i * i}." for i in range(1000))
    source, coded = write(rows, tmp_path / "a.jsonl"), tmp_path / "coded"
    client.run(limit_file_size, 14_000)
    try:
        with pytest.raises(OSError, match=r"statements of a.jsonl.*cannot be written") as caught:
            code(source, coded, client=client)
    finally:
        client.run(limit_file_size, None)
    assert "the same call continues" in caught.value.__notes__[0]
    wait_for(lambda: not list(coded.rglob("*.tmp")))  # the other worker finishes its part
    assert not (coded / MANIFEST).exists()
    done = len(finished(coded))
    summary, _ = code(source, coded, client=client)
    assert 0 < done <= summary["kept"] < summary["parts"]
    assert_coded(coded, paragraphs_of(rows))


@pytest.fixture
def mortal():
    """A cluster whose workers may be killed; a test changes them, so each test has its own."""
    with (
        LocalCluster(**helpers.TWO_WORKERS) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.mark.slow
@needs_signals
def test_code_corpus_goes_on_when_a_worker_is_killed(mortal, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 1000)
    source, coded = write(some_rows(150), tmp_path / "a.jsonl"), tmp_path / "coded"
    mortal.run(helpers.slow_down)
    victim = next(iter(mortal.run(os.getpid).values()))
    killed = []

    def kill() -> None:
        wait_for(is_begun, coded)
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    killer = threading.Thread(target=kill)
    killer.start()
    summary, skipped = code(source, coded, client=mortal)
    killer.join()
    assert killed == [victim]
    assert summary["parts"] > 10
    assert skipped.empty
    assert_coded(coded, paragraphs_of(some_rows(150)))


def die_at_work() -> None:
    """Let this process end when it codes a part."""
    job.code_documents = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@needs_signals
def test_code_corpus_names_a_part_that_ends_its_worker(mortal, tmp_path, monkeypatch):
    monkeypatch.setattr(mortal.cluster.scheduler, "allowed_failures", 0)
    source = write(some_rows(3), tmp_path / "a.jsonl")
    mortal.run(die_at_work)
    with pytest.raises(KilledWorker, match=r"a\.jsonl, bytes 0 to"):
        code(source, tmp_path / "coded", client=mortal)


@pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_code_corpus_on_workers_with_several_threads(tmp_path, monkeypatch, processes):
    monkeypatch.setattr(sources, "PART_BYTES", 1000)
    source = write(some_rows(), tmp_path / "a.jsonl")
    options = helpers.ONE_WORKER | {"threads_per_worker": 4, "processes": processes}
    with LocalCluster(**options) as cluster, Client(cluster, set_as_default=False) as client:
        summary, _ = code(source, tmp_path / "coded", client=client)
        counts = pol.count_corpus(tmp_path / "coded", **BY_ACTOR, client=client)
    assert summary["parts"] > 2
    assert_coded(tmp_path / "coded", paragraphs_of(some_rows()))
    assert counts.equals(pol.count_corpus(tmp_path / "coded", **BY_ACTOR))

"""Cases and variables of a REFI-QDA project name actors and roles."""

import pytest

from policylib.convert import read_qdpx
from tests.convert.projects import passage, qde, source, zipped

TEXT = "Robots.\nTalent."
PASSAGES = passage(0, 6, "c2"), passage(8, 14, "c3")


def case(name: str, *references: str, values: str = "") -> str:
    listed = "".join(
        f'<{"SelectionRef" if target[0] == "p" else "SourceRef"} targetGUID="{target}"/>'
        for target in references
    )
    return f'<Case guid="k" name="{name}">{values}{listed}</Case>'


def value(variable: str, text: str) -> str:
    return (
        f'<VariableValue><VariableRef targetGUID="{variable}"/>'
        f"<TextValue>{text}</TextValue></VariableValue>"
    )


def variables(*names: str) -> str:
    listed = (f'<Variable guid="{n}" name="{n}" typeOfVariable="Text"/>' for n in names)
    return f"<Variables>{''.join(listed)}</Variables>"


@pytest.fixture
def read(tmp_path):
    def read(*cases: str, names: tuple[str, ...] = (), own: str = ""):
        people = f"{variables(*names)}<Cases>{''.join(cases)}</Cases>"
        xml = qde(source(*PASSAGES, own=own), people=people)
        return read_qdpx(zipped(tmp_path / "a.qdpx", xml, a=TEXT))

    return read


def said(project) -> list[list[str]]:
    return project.statements[["actor", "role"]].to_numpy().tolist()


def test_without_cases_the_document_commits(read):
    assert said(read()) == [["plan", "commits"], ["plan", "commits"]]


def test_the_case_of_a_passage_comes_before_that_of_its_document(read):
    found = read(case("Henan", "s1"), case("Jilin", "p8-14"))
    assert said(found) == [["Henan", "commits"], ["Jilin", "commits"]]
    assert found.skipped.empty


def test_a_variable_of_the_document_names_its_actor(read):
    found = read(case("Henan", "s1"), names=("Actor",), own=value("actor", "Hebei"))
    assert [actor for actor, _ in said(found)] == ["Hebei", "Hebei"]


def test_variables_of_cases_name_actors_and_roles(read):
    values = value("actor", "Li Na") + value("role", "Recommends") + value("age", "61")
    found = read(case("7", "p0-6", values=values), names=("actor", "role", "age"))
    assert said(found) == [["Li Na", "recommends"], ["plan", "commits"]]
    assert found.skipped[["kind", "name"]].to_numpy().tolist() == [["variable", "age"]]


def test_an_unknown_role_is_listed(read):
    found = read(names=("role",), own=value("role", "report"))
    assert said(found)[0] == ["plan", "commits"]
    (problem,) = found.skipped["problem"]
    assert problem.startswith("no role 'report' (allowed: commits")
    assert problem.endswith("did you mean 'reports'?")


def test_cases_that_name_no_actor_are_listed(read):
    found = read(case("Henan", "s1"), case("Jilin", "s1"), case("Siping"), case("", "s1"))
    assert said(found)[0] == ["Henan", "commits"]
    assert found.skipped[["name", "problem"]].fillna("").to_numpy().tolist() == [
        ["Jilin", "its source or passage already has the actor 'Henan'"],
        ["Siping", "it has no source or passage"],
        ["", "it has no name"],
    ]

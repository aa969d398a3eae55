"""The coders of a REFI-QDA project, and the actors that its cases and variables name."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policylib._util.names import nearest
from policylib.convert.qda_codes import plain_id
from policylib.convert.qda_files import children, guid_of
from policylib.convert.qda_sources import Skipped
from policylib.tables.roles import ROLES

ACTOR, ROLE = "actor", "role"


@dataclass
class People:
    """Coders by their guid, and actors and roles by the guid of a source or passage."""

    coders: dict[str, str] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    own_actors: dict[str, str] = field(default_factory=dict)  # of variables of sources

    def actor(self, selection: str, source: list[str], document: str) -> str:
        """Return the actor of a passage in a source."""
        found = [self.actors.get(selection)]
        found += [actors.get(guid) for actors in (self.own_actors, self.actors) for guid in source]
        return next(filter(None, found), document)

    def role(self, selection: str, source: list[str]) -> str:
        """Return the role of a passage in a source, without regard to its codes."""
        return next(filter(None, map(self.roles.get, [selection, *source])), "commits")


def read_people(root: Element, skipped: Skipped) -> People:
    """Return the coders and actors of a project; record cases and variables that are left out."""
    people = People()
    for user in children(root.find("Users")):
        name = user.get("name") or user.get("id") or user.get("guid") or ""
        people.coders[guid_of(user)] = plain_id(name, "coder")
    people.coders.pop("", None)
    variables = {}
    for element in children(root.find("Variables")):
        name = element.get("name", "")
        if name.strip().lower() in (ACTOR, ROLE):
            variables[guid_of(element)] = name.strip().lower()
        else:
            skipped.add("variable", name, f"only the variables {ACTOR} and {ROLE} are read")
    for source in children(root.find("Sources")):
        values = _values(source, variables, skipped)
        if ACTOR in values:
            people.own_actors[guid_of(source)] = values[ACTOR]
        if ROLE in values:
            people.roles[guid_of(source)] = values[ROLE]
    for guids in (people.own_actors, people.roles):
        guids.pop("", None)
    for case in children(root.find("Cases")):
        _read_case(case, _values(case, variables, skipped), people, skipped)
    return people


def _read_case(case: Element, values: dict[str, str], people: People, skipped: Skipped) -> None:
    name = case.get("name", "")
    actor = values.get(ACTOR) or plain_id(name, "")
    references = [*case.findall("SourceRef"), *case.findall("SelectionRef")]
    if not references or not actor:
        skipped.add("case", name, "it has no source or passage" if actor else "it has no name")
    for reference in references if actor else []:
        target = guid_of(reference, "targetGUID")
        first = people.actors.setdefault(target, actor) if target else actor
        if first != actor:
            skipped.add("case", name, f"its source or passage already has the actor {first!r}")
        elif target and ROLE in values:
            people.roles[target] = values[ROLE]


def _values(element: Element, variables: dict[str, str], skipped: Skipped) -> dict[str, str]:
    """Return the actor and the role that the variables of a source or case name."""
    found = {}
    for value in element.findall("VariableValue"):
        name = variables.get(guid_of(value.find("VariableRef"), "targetGUID"))
        texts = [part.text or "" for part in value if part.tag != "VariableRef"]
        text = plain_id(" ".join(texts), "")
        if name is None or not text:
            continue
        if name == ROLE and text.lower() not in ROLES:
            problem = f"no role {text!r} (allowed: {', '.join(ROLES)}){nearest(text, ROLES)}"
            skipped.add("variable", name, problem)
        else:
            found[name] = text.lower() if name == ROLE else text
    return found

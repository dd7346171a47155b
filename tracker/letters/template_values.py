"""Reads the expressions of a letter's text: which names, parts, filters and functions it uses, and what they hold."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from jinja2 import nodes

from tracker.letters.environment import FILTERS, TESTS
from tracker.letters.template_names import Shape, all_paths, functions, known_names

_MOST_ITEMS = 50  # of a list that is written out

_PLAIN = Shape()
ANY = Shape(is_open=True)


class Fault(NamedTuple):
    """What is wrong in a text, at a line from 1; line 0 speaks of the whole."""

    line: int
    message: str


class Frame(NamedTuple):
    """What the base gives a letter: the blocks it may fill and the parts it may place by ``self``."""

    blocks: frozenset[str]
    parts: frozenset[str]


_NEVER = {
    nodes.Include: "another file cannot be included", nodes.Import: "nothing can be imported",
    nodes.FromImport: "nothing can be imported", nodes.Macro: "macros cannot be written",
    nodes.CallBlock: "macros cannot be written", nodes.FilterBlock: "a filter cannot be put around a block",
    nodes.AssignBlock: 'write {% set name = "text" %} in one piece', nodes.With: "write {% set %} instead of {% with %}",
    nodes.Scope: "escaping cannot be turned off",
    nodes.Mul: "nothing can be multiplied", nodes.Pow: "nothing can be multiplied", nodes.Mod: "% cannot be used",
    nodes.Div: "nothing can be divided", nodes.FloorDiv: "nothing can be divided",
    nodes.Keyword: "a name with = cannot be given to a filter or function",
}  # fmt: skip
_ALLOWED = (
    nodes.Name, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Call, nodes.Filter, nodes.Test,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub,
    nodes.Neg,
)  # fmt: skip

Scope = dict[str, Shape]


class ValueReader:
    """Reads expressions; ``faults`` is what it found. ``frame`` is None for the text of a paragraph."""

    def __init__(self, paragraphs: frozenset[str], exhibits: frozenset[str], frame: Frame | None) -> None:
        self.faults: list[Fault] = []
        self._readers: Mapping[type[nodes.Node], Callable[[Any, Scope], Shape]] = {
            nodes.Name: self._name,
            nodes.Getattr: self._attribute,
            nodes.Getitem: self._item,
            nodes.Call: self._call,
            nodes.Filter: self._filter,
        }
        self._keys: Mapping[str, frozenset[str]] = {"paragraph": paragraphs, "exhibit": exhibits}
        self.frame = frame
        self.own_blocks: frozenset[str] = frozenset()
        self.joined: set[str] = set()  # names that hold joined text: joined again and again it would grow without end

    def say(self, node: nodes.Node, message: str) -> None:
        """Note a fault at a node's line."""
        self.faults.append(Fault(node.lineno or 0, message))

    def refuse(self, node: nodes.Node) -> None:
        """Note that a form cannot be used, in words for those there are words for."""
        why = next((words for kind, words in _NEVER.items() if isinstance(node, kind)), "")
        self.say(node, f"This cannot be written in a letter: {why or type(node).__name__.lower()}")

    def value(self, node: nodes.Node | None, scope: Scope) -> Shape:
        """Return the shape of an expression, and note what is wrong in it."""
        if node is None or isinstance(node, nodes.Const | nodes.TemplateData):
            return _PLAIN
        if not isinstance(node, _ALLOWED):
            self.refuse(node)
            return ANY
        if type(node) in self._readers:
            return self._readers[type(node)](node, scope)
        shapes = [self.value(each, scope) for each in node.iter_child_nodes()]
        return self._made(node, shapes)

    def _made(self, node: nodes.Node, shapes: list[Shape]) -> Shape:
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            self.say(node, f'There is no test "is {node.name}". There is only: {", ".join(TESTS)}')
        if isinstance(node, nodes.List | nodes.Tuple | nodes.Dict):
            if len(node.items) > _MOST_ITEMS:
                self.say(node, f"A list that is written out may hold at most {_MOST_ITEMS} items")
            return ANY
        if isinstance(node, nodes.Concat | nodes.Add) and any(name in self.joined for name in _names(node)):
            self.say(node, "Text that was joined before cannot be joined again")
        if isinstance(node, nodes.CondExpr):
            shapes = shapes[1:]  # the condition itself is not what it gives
        if isinstance(node, nodes.CondExpr | nodes.Or | nodes.And):
            return next((shape for shape in shapes if shape.rows or shape.parts), ANY if ANY in shapes else _PLAIN)
        return _PLAIN

    def _name(self, node: nodes.Name, scope: Scope) -> Shape:
        if node.name in scope:
            return scope[node.name]
        if node.name in functions():
            self.say(node, f"{node.name} needs parentheses, such as {functions()[node.name].rpartition(': ')[2]}")
        else:
            self.say(node, f'There is no "{node.name}"{_instead(node.name)}')
        return ANY

    def _attribute(self, node: nodes.Getattr, scope: Scope) -> Shape:
        return self._part(node, self.value(node.node, scope), node.attr)

    def _part(self, node: nodes.Node, whole: Shape, name: object) -> Shape:
        if whole.is_open and not str(name).startswith("_"):
            return ANY
        if isinstance(name, str) and name in whole.parts:
            return whole.parts[name]
        if whole.rows is not None and isinstance(name, int):
            return whole.rows
        if whole.rows is not None:
            self.say(
                node,
                f'"{whole.path}" is a list, and its rows have parts. Write {{% for row in {whole.path} %}}{{{{ row.{name} }}}}',
            )
        else:
            self.say(node, f'{named(whole)} has no "{name}"{_instead(f"{whole.path}.{name}", whole)}')
        return ANY

    def _item(self, node: nodes.Getitem, scope: Scope) -> Shape:
        whole = self.value(node.node, scope)
        if isinstance(node.arg, nodes.Slice):
            self.value(node.arg, scope)
            return whole
        if isinstance(node.arg, nodes.Const):
            return self._part(node, whole, node.arg.value)
        self.value(node.arg, scope)
        if whole.rows is not None:
            return whole.rows
        if not whole.is_open:
            self.say(node, f"{named(whole)}: write the name of the part, not a name that holds it")
        return ANY

    def _call(self, node: nodes.Call, scope: Scope) -> Shape:
        called = node.node
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.refuse(next(iter(node.kwargs), nodes.Keyword("", node, lineno=node.lineno)))
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name) and called.node.name == "self":
            return self._place(node, called.attr)
        name = called.name if isinstance(called, nodes.Name) else ""
        if name == "super" and self.frame is not None and not node.args:
            return _PLAIN
        if name not in functions() or (name == "paragraph" and self.frame is None):
            self.say(node, "Nothing can be called here but " + ", ".join(functions()))
            return ANY
        self._check_words(node, name, scope)
        return known_names()["quotes"] if name in {"about", "besides"} else _PLAIN

    def _place(self, node: nodes.Call, part: str) -> Shape:
        if self.frame is None or part not in self.frame.parts:
            parts = ", ".join(f"self.{one}()" for one in sorted(self.frame.parts)) if self.frame else "none"
            self.say(node, f"There is no self.{part}(). There is: {parts}")
        elif part in self.own_blocks:
            self.say(node, f"The block {part} is written in this letter, so it cannot be placed by self.{part}()")
        return _PLAIN

    def _check_words(self, node: nodes.Call, name: str, scope: Scope) -> None:
        """Check what a function is given: the key of a paragraph or exhibit, a topic, a name."""
        example = functions()[name].rpartition(": ")[2]
        wanted = 0 if example.endswith("()") else 1
        if name != "besides" and len(node.args) != wanted:
            self.say(node, f"{name} takes {'one word' if wanted else 'nothing'}, such as {example}")
        for argument in node.args:
            self.value(argument, scope)
            word = argument.value if isinstance(argument, nodes.Const) else None
            if name in self._keys and word not in self._keys[name]:
                known = ", ".join(sorted(self._keys[name]))
                self.say(
                    node,
                    f'This letter has no {name} "{word}". It has: {known}'
                    if word
                    else f"{name} takes a word in quotes",
                )
            elif word is None and not isinstance(argument, nodes.Getattr):
                self.say(node, f"{name} takes a word in quotes")

    def _filter(self, node: nodes.Filter, scope: Scope) -> Shape:
        shape = self.value(node.node, scope) if node.node is not None else _PLAIN
        if node.name not in FILTERS or node.node is None:
            self.say(node, f'There is no filter "{node.name}". The filters are {", ".join(FILTERS)}')
        if (
            node.kwargs
            or node.dyn_args
            or node.dyn_kwargs
            or not all(isinstance(one, nodes.Const) for one in node.args)
        ):
            self.say(node, f"{node.name} takes a word in quotes or a number")
        if node.name == "by_date":
            return shape if shape.rows else ANY
        return _PLAIN


def _names(node: nodes.Node) -> Iterator[str]:
    return (one.name for one in node.find_all(nodes.Name))


def named(shape: Shape) -> str:
    """Return how a message names what has a shape."""
    return f'"{shape.path}"' if shape.path else "This"


def _instead(name: str, whole: Shape | None = None) -> str:
    """Return a sentence with the names that come nearest to one that does not exist, or nothing."""
    paths = [part.path for part in whole.parts.values()] if whole is not None and whole.parts else all_paths()
    wanted = name.lower().replace("_", ".")
    by_form = {path.replace("_", "."): path for path in paths if whole is None or path != whole.path}
    near = (
        difflib.get_close_matches(wanted, by_form, n=3, cutoff=0.7)
        or [form for form, path in by_form.items() if path.rpartition(".")[2] == name.lower()][:3]
    )
    return f". Use {' or '.join(by_form[one] for one in near)}" if near else ". The list of names stands below the text"

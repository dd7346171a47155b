"""Reads a letter's text before it is kept: what it is written with is allowed, and every name it uses exists.

A letter is written by whoever may edit letters, and that is not the same as whoever may run programs here. The sandbox
alone is no wall (Jinja's own documentation, section Sandbox): only the few forms below may be written at all
(security.md C-21).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes

from tracker.letters.environment import parse
from tracker.letters.template_names import Shape, known_names
from tracker.letters.template_values import ANY, Fault, Frame, Scope, ValueReader, named

MAX_CHARACTERS = 60_000
_MOST_LOOPS = 3  # one inside the other

_LOOP = Shape("loop", parts=dict.fromkeys(("first", "last", "index", "index0", "length"), Shape()))


@lru_cache(maxsize=8)
def frame_of(base: str) -> Frame:
    """Return the blocks and parts of a base; parts are the blocks that it holds back under ``{% if false %}``."""
    tree = parse(base)
    held_back = [one for one in tree.find_all(nodes.If) if isinstance(one.test, nodes.Const) and not one.test.value]
    parts = {block.name for one in held_back for block in one.find_all(nodes.Block)}
    return Frame(frozenset(block.name for block in tree.find_all(nodes.Block)), frozenset(parts))


@lru_cache(maxsize=256)
def placed_paragraphs(source: str) -> frozenset[str]:
    """Return the keys of the paragraphs that a text places. Raises TemplateSyntaxError when it cannot be read."""
    calls = (call for call in parse(source).find_all(nodes.Call) if getattr(call.node, "name", "") == "paragraph")
    return frozenset(argument.value for call in calls for argument in call.args if isinstance(argument, nodes.Const))


def faults_of_body(source: str, base: str, paragraphs: frozenset[str], exhibits: frozenset[str]) -> list[Fault]:
    """Return what is wrong with a letter's HTML as a template; ``paragraphs`` and ``exhibits`` are the keys it may name."""
    return _faults(source, _Reader(paragraphs, exhibits, frame_of(base)))


def faults_of_text(source: str, exhibits: frozenset[str]) -> list[Fault]:
    """Return what is wrong with the default text of a paragraph as a template."""
    return _faults(source, _Reader(frozenset(), exhibits, None))


def _faults(source: str, reader: "_Reader") -> list[Fault]:
    if len(source) > MAX_CHARACTERS:
        return [Fault(0, f"It is too long: {len(source):,} characters, at most {MAX_CHARACTERS:,}")]
    try:
        reader.read(parse(source))
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, f"It cannot be read: {error.message}")]
    except RecursionError:
        return [Fault(0, "Too many things stand inside each other")]
    return sorted(dict.fromkeys(reader.faults))


class _Reader(ValueReader):
    """Walks through a template once; ``faults`` is what it found."""

    def read(self, tree: nodes.Template) -> None:
        """Find the faults of a whole template."""
        scope: Scope = dict(known_names())
        if self.frame is None:
            self._each(tree.body, scope, 0)
            return
        self.own_blocks = frozenset(block.name for block in tree.find_all(nodes.Block))
        extends = [node for node in tree.body if isinstance(node, nodes.Extends)]
        if [getattr(one.template, "value", "") for one in extends] != ["base.html"] or tree.body[0] is not extends[0]:
            self.say(tree.body[0] if tree.body else tree, 'It must begin with {% extends "base.html" %}')
        for node in tree.body:
            if isinstance(node, nodes.Block):
                self._block(node, dict(scope))
            elif isinstance(node, nodes.Assign):
                self._node(node, scope, 0)
            elif not isinstance(node, nodes.Extends) and not _is_blank(node):
                self.say(node, "What stands outside of a block is not printed. Move it into a block, such as body")

    def _each(self, found: Sequence[nodes.Node], scope: Scope, depth: int) -> None:
        for node in found:
            self._node(node, scope, depth)

    def _node(self, node: nodes.Node, scope: Scope, depth: int) -> None:
        if isinstance(node, nodes.For):
            self._loop(node, scope, depth)
        elif isinstance(node, nodes.Assign):
            self._bind(node.target, self.value(node.node, scope), node.node, scope)
        elif isinstance(node, nodes.If):
            self.value(node.test, scope)
            for part in (node.body, node.elif_, node.else_):
                self._each(part, scope, depth)
        elif isinstance(node, nodes.Output):
            self._output(node, scope)
        elif isinstance(node, nodes.Block):
            self._block(node, dict(scope), depth)
        else:
            self.refuse(node)

    def _block(self, node: nodes.Block, scope: Scope, depth: int = 0) -> None:
        if self.frame is None or node.name not in self.frame.blocks:
            names = sorted(self.frame.blocks - self.frame.parts) if self.frame else []
            self.say(node, f'There is no block "{node.name}". The blocks are {", ".join(names)}')
        elif depth:
            self.say(node, "A block cannot stand in a loop")
        self._each(node.body, scope, depth)

    def _output(self, node: nodes.Output, scope: Scope) -> None:
        for each in node.nodes:
            shape = self.value(each, scope)
            if shape.rows is not None:
                self.say(
                    each, f'"{shape.path}" is a list. Write {{% for row in {shape.path} %}}, or {shape.path} | and_list'
                )
            elif shape.parts:
                first = next(iter(shape.parts.values())).path
                self.say(each, f'"{shape.path}" has parts. Name one of them, such as {first}')

    def _loop(self, node: nodes.For, scope: Scope, depth: int) -> None:
        if node.recursive:
            self.say(node, "A loop cannot call itself")
        if depth >= _MOST_LOOPS:
            self.say(node, f"At most {_MOST_LOOPS} loops may stand inside each other")
        over = self.value(node.iter, scope)
        if over.rows is None and not over.is_open:
            self.say(node, f"{named(over)} is not a list, so no loop can go through it")
        inner = scope | {"loop": _LOOP}
        self._bind(node.target, over.rows or ANY, node.iter, inner)
        if node.test is not None:
            self.value(node.test, inner)
        self._each(node.body, inner, depth + 1)
        self._each(node.else_, scope, depth)

    def _bind(self, target: nodes.Node, shape: Shape, value: nodes.Node, scope: Scope) -> None:
        names = [
            one.name
            for one in (target.find_all(nodes.Name) if isinstance(target, nodes.Tuple) else [target])
            if isinstance(one, nodes.Name)
        ]
        if not names:
            self.say(target, "Only a name can be set")
        if not isinstance(value, nodes.Const) and next(_joins(value), None) is not None:
            self.joined.update(names)
        scope.update(dict.fromkeys(names, shape if isinstance(target, nodes.Name) else ANY))


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(each, nodes.TemplateData) and not each.data.strip() for each in node.nodes
    )


def _joins(value: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(value, nodes.Concat | nodes.Add):
        yield value
    yield from value.find_all((nodes.Concat, nodes.Add))

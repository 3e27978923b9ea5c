"""YAML read safely, keeping the line of every part."""

from collections.abc import Iterator
from typing import Any

import yaml
from django.utils.translation import gettext as _

from .problems import DefinitionError, Fault, Path, Problem

try:  # the fast reader, where libyaml is there
    from yaml import CSafeLoader as Reader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as Reader  # type: ignore[assignment]

MAX_CHARACTERS = 1_000_000
MAX_PARTS = 200_000
MAX_DEPTH = 50
MERGE = "tag:yaml.org,2002:merge"


class Document:
    """A YAML text as values, with the way back from a path to its line."""

    def __init__(self, text: str) -> None:
        """Read the text; raises `DefinitionError` when it is not YAML, loops, or grows beyond all measure."""
        root = _composed(text)
        if root is None:
            raise _refused(1, _("文件是空的"))
        self._root = root
        self._guard()
        self.faults = list(_repeated_keys(root, ()))
        self.values: Any = _constructed(root)

    def line(self, path: Path) -> int:
        """Return the line of the part at `path`, or of the nearest part that holds it."""
        node = self._root
        line = _line_of(node)
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line

    def _guard(self) -> None:
        """Refuse a text whose anchors loop or multiply."""
        try:
            size = _size(self._root, {}, set())
        except RecursionError:
            size = MAX_PARTS + 1
        if size > MAX_PARTS:
            raise _refused(1, _("内容嵌套过深、互相引用或展开后过大"))


def _refused(line: int, reason: str) -> DefinitionError:
    return DefinitionError([Problem(line, "", reason)])


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _composed(text: str) -> yaml.Node | None:
    """Return the tree of nodes, or refuse what is not YAML."""
    if len(text) > MAX_CHARACTERS:
        raise _refused(1, _("文件过大"))
    try:
        _guard_depth(text)
        node: yaml.Node | None = yaml.compose(text, Loader=Reader)
    except yaml.reader.ReaderError as error:
        line = text[: int(error.position)].count("\n") + 1
        raise _refused(line, _("含有不能使用的字符")) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(mark.line + 1 if mark else 1, _("不是正确的YAML写法")) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _refused(1, _("不是正确的YAML写法")) from error
    return node


def _guard_depth(text: str) -> None:
    """Refuse a text nested so deeply that composing it, which recurses, could bring the process down."""
    depth = 0
    for event in yaml.parse(text, Loader=Reader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _refused(event.start_mark.line + 1 if event.start_mark else 1, _("内容嵌套过深"))


def _constructed(root: yaml.Node) -> Any:
    """Return the values of the nodes; only plain data can be built."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(mark.line + 1 if mark else 1, _("不是正确的YAML写法")) from error
    except (ValueError, OverflowError, RecursionError, TypeError, AttributeError, LookupError) as error:
        raise _refused(1, _("有一个日期或数值不能读出")) from error
    finally:
        loader.dispose()


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _size(node: yaml.Node, known: dict[int, int], above: set[int]) -> int:
    """Return how many parts a node has once every anchor is written out; a loop counts as too many."""
    if id(node) in known:
        return known[id(node)]
    if id(node) in above:
        return MAX_PARTS + 1
    above.add(id(node))
    size = 1
    for part in _parts(node):
        size += _size(part, known, above)
        if size > MAX_PARTS:
            break
    above.discard(id(node))
    known[id(node)] = size
    return size


def _repeated_keys(node: yaml.Node, path: Path) -> Iterator[Fault]:
    """Yield the keys that stand twice in one mapping; YAML itself would keep the last one silently."""
    if isinstance(node, yaml.SequenceNode):
        for index, part in enumerate(node.value):
            yield from _repeated_keys(part, (*path, index))
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen and key.tag != MERGE:
            yield Fault((*path, name), _("键“%(key)s”重复") % {"key": name})
        seen.add(name)
        yield from _repeated_keys(value, (*path, name))


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    """Return the line and the node of one step down; the last of repeated keys, as YAML itself keeps it."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        part = node.value[step]
        return _line_of(part), part
    if isinstance(node, yaml.MappingNode):
        found = [(key, value) for key, value in node.value if key.value == step]
        if found:
            key, value = found[-1]
            return _line_of(key), value
    return None

"""Whether a list of modules is run through once and in order, read from the code that runs it.

A block may look like its neighbours and still be treated in its own way by the module that holds
it: `if i in (3, 7): outputs.append(x)`. So what cannot be seen to be a plain loop is not a chain.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

from torch import nn

_BRANCHES = (ast.If, ast.IfExp, ast.While, ast.Match, ast.Break, ast.Continue, ast.Try, ast.BoolOp)


def is_plain_chain(blocks: nn.Module, parent: nn.Module | None, name: str) -> bool:
    """Whether every block runs once, after the one before, and none is told from the others."""
    if isinstance(blocks, nn.Sequential):
        own = type(blocks).forward is nn.Sequential.forward
        return own and (parent is None or _is_called_only(parent, name))
    return parent is not None and _is_looped_only(parent, name)


def _is_called_only(parent: nn.Module, name: str) -> bool:
    """Whether the code around a Sequential does nothing but call it, so none is picked out."""
    if isinstance(parent, nn.Sequential | nn.ModuleList):
        return True
    code = _running_code(parent)
    if code is None:
        return False
    calls = [each.func for each in ast.walk(code) if isinstance(each, ast.Call)]
    mentions = [each for each in ast.walk(code) if _names(each, name)]
    return len(mentions) == 1 and all(each in calls for each in mentions)


def _is_looped_only(parent: nn.Module, name: str) -> bool:
    """Whether `for block in self.NAME:` is the one use of the list, with no branch in the loop."""
    code = _running_code(parent)
    if code is None:
        return False
    loops = [each for each in ast.walk(code) if isinstance(each, ast.For)]
    over = [each for each in loops if _names(each.iter, name) and isinstance(each.target, ast.Name)]
    mentions = [each for each in ast.walk(code) if _names(each, name)]
    nested = any(other is not loop for loop in over for other in loops if _within(loop, other))
    if len(over) != 1 or len(mentions) != 1 or nested:
        return False
    inside = [node for statement in over[0].body for node in ast.walk(statement)]
    return not over[0].orelse and not any(isinstance(each, _BRANCHES) for each in inside)


def _within(node: ast.AST, outer: ast.AST) -> bool:
    return any(each is node for each in ast.walk(outer))


def _names(node: ast.AST, name: str) -> bool:
    """Whether `node` is `self.NAME`."""
    own = isinstance(node, ast.Attribute) and node.attr == name
    return own and isinstance(node.value, ast.Name) and node.value.id == "self"  # type: ignore[attr-defined] # narrowed by `own`


def _running_code(parent: nn.Module) -> ast.AST | None:
    """The `forward` of a module whose other methods leave its children alone; None if unknown."""
    if "forward" in vars(parent):
        return None
    try:
        function: Any = inspect.unwrap(type(parent).forward)
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, IndentationError):
        return None

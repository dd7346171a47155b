"""The description of the API, as a judge of answers."""

import re
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse


class Described:
    """An OpenAPI document that answers are held against."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._paths = {
            re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"): operations
            for path, operations in document["paths"].items()
        }

    def require(self, method: str, path: str, answer: TestResponse) -> None:
        """Fail unless the answer is one that the description names, of the kind and shape it names."""
        operation = self._operation(method, path)
        if operation is None:
            assert answer.status_code in {401, 403, 404, 405, 429, 503}, (method, path, answer.status_code)
            assert answer.mimetype == "application/problem+json"
            return
        told = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
        told = self._resolved(told)
        content = told.get("content", {})
        assert answer.mimetype in content, (method, path, answer.status_code, answer.mimetype)
        if answer.is_json:
            self._require_shape(content[answer.mimetype]["schema"], answer.get_json())

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        found = [operations for pattern, operations in self._paths.items() if pattern.match(path)]
        return found[0].get(method.lower()) if found else None

    def _resolved(self, told: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in told:
            _, _, kind, name = told["$ref"].split("/")
            return self.document["components"][kind][name]
        return told

    def _require_shape(self, schema: dict[str, Any], value: Any) -> None:
        whole = {"components": self.document["components"], "allOf": [schema]}
        wrong = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]
        assert wrong == []

"""/api/openapi.json: valid, whole, behind a sign-in."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from tracker.web.request import DESCRIPTION


def test_the_description_is_openapi_31(described):
    assert described.document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(described.document).validate()


def test_a_token_and_a_signed_in_browser_read_the_description(alice, signed_in, cast, described):
    assert (
        alice.client.get("/api/openapi.json", headers={"Authorization": f"Bearer {alice.token}"}).json
        == described.document
    )
    assert signed_in(cast.alice).get("/api/openapi.json").json == described.document


def test_nobody_else_reads_the_description(client):
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_route_of_the_api_is_described(app, described):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint != DESCRIPTION:
            path = rule.rule.replace("<id:", "{").replace(">", "}")
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                assert method.lower() in described.document["paths"][path], rule.rule

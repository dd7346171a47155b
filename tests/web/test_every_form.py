"""Every form that is sent: it carries the version it was made for, works once, or is harmless to send again.

A new POST route fails the first test until it is named here, with the reason where it is harmless.
"""

import re

import pytest

from tests.forms import _Forms
from tests.web.test_access_matrix import address, objects_of
from tracker.domain.access import Role
from tracker.models import Base
from tracker.models.base import Versioned
from tracker.web.once import is_once

VERSIONED, ONCE = "versioned", "once"
_OWN = "a person's own setting, set to what the form says"
_SESSION = "signs in or out, or proves who is there: changes no record"
_STATE = "sets a state by name: sent again, it is that state already"
_LOOKS = "keeps nothing"

FORMS = {
    "account.end_one": _SESSION,
    "account.end_others": _SESSION,
    "account.new_codes": "new codes take the place of the old ones, after a fresh proof",
    "account.read_notices": _STATE,
    "account.password": "asks for the present password: sent again, that is no longer right",
    "account.turn_off": _STATE,
    "account.turn_on": _STATE,
    "activity.undo": "an undone change is refused the second time",
    "api_tokens.make": ONCE,
    "api_tokens.revoke": _STATE,
    "api_tokens.revoke_own": _STATE,
    "appeals.decide": VERSIONED + ONCE,
    "appeals.follow_up": VERSIONED + ONCE,
    "appeals.next_level": ONCE,
    "appeals.sent": VERSIONED + ONCE,
    "appeals.withdraw": _STATE,
    "asking.answered": _STATE,
    "asking.record": VERSIONED + ONCE,
    "auth.choose_practice": _SESSION,
    "auth.code": _SESSION,
    "auth.login": _SESSION,
    "auth.logout": _SESSION,
    "auth.stay": _SESSION,
    "backlog.drop": _STATE,
    "backlog.log": "a list is logged once: after that it waits no more",
    "backlog.set_columns": "the columns of a list that waits, set to what the form says",
    "backlog.take": "stages a list anew: nothing is logged",
    "chart_notes.add": ONCE,
    "chart_notes.change": VERSIONED,
    "chart_notes.remove": _STATE,
    "chart_notes.restore": _STATE,
    "check.file": _LOOKS,
    "check.typed": _LOOKS,
    "claims.edit": VERSIONED,
    "claims.edit_typed_line": VERSIONED,
    "claims.save": VERSIONED,
    "denial_clock.deadline": VERSIONED,
    "denial_clock.extension": VERSIONED + ONCE,
    "denial_clock.receipt": VERSIONED,
    "denial_clock.records_asked": VERSIONED + ONCE,
    "denial_clock.sent_records": VERSIONED + ONCE,
    "denials.add_a_note": ONCE,
    "denials.cause": VERSIONED,
    "denials.claim_sent": VERSIONED + ONCE,
    "denials.close": VERSIONED,
    "denials.comment": ONCE,
    "denials.own_comment": _STATE,
    "denials.decide_write_off": VERSIONED,
    "denials.owner": VERSIONED,
    "denials.reject": VERSIONED,
    "denials.reopen": _STATE,
    "denials.snooze": VERSIONED,
    "denials.status": VERSIONED,
    "document_notes.drop": _STATE,
    "document_notes.keep": "a document whose notes are kept is gone",
    "document_notes.take": "the same file is kept once",
    "emergency.make": "a new code takes the place of the unused one, after a fresh proof",
    "emergency.revoke": _STATE,
    "fee_schedules.load": "loads the same rates in the place of the same ones",
    "fee_schedules.look": _LOOKS,
    "fee_schedules.remove": _STATE,
    "imports.cancel_all": _STATE,
    "imports.log": "a file is stored once, by the hash of its content",
    "imports.take": "a file is known again by the hash of its content",
    "imports.undo": "an undone import is refused the second time",
    "keys.destroy_old": "keys that are gone are not there the second time",
    "keys.new_code": "a new code takes the place of the one before, after a fresh proof",
    "keys.renew_master": "names the number of the key it renews: sent again, another one is in use",
    "keys.rotate": ONCE,
    "letter_batches.draft": ONCE,
    "letter_batches.draft_one_letter": ONCE,
    "letter_batches.sign": VERSIONED + ONCE,
    "letter_texts.autosave": VERSIONED,
    "letter_texts.take_back": VERSIONED,
    "letterhead.logo": VERSIONED,
    "letterhead.rules": VERSIONED,
    "letters.open": "leads to the denial's appeal when there is one",
    "letters.save": VERSIONED,
    "links.take_up": "a link works once",
    "log.create": ONCE,
    "log.scan": "logs nothing; the same file is kept once",
    "merging.merge": "a merged patient is refused the second time",
    "merging.part": "an undone merge is refused the second time",
    "notes.link_to_claim": _STATE,
    "notes.unlink_from_claim": _STATE,
    "own_numbers.add": "a number that is there already is refused",
    "own_numbers.remove": _STATE,
    "packet.add": ONCE,
    "packet.change": VERSIONED,
    "packets.change": ONCE,
    "packets.sign": VERSIONED,
    "patients.add_a_note": ONCE,
    "patients.edit": VERSIONED,
    "patients.save": VERSIONED,
    "payer_limits.mark_checked": VERSIONED,
    "payer_limits.set_limit": VERSIONED,
    "payer_limits.set_named": VERSIONED,
    "payer_merging.merge": "a merged payer is refused the second time",
    "payer_merging.part": "an undone merge is refused the second time",
    "payers.set_address": VERSIONED,
    "payers.set_own": VERSIONED,
    "practice_data.export": ONCE,
    "practice_data.keep": VERSIONED,
    "practice_deleting.bring_back": _STATE,
    "practice_deleting.delete": VERSIONED,
    "practice_requests.agree": VERSIONED,
    "practice_requests.decline": VERSIONED,
    "practice_taking.cancel": _STATE,
    "practice_taking.confirm": _STATE,
    "practice_taking.take": ONCE,
    "protected_notes.authorize": ONCE,
    "protected_notes.make_ordinary": _STATE,
    "protected_notes.protect": _STATE,
    "quarantine.add_and_take": _STATE,
    "quarantine.delete": _STATE,
    "quarantine.take": _STATE,
    "queue.change": ONCE,
    "queue.density": _OWN,
    "queue.export_chosen": _LOOKS,
    "queue.search": "keeps the words under a new short-lived id",
    "records_requests.change_due": VERSIONED,
    "records_requests.close": _STATE,
    "records_requests.create": ONCE,
    "records_requests.sent": VERSIONED + ONCE,
    "reports.again": ONCE,
    "reports.final": VERSIONED,
    "reports.make": ONCE,
    "reports.words": VERSIONED,
    "rules.switch": _STATE,
    "saved_views.change": VERSIONED,
    "saved_views.delete": _STATE,
    "saved_views.save": ONCE,
    "saved_views.start": _OWN,
    "settings.add": ONCE,
    "settings.change": VERSIONED,
    "settings.looks": _OWN,
    "settings.mail": _OWN,
    "settings.remove_demo": _STATE,
    "signatures.ask": ONCE,
    "signatures.end": _STATE,
    "signing.end": _STATE,
    "signing.give": ONCE,
    "signing.set_picture": _OWN,
    "signing.set_printed": _OWN,
    "step_up.confirm": _SESSION,
    "submitted_claims.save": VERSIONED,
    "takebacks.change": VERSIONED,
    "template_versions.offered": VERSIONED,
    "template_versions.restore": VERSIONED,
    "templates.copy": ONCE,
    "templates.save": VERSIONED,
    "templates.try_html": _LOOKS,
    "templates.try_pdf": _LOOKS,
    "users.change_roles": VERSIONED,
    "users.disable": _STATE,
    "users.enable": _STATE,
    "users.give_link": "a new link takes the place of the old one",
    "users.hand_on": ONCE,
    "users.invite": ONCE,
    "users.reset_factor": _STATE,
    "users.set_protected_notes": _STATE,
}  # fmt: skip


def posts(app):
    return [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and not rule.rule.startswith("/api/")]


def test_every_form_is_named_with_what_happens_when_it_is_sent_again(app):
    assert {rule.endpoint for rule in posts(app)} == set(FORMS)


def test_what_works_once_says_so_where_it_is_written(app):
    with app.app_context():
        assert {rule.endpoint for rule in posts(app) if is_once(rule.endpoint)} == {
            endpoint for endpoint, how in FORMS.items() if how in {ONCE, VERSIONED + ONCE}
        }


@pytest.fixture
def shown_forms(app, signed_in, cast, become, things, payer) -> dict[str, list[set[str]]]:
    """Every form of every page of an owner, by endpoint: the names of its fields."""
    become(cast.alice, Role.OWNER)
    client, found = signed_in(cast.alice), {}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if (
            "GET" not in rule.methods
            or rule.endpoint.partition(".")[0] in {"static", "oidc"}
            or rule.rule.startswith("/api/")
        ):
            continue
        if "<" in rule.rule and not rule.rule.startswith(("/letter-assets", "/static", "/links")):
            with app.app_context():
                objects = objects_of(rule)
            path = address(rule.rule, objects, things[cast.eastside.id], payer)
        elif "<" in rule.rule:
            continue
        else:
            path = rule.rule
        query = f"?practice={cast.eastside.public_id}" if rule.rule.startswith("/payers/<public_id>/limits") else ""
        answer = client.get(path + query, follow_redirects=False)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        collect(answer.text, adapter, found)
    return found


def collect(page: str, adapter, found: dict[str, list[set[str]]]) -> None:
    forms = _Forms()
    forms.feed(page)
    forms.close()
    methods = re.findall(r"<form\b[^>]*>", page)
    for number, action in forms.actions.items():
        if 'method="post"' in methods[number] and action:
            endpoint, _ = adapter.match(action.split("?")[0], method="POST")
            found.setdefault(endpoint, []).append({name for name, _ in forms.fields[number]})


def test_the_forms_of_the_pages_carry_the_version_or_the_mark(shown_forms):
    bare = []
    for endpoint, forms in shown_forms.items():
        for fields in forms:
            seen = any(re.search(r"version$|^seen-|^letter$", name) for name in fields)
            if FORMS[endpoint] in {VERSIONED, VERSIONED + ONCE} and not seen:
                bare.append((endpoint, VERSIONED, sorted(fields)))
            if FORMS[endpoint] in {ONCE, VERSIONED + ONCE} and "once" not in fields:
                bare.append((endpoint, ONCE, sorted(fields)))
    assert bare == []
    assert len(shown_forms) > 50, sorted(shown_forms)


# Tables a person changes in place with a form; the others are added to, or belong to one person alone.
EDITED = {
    "appeals", "authorizations", "chart_notes", "claims", "denials", "eligibility_checks", "imports", "letters",
    "monthly_reports", "notes",
    "own_templates", "owner_requests", "patients", "payer_profiles", "payers", "plans_of_care", "practices", "provider_adjustments",
    "records_requests", "saved_views", "users",
}  # fmt: skip


def test_every_table_that_people_edit_has_a_version():
    versioned = {
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, Versioned)
    }
    assert versioned == EDITED
    for mapper in Base.registry.mappers:
        assert (mapper.version_id_col is not None) is (mapper.class_.__tablename__ in EDITED), mapper.class_

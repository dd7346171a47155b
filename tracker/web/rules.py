"""The rules behind the likely causes: what each says and where from, how often it was right, and doing without it."""

from itertools import groupby

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.domain.statuses import PATHS
from tracker.knowledge import load
from tracker.knowledge.ages import old_sources
from tracker.models import Practice
from tracker.reports.rule_words import BASIS_WORDS, RESULT_WORDS, facts_in_words
from tracker.reports.rules_page import RuleRow, rule_rows
from tracker.services.renewing import ask_for_renewal
from tracker.services.rule_switches import switch_rule
from tracker.web.access import needs
from tracker.web.navigation import say

blueprint = Blueprint("rules", __name__)


def _own_practices() -> list[Practice]:
    return [practice for practice in g.practices if practice.id in g.scope]


def _rows() -> tuple[RuleRow, ...]:
    return rule_rows(g.session, load(), _own_practices(), g.today)


@blueprint.get("/rules")
@needs(Action.WORK_QUEUE)
def index() -> str:
    """List all rules by area, what is often said and wrong, and sources not checked for over a year."""
    knowledge = load()
    areas = [(area, list(rows)) for area, rows in groupby(_rows(), key=lambda row: row.area)]
    return render_template(
        "rules/index.html",
        areas=areas,
        total=len(knowledge.rules),
        version=knowledge.version,
        folklore=knowledge.folklore,
        old=old_sources(knowledge, g.today),
    )


@blueprint.get("/rules/<rule_id>")
@needs(Action.WORK_QUEUE)
def show(rule_id: str) -> str:
    """Show a rule with its figures and examples."""
    row = next((one for one in _rows() if one.rule.id == rule_id), None)
    if row is None:
        abort(404)
    knowledge = load()
    return render_template(
        "rules/show.html",
        row=row,
        rule=row.rule,
        causes=[knowledge.root_causes[code] for code in row.rule.root_causes],
        figures=facts_in_words(row.rule.figures),
        examples=[(one, facts_in_words(one.facts)) for one in row.rule.examples],
        basis=BASIS_WORDS[row.rule.basis],
        results=RESULT_WORDS,
        path=PATHS[row.rule.path],
        codes=sorted(row.rule.codes or ()),
        folklore=knowledge.often_said(*(row.rule.codes or ())),
    )


@blueprint.post("/rules/<rule_id>/switch")
@needs(Action.PAYER_RULES)
def switch(rule_id: str) -> BaseResponse:
    """Use the rule for a practice's denials, or do without it; its open denials are looked at again."""
    rule = load().rules.get(rule_id)
    practice = next((one for one in _own_practices() if one.public_id == request.form.get("practice")), None)
    on = {"on": True, "off": False}.get(request.form.get("state", ""))
    if rule is None or practice is None or on is None:
        abort(404)
    with transaction(g.session):
        try:
            switch_rule(g.session, practice, rule, g.user, g.now, on=on)
        except ValueError:
            abort(404)
        job = ask_for_renewal(g.session, practice.id, load(), g.now)
        progress = url_for("jobs.show", public_id=job.public_id) if job is not None else None
    say(f"The rule is {'used' if on else 'not used'} for {practice.name}.")
    return redirect(progress or url_for(".show", rule_id=rule_id), 303)

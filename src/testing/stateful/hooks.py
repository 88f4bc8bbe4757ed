"""Hooks for Schemathesis: what a real client brings along and no schema can generate.

Each operation gets the key that it needs, each request its own Idempotency-Key, each webhook its signature, each
verification the token from the mail. The rest of a request is generated from openapi.yaml.
"""

import base64
import hashlib
import hmac
import itertools
import json
import os
import re
import time
import urllib.request
from datetime import datetime

import schemathesis
from hypothesis import strategies as st

PARTNER_KEY = os.environ["STATEFUL_PARTNER_KEY"]
OPERATOR_KEY = os.environ["STATEFUL_OPERATOR_KEY"]
# The clock belongs to another partner: a reset would delete what the links have led to.
CLOCK_KEY = os.environ["STATEFUL_CLOCK_KEY"]
MAIL_URL = os.environ["STATEFUL_MAIL_URL"]
MAIL_WITHIN_S = 5

numbers = itertools.count(1)
run = os.urandom(4).hex()

for name, strategy in {
    "currency": st.sampled_from(["EUR", "EUR", "EUR", "JPY", "KWD"]),
    "time-zone": st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]),
    "locale": st.sampled_from(["de-DE", "en", "fr-CA", "zh-Hant-TW"]),
    "email": st.uuids().map(lambda uuid: f"u{uuid.hex}@example.com"),
    "line": st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}\Z"),
    "free-text": st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 .,\n_-]{0,200}\Z"),
    "storable": st.from_regex(r"\A[A-Za-z0-9 ._-]{0,60}\Z"),
    "web-address": st.sampled_from(["https://example.com", "https://example.com/a/b?c=d"]),
    "payment-method": st.sampled_from(
        ["pm_ok"] * 6 + ["pm_declined", "pm_requires_action", "pm_flaky", "pm_decline_on_renewal", "pm_refund_fails"]
    ),
    "date-time": st.datetimes(min_value=datetime(2027, 1, 1), max_value=datetime(2030, 1, 1)).map(
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")
    ),
}.items():
    schemathesis.openapi.format(name, strategy)


def key_of(operation):
    """Returns the key for an operation; None for a public one."""
    raw = operation.definition.raw
    if raw.get("security") == []:
        return None
    if raw.get("x-platform-only"):
        return OPERATOR_KEY
    return CLOCK_KEY if operation.path.startswith(("/sandbox/clock", "/operations/{operationId}")) else PARTNER_KEY


def newest_token(onboarding_id=None, within_s=MAIL_WITHIN_S):
    """Returns the token of the newest link, of an onboarding where one is given; None when no mail arrives in time."""
    for _ in range(within_s * 5 + 1):
        with urllib.request.urlopen(f"{MAIL_URL}/email") as response:
            mails = json.load(response)
        tokens = [token for mail in mails for token in re.findall(r"/verify/(\S+)", mail.get("text") or "")]
        fitting = [token for token in tokens if onboarding_id is None or token.startswith(f"{onboarding_id}.")]
        if fitting:
            return fitting[-1]
        time.sleep(0.2)
    return None


def sign_sandbox(body):
    event_id, at = f"evt-{run}-{next(numbers)}", str(int(time.time()))
    key = base64.b64decode(os.environ["STATEFUL_SANDBOX_SECRET"].removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(key, f"{event_id}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"webhook-id": event_id, "webhook-timestamp": at, "webhook-signature": f"v1,{mac}"}


def sign_stripe(body):
    at = str(int(time.time()))
    mac = hmac.new(os.environ["STATEFUL_STRIPE_SECRET"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={at},v1={mac}"}


SANDBOX_EVENT = {
    "type": "authorisation.succeeded",
    "data": {"account": "none", "idempotencyKey": "pay_01m7y3ad3af6e964zt6px52w8e:authorise:1", "authorisationId": "a"},
}
STRIPE_EVENT = {"id": "evt_1", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found"}


# Parameters that the hooks send themselves, or that generated would only make a request fail (a made-up cursor).
OWN_PARAMETERS = {"IdempotencyKey", "CorrelationId", "Prefer", "IfMatch", "IfNoneMatch", "Cursor"}


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """Takes the hooks' own parameters out of the contract, so that nothing is generated for them."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "parameters" in operation:
                names = [parameter.get("$ref", "").rpartition("/")[2] for parameter in operation["parameters"]]
                operation["x-takes-prefer"] = "Prefer" in names
                operation["parameters"] = [
                    parameter for parameter, name in zip(operation["parameters"], names) if name not in OWN_PARAMETERS
                ]


PREFIXES = {
    "partnerId": "ptn", "keyId": "key", "userId": "usr", "onboardingId": "onb", "paymentId": "pay", "refundId": "rfd",
    "planId": "pln", "subscriptionId": "sub", "invoiceId": "inv", "operationId": "opn", "compensationId": "cmp",
    "stuckId": "stk", "mailId": "sml", "listingId": "lst", "reviewId": "lrv",
}
ID = re.compile(r"^([a-z]{3})_[0-9a-z]{26}$")
# Resources seen in responses, by the prefix of their id; the newest last.
seen = {}
seen["lst"] = {one["id"]: one for one in json.loads(os.environ["STATEFUL_LISTINGS"])}
# The slugs of categories seen in responses; the newest last.
slugs = []


@schemathesis.hook
def after_call(ctx, case, response):
    if not 200 <= response.status_code < 300 or "json" not in response.headers.get("content-type", [""])[0]:
        return
    body = response.json()
    for resource in body.get("items", [body]) if isinstance(body, dict) else []:
        if "slug" in resource:
            slugs.append(resource["slug"])
        match = ID.match(str(resource.get("id")))
        if match:
            resources = seen.setdefault(match[1], {})
            # A command's outcome only knows the state.
            resources[resource["id"]] = {**resources.pop(resource["id"], {}), **resource}


# The state in which a command is accepted; in any other it is a 409.
WANTED_STATES = {
    "verifyEmail": "awaiting_verification", "resendVerification": "awaiting_verification",
    "updateOnboardingEmail": "awaiting_verification", "submitProfile": "awaiting_profile",
    "approveOnboarding": "awaiting_approval", "rejectOnboarding": "awaiting_approval", "suspendUser": "active",
    "reactivateUser": "suspended", "updateUser": "active", "capturePayment": "authorised", "reviewPayment": "review",
    "refundPayment": "captured", "pauseSubscription": "active", "resumeSubscription": "paused",
    "changePlan": "active", "previewPlanChange": "active", "cancelSubscription": "active",
    "undoSubscriptionChange": "active", "updatePaymentMethod": "active", "submitListing": "draft",
    "claimListing": "in_review", "releaseListing": "in_review", "approveListing": "in_review",
    "rejectListing": "in_review", "withdrawListing": "live", "republishListing": "withdrawn",
    "renewListing": "live", "expireListing": "live", "suspendListing": "live", "reinstateListing": "suspended",
}


def choose_path(operation_id, parameters):
    """
    Replaces a made-up id by that of a resource seen lately, because a made-up one only ever leads to a 404; and three
    times of four any id by that of a resource in the state that the command needs.
    """
    for name, prefix in PREFIXES.items():
        if name not in parameters:
            continue
        turn = next(numbers)
        resources = list(seen.get(prefix, {}).values())
        wanted = [one for one in resources if one.get("state", "") == WANTED_STATES.get(operation_id)]
        made_up = not ID.match(str(parameters[name]))
        candidates = wanted if wanted and (made_up or turn % 4) else resources if made_up else []
        newest = candidates[-4:]
        if newest:
            chosen = newest[turn % len(newest)]
            parameters[name] = chosen["id"]
            for parent in ("paymentId", "partnerId"):
                if parent in parameters and parent in chosen:
                    parameters[parent] = chosen[parent]


PASSING = {"OVERLOADED", "OUTCOME_PENDING", "SANDBOX_RESETTING", "TEMPORAL_UNAVAILABLE"}


@schemathesis.hook
def filter_failure(ctx, failure, case, response):
    """A busy process or a sandbox in reset may respond 503: documented, and no fault of the request."""
    return response.status_code != 503 or response.json().get("code") not in PASSING


def choose_references(operation_id, body):
    """Replaces made-up ids in a body by existing ones, and an impossible duration by a short one."""
    plans = list(seen.get("pln", {}))[-4:]
    if "planId" in body and plans:
        body["planId"] = plans[next(numbers) % len(plans)]
    listings = list(seen.get("lst", {}))[-4:]
    if "listingId" in body and listings:
        body["listingId"] = listings[next(numbers) % len(listings)]
    if operation_id in ("createListing", "updateListing", "checkListing") and "category" in body and slugs:
        body["category"] = slugs[-1 - next(numbers) % min(4, len(slugs))]
    if operation_id in ("createListing", "updateListing"):
        # What a made-up category allows is not known.
        for field in ("attributes", "price", "ownerUserId", "lastDay", "images"):
            body.pop(field, None)
        body.setdefault("title", "A bicycle")
    if operation_id == "putListingCategory":
        body.pop("parent", None)
    if operation_id == "createSubscription":
        body.pop("userId", None)
        body.setdefault("customerId", "cust-17")
    if operation_id == "createPayment" and next(numbers) % 4 == 0:
        body.update(amount={"amountMinor": 1_500_000, "currency": "EUR"}, paymentMethod="pm_ok")  # needs a review
    if operation_id in ("createOnboarding", "updateOnboardingEmail"):
        body["email"] = f"u{next(numbers)}-{run}@example.com"
    if operation_id == "createOnboarding":
        body["requiresApproval"] = next(numbers) % 2 == 0
    if operation_id == "advanceSandboxClock":
        body["by"] = "PT36H"


def choose_revision(body, listing_id):
    """Names the revision of the listing that is under review."""
    listing = seen.get("lst", {}).get(listing_id, {})
    body["revision"] = (listing.get("review") or listing).get("revision", 1)


def choose_batch(operation_id, body):
    """Fills a batch with items that can be carried out: the contract leaves them open."""
    if operation_id == "bulkListings" and slugs:
        item = {"title": "A bicycle of a batch", "description": "Nearly new, with a basket", "category": slugs[-1]}
        body.update(mode="upsert", items=[{**item, "ref": f"{run}-{next(numbers)}"} for _ in range(3)])
    if operation_id == "decideListingReviews":
        listings = [one for one in seen.get("lst", {}).values() if one.get("state") == "in_review"]
        body["items"] = [{"listingId": one["id"], "decision": "approve", "revision": 1} for one in listings[-2:]] or [{}]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    operation_id = case.operation.definition.raw["operationId"]
    headers = dict(case.headers or {})
    headers.pop("Authorization", None)
    key = key_of(case.operation)
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    if case.operation.definition.raw.get("x-idempotency"):
        headers["Idempotency-Key"] = f"{run}-{next(numbers)}"
    if case.operation.definition.raw.get("x-takes-prefer"):
        headers["Prefer"] = "wait=10"
    if case.path_parameters:
        choose_path(operation_id, case.path_parameters)
    if operation_id == "verifyEmail":
        case.body = {"token": newest_token(case.path_parameters["onboardingId"]) or "none"}
    if isinstance(case.body, dict):
        choose_references(operation_id, case.body)
        choose_batch(operation_id, case.body)
        if operation_id in ("approveListing", "rejectListing"):
            choose_revision(case.body, case.path_parameters["listingId"])
    if "token" in (case.path_parameters or {}):
        case.path_parameters["token"] = newest_token(within_s=0) or "none"
    webhooks = {
        "receiveSandboxWebhook": (SANDBOX_EVENT, sign_sandbox),
        "receiveStripeWebhook": (STRIPE_EVENT, sign_stripe),
    }
    if operation_id in webhooks:
        event, sign = webhooks[operation_id]
        case.body = json.dumps(event).encode()
        headers.update(sign(case.body), **{"Content-Type": "application/json"})
    case.headers = headers

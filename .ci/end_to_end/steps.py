"""The steps of an end-to-end run: requests to the API, and what must come of them.

One list for every place that Reinvite runs in. A target says where the API is, who has which token, and where mails arrive.
"""

import dataclasses
import datetime
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

# The organisation of the run, and its users: five get a mail, one has no address, and one is not active.
ORGANISATION = "school"
USERS = """login_id,display_name,email,status,groups
aoi,Aoi Endo,aoi@example.jp,active,Sales
ben,Ben Fenwick,ben@example.com,active,Sales
chika,Chika Hoshino,chika@example.jp,active,Sales
dora,Dora Larkham,dora@example.com,active,Support
emi,Emi Isurugi,emi@example.jp,active,Support
finn,Finn Lindqvist,,active,Sales
gwen,Gwen Hale,gwen@example.com,suspended,Sales
"""
# The addresses of the users of each resend, by login id.
NOW = {"aoi": "aoi@example.jp", "ben": "ben@example.com", "chika": "chika@example.jp"}
LATER = {"dora": "dora@example.com", "emi": "emi@example.jp"}

# The page that AllowedOrigins names.
PAGE = "https://app.example.com"
PASSWORD = "correct-horse-battery-staple"

# Seconds: the longest wait for one answer, and for a state that must come.
ANSWER = 30
STATE = 120
BETWEEN_LOOKS = 0.5

# A start within 60 s is a delayed message. This one goes through the scheduler.
SCHEDULED_IN = 66


class StepFailed(Exception):
    """A step did not come out as it must."""


class NotHere(Exception):
    """A step that this target has nothing for."""


@dataclasses.dataclass
class Answer:
    """The answer to a request."""

    status: int
    headers: dict
    text: str

    @property
    def json(self):
        return json.loads(self.text) if self.text else None


@dataclasses.dataclass
class Mail:
    """A mail that arrived."""

    to: str
    html: str


class Run:
    """The run against one target, and what its steps found out."""

    def __init__(self, target):
        self.target = target
        # The imported users' ids by login id, and the resends: the steps fill them in.
        self.users = {}
        self.now = None
        self.scheduled = None

    def call(self, method, path, token=None, body=None, headers=None, expect=None):
        """Sends a request; the answer must have the expected status."""
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if isinstance(body, (dict, list)):
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        request = urllib.request.Request(
            self.target.base + path, method=method, headers=headers, data=body.encode() if body is not None else None
        )
        try:
            with OPENER.open(request, timeout=ANSWER) as response:
                answer = Answer(response.status, lower(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, lower(error.headers), error.read().decode())
        if expect is not None and answer.status != expect:
            raise StepFailed(f"{method} {path}: {answer.status} instead of {expect}: {answer.text[:500]}")
        return answer

    def owner(self, method, path, **arguments):
        """Sends a request with the owner's token."""
        return self.call(method, path, token=self.target.owner_token, **arguments)

    def until(self, what, look):
        """Looks until there is something true, and returns it."""
        end = time.monotonic() + STATE
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > end:
                raise StepFailed(f"{what} did not come within {STATE} s")
            time.sleep(BETWEEN_LOOKS)

    def create_resend(self, key, users, **fields):
        """Creates a resend to users by login id; returns its id."""
        body = {"selection": {"userIds": [self.users[login_id] for login_id in users]}, **fields}
        return self.owner("POST", "/v1/resends", body=body, headers={"Idempotency-Key": key}, expect=201).json["id"]

    def mails(self, addresses):
        """The mails to these addresses, once each has one. Two mails to an address fail the step."""

        def look():
            found = [mail for mail in self.target.mails() if mail.to in addresses.values()]
            return found if len(found) >= len(addresses) else None

        found = self.until(f"a mail to each of {', '.join(addresses)}", look)
        got = sorted(mail.to for mail in found)
        check(got == sorted(addresses.values()), f"mails to {got}")
        return found

    def completed(self, resend):
        """Waits until a resend is completed."""

        def look():
            return self.owner("GET", f"/v1/resends/{resend}", expect=200).json["state"] == "completed"

        self.until("the end of the resend", look)

    def delivered(self, resend):
        """Waits until every recipient of a resend is delivered, after the target had SES say so."""
        path = f"/v1/resends/{resend}/recipients"
        self.target.report_deliveries(resend, self.owner("GET", path, expect=200).json["recipients"])

        def look():
            states = [recipient["state"] for recipient in self.owner("GET", path, expect=200).json["recipients"]]
            return all(state == "delivered" for state in states)

        self.until("the state delivered of every recipient", look)


# Nothing between the run and the API, whatever the environment says.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def lower(headers):
    """Headers by lower-case name."""
    return {name.lower(): value for name, value in headers.items()}


def check(holds, what):
    if not holds:
        raise StepFailed(what)


def refuse_tokens(run):
    """no token, forged tokens and expired tokens answer 401"""
    run.call("GET", "/v1/me", expect=401)
    for name, token in run.target.refused_tokens().items():
        answer = run.call("GET", "/v1/me", token=token)
        check(answer.status == 401, f"a token that is {name} answers {answer.status}: {answer.text[:200]}")


def answer_preflights(run):
    """preflights are answered without a token"""
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-none-match"}
    answer = run.call("OPTIONS", "/v1/templates/welcome", headers=asked)
    check(answer.status in (200, 204), f"status {answer.status}: {answer.text[:200]}")
    check(answer.headers.get("access-control-allow-origin") == PAGE, f"headers {answer.headers}")
    allowed = answer.headers.get("access-control-allow-headers", "").lower()
    check("if-none-match" in allowed, f"allowed headers {allowed}")


def create_organisation(run):
    """the organisation is created by invoking the function directory"""
    answer = run.target.create_organisation(
        {
            "id": ORGANISATION,
            "name": "School",
            "timeZone": "Asia/Tokyo",
            "language": "en",
            "owner": {"loginId": "owner", "displayName": "Olive Owner", "email": "owner@example.com"},
        }
    )
    check(answer.get("organisation", {}).get("id") == ORGANISATION, f"answer {answer}")


def sign_in(run):
    """the owner's token is accepted, and names the user and the organisation"""
    me = run.owner("GET", "/v1/me", expect=200).json
    check(me["organisation"]["id"] == ORGANISATION, f"organisation {me['organisation']}")
    check({"role": "owner"} in me["roles"], f"roles {me['roles']}")


def open_console(run):
    """the console's page names how to sign in here, and files that are there"""
    page = run.call("GET", "/", expect=200)
    policy = page.headers.get("content-security-policy", "")
    check(policy.startswith("default-src 'none'; script-src 'self';"), f"policy {policy}")
    for path in re.findall(r'"(/console/assets/[^"]+)"', page.text):
        run.call("GET", path, expect=200)
    screen = run.call("GET", "/console/users/somebody", expect=200)
    check(screen.text == page.text, "a screen is another page")

    configuration = re.search(r'id="configuration">(.*?)</script>', page.text)
    found = json.loads(configuration[1])["signIn"]
    expected = run.target.sign_in_of_console()
    check((found["clientId"], found["tokenEndpoint"], found["token"]) == expected, f"sign-in {found}")


def refuse_without_organisation(run):
    """a token without the claim of the organisation answers 403, and the answer names the claim"""
    token, claim = run.target.token_without_organisation()
    problem = run.call("GET", "/v1/me", token=token, expect=403).json
    check(problem["type"] == "/problems/no-organisation", f"type {problem['type']}")
    check(f"`{claim}`" in problem["detail"], f"detail {problem['detail']}")


def keep_organisation(run):
    """no app client of the user pool lets users write their organisation"""
    for client, writable in run.target.writable_attributes().items():
        # Without a list, a client may write attributes that nobody named.
        check(writable and "custom:org" not in writable, f"the client {client} may write {writable}")


def sign_machine_in(run):
    """a machine client acts as its user"""
    token, owner_token, user = run.target.machine_token()
    roles = {"roles": [{"role": "directory_manager"}]}
    body = {"loginId": user, "displayName": "LMS"}
    answer = run.call("PUT", f"/v1/users/{user}", token=owner_token, body=body)
    check(answer.status in (200, 201), f"status {answer.status}: {answer.text[:300]}")
    run.call("PUT", f"/v1/users/{user}/roles", token=owner_token, body=roles, expect=200)
    me = run.call("GET", "/v1/me", token=token, expect=200).json
    check(me["user"]["id"] == user, f"user {me['user']}")


def import_users(run):
    """users are imported from CSV"""
    report = run.owner("POST", "/v1/users/import", body=USERS, headers={"Content-Type": "text/csv"}, expect=200).json
    check(report["created"] == len(USERS.splitlines()) - 1, f"report {report}")

    # Lists are read from an index, which follows the table.
    def listed():
        users = run.owner("GET", "/v1/users?limit=200", expect=200).json["users"]
        ids = {user["loginId"]: user["id"] for user in users}
        return ids if all(line.split(",")[0] in ids for line in USERS.splitlines()[1:]) else None

    run.users = run.until("the list of the imported users", listed)


def preview(run):
    """a preview says who gets a mail, and who gets none and why"""
    users = [run.users[login_id] for login_id in ("aoi", "ben", "finn", "gwen")]
    found = run.owner("POST", "/v1/resends/preview", body={"selection": {"userIds": users}}, expect=200).json["counts"]
    check((found["eligible"], found["excluded"]) == (2, 2), f"counts {found}")
    check(found["byReason"] == {"no_email": 1, "not_active": 1}, f"reasons {found['byReason']}")


def schedule(run):
    """a resend with links is scheduled"""
    start = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=SCHEDULED_IN)
    fields = {"startAt": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "passwordChange": "set_link"}
    run.scheduled = run.create_resend("scheduled", LATER, **fields)
    state = run.owner("GET", f"/v1/resends/{run.scheduled}", expect=200).json["state"]
    check(state == "scheduled", f"state {state}")
    check(run.target.has_schedule(run.scheduled), "the scheduler has no schedule of the resend")


def send_now(run):
    """a resend without a start sends one mail to each recipient at once"""
    run.now = run.create_resend("now", NOW)
    run.mails(NOW)
    run.completed(run.now)


def deliver(run):
    """events of SES raise the recipients to delivered"""
    run.delivered(run.now)


def send_scheduled(run):
    """the scheduled resend sends at its time, and its mails are delivered"""
    run.mails(LATER)
    run.completed(run.scheduled)
    run.delivered(run.scheduled)


def set_password(run):
    """the link of a mail opens, and sets a password once"""
    mail = next(mail for mail in run.mails(LATER) if mail.to == LATER["dora"])
    links = re.findall(r"https?://[^\s\"<>]+/v1/invitations/[^\s\"<>]+", mail.html)
    check(links, "the mail has no link")
    path = urllib.parse.urlsplit(links[0]).path
    state = run.call("GET", path, expect=200).json
    check(state["state"] == "valid", f"state {state}")

    run.call("POST", f"{path}/accept", body={"password": PASSWORD}, expect=204)
    again = run.call("POST", f"{path}/accept", body={"password": PASSWORD}, expect=409).json
    check(again["type"] == "/problems/invitation-used", f"type {again['type']}")


STEPS = [
    refuse_tokens,
    answer_preflights,
    create_organisation,
    sign_in,
    open_console,
    refuse_without_organisation,
    keep_organisation,
    sign_machine_in,
    import_users,
    preview,
    schedule,
    send_now,
    deliver,
    send_scheduled,
    set_password,
]


def run_all(target, say):
    """Takes every step against a target; `say` prints a line."""
    run = Run(target)
    for number, step in enumerate(STEPS, 1):
        began = time.monotonic()
        try:
            step(run)
            took = f"{time.monotonic() - began:5.1f} s"
        except NotHere:
            took = "not here"
        except Exception as error:
            raise StepFailed(f"{target.name}: step {number}, {step.__doc__}: {error!r}") from error
        say(f"{target.name:>8}  {number:2}  {took:>8}  {step.__doc__}")

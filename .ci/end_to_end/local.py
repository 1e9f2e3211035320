"""The local stack as a target: `reinvite-local serve`, with its own issuer and its own SES."""

import contextlib
import json
import os
import urllib.request

from forged_tokens import forged
from processes import free_ports, running, wait_until
from steps import OPENER, ORGANISATION, PAGE, Mail, NotHere


class LocalStack:
    """A local stack that runs."""

    name = "local"
    def __init__(self, port, aws_port):
        self.base = f"http://127.0.0.1:{port}"
        self.aws = f"http://127.0.0.1:{aws_port}"

    def token(self, query):
        with OPENER.open(f"{self.base}/local/token?{query}") as answer:
            return json.load(answer)["token"]

    @property
    def owner_token(self):
        return self.token(f"loginId=owner&organisation={ORGANISATION}")

    def refused_tokens(self):
        return forged(self.token("loginId=owner"))

    def create_organisation(self, organisation):
        request = urllib.request.Request(
            f"{self.aws}/2015-03-31/functions/directory/invocations",
            data=json.dumps({"createOrganisation": organisation}).encode(),
        )
        with OPENER.open(request) as answer:
            return json.load(answer)

    def token_without_organisation(self):
        raise NotHere("the local issuer signs no such token")

    def sign_in_of_console(self):
        return "console", f"{self.base}/local/token", "access"

    def writable_attributes(self):
        raise NotHere("the local issuer keeps no users")

    def machine_token(self):
        """The machine client acts for the sample organisation."""
        return self.token("clientId=lms"), self.token("loginId=owner"), "lms"

    def has_schedule(self, resend):
        with OPENER.open(f"{self.aws}/schedules/{resend}?groupName=Schedules") as answer:
            return json.load(answer)["Name"] == resend

    def mails(self):
        with OPENER.open(f"{self.base}/inbox.json") as answer:
            found = json.load(answer)
        return [Mail(mail["to"], mail["html"]) for mail in (found["mails"] if isinstance(found, dict) else found)]

    def report_deliveries(self, resend, recipients):
        """Nothing to do: the local SES reports by itself."""


@contextlib.contextmanager
def targets(binaries, folder):
    """The local stack, for as long as the block runs."""
    port, aws_port = free_ports(2)
    ports = ["--port", str(port), "--aws-port", str(aws_port)]
    command = [binaries / "reinvite-local", "serve", "--in-memory", "--allowed-origins", PAGE, *ports]
    log = folder / "local.log"
    with running(command, {"PATH": os.environ["PATH"]}, log) as process:
        wait_until(process, "the list of users", lambda: "\nStop " in log.read_text(errors="replace"))
        yield [LocalStack(port, aws_port)]

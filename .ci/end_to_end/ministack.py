"""Two stages on ministack, an emulator of AWS: one whose operators have ID tokens, and one with access tokens.

infra/cognito.yaml and infra/template.yaml are deployed as they are, through CloudFormation. The emulator leaves the following
to this module:

- it ignores the body of an HTTP API, so the routes, the authorizer and the CORS configuration of the expanded template are
  made one by one;
- it reports nothing about mails, so events of SES are written here, in the form of AWS's documentation. They must match the
  rule of the stage, and no other, before they go into its queue.

It answers preflights itself, whatever the routes say.
"""

import base64
import contextlib
import datetime
import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

import expansion
from forged_tokens import forged
from processes import free_ports, running, wait_until
from steps import OPENER, ORGANISATION, PAGE, PASSWORD, Mail

REGION = "us-east-1"
ACCOUNT = "000000000000"
BUCKET = "code"
MACHINE_USER = "lms"
# Each stage with whether its access tokens name the organisation.
STAGES = {"ids": False, "access": True}
# Seconds until CloudFormation must be done.
DEPLOYMENT = 120


class Ministack:
    """An emulator that runs."""

    def __init__(self, port):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)

    def client(self, service):
        config = Config(retries={"max_attempts": 1}, read_timeout=60, proxies={})
        return self.session.client(service, endpoint_url=self.url, config=config)

    def deploy(self, stack, template, parameters):
        """Deploys a template; returns the outputs of the stack."""
        # CloudFormation takes a template of this size only from a bucket.
        self.client("s3").put_object(Bucket=BUCKET, Key=f"{stack}.json", Body=json.dumps(template).encode())
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=stack,
            TemplateURL=f"{self.url}/{BUCKET}/{stack}.json",
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        waiter = cloudformation.get_waiter("stack_create_complete")
        try:
            waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": DEPLOYMENT})
        except Exception:
            for event in cloudformation.describe_stack_events(StackName=stack)["StackEvents"]:
                if "FAILED" in event["ResourceStatus"]:
                    print(f"{stack}: {event['LogicalResourceId']}: {event.get('ResourceStatusReason')}")
            raise
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def resource(self, stack, logical_id):
        """The physical id of a resource."""
        found = self.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        return found["StackResourceDetail"]["PhysicalResourceId"]


def upload_functions(ministack, template, binaries, folder):
    """Puts the binary of each function into a bucket, as Lambda takes it; returns where each is."""
    s3 = ministack.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    code = {}
    for name, function in expansion.functions(template).items():
        binary = function["Metadata"]["BuildProperties"]["Binary"]
        # Debug information makes most of a debug build, and the emulator keeps each package in memory.
        bootstrap = folder / binary
        subprocess.run(["strip", "--strip-debug", "-o", bootstrap, binaries / binary], check=True)
        package = folder / f"{binary}.zip"
        with zipfile.ZipFile(package, "w") as archive:
            archive.write(bootstrap, "bootstrap")
        s3.upload_file(str(package), BUCKET, package.name)
        code[name] = {"Bucket": BUCKET, "Key": package.name}
    return code


def allow_what_only_the_emulator_asks(expanded):
    """Adds to the roles of the functions the permissions that AWS does not ask for, by what the emulator looks for instead."""
    asked = {
        # Batches by names of their own, and bulk mail without its resources.
        "*": ["dynamodb:BatchExecuteStatement", "sqs:ChangeMessageVisibilityBatch", "ses:SendBulkEmail"],
        # It takes every schedule for one of the default group.
        f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/*": [
            "scheduler:CreateSchedule",
            "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
        ],
    }
    statements = [{"Effect": "Allow", "Action": actions, "Resource": resource} for resource, actions in asked.items()]
    document = {"Version": "2012-10-17", "Statement": statements}

    for role in expanded["Resources"].values():
        if role["Type"] == "AWS::IAM::Role" and "lambda.amazonaws.com" in json.dumps(role["Properties"]):
            policies = role["Properties"].setdefault("Policies", [])
            for policy in policies:
                for statement in policy["PolicyDocument"]["Statement"]:
                    # A reference to a secret is its ARN, but its name in the emulator.
                    if statement.get("Resource") == {"Ref": "StageKey"}:
                        statement["Resource"] = {"Fn::GetAtt": ["StageKey", "Id"]}
            policies.append({"PolicyName": "AskedByTheEmulatorOnly", "PolicyDocument": document})


class Stage:
    """A stage with its user pool, as a target of the steps."""

    def __init__(self, ministack, name, access_tokens):
        self.ministack = ministack
        self.name = name
        self.access_tokens = access_tokens
        self.stack = f"reinvite-{name}"
        self.from_address = f"invitations-{name}@example.com"
        self.base = None
        self.pool = None
        self.subject = None
        self.owner_token = None
        self.other_token = None
        self.expired_token = None
        self.unclaimed_token = None

    def deploy(self, template, code):
        """Deploys the user pool, signs its users in, and deploys Reinvite with the outputs of the pool as parameters."""
        in_access_tokens = "true" if self.access_tokens else "false"
        parameters = {"Stage": self.name, "OrganisationInAccessTokens": in_access_tokens}
        self.pool = self.ministack.deploy(f"cognito-{self.name}", expansion.read("cognito.yaml"), parameters)
        self.sign_operators_in()

        self.ministack.client("sesv2").create_email_identity(EmailIdentity=self.from_address)
        from_pool = ["JwtIssuer", "JwtAudience", "OrganisationClaim", "TokenUse", "SignInDomain", "SignInClientId"]
        parameters = {name: self.pool[name] for name in from_pool} | {
            "Stage": self.name,
            "FromAddress": self.from_address,
            "LoginUrl": "https://learn.example.com/login",
            "Credentials": "table",
            "InvitationHost": f"invitations-{self.name}.example.com",
            "MachineClients": f"{self.pool['MachineClient']}={ORGANISATION}/{MACHINE_USER}",
            "AllowedOrigins": PAGE,
            "EndpointUrl": self.ministack.url,
        }
        expanded = expansion.expanded(template, code, parameters)
        allow_what_only_the_emulator_asks(expanded)
        self.ministack.deploy(self.stack, expanded, parameters)
        api = self.ministack.resource(self.stack, "Api")
        self.make_routes(api, expanded["Resources"]["Api"]["Properties"]["Body"])
        self.base = f"{self.ministack.url}/_aws/execute-api/{api}/$default"

    def make_routes(self, api, body):
        """Makes the authorizer, the routes and the CORS configuration of the API's body."""
        gateway = self.ministack.client("apigatewayv2")
        cors = body["x-amazon-apigateway-cors"]["Fn::If"][1]
        separator, origins = cors["allowOrigins"]["Fn::Split"]
        cors = {name[0].upper() + name[1:]: value for name, value in cors.items()}
        gateway.update_api(ApiId=api, CorsConfiguration=cors | {"AllowOrigins": origins.split(separator)})
        authorizer = gateway.create_authorizer(
            ApiId=api,
            Name="Jwt",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": self.pool["JwtIssuer"], "Audience": self.pool["JwtAudience"].split(",")},
        )["AuthorizerId"]
        integrations = {}
        for path, methods in body["paths"].items():
            for method, route in methods.items():
                uri = route["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                function = re.search(r"\$\{(\w+)\.Arn\}", uri)[1]
                if function not in integrations:
                    integrations[function] = gateway.create_integration(
                        ApiId=api,
                        IntegrationType="AWS_PROXY",
                        PayloadFormatVersion="2.0",
                        IntegrationUri=self.function_arn(function),
                    )["IntegrationId"]
                key = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                needs_token = "Jwt" in route["security"][0]
                gateway.create_route(
                    ApiId=api,
                    RouteKey=f"{key} {path}",
                    Target=f"integrations/{integrations[function]}",
                    AuthorizationType="JWT" if needs_token else "NONE",
                    **({"AuthorizerId": authorizer} if needs_token else {}),
                )

    def function_arn(self, logical_id):
        name = self.ministack.resource(self.stack, logical_id)
        return self.ministack.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]

    def sign_operators_in(self):
        """Creates and signs in two users, as docs/cognito.md does: the owner, and one without an organisation."""
        self.subject, tokens = self.sign_in("owner@example.com", self.pool["OperatorClient"], ORGANISATION)
        used, other = ("AccessToken", "IdToken") if self.access_tokens else ("IdToken", "AccessToken")
        self.owner_token, self.other_token = tokens[used], tokens[other]
        # Expires while the stage is deployed.
        self.expired_token = self.short_lived_token()
        _, tokens = self.sign_in("nobody@example.com", self.pool["OperatorClient"])
        self.unclaimed_token = tokens[used]

    def sign_in(self, email, client, organisation=None):
        """Creates a user if there is none, and signs the user in; returns the `sub` and the tokens."""
        cognito = self.ministack.client("cognito-idp")
        user = {"UserPoolId": self.pool["UserPool"], "Username": email}
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        if organisation:
            attributes.append({"Name": "custom:org", "Value": organisation})
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(**user, UserAttributes=attributes, MessageAction="SUPPRESS")
            cognito.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
        parameters = {"USERNAME": email, "PASSWORD": PASSWORD}
        signed_in = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        found = cognito.admin_get_user(**user)["UserAttributes"]
        return next(each["Value"] for each in found if each["Name"] == "sub"), signed_in["AuthenticationResult"]

    def refused_tokens(self):
        """Tokens that are no good, by why."""
        return forged(self.owner_token) | {
            "expired": self.expired_token,
            "of the other kind": self.other_token,
            "of another client": self.token_of_another_client(),
        }

    def short_lived_token(self):
        """A token of the owner that is valid for a second. AWS issues none for less than five minutes."""
        cognito = self.ministack.client("cognito-idp")
        client = {"UserPoolId": self.pool["UserPool"], "ClientId": self.pool["OperatorClient"]}
        settings = cognito.describe_user_pool_client(**client)["UserPoolClient"]
        settings = {name: value for name, value in settings.items() if value and "Date" not in name}

        def validity(unit):
            units = {"AccessToken": unit, "IdToken": unit}
            return {"AccessTokenValidity": 1, "IdTokenValidity": 1, "TokenValidityUnits": units}

        cognito.update_user_pool_client(**(settings | validity("seconds")))
        _, tokens = self.sign_in("owner@example.com", client["ClientId"])
        cognito.update_user_pool_client(**(settings | validity("hours")))
        return tokens["AccessToken" if self.access_tokens else "IdToken"]

    def token_of_another_client(self):
        """A token of the owner that another app client of the pool got."""
        cognito = self.ministack.client("cognito-idp")
        client = cognito.create_user_pool_client(
            UserPoolId=self.pool["UserPool"],
            ClientName="another",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
            WriteAttributes=["email"],
        )["UserPoolClient"]["ClientId"]
        _, tokens = self.sign_in("owner@example.com", client)
        return tokens["AccessToken" if self.access_tokens else "IdToken"]

    def token_without_organisation(self):
        """A token of the kind that this stage takes, and the claim that it lacks."""
        return self.unclaimed_token, self.pool["OrganisationClaim"]

    def sign_in_of_console(self):
        """The client, the token endpoint and the token that the console's page must name."""
        token_endpoint = self.pool["TokenEndpoint"]
        return self.pool["SignInClientId"], token_endpoint, "access" if self.access_tokens else "id"

    def writable_attributes(self):
        """What users may write through each app client of the pool."""
        cognito = self.ministack.client("cognito-idp")
        pool = {"UserPoolId": self.pool["UserPool"]}
        clients = cognito.list_user_pool_clients(**pool, MaxResults=60)["UserPoolClients"]
        found = {}
        for client in clients:
            settings = cognito.describe_user_pool_client(**pool, ClientId=client["ClientId"])["UserPoolClient"]
            found[client["ClientName"]] = settings.get("WriteAttributes")
        return found

    def create_organisation(self, organisation):
        organisation["owner"]["subject"] = self.subject
        answer = self.ministack.client("lambda").invoke(
            FunctionName=f"reinvite-{self.name}-directory",
            Payload=json.dumps({"createOrganisation": organisation}).encode(),
        )
        return json.load(answer["Payload"])

    def machine_token(self):
        """A token by client credentials, as a program gets it."""
        cognito = self.ministack.client("cognito-idp")
        client = {"UserPoolId": self.pool["UserPool"], "ClientId": self.pool["MachineClient"]}
        secret = cognito.describe_user_pool_client(**client)["UserPoolClient"]["ClientSecret"]
        basic = base64.b64encode(f"{client['ClientId']}:{secret}".encode()).decode()
        # The domain of the pool leads to AWS; the emulator has the same path under its own address.
        request = urllib.request.Request(
            f"{self.ministack.url}/oauth2/token",
            data=urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "reinvite/api"}).encode(),
            headers={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        with OPENER.open(request) as answer:
            return json.load(answer)["access_token"], self.owner_token, MACHINE_USER

    def has_schedule(self, resend):
        scheduler = self.ministack.client("scheduler")
        return scheduler.get_schedule(GroupName=f"reinvite-{self.name}", Name=resend)["Name"] == resend

    def mails(self):
        with OPENER.open(f"{self.ministack.url}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"].values()
        mails = [mail for account in accounts for mail in account if self.from_address in mail["Source"]]
        return [Mail(mail["To"][0], mail["BodyHtml"]) for mail in mails]

    def report_deliveries(self, resend, recipients):
        """Puts an event for each mail into the queue of the stage, if the rule of the stage takes it."""
        rules = {stage: self.pattern(stage) for stage in STAGES}
        events = self.ministack.client("events")
        sqs = self.ministack.client("sqs")
        queue = self.ministack.resource(self.stack, "Feedback")
        for position, recipient in enumerate(recipients):
            event = json.dumps(self.delivery(resend, position, recipient))
            for stage, pattern in rules.items():
                taken = events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]
                assert taken == (stage == self.name), f"the rule of {stage} takes an event of {self.name}: {taken}"
            sqs.send_message(QueueUrl=queue, MessageBody=event)

    def pattern(self, stage):
        rule = self.ministack.resource(f"reinvite-{stage}", "MailEventsToFeedback")
        return self.ministack.client("events").describe_rule(Name=rule.split("/")[-1])["EventPattern"]

    def delivery(self, resend, position, recipient):
        """The event by which SES reports that a mail was delivered."""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        address = f"{recipient['userId']}@example.com"
        return {
            "version": "0",
            "id": f"{position:08}-0000-4000-8000-000000000000",
            "detail-type": "Email Delivered",
            "source": "aws.ses",
            "account": ACCOUNT,
            "time": now,
            "region": REGION,
            "resources": [f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/reinvite-{self.name}"],
            "detail": {
                "eventType": "Delivery",
                "mail": {
                    "timestamp": now,
                    "source": self.from_address,
                    "sendingAccountId": ACCOUNT,
                    "messageId": recipient["messageId"],
                    "destination": [address],
                    "headersTruncated": False,
                    "headers": [{"name": "From", "value": self.from_address}],
                    "commonHeaders": {"from": [self.from_address], "to": [address], "messageId": recipient["messageId"]},
                    "tags": {
                        "ses:configuration-set": [f"reinvite-{self.name}"],
                        "ses:from-domain": ["example.com"],
                        # A resend this small has one chunk, and recipients are listed by position.
                        "resend": [resend],
                        "chunk": ["0"],
                        "position": [str(position)],
                        "attempt": [str(recipient["attempt"])],
                    },
                },
                "delivery": {
                    "timestamp": now,
                    "processingTimeMillis": 500,
                    "recipients": [address],
                    "smtpResponse": "250 2.6.0 Message received",
                    "reportingMTA": "mta.example.com",
                },
            },
        }


@contextlib.contextmanager
def targets(binaries, folder):
    """Both stages, deployed, for as long as the block runs."""
    (port,) = free_ports(1)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        # Enforces the policies of the functions' roles.
        "AUTH": "true",
        # A port of its own, which listens everywhere.
        "IOT_MTLS_ENABLED": "0",
    }
    log = folder / "ministack.log"
    with running([sys.executable, "-m", "ministack"], environment, log) as process:
        ministack = Ministack(port)
        wait_until(process, "the emulator", lambda: is_up(ministack))
        template = expansion.read("template.yaml")
        code = upload_functions(ministack, template, binaries, folder)
        stages = [Stage(ministack, name, access_tokens) for name, access_tokens in STAGES.items()]
        with ThreadPoolExecutor() as threads:
            for deployed in [threads.submit(stage.deploy, template, code) for stage in stages]:
                deployed.result()
        try:
            yield stages
        except Exception:
            print_function_logs(ministack)
            raise


def print_function_logs(ministack):
    """Prints the warnings and errors of all functions."""
    logs = ministack.client("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            if re.search("ERROR|WARN|Error", event["message"]):
                print(f"{group['logGroupName']}: {event['message'][:1000]}")


def is_up(ministack):
    try:
        with OPENER.open(f"{ministack.url}/_ministack/health", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False

"""Invites the users of a CSV file as a script would: boto3, and Jinja2 for the mails.

Usage: peer.py {single,bulk} ENDPOINT JOB, where JOB is a JSON file: template (subject, html, text), values, and users, the
path of the CSV. Prints, as JSON, the mails and the CPU seconds of this process.
"""

import csv
import json
import resource
import sys

import boto3
import jinja2

FROM = "invitations@example.com"

# The most destinations of a call.
BULK = 50


def client(endpoint):
    return boto3.client(
        "sesv2",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def compiled(template):
    """As Reinvite sets its own engine, but that HTML alone is escaped."""
    def environment(autoescape):
        return jinja2.Environment(autoescape=autoescape, trim_blocks=True, lstrip_blocks=True)

    return {part: environment(part == "html").from_string(source) for part, source in template.items()}


def mail(template, values, row):
    user = {"name": row["display_name"], "login_id": row["login_id"], "email": row["email"], "groups": [row["groups"]]}
    return {part: source.render(values, user=user) for part, source in template.items()}


def single(ses, template, values, rows):
    for row in rows:
        content = mail(template, values, row)
        part = {name: {"Data": text, "Charset": "UTF-8"} for name, text in content.items()}
        ses.send_email(
            FromEmailAddress=FROM,
            Destination={"ToAddresses": [row["email"]]},
            Content={"Simple": {"Subject": part["subject"], "Body": {"Html": part["html"], "Text": part["text"]}}},
        )


def bulk(ses, template, values, rows):
    """SES puts the recipient's values in: the template is rendered once, with SES's own placeholders for them."""
    names = ["login_id", "email", "display_name"]
    content = mail(template, values, {name: "{{" + name + "}}" for name in names} | {"groups": ""})
    content = {"Subject": content["subject"], "Html": content["html"], "Text": content["text"]}
    ses.create_email_template(TemplateName="invitation", TemplateContent=content)
    for start in range(0, len(rows), BULK):
        answer = ses.send_bulk_email(
            FromEmailAddress=FROM,
            DefaultContent={"Template": {"TemplateName": "invitation", "TemplateData": "{}"}},
            BulkEmailEntries=[
                {
                    "Destination": {"ToAddresses": [row["email"]]},
                    "ReplacementEmailContent": {
                        "ReplacementTemplate": {
                            "ReplacementTemplateData": json.dumps({name: row[name] for name in names})
                        }
                    },
                }
                for row in rows[start : start + BULK]
            ],
        )
        refused = [result for result in answer["BulkEmailEntryResults"] if result["Status"] != "SUCCESS"]
        if refused:
            sys.exit(f"refused: {refused[0]}")


def main(way, endpoint, job):
    with open(job, encoding="utf-8") as file:
        job = json.load(file)
    with open(job["users"], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    {"single": single, "bulk": bulk}[way](client(endpoint), compiled(job["template"]), job["values"], rows)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"mails": len(rows), "cpu": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

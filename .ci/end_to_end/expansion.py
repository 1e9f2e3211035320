"""infra/template.yaml as CloudFormation gets it: expanded by the SAM translator that the SAM CLI uses."""

import copy
import logging
import os
import pathlib

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# It warns that nobody collects its metrics.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

INFRA = pathlib.Path(__file__).resolve().parent.parent.parent / "infra"


class NoManagedPolicies:
    """The template names no managed policy that the translator would have to look up."""

    def load(self):
        return {}


def read(name):
    """A template of the folder infra, with intrinsic functions in their long form."""
    return yaml_parse((INFRA / name).read_text())


def functions(template):
    """The functions of a SAM template by logical id."""
    kind = "AWS::Serverless::Function"
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def expanded(template, code, parameters):
    """Expands a SAM template with parameters; `code` maps each function's logical id to its code in S3."""
    template = copy.deepcopy(template)
    template["Globals"]["Function"].pop("CodeUri", None)
    for name, function in functions(template).items():
        function["Properties"]["CodeUri"] = code[name]
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    return transform(template, parameters, NoManagedPolicies())

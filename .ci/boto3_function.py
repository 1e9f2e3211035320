"""A function in Python that reads an item: the measure beside which `.ci/rie` prints the figures of the functions in Rust."""

import os

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event, context):
    key = {"pk": {"S": "none"}, "sk": {"S": "none"}}
    found = dynamodb.get_item(TableName=os.environ["DIRECTORY_TABLE"], Key=key)
    return {"statusCode": found["ResponseMetadata"]["HTTPStatusCode"]}

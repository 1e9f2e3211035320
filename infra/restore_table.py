#!/usr/bin/env python3
"""Makes a DynamoDB table equal to a restored copy of it.

Usage: restore_table.py RESTORED LIVE

Writes each item of RESTORED that LIVE has not or has otherwise, and deletes each item of LIVE that RESTORED has not. Both
tables have the keys pk and sk. It may run again at any time. Switch `Maintenance` on before: see docs/operating.md.
"""

import sys

import boto3


def items(table):
    """The items of a table, page by page."""
    request = {"ConsistentRead": True}
    while True:
        page = table.scan(**request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def key(item):
    return item["pk"], item["sk"]


def main():
    dynamodb = boto3.resource("dynamodb")
    restored, live = (dynamodb.Table(name) for name in sys.argv[1:3])
    written = deleted = 0

    wanted = {key(item): item for item in items(restored)}
    with live.batch_writer() as batch:
        for item in items(live):
            if key(item) not in wanted:
                batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
                deleted += 1
            elif wanted[key(item)] == item:
                del wanted[key(item)]
        for item in wanted.values():
            batch.put_item(Item=item)
            written += 1

    print(f"{live.name}: {written} items written, {deleted} deleted")


if __name__ == "__main__":
    main()

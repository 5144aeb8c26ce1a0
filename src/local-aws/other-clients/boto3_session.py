"""Uses a local AWS with boto3, as a program would, and prints as JSON what came of it.

The endpoint is the argument; credentials and Region come from the environment.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

CONTEXT = {"purpose": "test", "tenant": "a"}
GRANTEE = "arn:aws:iam::111122223333:root"


def error_of(call, **parameters):
    """The code, status and message of the error that a call ends in."""
    try:
        call(**parameters)
    except ClientError as error:
        answer = error.response
        return {
            "code": answer["Error"]["Code"],
            "message": answer["Error"]["Message"],
            "status": answer["ResponseMetadata"]["HTTPStatusCode"],
            "class": type(error).__name__,
        }
    raise AssertionError("The call should have been refused.")


def use_data_key(kms, alias):
    data_key = kms.generate_data_key(KeyId=alias, KeySpec="AES_256", EncryptionContext=CONTEXT)
    blob = data_key["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    return {
        "length": len(data_key["Plaintext"]),
        "same": opened["Plaintext"] == data_key["Plaintext"],
        "other_context": error_of(kms.decrypt, CiphertextBlob=blob, EncryptionContext={"tenant": "b"}),
        "damaged": error_of(kms.decrypt, CiphertextBlob=blob[:-1] + b"x", EncryptionContext=CONTEXT),
    }


def use_rotation(kms, key_id):
    kms.enable_key_rotation(KeyId=key_id)
    enabled = kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    kms.disable_key_rotation(KeyId=key_id)
    return {"enabled": enabled, "after": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]}


def use_grants(kms, key_id):
    def listed():
        pages = kms.get_paginator("list_grants").paginate(KeyId=key_id)
        return [grant["GrantId"] for page in pages for grant in page["Grants"]]

    revoked = kms.create_grant(KeyId=key_id, GranteePrincipal=GRANTEE, Operations=["Decrypt"])
    retired = kms.create_grant(KeyId=key_id, GranteePrincipal=GRANTEE, Operations=["Encrypt"])
    before = listed()
    kms.revoke_grant(KeyId=key_id, GrantId=revoked["GrantId"])
    kms.retire_grant(GrantToken=retired["GrantToken"])
    return {
        "before": sorted(before) == sorted([revoked["GrantId"], retired["GrantId"]]),
        "after": listed(),
    }


def look_up(cloudtrail, key_arn):
    attribute = {"AttributeKey": "ResourceName", "AttributeValue": key_arn}
    pages = cloudtrail.get_paginator("lookup_events").paginate(
        LookupAttributes=[attribute], PaginationConfig={"PageSize": 5}
    )
    return [event["EventName"] for page in pages for event in page["Events"]]


def main(endpoint):
    kms, cloudtrail, sts = (
        boto3.client(service, endpoint_url=endpoint) for service in ("kms", "cloudtrail", "sts")
    )
    key = kms.create_key(Description="of boto3")["KeyMetadata"]
    key_id = key["KeyId"]
    kms.create_alias(AliasName="alias/boto3", TargetKeyId=key_id)
    session = {
        "identity": sts.get_caller_identity()["Arn"],
        "key": {"arn": key["Arn"], "created": key["CreationDate"].isoformat()},
        "data_key": use_data_key(kms, "alias/boto3"),
        "rotation": use_rotation(kms, key_id),
        "grants": use_grants(kms, key_id),
        "absent": error_of(kms.describe_key, KeyId="alias/absent"),
    }
    scheduled = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    session["scheduled"] = {
        "state": scheduled["KeyState"],
        "days": (scheduled["DeletionDate"] - key["CreationDate"]).days,
    }
    session["pending"] = error_of(kms.generate_data_key, KeyId=key_id, KeySpec="AES_256")
    session["events"] = look_up(cloudtrail, key["Arn"])
    print(json.dumps(session))


main(sys.argv[1])

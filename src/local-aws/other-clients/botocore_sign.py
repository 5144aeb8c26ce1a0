"""Signs requests with botocore, as a program that uses it by itself would, and prints them as JSON.

Standard input has the endpoint, the Region and a list of requests; credentials come from the environment.
"""

import json
import os
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import Session


def signed(endpoint, region, given):
    """The path of a request, and the headers that sign it, as botocore sends them."""
    url = endpoint + given["path"]
    parameters = [tuple(parameter) for parameter in given["parameters"]]
    request = AWSRequest(method="POST", url=url, params=parameters, data="{}")
    for name, values in given["headers"].items():
        for value in values if isinstance(values, list) else [values]:
            request.headers.add_header(name, value)
    credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, "kms", region).add_auth(request)
    names = ["Authorization", "X-Amz-Date", "Date"]
    return {
        "path": request.prepare().url[len(endpoint) :],
        "headers": {name: request.headers[name] for name in names if name in request.headers},
    }


def presigned(endpoint, region):
    """URLs of GetCallerIdentity, by the method that they are for."""
    sts = Session().create_client("sts", region_name=region, endpoint_url=endpoint)
    return {
        method: sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod=method)
        for method in ("GET", "POST")
    }


def main():
    given = json.load(sys.stdin)
    endpoint, region = given["endpoint"], given["region"]
    requests = [signed(endpoint, region, request) for request in given["requests"]]
    print(json.dumps({"requests": requests, "presigned": presigned(endpoint, region)}))


main()

"""Tokens that no gateway may accept, made from one that it accepts."""

import base64
import json


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def forged(token):
    """Forged tokens by what was done to them."""
    header, payload, signature = token.split(".")
    claims = decode(payload)
    return {
        "no token": "nonsense",
        "cut off before its signature": f"{header}.{payload}.",
        "signed for other claims": f"{header}.{encode(claims | {'exp': claims['exp'] + 3600})}.{signature}",
        "unsigned": f"{encode({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "of another user": f"{header}.{encode(claims | {'sub': 'somebody-else'})}.{signature}",
    }

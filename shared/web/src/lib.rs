//! API Gateway requests: identity, paging, idempotency and problem+json.

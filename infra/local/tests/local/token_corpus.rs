//! Forged tokens, and true ones, before the gateway and before a function that verifies tokens itself.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use axum::{Router, body::Body};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign};
use reinvite_aws::{Clock, Host};
use reinvite_directory::DirectoryFunction;
use reinvite_emulators::{
    connector::{Fault, Observer, in_process_with},
    lambda::Functions,
};
use reinvite_local::{gateway, issuer::Issuer, template::Route};
use serde_json::{Value, json};

use crate::client::{ask, beginning, folder};

const ISSUER: &str = "http://localhost/issuer";
const AUDIENCE: &str = "reinvite";

/// The bytes before an Ed25519 private key in PKCS #8.
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A header or the headers `Authorization` of a request, with the verdict that is due.
struct Case {
    name: String,
    headers: Vec<String>,
    is_let_in: bool,
}

/// The issuer's key, in the hands of somebody who signs whatever a case needs.
struct Forge {
    key: EncodingKey,
    kid: String,
    /// The public key: its text in the JWKS, and the JWKS itself.
    public: String,
    jwks: String,
}

impl Forge {
    fn new(private: &[u8; 32], issuer: &Issuer) -> Self {
        let jwks = serde_json::to_value(issuer.keys()).unwrap();
        Self {
            key: EncodingKey::from_ed_der(&[PKCS8.as_slice(), private].concat()),
            kid: jwks["keys"][0]["kid"].as_str().unwrap().to_owned(),
            public: jwks["keys"][0]["x"].as_str().unwrap().to_owned(),
            jwks: jwks.to_string(),
        }
    }

    /// The header of a true token, with changes; `null` takes a member out.
    fn header(&self, changes: &Value) -> Value {
        changed(
            json!({"typ": "JWT", "alg": "EdDSA", "kid": self.kid}),
            changes,
        )
    }

    /// A token with a true signature.
    fn signed(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = sign(message.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }

    fn with_claims(&self, changes: &Value) -> String {
        self.signed(&self.header(&json!({})), &claims(changes))
    }

    fn with_header(&self, changes: &Value) -> String {
        self.signed(&self.header(changes), &claims(&json!({})))
    }

    /// A token whose signature is a hash with a public text as its secret.
    fn hashed(&self, secret: &[u8]) -> String {
        let message = message(&self.header(&json!({"alg": "HS256"})), &claims(&json!({})));
        let secret = EncodingKey::from_secret(secret);
        let signature = sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }
}

fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        }
    }
    object
}

fn now() -> i64 {
    beginning().timestamp()
}

fn claims(changes: &Value) -> Value {
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "owner", "org": "sample", "iat": now(), "exp": now() + 60,
    });
    changed(claims, changes)
}

fn part(json: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", part(header), part(claims))
}

fn true_tokens(forge: &Forge) -> Vec<Case> {
    let good = forge.with_claims(&json!({}));
    let mut cases = Vec::new();
    for scheme in ["Bearer ", "bearer ", "BEARER ", "Bearer   ", ""] {
        cases.push((
            format!("scheme {scheme:?}"),
            vec![format!("{scheme}{good}")],
        ));
    }
    for changes in [
        json!({"aud": ["other", AUDIENCE]}),
        json!({"aud": null, "client_id": "lms"}),
        json!({"nbf": now()}),
        json!({"exp": now() + 1}),
        json!({"iat": null}),
    ] {
        let token = forge.with_claims(&changes);
        cases.push((changes.to_string(), vec![format!("Bearer {token}")]));
    }
    cases.into_iter().map(|case| as_case(case, true)).collect()
}

fn as_case((name, headers): (String, Vec<String>), is_let_in: bool) -> Case {
    Case {
        name,
        headers,
        is_let_in,
    }
}

fn wrong_claims(forge: &Forge) -> Vec<(String, String)> {
    let changes = [
        json!({"exp": now()}),
        json!({"exp": now() - 1}),
        json!({"exp": null}),
        json!({"exp": "4102444800"}),
        json!({"exp": 1e300}),
        json!({"nbf": now() + 1}),
        json!({"nbf": "0"}),
        json!({"iat": now() + 1}),
        json!({"iss": "http://localhost/other"}),
        json!({"iss": format!("{ISSUER}/")}),
        json!({"iss": [ISSUER]}),
        json!({"iss": null}),
        json!({"aud": "other"}),
        json!({"aud": []}),
        json!({"aud": "reinvite "}),
        json!({"aud": {"reinvite": true}}),
        json!({"aud": null}),
        json!({"aud": "other", "client_id": "lms"}),
        json!({"aud": null, "client_id": "other"}),
        json!({"aud": null, "client_id": ["lms"]}),
    ];
    let case = |changes: Value| (changes.to_string(), forge.with_claims(&changes));
    let mut cases: Vec<_> = changes.into_iter().map(case).collect();

    let header = forge.header(&json!({}));
    cases.push(("claims in a list".into(), forge.signed(&header, &json!([]))));
    cases
}

fn wrong_headers(forge: &Forge) -> Vec<(String, String)> {
    let own = EncodingKey::from_ed_der(&[PKCS8.as_slice(), &[9; 32]].concat());
    let own_public = jsonwebtoken::jwk::Jwk::from_encoding_key(&own, Algorithm::EdDSA).unwrap();

    let changes = [
        json!({"kid": "other"}),
        json!({"kid": ""}),
        json!({"kid": null}),
        json!({"kid": 1}),
        json!({"kid": "../../issuer.key"}),
        json!({"alg": "RS256"}),
        json!({"alg": "ES256"}),
        json!({"alg": "HS256"}),
        json!({"alg": null}),
        json!({"crit": ["exp"]}),
    ];
    let case = |changes: Value| (changes.to_string(), forge.with_header(&changes));
    let mut cases: Vec<_> = changes.into_iter().map(case).collect();

    // Signed with a key of the forger's own, which the header brings along.
    for changes in [
        json!({}),
        json!({"jwk": own_public}),
        json!({"jku": "https://example.com/keys"}),
    ] {
        let message = message(&forge.header(&changes), &claims(&json!({})));
        let signature = sign(message.as_bytes(), &own, Algorithm::EdDSA).unwrap();
        let name = format!("own key, {changes}");
        cases.push((name, format!("{message}.{signature}")));
    }
    cases
}

fn wrong_signatures(forge: &Forge) -> Vec<(String, String)> {
    let good = forge.with_claims(&json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let other = part(&claims(&json!({"sub": "another"})));
    let mut cases = Vec::new();

    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let none = part(&forge.header(&json!({"alg": algorithm})));
        cases.push((format!("{algorithm:?}"), format!("{none}.{payload}.")));
        let kept = format!("{none}.{payload}.{signature}");
        cases.push((format!("{algorithm:?} with a signature"), kept));
    }

    let raw = BASE64_URL_SAFE_NO_PAD.decode(&forge.public).unwrap();
    for (name, secret) in [
        ("the public key", raw.as_slice()),
        ("the public key's text", forge.public.as_bytes()),
        ("the JWKS", forge.jwks.as_bytes()),
        ("nothing", b""),
    ] {
        cases.push((format!("hashed with {name}"), forge.hashed(secret)));
    }

    let spaced = format!("{header}. {payload}.{signature}");
    let shapes = [
        ("tampered payload", format!("{header}.{other}.{signature}")),
        ("empty signature", format!("{message}.")),
        ("no signature", message.to_owned()),
        ("zero signature", format!("{message}.{}", "A".repeat(86))),
        ("cut signature", good[..good.len() - 2].to_owned()),
        ("padded signature", format!("{good}==")),
        ("longer signature", format!("{good}AA")),
        ("signature twice", format!("{good}.{signature}")),
        ("dot at the end", format!("{good}.")),
        ("dot at the beginning", format!(".{good}")),
        ("two dots", format!("{header}..{payload}.{signature}")),
        ("space inside", spaced),
        ("no payload", format!("{header}..{signature}")),
        ("no header", format!(".{payload}.{signature}")),
        ("dots only", "..".to_owned()),
        ("text", "nonsense".to_owned()),
    ];
    cases.extend(shapes.map(|(name, token)| (name.to_owned(), token)));
    cases
}

fn wrong_schemes(forge: &Forge) -> Vec<Case> {
    let good = forge.with_claims(&json!({}));
    let forged = forge.with_claims(&json!({"aud": "other"}));
    let bearer = |token: &str| format!("Bearer {token}");

    let cases = [
        ("no header", vec![]),
        ("empty", vec![String::new()]),
        ("scheme only", vec!["Bearer".to_owned()]),
        ("scheme and a space", vec!["Bearer ".to_owned()]),
        ("Basic", vec![format!("Basic {good}")]),
        ("Token", vec![format!("Token {good}")]),
        ("colon", vec![format!("Bearer: {good}")]),
        ("tab", vec![format!("Bearer\t{good}")]),
        ("scheme twice", vec![bearer(&bearer(&good))]),
        ("token twice", vec![format!("Bearer {good} {good}")]),
        ("in quotes", vec![format!("Bearer \"{good}\"")]),
        ("with a comma", vec![format!("Bearer {good},")]),
        (
            "both in one header",
            vec![format!("Bearer {good},Bearer {good}")],
        ),
        ("header twice", vec![bearer(&good), bearer(&good)]),
        ("true and forged", vec![bearer(&good), bearer(&forged)]),
        ("forged and true", vec![bearer(&forged), bearer(&good)]),
    ];
    cases
        .into_iter()
        .map(|(name, headers)| as_case((name.to_owned(), headers), false))
        .collect()
}

fn corpus(forge: &Forge) -> Vec<Case> {
    let tokens = [
        wrong_claims(forge),
        wrong_headers(forge),
        wrong_signatures(forge),
    ];
    let forged = tokens
        .into_iter()
        .flatten()
        .map(|(name, token)| as_case((name, vec![format!("Bearer {token}")]), false));

    true_tokens(forge)
        .into_iter()
        .chain(forged)
        .chain(wrong_schemes(forge))
        .collect()
}

/// The function `directory`, which verifies tokens with `jwks`, behind a gateway that verifies none. `calls` counts its AWS
/// calls, all of which fail.
fn function(jwks: &str, clock: &Clock, calls: Arc<AtomicU64>) -> Router {
    let variables = [
        ("DIRECTORY_TABLE", "Directory"),
        ("RESENDS_TABLE", "Resends"),
        ("QUEUE_URL", "http://aws.localhost/000000000000/Work"),
        ("ORGANISATION_CLAIM", "org"),
        ("OPERATOR_BY", "user_id"),
        ("AWS_ENDPOINT_URL", "http://aws.localhost"),
        ("JWT_ISSUER", ISSUER),
        ("JWT_AUDIENCE", "reinvite,lms"),
        ("VERIFY_TOKENS_WITH", jwks),
    ];
    let variables: BTreeMap<_, _> = variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let observer = Observer::new(move |_| {
        calls.fetch_add(1, Ordering::Relaxed);
        Fault::Refuse {
            status: 400,
            code: "AccessDeniedException",
        }
    });
    let credentials = Credentials::new("local", "local", None, None, "local");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://aws.localhost")
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .http_client(in_process_with(Router::new(), observer))
        .build();
    let host = Host {
        variables,
        sdk,
        clock: clock.clone(),
    };

    let router = reinvite_directory::router(DirectoryFunction::new(&host).unwrap());
    let functions = Functions::default().with("directory", move |event| {
        let router = router.clone();
        async move {
            let answer = reinvite_web::answer(&router, event).await;
            answer.map_err(|error| error.to_string())
        }
    });
    let nothing = Issuer::open(None, ISSUER, AUDIENCE, clock.clone()).unwrap();
    gateway::router(
        &[route(false)],
        functions,
        nothing.authorizer(),
        None,
        clock.clone(),
    )
    .unwrap()
}

fn route(authorized: bool) -> Route {
    Route {
        method: "ANY".into(),
        path: "/v1/me".into(),
        function: "directory".into(),
        authorized,
    }
}

async fn status(router: &Router, headers: &[String]) -> StatusCode {
    let mut request = Request::get("/v1/me").header("host", "localhost:3000");
    for header in headers {
        request = request.header("authorization", header);
    }
    ask(router, request.body(Body::empty()).unwrap())
        .await
        .status()
}

#[tokio::test(start_paused = true)]
async fn the_gateway_and_a_function_that_verifies_tokens_let_in_the_same_tokens() {
    let private = [7; 32];
    let keys = folder("token-corpus");
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::write(keys.join("issuer.key"), private).unwrap();
    let clock = Clock::starting_at(beginning());
    let issuer = Issuer::open(Some(&keys), ISSUER, AUDIENCE, clock.clone()).unwrap();

    let answering = Functions::default().with("directory", |_| async { Ok(json!({})) });
    let gateway = gateway::router(
        &[route(true)],
        answering,
        issuer.authorizer(),
        None,
        clock.clone(),
    )
    .unwrap();
    let forge = Forge::new(&private, &issuer);
    let calls = Arc::<AtomicU64>::default();
    let function = function(&forge.jwks, &clock, calls.clone());

    let cases = corpus(&forge);
    for case in &cases {
        let expected = |status| (status != StatusCode::UNAUTHORIZED) == case.is_let_in;
        let calls_before = calls.load(Ordering::Relaxed);

        let by_gateway = status(&gateway, &case.headers).await;
        let by_function = status(&function, &case.headers).await;
        assert!(expected(by_gateway), "gateway, {}: {by_gateway}", case.name);
        assert!(
            expected(by_function),
            "function, {}: {by_function}",
            case.name
        );

        let has_called = calls.load(Ordering::Relaxed) > calls_before;
        assert_eq!(
            has_called, case.is_let_in,
            "AWS calls, {}: {by_function}",
            case.name
        );
    }
    assert!(cases.len() >= 90, "{} cases", cases.len());
}

//! The code flow of the console.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    response::Response,
};
use futures::FutureExt;
use http::{
    HeaderMap, Request, StatusCode,
    header::{AUTHORIZATION, CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE},
};
use reinvite_aws::Clock;
use reinvite_local::issuer::{self, Accounts, Issuer, Operators};
use serde_json::{Value, json};

use crate::client::{accounts, ask, beginning, get, json};

const ISSUER: &str = "http://localhost/issuer";

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The console's own page, encoded and as it is.
const REDIRECT: &str = "http%3A%2F%2Flocalhost%3A3000%2Fconsole%2Fsigned-in";
const CONSOLE: &str = "http://localhost:3000/console/signed-in";

fn issuer() -> (Issuer, Router) {
    let clock = Clock::starting_at(beginning());
    let issuer = Issuer::open(None, ISSUER, "reinvite", clock).unwrap();
    (issuer.clone(), issuer::router(issuer, "sample", accounts()))
}

/// The address of the sign-in page with some parameters changed; `None` leaves one out.
fn authorize_path(changed: &[(&str, Option<&str>)]) -> String {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", "console"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid"),
        ("state", "a%26b"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changed {
        parameters.retain(|(other, _)| other != name);
        parameters.extend(value.map(|value| (*name, value)));
    }
    let query: Vec<_> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("/local/authorize?{}", query.join("&"))
}

fn post(path: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header("host", "localhost:3000")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap()
}

/// The code that the console gets for the owner.
async fn code(router: &Router) -> String {
    let answer = ask(router, post(&authorize_path(&[]), "loginId=owner")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let location = answer.headers()[LOCATION].to_str().unwrap();
    let query = location.strip_prefix(&format!("{CONSOLE}?code=")).unwrap();
    query.strip_suffix("&state=a%26b").unwrap().to_owned()
}

async fn exchange(router: &Router, form: &str) -> (StatusCode, Value) {
    let answer = ask(router, post("/local/token", form)).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    (answer.status(), json(answer).await)
}

fn code_form(code: &str, verifier: &str) -> String {
    format!(
        "grant_type=authorization_code&client_id=console&code={code}&code_verifier={verifier}\
         &redirect_uri={REDIRECT}"
    )
}

fn refused(error: &str) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, json!({ "error": error }))
}

fn claims(token: &Value) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token.as_str().unwrap())
        .unwrap()
        .claims
}

async fn text(answer: Response) -> String {
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_is_chosen_gets_tokens_that_the_api_takes_for_an_hour() {
    let (issuer, router) = issuer();
    let (status, tokens) = exchange(&router, &code_form(&code(&router).await, VERIFIER)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );

    let issued = beginning().timestamp();
    assert_eq!(
        claims(&tokens["access_token"]),
        json!({"iss": ISSUER, "aud": "reinvite", "sub": "u1", "org": "sample",
            "iat": issued, "exp": issued + 3600})
    );
    let let_in = |token: &Value, seconds| {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer.parse().unwrap())]);
        let now = beginning() + chrono::TimeDelta::seconds(seconds);
        issuer.authorizer().claims(&headers, now).is_some()
    };
    assert!(let_in(&tokens["access_token"], 3599));
    assert!(!let_in(&tokens["access_token"], 3600), "expired");
    assert!(tokens["id_token"].is_null(), "this is no OpenID Connect");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_is_good_once_and_answers_the_next() {
    let (_, router) = issuer();
    let (_, tokens) = exchange(&router, &code_form(&code(&router).await, VERIFIER)).await;
    tokio::time::advance(Duration::from_secs(3_500)).await;

    let form = |tokens: &Value| {
        let token = tokens["refresh_token"].as_str().unwrap();
        format!("grant_type=refresh_token&client_id=console&refresh_token={token}")
    };
    let (status, renewed) = exchange(&router, &form(&tokens)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        claims(&renewed["access_token"])["exp"],
        beginning().timestamp() + 7_100
    );

    assert_eq!(
        exchange(&router, &form(&tokens)).await,
        refused("invalid_grant")
    );
    assert_eq!(exchange(&router, &form(&renewed)).await.0, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_code_is_good_once_for_a_minute_and_with_its_verifier_only() {
    let (_, router) = issuer();
    let invalid = refused("invalid_grant");

    let used = code_form(&code(&router).await, VERIFIER);
    assert_eq!(exchange(&router, &used).await.0, StatusCode::OK);
    assert_eq!(exchange(&router, &used).await, invalid, "used");

    let guessed = code(&router).await;
    let wrong = code_form(&guessed, CHALLENGE);
    assert_eq!(exchange(&router, &wrong).await, invalid, "wrong verifier");
    let right = code_form(&guessed, VERIFIER);
    assert_eq!(exchange(&router, &right).await, invalid, "tried already");

    let elsewhere = code_form(&code(&router).await, VERIFIER).replace("signed-in", "users");
    assert_eq!(exchange(&router, &elsewhere).await, invalid, "redirect");

    let late = code_form(&code(&router).await, VERIFIER);
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(exchange(&router, &late).await, invalid, "late");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_no_exchange_of_the_console_is_refused_as_oauth_has_it() {
    let (_, router) = issuer();
    let form = code_form(&code(&router).await, VERIFIER);
    for (changed, error) in [
        (form.replace("=console&", "=other&"), "invalid_client"),
        (form.replace("client_id=console&", ""), "invalid_client"),
        (
            form.replace("=authorization_code", "=password"),
            "unsupported_grant_type",
        ),
        (format!("{form}&code=again"), "invalid_request"),
    ] {
        assert_eq!(
            exchange(&router, &changed).await,
            refused(error),
            "{changed}"
        );
    }
    assert_eq!(exchange(&router, &form).await.0, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_code_is_sent_to_the_console_of_this_origin_only() {
    let (_, router) = issuer();
    for (name, value) in [
        ("redirect_uri", None),
        (
            "redirect_uri",
            Some("https://example.com/console/signed-in"),
        ),
        (
            "redirect_uri",
            Some("http://localhost:3001/console/signed-in"),
        ),
        (
            "redirect_uri",
            Some("http://127.0.0.1:3000/console/signed-in"),
        ),
        (
            "redirect_uri",
            Some("https://localhost:3000/console/signed-in"),
        ),
        (
            "redirect_uri",
            Some("http://localhost:3000/console/signed-in/"),
        ),
        (
            "redirect_uri",
            Some("http://localhost:3000/console/signed-in%3Fa"),
        ),
        ("redirect_uri", Some("//example.com/console/signed-in")),
        ("client_id", Some("other")),
        ("response_type", Some("token")),
        ("code_challenge_method", Some("plain")),
        ("code_challenge_method", None),
        ("code_challenge", None),
    ] {
        let path = authorize_path(&[(name, value)]);
        for request in [get(&path), post(&path, "loginId=owner")] {
            let answer = ask(&router, request).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{name} {value:?}");
            assert!(!answer.headers().contains_key(LOCATION));
            let detail = json(answer).await["detail"].to_string();
            assert!(detail.contains(name), "{detail}");
        }
    }

    let nobody = ask(&router, post(&authorize_path(&[]), "loginId=nobody")).await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
    let elsewhere = authorize_path(&[("organisation", Some("other"))]);
    assert_eq!(
        ask(&router, get(&elsewhere)).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_that_was_pointed_at_this_machine_gets_no_page_and_no_token() {
    let (_, router) = issuer();
    let form = code_form(&code(&router).await, VERIFIER);
    for mut request in [
        get(&authorize_path(&[])),
        post(&authorize_path(&[]), "loginId=owner"),
        post("/local/token", &form),
    ] {
        let rebound = "rebound.example.com:3000".parse().unwrap();
        request.headers_mut().insert("host", rebound);
        let answer = ask(&router, request).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(exchange(&router, &form).await.0, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn the_page_says_what_each_operator_may_do_and_runs_and_loads_nothing() {
    let (_, router) = issuer();
    let answer = ask(&router, get(&authorize_path(&[]))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!policy.contains("unsafe") && policy.contains("form-action 'self'"));

    let page = text(answer).await;
    for expected in [
        "<html lang=\"en\">",
        "<title>Sign in – Sample &amp; Sons</title>",
        "<button name=\"loginId\" value=\"owner\">",
        "Owner: may do everything",
        "Invites users of Sales&#x2f;Tokyo",
        "Sees users of Sales&#x2f;Tokyo",
        "&lt;b&gt;Gus&lt;&#x2f;b&gt;",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    for foreign in ["<script", "<b>", "src=", "url(", "@import", "<link", "http"] {
        assert!(!page.contains(foreign), "{foreign}\n{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_is_in_the_language_that_the_console_or_the_browser_asks_for() {
    let (_, router) = issuer();
    for (ui_locales, accepted, language) in [
        (None, "", "en"),
        (None, "de, ja;q=0.8, en;q=0.5", "ja"),
        (Some("ja-JP"), "en", "ja"),
        (Some("de%20en"), "ja", "en"),
    ] {
        let mut request = get(&authorize_path(&[("ui_locales", ui_locales)]));
        request
            .headers_mut()
            .insert("accept-language", accepted.parse().unwrap());
        let page = text(ask(&router, request).await).await;
        let expected = format!("<html lang=\"{language}\">");
        assert!(page.contains(&expected), "{ui_locales:?} {accepted}");
    }
}

const SIGN_OUT: &str =
    "/local/sign-out?client_id=console&logout_uri=http%3A%2F%2Flocalhost%3A3000%2F";

/// Chooses the owner; answers the cookie of their session.
async fn session(router: &Router) -> String {
    let answer = ask(router, post(&authorize_path(&[]), "loginId=owner")).await;
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    let (cookie, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/local; HttpOnly; SameSite=Lax");
    cookie.to_owned()
}

fn with(mut request: Request<Body>, headers: &[(&'static str, &str)]) -> Request<Body> {
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

/// Whether the issuer goes on with the session, and does not show its page.
async fn goes_on(router: &Router, path: &str, headers: &[(&'static str, &str)]) -> bool {
    let answer = ask(router, with(get(path), headers)).await;
    answer.status() == StatusCode::SEE_OTHER
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_is_known_gets_a_code_without_a_question() {
    let (_, router) = issuer();
    let cookie = session(&router).await;
    let others = format!("theme=dark; {cookie}; other=1");
    let headers = [("cookie", &*others), ("sec-fetch-site", "same-origin")];

    let answer = ask(&router, with(get(&authorize_path(&[])), &headers)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let location = answer.headers()[LOCATION].to_str().unwrap();
    let query = location.strip_prefix(&format!("{CONSOLE}?code=")).unwrap();
    let code = query.strip_suffix("&state=a%26b").unwrap();
    let (status, tokens) = exchange(&router, &code_form(code, VERIFIER)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(claims(&tokens["access_token"])["sub"], "u1");

    let plain = authorize_path(&[]);
    tokio::time::advance(Duration::from_hours(12) - Duration::from_secs(1)).await;
    assert!(goes_on(&router, &plain, &headers).await);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(!goes_on(&router, &plain, &headers).await, "expired");
}

#[tokio::test(start_paused = true)]
async fn the_page_asks_again_when_it_is_told_to_or_when_another_site_leads_to_it() {
    let (_, router) = issuer();
    let cookie = session(&router).await;
    let own = [("cookie", &*cookie)];
    for (prompt, expected) in [
        ("login", false),
        ("select_account", false),
        ("consent%20login", false),
        ("consent", true),
        ("", true),
    ] {
        let path = authorize_path(&[("prompt", Some(prompt))]);
        assert_eq!(goes_on(&router, &path, &own).await, expected, "{prompt}");
    }

    let plain = authorize_path(&[]);
    for site in ["cross-site", "same-site", "none"] {
        let headers = [("cookie", &*cookie), ("sec-fetch-site", site)];
        assert!(!goes_on(&router, &plain, &headers).await, "{site}");

        let form = with(post(&plain, "loginId=owner"), &headers);
        let answer = ask(&router, form).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{site}");
        assert!(!answer.headers().contains_key(SET_COOKIE));
    }
    for made_up in ["reinvite-local=", "reinvite-local=owner", "x"] {
        assert!(!goes_on(&router, &plain, &[("cookie", made_up)]).await);
    }

    let elsewhere = authorize_path(&[("redirect_uri", Some("https%3A%2F%2Fexample.com"))]);
    let answer = ask(&router, with(get(&elsewhere), &own)).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_when_its_user_is_no_operator_any_more() {
    let clock = Clock::starting_at(beginning());
    let issuer = Issuer::open(None, ISSUER, "reinvite", clock).unwrap();
    let nobody = |mut accounts: Accounts| {
        accounts.list_operators = Arc::new(|_| {
            let operators = Operators {
                organisation: "Sample".to_owned(),
                accounts: Vec::new(),
                more: false,
            };
            async { Some(operators) }.boxed()
        });
        accounts
    };
    let router = issuer::router(issuer, "sample", nobody(accounts()));

    let cookie = session(&router).await;
    assert!(!goes_on(&router, &authorize_path(&[]), &[("cookie", &cookie)]).await);
}

#[tokio::test(start_paused = true)]
async fn signing_out_ends_the_session_and_returns_to_this_origin_only() {
    let (_, router) = issuer();
    let cookie = session(&router).await;
    let own = [("cookie", &*cookie)];

    for wrong in [
        "/local/sign-out".to_owned(),
        SIGN_OUT.replace("client_id=console", "client_id=other"),
        SIGN_OUT.replace("localhost%3A3000", "example.com"),
        SIGN_OUT.replace("3000%2F", "3001%2F"),
        format!("{SIGN_OUT}inbox"),
    ] {
        let answer = ask(&router, with(get(&wrong), &own)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
        assert!(!answer.headers().contains_key(LOCATION));
    }
    let plain = authorize_path(&[]);
    assert!(goes_on(&router, &plain, &own).await);

    let answer = ask(&router, with(get(SIGN_OUT), &own)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[LOCATION], "http://localhost:3000/");
    let deleted = "reinvite-local=; Path=/local; HttpOnly; SameSite=Lax; Max-Age=0";
    assert_eq!(answer.headers()[SET_COOKIE], deleted);
    assert!(
        !goes_on(&router, &plain, &own).await,
        "a copy of the cookie"
    );
}

#[tokio::test(start_paused = true)]
async fn another_choice_takes_the_place_of_the_session() {
    let (_, router) = issuer();
    let first = session(&router).await;
    let form = with(
        post(&authorize_path(&[]), "loginId=owner"),
        &[("cookie", &first)],
    );
    let answer = ask(&router, form).await;
    assert!(answer.headers().contains_key(SET_COOKIE));
    assert!(!goes_on(&router, &authorize_path(&[]), &[("cookie", &first)]).await);
}

use serde_json::{Value, json};

use crate::browser::{DEPLOYED, LOCAL, console, deployed, get};

const NO_HEADER: (&str, &str) = ("accept", "*/*");

/// The policy without what `connect-src` adds.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'{}; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

#[tokio::test]
async fn the_page_has_exactly_these_headers() {
    let page = deployed("/").await;
    let policy = POLICY.replace("{}", " https://login.example.com");

    let mut headers: Vec<_> = page
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .filter(|(name, _)| !["content-length", "etag"].contains(name))
        .collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            ("cache-control", "no-cache"),
            ("content-security-policy", &*policy),
            ("content-type", "text/html; charset=utf-8"),
            ("cross-origin-opener-policy", "same-origin"),
            (
                "permissions-policy",
                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
            ),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=63072000"),
            ("x-content-type-options", "nosniff"),
        ]
    );
}

#[tokio::test]
async fn the_page_connects_to_its_own_origin_only_where_it_signs_in_there_or_not_at_all() {
    for variables in [&LOCAL[..], &[]] {
        let page = get(&console(variables), "127.0.0.1:3000", "/", NO_HEADER).await;
        assert_eq!(
            page.header("content-security-policy"),
            Some(&*POLICY.replace("{}", ""))
        );
        assert_eq!(page.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn the_page_says_how_to_sign_in() {
    let sign_in = deployed("/").await.configuration()["signIn"].clone();
    let mut expected = json!({
        "issuer": "https://issuer.example.com/pool",
        "authorizationEndpoint": "https://login.example.com/oauth2/authorize",
        "tokenEndpoint": "https://login.example.com/oauth2/token",
        "clientId": "console",
        "scope": "openid",
        "token": "id",
    });
    assert_eq!(sign_in, expected);

    let end_session = (
        "SIGN_IN_END_SESSION_ENDPOINT",
        "https://login.example.com/logout",
    );
    let variables = [&DEPLOYED[..], &[end_session]].concat();
    let page = get(&console(&variables), "console.example.com", "/", NO_HEADER).await;
    expected["endSessionEndpoint"] = end_session.1.into();
    assert_eq!(page.configuration()["signIn"], expected);
}

#[tokio::test]
async fn a_page_of_the_local_stack_signs_in_under_the_name_that_the_browser_used() {
    let local = console(&LOCAL);
    for host in ["127.0.0.1:3000", "localhost:8080"] {
        let page = get(&local, host, "/", NO_HEADER).await;
        let sign_in = &page.configuration()["signIn"];
        assert_eq!(
            sign_in["authorizationEndpoint"],
            format!("http://{host}/local/authorize")
        );
        assert_eq!(
            sign_in["tokenEndpoint"],
            format!("http://{host}/local/token")
        );
        assert_eq!(
            sign_in["endSessionEndpoint"],
            format!("http://{host}/local/sign-out")
        );
        assert_eq!(sign_in["token"], "access");
    }

    for host in [
        "console.example.com",
        "127.0.0.1.example.com",
        "",
        "\"><script>",
    ] {
        let page = get(&local, host, "/", NO_HEADER).await;
        assert_eq!(page.configuration()["signIn"], Value::Null, "{host}");
    }
}

#[tokio::test]
async fn without_a_client_the_page_says_that_sign_in_is_not_configured() {
    let page = get(&console(&[]), "console.example.com", "/", NO_HEADER).await;
    assert_eq!(page.configuration()["signIn"], Value::Null);
}

#[tokio::test]
async fn every_screen_answers_the_page() {
    let page = deployed("/").await;
    assert_eq!(page.status, 200);
    for screen in [
        "users/u1",
        "groups/g1",
        "resends",
        "resends/r1",
        "people",
        "templates",
        "templates/t1",
        "import",
        "settings",
        "audit",
        "suppressed",
        "signed-in",
        "signed-in?code=c&state=s",
    ] {
        let answer = deployed(&format!("/console/{screen}")).await;
        assert_eq!(
            (answer.status, answer.text()),
            (page.status, page.text()),
            "{screen}"
        );
    }
    for path in [
        "/console",
        "/v1/me",
        "/index.html",
        "/console/assets/nothing.js",
    ] {
        let answer = deployed(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
}

#[tokio::test]
async fn a_browser_that_knows_the_page_is_told_that_it_is_the_same() {
    let page = deployed("/").await;
    let tag = page.header("etag").unwrap();
    for (known, status) in [(tag, 304), ("\"another\"", 200)] {
        let answer = get(
            &console(&DEPLOYED),
            "console.example.com",
            "/",
            ("if-none-match", known),
        )
        .await;
        assert_eq!(answer.status, status, "{known}");
        assert_eq!(answer.body.is_empty(), status == 304);
        assert_eq!(answer.header("etag"), Some(tag));
        let policy = "content-security-policy";
        assert_eq!(answer.header(policy), page.header(policy));
    }

    let local = get(&console(&[]), "console.example.com", "/", NO_HEADER).await;
    assert_ne!(local.header("etag"), Some(tag), "another configuration");
}

#[tokio::test]
async fn the_page_is_a_document_in_its_own_right() {
    let page = deployed("/").await;
    for part in [
        "<!doctype html>\n<html lang=\"en\">",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "<title>Reinvite</title>",
        "<div id=\"app\"></div>",
        "<noscript>",
        "<p lang=\"ja\">",
    ] {
        assert!(page.text().contains(part), "{part}");
    }
}
